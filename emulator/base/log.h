/*
 * log.h -- the daemon's own log lines (standard error). Low layers return a status and do
 * not log; the layer that knows the request logs once. Thread-safe.
 */
#ifndef EMULATOR_BASE_LOG_H
#define EMULATOR_BASE_LOG_H

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARNING, LOG_ERROR };

/* Lines below `level` are dropped from now on. The start value is LOG_INFO. */
void log_set_level(enum log_level level);

void log_line(enum log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif

/*
 * log.h -- the daemon's own log lines (standard error). Low layers return a status and do
 * not log; the layer that knows the request logs once. Thread-safe.
 */
#ifndef EMULATOR_BASE_LOG_H
#define EMULATOR_BASE_LOG_H

#include <stdint.h>

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARNING, LOG_ERROR };

/* Lines below `level` are dropped from now on. The start value is LOG_INFO. */
void log_set_level(enum log_level level);

/* From now on JSON objects, one a line, with `now_ms()` as their time; NULL: text again. */
void log_set_json(int64_t (*now_ms)(void));

void log_line(enum log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif

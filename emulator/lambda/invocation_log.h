/*
 * invocation_log.h -- the log lines of one invocation: Lambda's START, what the function wrote,
 * END and REPORT; in the end published as one EVENT_LOG.
 *
 *     START RequestId: <id> Version: $LATEST
 *     ...
 *     END RequestId: <id>
 *     REPORT RequestId: <id>\tDuration: 3.01 ms\tBilled Duration: 4 ms\tMemory Size: 128 MB\t...
 *
 * or, for a function whose LogFormat is JSON, as objects with "time", "type" (platform.start,
 * platform.runtimeDone, platform.report) and "record", those of them that SystemLogLevel lets pass.
 *
 * A function may write INVOCATION_LOG_MAX_BYTES in INVOCATION_LOG_MAX_LINES lines; one line then
 * says that the rest was cut. END and REPORT always have room.
 *
 * Appending is thread-safe: a function that has timed out may still be writing on its worker
 * while the loop thread closes the log. What comes after invocation_log_end() is dropped.
 */
#ifndef EMULATOR_LAMBDA_INVOCATION_LOG_H
#define EMULATOR_LAMBDA_INVOCATION_LOG_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "emulator/base/slice.h"
#include "emulator/base/text.h"

struct arena;
struct event_log_line;

#define INVOCATION_LOG_MAX_BYTES ((size_t)1024 * 1024)
#define INVOCATION_LOG_MAX_LINES ((size_t)10000)
#define INVOCATION_LOG_LINE_BYTES ((size_t)256 * 1024) /* CloudWatch Logs takes it as one event */
#define INVOCATION_LOG_TAIL_BYTES ((size_t)4096)

struct invocation_log_mark;

/* LoggingConfig. */
enum invocation_log_level {
    INVOCATION_LOG_TRACE,
    INVOCATION_LOG_DEBUG,
    INVOCATION_LOG_INFO,
    INVOCATION_LOG_WARN,
    INVOCATION_LOG_ERROR,
    INVOCATION_LOG_FATAL
};

struct invocation_log {
    pthread_mutex_t lock;
    struct text text;                  /* every line with a line feed behind it */
    struct invocation_log_mark *marks; /* owned; one per line */
    size_t count;
    size_t capacity;
    bool is_cut;
    bool is_ended;
    bool is_json;
    enum invocation_log_level system_level; /* of JSON: nothing below is written */
    enum invocation_log_level application_level;
};

struct invocation_report {
    const char *request_id;
    int64_t duration_us;
    int64_t init_us; /* 0: a warm start */
    int64_t memory_mb;
    int64_t used_mb;
    const char *status;     /* "timeout", "error", or NULL when all went well */
    const char *error_type; /* with "error"; else NULL */
};

void invocation_log_init(struct invocation_log *log);
void invocation_log_close(struct invocation_log *log);

/*
 * The lines of `text`, each its own event, or several when it is longer than one may be. What is
 * not UTF-8 is replaced. Out of memory, lines are lost.
 */
void invocation_log_append(struct invocation_log *log, int64_t at_ms, struct slice text);

/* "INFO", ... as LoggingConfig has it; INFO for anything else. */
enum invocation_log_level invocation_log_level_of(struct slice name);
const char *invocation_log_level_name(enum invocation_log_level level);

/* One line of a process's output: a "\r" in it is a line break within the event. */
void invocation_log_append_line(struct invocation_log *log, int64_t at_ms, struct slice line);

void invocation_log_start(struct invocation_log *log, int64_t at_ms, const char *request_id,
                          const char *version);

/* END and REPORT. From now on nothing is added. */
void invocation_log_end(struct invocation_log *log, int64_t at_ms,
                        const struct invocation_report *report);

/*
 * After invocation_log_end(): the lines as the event bus wants them, pointing into the log; and
 * the last bytes of the text for X-Amz-Log-Result.
 */
NODISCARD enum status invocation_log_lines(const struct invocation_log *log, struct arena *arena,
                                           struct event_log_line **ret_lines);
struct slice invocation_log_tail(const struct invocation_log *log);

#endif

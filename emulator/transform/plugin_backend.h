/*
 * plugin_backend.h -- what running a C transform asks of the program it runs in. runtime_plugin
 * does the rest, and knows neither loop nor database: this folder needs emulator/base only.
 *
 *     runtime_plugin.c, plugin_host.c, plugin_rows.c
 *            |
 *     struct plugin_backend
 *            |-- emulator/lambda/lambda_backend.c       in the daemon, on a worker
 *            '-- emulator/isolation/helper_backend.c    in a process of its own, talking to the
 * daemon
 *
 * To plug in another: embed a struct plugin_run in a structure of your own and find that again
 * from `run` (list_entry), make a constant struct plugin_backend of functions, point run->backend
 * at it, fill in the "in" part of the run, call runtime_plugin_run(), and read the "out" part. Zero
 * the run before, and call arena_init() on its arena.
 *
 * All functions are called on the thread that runs the transform, inside runtime_plugin_run().
 */
#ifndef EMULATOR_TRANSFORM_PLUGIN_BACKEND_H
#define EMULATOR_TRANSFORM_PLUGIN_BACKEND_H

#include <stddef.h>
#include <stdint.h>

#include "emulator/base/slice.h"
#include "emulator/base/status.h"

struct plugin_run;

/* One PutItem. */
struct plugin_put {
    struct slice input;  /* {"TableName":...,"Item":...}, borrowed */
    int http_status;     /* the answer's */
    struct slice output; /* JSON: the answer or the error; until the next put_items() */
};

#define PLUGIN_PUTS_MAX ((size_t)512) /* of one put_items(); a backend may want fewer */

struct plugin_backend {
    /* Microseconds of a clock that only goes forward. */
    int64_t (*monotonic_us)(void);

    /* Milliseconds since the epoch, as the transform is to see them. */
    int64_t (*now_ms)(const struct plugin_run *run);

    /* The transform is loaded and init() is over, well or not: the invocation begins (Lambda's
     * START). */
    void (*begin)(struct plugin_run *run);

    /* Lines for the function's log, not NUL-terminated, maybe not UTF-8; PLUGIN_LOG_MAX_BYTES and a
     * bit at most. With run->log_is_json one object. */
    void (*log)(struct plugin_run *run, struct slice text);

    /* A variable of the function's environment; NULL when it is not set. */
    const char *(*env)(const struct plugin_run *run, const char *name);

    /*
     * DynamoDB's PutItem for 1 to `puts_max` items, each on its own, in this order; wait for all
     * answers. A call that could not be made has an http_status of 0 and says why in `output`,
     * as text. A failure means all were made or none, and their answers are lost.
     */
    enum status (*put_items)(struct plugin_run *run, struct plugin_put *puts, size_t count);
    size_t puts_max; /* 1 to PLUGIN_PUTS_MAX */

    /* Where what is emitted lives until the results are read. NULL: in run->arena. */
    enum status (*keep)(struct plugin_run *run, struct slice bytes, struct slice *ret_kept);
};

#endif

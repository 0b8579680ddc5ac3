/*
 * runtime_plugin.h -- one invocation of a C transform, on a worker (emulator/plugin/hydrant.h is
 * what the transform sees of it).
 *
 *     load and init, unless it is there -> event to batch -> transform() -> results, response
 *
 * The engine fills in the first part of a run on the loop thread, a worker runs it, the engine
 * reads the last part when the worker is back. In between only `log`, `started_us` and
 * `is_abandoned` may be touched by both. The run owns everything it works on: an invocation
 * that has timed out is answered and gone while its run goes on.
 */
#ifndef EMULATOR_LAMBDA_RUNTIME_PLUGIN_H
#define EMULATOR_LAMBDA_RUNTIME_PLUGIN_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "emulator/base/arena.h"
#include "emulator/base/slice.h"
#include "emulator/lambda/api_gate.h"
#include "emulator/lambda/invocation_log.h"
#include "emulator/lambda/invoke.h"
#include "emulator/lambda/runtime_api.h"
#include "emulator/plugin/hydrant.h"

struct json;
struct plugin_file;

/* A loaded transform and what its init() made. Used by one run at a time. */
struct plugin_instance {
    struct plugin_file *file; /* owned */
    void *state;              /* the plugin's */
    bool is_ready;            /* init() succeeded */
};

enum plugin_phase { PLUGIN_INIT, PLUGIN_TRANSFORM, PLUGIN_OVER };

struct plugin_run {
    /* in */
    struct plugin_instance *instance; /* borrowed; loaded by the run when `file` is NULL */
    const char *file_path;            /* what to load then */
    const char *copy_folder;
    const char *function_name;
    char version[24]; /* "$LATEST" or a number */
    char request_id[40];
    const struct json *environment; /* object of strings, or NULL */
    struct slice event;             /* JSON; or empty when `has_batch` */
    struct slice client_context;    /* JSON; empty: none */
    struct lambda_batch batch;      /* when `has_batch`; else made from the event */
    bool has_batch;
    int64_t memory_mb;
    int64_t timeout_ms; /* the function's, or the caller's limit */
    bool has_limit;     /* the latter */
    int64_t now_ms;     /* the sandbox's time at the start */
    bool clock_is_real; /* ... and whether it moves by itself */
    struct arena arena; /* of all of it; sized with runtime_plugin_arena_bytes() */
    struct api_gate gate;

    /* shared */
    struct invocation_log log;
    _Atomic int64_t started_us; /* 0 until a worker has it */
    atomic_bool is_abandoned;   /* timed out or reset: host functions do nothing any more */

    /* the run's own */
    struct hydrant_host host;
    enum plugin_phase phase;
    size_t alloc_left;
    size_t response_bytes;
    const char *fail_type; /* what fail() said last */
    const char *fail_message;

    /* out */
    enum lambda_outcome outcome;
    struct slice payload;
    const char *error_message; /* NULL when all is well */
    const char *error_type;
    bool init_failed;
    struct lambda_record_result *results;
    int64_t init_us;
    int64_t duration_us;
    size_t used_bytes;
};

size_t runtime_plugin_arena_bytes(int64_t memory_mb);

/* Worker. `run` is zeroed but for the first part; arena, gate and log are initialised. */
void runtime_plugin_run(struct plugin_run *run);

/* fini() and unload; the instance can be loaded again. No run may be using it. */
void runtime_plugin_unload(struct plugin_instance *instance);

/* {"errorMessage":...,"errorType":...}; empty when out of memory. */
struct slice runtime_plugin_error_payload(struct arena *arena, const char *type,
                                          const char *message);

#endif

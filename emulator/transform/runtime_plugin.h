/*
 * runtime_plugin.h -- one invocation of a C transform (emulator/plugin/hydrant.h is what the
 * transform sees of it), in whatever program has a plugin_backend.h for it.
 *
 *     load and init, unless it is there -> event to batch -> transform() -> results, response
 *
 * Whoever asks for it fills in the first part of a run, one thread runs it, and the last part is
 * read when runtime_plugin_run() has returned. In between only `started_us` and `is_abandoned` may
 * be touched by other threads. The run owns everything it works on: in the daemon an invocation
 * that has timed out is answered and gone while its run goes on.
 */
#ifndef EMULATOR_TRANSFORM_RUNTIME_PLUGIN_H
#define EMULATOR_TRANSFORM_RUNTIME_PLUGIN_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "emulator/base/arena.h"
#include "emulator/base/slice.h"
#include "emulator/plugin/hydrant.h"
#include "emulator/transform/batch.h"

struct json;
struct plugin_backend;
struct plugin_file;

#define PLUGIN_RESPONSE_MAX_BYTES ((size_t)6291556) /* as Lambda allows */
#define PLUGIN_LOG_MAX_BYTES ((size_t)1024 * 1024)  /* of one call of log(); the rest is cut */

/* A loaded transform and what its init() made. Used by one run at a time. */
struct plugin_instance {
    struct plugin_file *file; /* owned */
    void *state;              /* the plugin's */
    bool is_ready;            /* init() succeeded */
};

enum plugin_phase { PLUGIN_INIT, PLUGIN_TRANSFORM, PLUGIN_OVER };

struct plugin_run {
    /* in */
    const struct plugin_backend *backend; /* constant */
    struct plugin_instance *instance;     /* borrowed; loaded by the run when `file` is NULL */
    const char *file_path;                /* what to load then */
    const char *copy_folder;              /* by a copy in this folder; NULL: where it lies */
    const char *function_name;
    char version[24]; /* "$LATEST" or a number */
    char request_id[40];
    struct slice event;          /* JSON; or empty when `has_batch` */
    struct slice client_context; /* JSON; empty: none */
    struct lambda_batch batch;   /* when `has_batch`; else made from the event */
    bool has_batch;
    int64_t memory_mb;
    int64_t timeout_ms; /* the function's, or the caller's limit */
    bool has_limit;     /* the latter */
    int64_t now_ms;     /* at the start, as the transform is to see it */
    bool log_is_json;   /* LogFormat JSON: what log() is given becomes an object */
    int least_level;    /* of JSON: enum hydrant_level; nothing below is logged */
    struct arena arena; /* of all of it; sized with runtime_plugin_arena_bytes() */

    /* shared */
    _Atomic int64_t started_us; /* 0 until runtime_plugin_run() */
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

/* Blocking. `run` is zeroed but for the first part, and its arena initialised. */
void runtime_plugin_run(struct plugin_run *run);

/* fini() and unload; the instance can be loaded again. No run may be using it. */
void runtime_plugin_unload(struct plugin_instance *instance);

/* {"errorMessage":...,"errorType":...}; empty when out of memory. */
struct slice runtime_plugin_error_payload(struct arena *arena, const char *type,
                                          const char *message);

#endif

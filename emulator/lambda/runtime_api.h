/*
 * runtime_api.h -- the Lambda Runtime API of one function process: who may say what, when.
 *
 *                    next           invoke            response, error          next
 *     STARTING ──────────> IDLE ──────────> BUSY ──────────────────> ANSWERED ─────> IDLE
 *         │
 *         └─ init/error ─> FAILED
 *
 * A `next` that comes while there is nothing to do waits. What comes at another time than the
 * picture shows is refused, as AWS's sandbox does. HTTP is handlers/runtime; the process itself is
 * function_process.h.
 *
 * Loop thread only.
 */
#ifndef EMULATOR_LAMBDA_RUNTIME_API_H
#define EMULATOR_LAMBDA_RUNTIME_API_H

#include <stddef.h>
#include <stdint.h>

#include "emulator/base/slice.h"

/* The most a function may answer, as on AWS. */
#define RUNTIME_RESPONSE_MAX_BYTES ((size_t)6291556)

enum runtime_state {
    RUNTIME_STARTING,
    RUNTIME_IDLE,
    RUNTIME_BUSY,
    RUNTIME_ANSWERED,
    RUNTIME_FAILED
};

enum runtime_verdict {
    RUNTIME_ACCEPTED,
    RUNTIME_BAD_ID,    /* not the invocation that is running */
    RUNTIME_BAD_STATE, /* not now */
    RUNTIME_TOO_LARGE  /* the invocation fails for it */
};

/* What `next` answers; borrowed while the call lasts. */
struct runtime_event {
    struct slice request_id;
    struct slice function_arn;
    struct slice trace_id;
    struct slice client_context; /* JSON; empty: none */
    int64_t deadline_ms;         /* real, since the epoch */
    struct slice body;           /* JSON */
};

/* A `next` that waits. Embed it; it may go only after deliver() or runtime_api_forget_next(). */
struct runtime_next {
    /* Once, on the loop thread. NULL: there is nothing more to do. */
    void (*deliver)(struct runtime_next *next, const struct runtime_event *event);
};

/* What the process is told. None is called from inside runtime_api_invoke(). */
struct runtime_listener {
    void (*is_idle)(void *ctx); /* came back for more: all it wrote before belongs to what was */
    void (*has_response)(void *ctx, struct slice body);
    void (*has_error)(void *ctx, struct slice body);
    void (*has_init_error)(void *ctx, struct slice body);
    void (*has_too_much)(void *ctx); /* a response beyond RUNTIME_RESPONSE_MAX_BYTES */
};

struct runtime_api {
    enum runtime_state state;
    struct runtime_next *next; /* borrowed; the one that waits, or NULL */
    char request_id[40];
    const struct runtime_listener *listener; /* borrowed */
    void *ctx;                               /* borrowed; the listener's */
};

void runtime_api_init(struct runtime_api *api, const struct runtime_listener *listener, void *ctx);

/* Nothing more will come: a `next` that waits is told so, and later ones at once. */
void runtime_api_close(struct runtime_api *api);

/* Hand an event to the `next` that waits. Only in state IDLE. */
void runtime_api_invoke(struct runtime_api *api, const struct runtime_event *event);

/* ---- what the process asks for (handlers/runtime) ---- */

NODISCARD enum runtime_verdict runtime_api_next(struct runtime_api *api, struct runtime_next *next);
NODISCARD enum runtime_verdict runtime_api_response(struct runtime_api *api, struct slice id,
                                                    struct slice body);
NODISCARD enum runtime_verdict runtime_api_error(struct runtime_api *api, struct slice id,
                                                 struct slice body);
NODISCARD enum runtime_verdict runtime_api_init_error(struct runtime_api *api, struct slice body);

/* "Ready", "Running", ...: as AWS's messages name the state. */
const char *runtime_api_state_name(const struct runtime_api *api);

#endif

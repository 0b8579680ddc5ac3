/*
 * invoke.h -- calling a function: the one way in for the Invoke API and for delivery streams.
 *
 * Whatever runs behind it (a C transform in process, later a process on the Runtime API), the
 * caller sees the same: one callback, on the loop thread, exactly once, never from inside
 * lambda_invoke(). Retries are the caller's.
 *
 * A delivery stream's batch goes in as raw records, so that an in-process C transform needs no JSON
 * and no base64; a plain event goes in as JSON. The engine converts where the runtime wants the
 * other form: a C transform invoked with a Firehose-shaped event gets the batch it describes.
 *
 * `done` runs outside any unit of work: who writes there opens and ends a unit of their own. The
 * function's log lines were published (and so written, by the bus's reader) in a unit before it.
 *
 * Time-outs run on real time from when a worker or a process takes the invocation up. A C transform
 * in our process cannot be stopped: it is answered LAMBDA_TIMED_OUT at once, and LAMBDA_THROTTLED
 * from then on until it has returned.
 *
 * Loop thread only. While an invocation runs it holds the sandbox's clock (sim_clock_hold) until
 * `done` has returned.
 */
#ifndef EMULATOR_LAMBDA_INVOKE_H
#define EMULATOR_LAMBDA_INVOKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "emulator/base/arena.h"
#include "emulator/base/slice.h"
#include "emulator/transform/batch.h"

struct lambda_engine;

/*
 * One invocation. The caller embeds it, fills the first part and keeps it until `done`. Results
 * live in `arena` (made by lambda_invoke, cleared by the caller with lambda_invocation_clear()).
 */
struct lambda_invocation {
    struct slice account;
    struct slice region;
    struct slice function;       /* name or ARN, with or without qualifier */
    struct slice event;          /* JSON; or empty when `batch` is set */
    struct slice client_context; /* JSON; empty: none */
    const struct lambda_batch *batch;
    bool wants_log_tail;
    int64_t limit_ms; /* how long the caller waits; 0: as long as the function's Timeout */
    struct slice request_id_given; /* of an event that is tried again; empty: a new one */
    void (*done)(struct lambda_invocation *invocation);

    /* filled in before `done` */
    enum lambda_outcome outcome;
    bool is_over_limit;         /* LAMBDA_TIMED_OUT by the caller's limit, not the function's */
    struct slice payload;       /* JSON: the function's answer, or the error object */
    struct slice error_message; /* for people and logs; empty when all is well */
    struct slice log_tail;      /* the last 4 KiB of the invocation's log */
    char request_id[40];
    char executed_version[24];    /* "$LATEST" or a number; empty when it did not get that far */
    struct slice throttle_reason; /* AWS's word for it, when LAMBDA_THROTTLED */
    int64_t duration_us;
    struct lambda_record_result *results; /* a batch's, one per record, when LAMBDA_OK */
    struct arena arena;
    void *engine_part; /* the engine's */
};

void lambda_invoke(struct lambda_engine *engine, struct lambda_invocation *invocation);

/* Free what the results live in. Safe on one never invoked, and twice. */
void lambda_invocation_clear(struct lambda_invocation *invocation);

#endif

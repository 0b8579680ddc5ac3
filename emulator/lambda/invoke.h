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
 * Time-outs run on real time from when a worker takes the invocation up. A C transform cannot be
 * stopped: it is answered LAMBDA_TIMED_OUT at once, and LAMBDA_THROTTLED from then on until it has
 * returned.
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

struct lambda_engine;

/* Where a record of a Kinesis stream comes from. */
struct lambda_origin {
    struct slice shard_id;
    struct slice sequence_number;
    int64_t subsequence_number; /* within an aggregated record; 0 for a plain one */
    struct slice partition_key;
};

/* One record of a batch on its way in. */
struct lambda_record {
    struct slice record_id;
    struct slice data; /* raw bytes */
    int64_t arrival_ms;
    const struct lambda_origin *origin; /* NULL: not from a Kinesis stream */
};

struct lambda_batch {
    struct slice invocation_id; /* a UUID, new for every attempt */
    struct slice delivery_stream_arn;
    struct slice region;
    struct slice source_arn; /* of the Kinesis stream the records come from; empty: none */
    const struct lambda_record *records;
    size_t record_count;
};

/* What a function made of one record. Firehose's words. */
enum lambda_result_kind {
    LAMBDA_RESULT_MISSING, /* the function did not return this record */
    LAMBDA_RESULT_OK,
    LAMBDA_RESULT_DROPPED,
    LAMBDA_RESULT_FAILED,     /* ProcessingFailed */
    LAMBDA_RESULT_DUPLICATE,  /* returned more than once */
    LAMBDA_RESULT_NO_DATA,    /* Ok without data */
    LAMBDA_RESULT_BAD_STATUS, /* another word than the three */
    LAMBDA_RESULT_BAD_DATA    /* data is not base64 */
};

/* One of metadata.partitionKeys, for streams with dynamic partitioning. */
struct partition_key {
    struct slice name;
    struct slice value;
};

#define PARTITION_KEYS_MAX 50u /* of one record */

struct lambda_record_result {
    enum lambda_result_kind kind;
    struct slice data; /* raw bytes, for LAMBDA_RESULT_OK */
    const struct partition_key *keys;
    size_t key_count;
};

enum lambda_outcome {
    LAMBDA_OK,
    LAMBDA_FUNCTION_ERROR, /* ran and failed: payload is the error JSON */
    LAMBDA_TIMED_OUT,      /* as LAMBDA_FUNCTION_ERROR, by timeout */
    LAMBDA_MALFORMED,      /* a batch's answer is not JSON with records */
    LAMBDA_NOT_FOUND,      /* no such function */
    LAMBDA_THROTTLED,
    LAMBDA_INTERNAL_ERROR /* ours */
};

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

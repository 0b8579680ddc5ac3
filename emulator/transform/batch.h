/*
 * batch.h -- a batch of records on its way through a function: what goes in, what comes out of
 * each record, and how the whole ended. Everything is borrowed from whoever made it.
 */
#ifndef EMULATOR_TRANSFORM_BATCH_H
#define EMULATOR_TRANSFORM_BATCH_H

#include <stddef.h>
#include <stdint.h>

#include "emulator/base/slice.h"

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

#endif

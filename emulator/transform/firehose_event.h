/*
 * firehose_event.h -- a batch of records as JSON and back, both ways round.
 *
 *     event     {"invocationId","deliveryStreamArn","region","records":[{"recordId",
 *                "approximateArrivalTimestamp","data"}]}
 *               from a Kinesis stream: "sourceKinesisStreamArn" behind "invocationId", and
 *               in each record "kinesisRecordMetadata":{"sequenceNumber","subsequenceNumber",
 *                "partitionKey","shardId","approximateArrivalTimestamp"}
 *     response  {"records":[{"recordId","result","data","metadata":{"partitionKeys":{...}}}]}
 *
 * A C transform takes a batch: an event that comes in through the Invoke API is parsed, and what
 * the transform emitted is built into a response. A runtime that takes JSON gets an event that
 * is built, and its response is parsed. `data` is base64 in the JSON, raw bytes outside.
 *
 * Pure; any thread.
 */
#ifndef EMULATOR_TRANSFORM_FIREHOSE_EVENT_H
#define EMULATOR_TRANSFORM_FIREHOSE_EVENT_H

#include <stddef.h>
#include <stdint.h>

#include "emulator/base/slice.h"

struct arena;
struct lambda_batch;
struct lambda_record_result;
struct text;

/*
 * The batch an event describes, in the arena. A record without approximateArrivalTimestamp
 * arrived at `now_ms`. On STATUS_INVALID *ret_why says, in English, what is wrong.
 */
NODISCARD enum status firehose_event_parse(struct slice event, int64_t now_ms, struct arena *arena,
                                           struct lambda_batch *ret_batch, const char **ret_why);

/* The event for a batch. */
void firehose_event_build(const struct lambda_batch *batch, struct text *out);

/*
 * The response that says these results, in the batch's order: a missing record is left out, a
 * duplicate stands twice. `results` has one element per record.
 */
void firehose_event_build_response(const struct lambda_batch *batch,
                                   const struct lambda_record_result *results, struct text *out);

/*
 * How many bytes firehose_event_build_response() writes, without writing them (ids and keys that
 * need escapes in JSON count as if they did not).
 */
size_t firehose_event_response_size(const struct lambda_batch *batch,
                                    const struct lambda_record_result *results);

/*
 * What a function's response says of each record of the batch. STATUS_INVALID when the
 * response is not JSON. Without an array "records" every record is missing; ids
 * the batch does not have are ignored. U+FFFD stands for an escaped NUL.
 */
NODISCARD enum status firehose_event_parse_response(struct slice response,
                                                    const struct lambda_batch *batch,
                                                    struct arena *arena,
                                                    struct lambda_record_result **ret_results);

#endif

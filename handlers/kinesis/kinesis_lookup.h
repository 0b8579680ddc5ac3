/*
 * kinesis_lookup.h -- the stream a request means, by StreamName or StreamARN.
 *
 * Every kinesis_require_...() either fills in the row (in the call's arena) and says true, or has
 * answered the call with the error and says false.
 */
#ifndef HANDLERS_KINESIS_KINESIS_LOOKUP_H
#define HANDLERS_KINESIS_KINESIS_LOOKUP_H

#include <stdbool.h>

#include "emulator/base/slice.h"
#include "storage/kinesis_store.h"

struct call;

/* The caller's streams: its account and region. */
struct kinesis_owner kinesis_lookup_owner(const struct call *call);

bool kinesis_require_stream(struct call *call, struct kinesis_stream_row *ret_row);

/* By an ARN alone. */
bool kinesis_require_arn(struct call *call, struct slice arn, struct kinesis_stream_row *ret_row);

/* A shard of that stream by its id, such as "shardId-000000000000". */
bool kinesis_require_shard(struct call *call, const struct kinesis_stream_row *stream,
                           struct slice id, struct kinesis_shard_row *ret_row);

/* "arn:aws:kinesis:<region>:<account>:stream/<name>"; NULL when out of memory. */
const char *kinesis_lookup_arn(struct call *call, struct slice name);

/* Records that arrived before are out of the stream's retention. */
int64_t kinesis_keep_from_ms(const struct call *call, const struct kinesis_stream_row *stream);

void kinesis_fail_not_found(struct call *call, struct slice name);

/* Answer for a status of the store: 5xx. */
void kinesis_fail_storage(struct call *call, enum status status);

/* 200 without a body, or the storage's failure. */
void kinesis_answer_done(struct call *call, enum status status);

#endif

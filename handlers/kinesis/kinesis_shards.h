/*
 * kinesis_shards.h -- shards as DescribeStream and ListShards show them.
 */
#ifndef HANDLERS_KINESIS_KINESIS_SHARDS_H
#define HANDLERS_KINESIS_KINESIS_SHARDS_H

#include <stdbool.h>
#include <stdint.h>

#include "emulator/base/slice.h"

struct call;
struct json_writer;
struct kinesis_stream_row;

/* "Shards": those behind number `after`, `limit` at the most; the number of the last one. */
int64_t kinesis_write_shards(struct json_writer *w, const struct kinesis_stream_row *stream,
                             int64_t after, int64_t limit);

/*
 * The number in ExclusiveStartShardId, -1 without one. False: the call is answered, because it is
 * no id of a shard.
 */
bool kinesis_read_start(struct call *call, struct slice id, int64_t *ret_after);

#endif

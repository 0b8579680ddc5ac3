/*
 * kinesis_portion.h -- a portion of a Kinesis stream's records on its way into a delivery stream.
 */
#ifndef EMULATOR_DELIVERY_KINESIS_PORTION_H
#define EMULATOR_DELIVERY_KINESIS_PORTION_H

#include <stdbool.h>

#include "emulator/base/status.h"

struct delivery_stream;
struct kinesis_stream_row;

/*
 * Take over what is next in one shard that was not read to its end, a few milliseconds' work, and
 * move the position behind it. False: all shards were read to their ends. Writes; on failure the
 * caller undoes the unit.
 */
NODISCARD enum status kinesis_portion_take(struct delivery_stream *stream,
                                           const struct kinesis_stream_row *kinesis,
                                           bool *ret_more);

#endif

/*
 * kpl_record.h -- the records a producer has packed into one record of a Kinesis stream, in the
 * format of the Kinesis Producer Library:
 *
 *     F3 89 9A C2, a message AggregatedRecord (protocol buffers), the MD5 of that message
 */
#ifndef EMULATOR_DELIVERY_KPL_RECORD_H
#define EMULATOR_DELIVERY_KPL_RECORD_H

#include <stddef.h>

#include "emulator/base/slice.h"

struct arena;

struct kpl_record {
    struct slice partition_key;
    struct slice data;
};

/*
 * The records in `data`, borrowed from it; the array is in the arena. STATUS_INVALID: it is a
 * plain record.
 */
NODISCARD enum status kpl_record_split(struct slice data, struct arena *arena,
                                       struct kpl_record **ret_records, size_t *ret_count);

#endif

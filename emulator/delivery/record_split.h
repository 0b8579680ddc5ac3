/*
 * record_split.h -- RecordDeAggregation: the sub-records of one record, and how they are found.
 *
 *     JSON        objects one behind the other, with or without white space in between
 *     DELIMITED   whatever stands between delimiters; nothing between two of them is no record
 *
 * What separates them is left out. A record of JSON that holds anything but objects, or one with
 * more than 500 sub-records, is invalid as a whole. An object's text is not checked further than it
 * takes to find its end.
 */
#ifndef EMULATOR_DELIVERY_RECORD_SPLIT_H
#define EMULATOR_DELIVERY_RECORD_SPLIT_H

#include <stdbool.h>
#include <stddef.h>

#include "emulator/base/slice.h"

#define RECORD_SPLIT_MAX_RECORDS 500
#define RECORD_SPLIT_MAX_DEPTH 1000

struct record_split {
    struct slice rest;      /* of the record */
    bool is_json;           /* else delimited */
    struct slice delimiter; /* not empty when delimited */
    size_t count;           /* found up to now */
};

/* The next sub-record, a part of the record. STATUS_END behind the last; STATUS_INVALID. */
NODISCARD enum status record_split_next(struct record_split *split, struct slice *ret_record);

#endif

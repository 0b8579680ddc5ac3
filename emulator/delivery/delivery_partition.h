/*
 * delivery_partition.h -- the active partitions of a stream with dynamic partitioning: a buffer of
 * its own for each set of partition keys, in STAGE_DELIVER, with size and interval of its own.
 *
 *     (none) --first record of these keys--> ACTIVE --its last record was delivered--> (none)
 *
 * A partition keeps the prefix it began with. Its row comes with its first chunk and goes with the
 * unit that delivers its last one; in memory it is dropped when it is empty and at rest.
 */
#ifndef EMULATOR_DELIVERY_DELIVERY_PARTITION_H
#define EMULATOR_DELIVERY_DELIVERY_PARTITION_H

#include <stdbool.h>

#include "emulator/base/slice.h"
#include "emulator/delivery/delivery_buffer.h"

struct delivery_partition_row;
struct record_chunk;

#define DELIVERY_MAX_PARTITIONS 500u /* of one stream, as on AWS */

struct delivery_partition {
    struct delivery_buffer buffer;
    struct list link; /* stream->partitions */
    unsigned lane;
    struct slice prefix; /* both behind the structure */
    struct slice keys;
};

/* The partition of a buffer; NULL for a stage's own. */
struct delivery_partition *delivery_partition_of(struct delivery_buffer *buffer);

/* The partition with these keys; begun when there is none. STATUS_TOO_LARGE: there are 500. */
NODISCARD enum status delivery_partition_get(struct delivery_stream *stream, struct slice prefix,
                                             struct slice keys,
                                             struct delivery_partition **ret_partition);

/* Append a chunk, and the partition's row. Writes. */
NODISCARD enum status delivery_partition_append(struct delivery_partition *partition,
                                                const struct record_chunk *chunk, int64_t now_ms);

/* The partition's row, when `claim` is all it has. Writes. */
NODISCARD enum status delivery_partition_end(struct delivery_partition *partition);

/* Drop those that are empty and at rest. */
void delivery_partition_trim(struct delivery_stream *stream);

/* From its row; nothing happens when it is there. */
NODISCARD enum status delivery_partition_load(struct delivery_stream *stream,
                                              const struct delivery_partition_row *row);

/* All of them, with the stream. */
void delivery_partition_free_all(struct delivery_stream *stream);

#endif

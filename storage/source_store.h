/*
 * source_store.h -- delivery streams that read a Kinesis stream: what they read, and how far.
 *
 * A position is a place in a shard (kinesis_store.h): everything up to it was taken over. It is
 * moved in the unit that stores the records themselves. Writes need an open unit of work (db.h).
 */
#ifndef STORAGE_SOURCE_STORE_H
#define STORAGE_SOURCE_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "emulator/base/slice.h"
#include "storage/kinesis_store.h"

struct arena;
struct db;

/* The KinesisStream- or DirectPutSourceConfiguration of a delivery stream, as JSON. Writes. */
NODISCARD enum status source_store_set(struct db *db, int64_t delivery_stream, struct slice source);

/* STATUS_NOT_FOUND: it has none. */
NODISCARD enum status source_store_get(struct db *db, int64_t delivery_stream, struct arena *arena,
                                       struct slice *ret_source);

/*
 * Begin to read: of the shards of `kinesis_stream` (0: there is none) what comes from now on, of
 * every later shard all. Writes.
 */
NODISCARD enum status source_store_begin(struct db *db, int64_t delivery_stream,
                                         int64_t kinesis_stream);

NODISCARD enum status source_store_has_begun(struct db *db, int64_t delivery_stream,
                                             bool *ret_begun);

/* A shard that was not read to its end, and the position in it. STATUS_NOT_FOUND: there is none. */
NODISCARD enum status source_store_unread(struct db *db, int64_t delivery_stream,
                                          int64_t kinesis_stream, struct kinesis_shard_row *ret_row,
                                          int64_t *ret_position);

NODISCARD enum status source_store_move(struct db *db, int64_t delivery_stream, int64_t shard,
                                        int64_t position);

#endif

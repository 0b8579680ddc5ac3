/*
 * delivery_partition_store.h -- the active partitions of delivery streams: which lane
 * (record_store.h) holds the records of which partition keys.
 *
 * Writes need an open unit of work (db.h). A stream's partitions go with it
 * (delivery_stream_store_delete).
 */
#ifndef STORAGE_DELIVERY_PARTITION_STORE_H
#define STORAGE_DELIVERY_PARTITION_STORE_H

#include <stdint.h>

#include "emulator/base/slice.h"

struct db;

struct delivery_partition_row {
    int64_t stream;
    unsigned lane;
    struct slice prefix; /* as configured when the partition began */
    struct slice keys;   /* the values of its partition keys, in their order, a NUL behind each */
};

/* What is there already stays. */
NODISCARD enum status delivery_partition_store_put(struct db *db,
                                                   const struct delivery_partition_row *row);
NODISCARD enum status delivery_partition_store_delete(struct db *db, int64_t stream, unsigned lane);

/* Call each(arg, row) for all of them; the row is borrowed. The first failure ends it. */
NODISCARD enum status delivery_partition_store_each(
    struct db *db, enum status (*each)(void *arg, const struct delivery_partition_row *row),
    void *arg);

#endif

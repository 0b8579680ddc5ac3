/*
 * index_write.h -- keeping the rows of a table's secondary indexes in step with its items.
 */
#ifndef HANDLERS_DYNAMODB_INDEX_WRITE_H
#define HANDLERS_DYNAMODB_INDEX_WRITE_H

#include <stdint.h>

#include "storage/item_store.h"

struct arena;
struct db;
struct item_change;
struct table;
struct table_index;

/* Change the table's indexes for an item whose row is `row`, in the unit that changes it. */
NODISCARD enum status index_write_change(const struct item_change *change, int64_t row);

/* An item of a table, where it stands. */
struct index_source {
    int64_t row;
    struct item_key key;
    struct slice document;
};

/* Put an item into an index that is being filled. */
NODISCARD enum status index_write_fill(struct db *db, const struct table *table,
                                       const struct table_index *index,
                                       const struct index_source *source, struct arena *arena);

#endif

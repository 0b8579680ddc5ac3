/*
 * index_item_store.h -- the rows of secondary indexes: which items are where in an index, and
 * what of them is projected.
 *
 * A row of an index of all attributes has no document of its own: the item's is read. So only a
 * change of the index's key touches it. Loop thread only; writes need an open unit (db.h).
 */
#ifndef STORAGE_INDEX_ITEM_STORE_H
#define STORAGE_INDEX_ITEM_STORE_H

#include "storage/item_store.h"

/* Where a row stands: its key in the index, then that of its item. */
struct index_key {
    struct item_key index;
    struct item_key item;
};

struct index_item {
    int64_t item;          /* the item's row */
    int64_t size;          /* as AWS counts what is projected */
    struct slice document; /* NULL pointer: the whole item */
};

/* Put it, whether or not there is one. */
NODISCARD enum status index_item_store_put(struct db *db, int64_t index_id,
                                           const struct index_key *key,
                                           const struct index_item *row);
NODISCARD enum status index_item_store_remove(struct db *db, int64_t index_id,
                                              const struct index_key *key);

/* ---- walking: as item_walk of item_store.h -----------------------------------------------------
 */

/* One partition: sort keys from `low` on and below `high`. */
struct index_range {
    struct slice p;
    struct slice low;
    struct slice high;
    bool is_backward;
    const struct index_key *after; /* and behind this row, in the direction; NULL: from the start */
};

struct index_walk {
    struct query query;
    struct index_key key;
    int64_t size;
    struct slice document;
};

/* `is_whole`: items as they are in the table. */
void index_walk_partition(struct index_walk *walk, struct db *db, int64_t index_id, bool is_whole,
                          const struct index_range *range);

/* The whole index: rows behind `after` whose p is below `end`. */
void index_walk_all(struct index_walk *walk, struct db *db, int64_t index_id, bool is_whole,
                    const struct index_key *after, struct slice end);

bool index_walk_next(struct index_walk *walk);
NODISCARD enum status index_walk_end(struct index_walk *walk);

#endif

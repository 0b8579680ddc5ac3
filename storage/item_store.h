/*
 * item_store.h -- DynamoDB items as rows: a table's id, two encoded keys, a document.
 *
 * Keys compare as bytes; what they encode and how a document is built is the caller's.
 * Every write keeps the table's counters (table_store.h) in step. Loop thread only; writes need an
 * open unit (db.h).
 */
#ifndef STORAGE_ITEM_STORE_H
#define STORAGE_ITEM_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "emulator/base/slice.h"
#include "storage/query.h"

struct arena;
struct db;

struct item_key {
    struct slice p; /* never empty */
    struct slice s; /* empty without a sort key */
};

/* Where an item stands now. `row` 0: there is none. */
struct item_place {
    int64_t row;
    int64_t size;          /* as AWS counts it; 0 when there is none */
    struct slice document; /* only from item_store_get() */
};

/* Find the item with its document, which is copied into the arena. No item is no error. */
NODISCARD enum status item_store_get(struct db *db, int64_t table_id, const struct item_key *key,
                                     struct arena *arena, struct item_place *ret_place);

/* Find the item without reading its document. */
NODISCARD enum status item_store_find(struct db *db, int64_t table_id, const struct item_key *key,
                                      struct item_place *ret_place);

/* Put `document` at `place`, which was found for `key` in this unit. */
NODISCARD enum status item_store_put(struct db *db, int64_t table_id, const struct item_key *key,
                                     const struct item_place *place, const struct item_place *item);

/* The row of the item that was put last, when there was none before. */
int64_t item_store_new_row(const struct db *db);

/* Remove what is at `place`. */
NODISCARD enum status item_store_remove(struct db *db, int64_t table_id,
                                        const struct item_place *place);

/* ---- walking ------------------------------------------------------------------------------ */

/*
 * A walk over items, read row by row: while item_walk_next(), ..., item_walk_end(). Only one walk
 * of a kind at a time, and nothing is written meanwhile. Slices are borrowed until the next step.
 */
struct item_walk {
    struct query query;
    int64_t row;
    struct item_key key;
    int64_t size;
    struct slice document;
};

/* One partition: sort keys from `low` on and below `high`. */
struct item_range {
    struct slice p;
    struct slice low;
    struct slice high;
    bool is_backward;
};

void item_walk_partition(struct item_walk *walk, struct db *db, int64_t table_id,
                         const struct item_range *range);

/* The whole table: keys after `after` whose p is below `end`. */
void item_walk_table(struct item_walk *walk, struct db *db, int64_t table_id,
                     const struct item_key *after, struct slice end);

bool item_walk_next(struct item_walk *walk);
NODISCARD enum status item_walk_end(struct item_walk *walk);

#endif

/*
 * index_store.h -- secondary indexes of DynamoDB tables: what they are, how many items are in them.
 * Their rows are in index_item_store.h.
 *
 * An index that is added to a table with items is filled in the order of the items' keys. Until
 * that is done it is `is_creating`, and holds those up to its cursor: a write of an item up to it
 * changes the index, one behind it does not, since the filling comes by there yet.
 *
 * A table's indexes come with the table (table_cache_find()); whoever changes them says
 * table_cache_forget(). Loop thread only. Writes need an open unit (db.h).
 */
#ifndef STORAGE_INDEX_STORE_H
#define STORAGE_INDEX_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "emulator/base/slice.h"
#include "storage/item_store.h"

struct arena;
struct db;

#define KEY_PARTS_MAX 4
#define INDEX_ATTRIBUTES_MAX 20
#define INDEXES_MAX 25 /* of a table */

struct key_part {
    struct slice name;
    char type; /* 'S', 'N' or 'B' */
};

/* Attributes that make up a key. Global indexes may have several for each half. */
struct key_schema {
    size_t hash_count; /* at least 1 */
    size_t range_count;
    struct key_part hash[KEY_PARTS_MAX];
    struct key_part range[KEY_PARTS_MAX];
};

enum index_projection { INDEX_ALL, INDEX_KEYS_ONLY, INDEX_INCLUDE };

struct table_index {
    int64_t id;
    struct slice name;
    bool is_global;
    struct key_schema keys;
    enum index_projection projection;
    size_t attribute_count; /* INDEX_INCLUDE: besides the keys */
    struct slice attributes[INDEX_ATTRIBUTES_MAX];
    int64_t read_units;
    int64_t write_units;
    bool is_creating;
    struct item_key cursor; /* is_creating: of the last item that was looked at */
};

struct index_counts {
    int64_t items;
    int64_t bytes;
};

/* Fills in index->id. STATUS_EXISTS. */
NODISCARD enum status index_store_create(struct db *db, int64_t table_id,
                                         struct table_index *index);

/* The index is gone at once; its rows go with index_store_sweep(). */
NODISCARD enum status index_store_drop(struct db *db, int64_t index_id);

NODISCARD enum status index_store_has_dropped(struct db *db, bool *ret_has);

/* Remove up to `max_rows` of a dropped index. */
NODISCARD enum status index_store_sweep(struct db *db, int64_t max_rows);

/* All of a table, by name, in the arena. */
NODISCARD enum status index_store_list(struct db *db, int64_t table_id, struct arena *arena,
                                       const struct table_index **ret_indexes, size_t *ret_count);

NODISCARD enum status index_store_count(struct db *db, int64_t index_id,
                                        struct index_counts *ret_counts);

/* Add to an index's counters. */
NODISCARD enum status index_store_add(struct db *db, int64_t index_id,
                                      const struct index_counts *change);

NODISCARD enum status index_store_set_units(struct db *db, int64_t index_id, int64_t read_units,
                                            int64_t write_units);

/* ---- filling ------------------------------------------------------------------------------- */

/* One that is_creating, and its table. STATUS_NOT_FOUND. */
NODISCARD enum status index_store_creating(struct db *db, int64_t *ret_index_id,
                                           int64_t *ret_table_id);

/* Move the cursor; NULL: all of the table is in. */
NODISCARD enum status index_store_filled(struct db *db, int64_t index_id,
                                         const struct item_key *cursor);

#endif

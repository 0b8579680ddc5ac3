/*
 * table_store.h -- DynamoDB tables: descriptions, counters, tags, and a cache of descriptions.
 *
 * The cache belongs to one sandbox: made after its database, closed before it. It keeps
 * what the last lookups found, up to TABLE_CACHE_SLOTS tables, so that reading or
 * writing an item costs no lookup of its table. It is emptied when a group of writes is undone;
 * whoever changes a table in a unit says table_cache_forget() and does not look it up again in that
 * unit.
 *
 * Loop thread only. Writes need an open unit (db.h).
 */
#ifndef STORAGE_TABLE_STORE_H
#define STORAGE_TABLE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "emulator/base/slice.h"

struct arena;
struct db;
struct table_cache;
struct table_index; /* index_store.h */

#define TABLE_CACHE_SLOTS 64

enum stream_view {
    STREAM_VIEW_NONE, /* no stream */
    STREAM_VIEW_KEYS_ONLY,
    STREAM_VIEW_NEW_IMAGE,
    STREAM_VIEW_OLD_IMAGE,
    STREAM_VIEW_NEW_AND_OLD_IMAGES,
};

/* Whose tables: names are unique within one. */
struct table_scope {
    struct slice account;
    struct slice region;
};

enum ttl_state {
    TTL_DISABLED,
    TTL_ENABLING, /* items are being looked at */
    TTL_ENABLED,
};

struct table {
    int64_t id;
    struct slice account;
    struct slice region;
    struct slice name;
    struct slice uuid;
    int64_t created_ms;
    struct slice hash_name;
    char hash_type;          /* 'S', 'N' or 'B' */
    struct slice range_name; /* empty: no sort key */
    char range_type;
    bool is_on_demand;
    int64_t read_units;
    int64_t write_units;
    bool is_protected;
    struct slice table_class; /* empty unless asked for */
    int64_t stream_id;
    enum stream_view stream_view;
    struct slice stream_label; /* of the latest stream, also when there is none any more */
    int64_t on_demand_ms;      /* since when; 0: never was */
    int64_t increased_ms;      /* when its throughput was; 0: never */
    int64_t decreased_ms;
    int64_t class_ms; /* when its class changed; 0: never */
    int64_t max_read_units;
    int64_t max_write_units; /* on demand; 0: not said, -1: no maximum */
    bool is_encrypted;       /* with a key of KMS, as told */
    struct slice kms_key;
    enum ttl_state ttl_state;
    struct slice ttl_name;     /* the attribute that says when an item expires */
    struct slice ttl_cursor_p; /* TTL_ENABLING: the key of the last item looked at */
    struct slice ttl_cursor_s;
    const struct table_index *indexes; /* by name; secondary ones */
    size_t index_count;
};

struct table_counts {
    int64_t items;
    int64_t bytes;
};

/* ---- the cache -------------------------------------------------------------------------- */

NODISCARD enum status table_cache_create(struct db *db, struct table_cache **ret_cache);

/* NULL is a no-op. Tables handed out stay valid. */
void table_cache_close(struct table_cache *cache);

/* `table` is about to change or go. */
void table_cache_forget(struct table_cache *cache, const struct table *table);

/*
 * The table of that name, valid until `arena` is cleared. STATUS_NOT_FOUND.
 */
NODISCARD enum status table_cache_find(struct table_cache *cache, const struct table_scope *scope,
                                       struct slice name, struct arena *arena,
                                       const struct table **ret_table);

/* The same by id. */
NODISCARD enum status table_cache_find_id(struct table_cache *cache, int64_t table_id,
                                          struct arena *arena, const struct table **ret_table);

/* ---- the store -------------------------------------------------------------------------- */

/*
 * Make a table, without indexes; fills in table->id and, for one with a stream, stream_id.
 * STATUS_EXISTS.
 */
NODISCARD enum status table_store_create(struct db *db, struct table *table);

/* Everything that may change of table->id: all but names and keys. */
NODISCARD enum status table_store_update(struct db *db, const struct table *table);

/* The table is gone at once; its items go with table_store_sweep(). Its stream is closed. */
NODISCARD enum status table_store_drop(struct db *db, const struct table *table, int64_t now_ms);

NODISCARD enum status table_store_has_dropped(struct db *db, bool *ret_has);

/*
 * Remove up to `max_rows` items of a dropped table or index, of large ones fewer; *ret_more says
 * whether there is still one.
 */
NODISCARD enum status table_store_sweep(struct db *db, int64_t max_rows, bool *ret_more);

NODISCARD enum status table_store_count(struct db *db, int64_t table_id,
                                        struct table_counts *ret_counts);

/* Add to a table's counters. */
NODISCARD enum status table_store_add(struct db *db, int64_t table_id,
                                      const struct table_counts *change);

/* Which names are wanted: up to `max` of those greater than `after`. */
struct table_page {
    struct slice after;
    size_t max;
};

/* In order, copied into the arena; `ret_names` has room for page->max of them. */
NODISCARD enum status table_store_list(struct db *db, const struct table_scope *scope,
                                       const struct table_page *page, struct arena *arena,
                                       struct slice *ret_names, size_t *ret_count);

/* ---- settings that are only kept ------------------------------------------------------------ */

/* As JSON, by kind ("policy"); an empty body removes it. */
NODISCARD enum status table_store_set(struct db *db, int64_t table_id, const char *kind,
                                      struct slice body);

/* Empty: not set. Copied into the arena. */
NODISCARD enum status table_store_setting(struct db *db, int64_t table_id, const char *kind,
                                          struct arena *arena, struct slice *ret_body);

/* ---- tags ------------------------------------------------------------------------------- */

struct table_tag {
    struct slice name;
    struct slice value;
};

NODISCARD enum status table_store_tag(struct db *db, int64_t table_id, const struct table_tag *tag);
NODISCARD enum status table_store_untag(struct db *db, int64_t table_id, struct slice name);

/* Up to `max` tags, by name, copied into the arena. */
NODISCARD enum status table_store_tags(struct db *db, int64_t table_id, size_t max,
                                       struct arena *arena, struct table_tag *ret_tags,
                                       size_t *ret_count);

#endif

/*
 * bucket_setting_store.h -- what is set on a bucket: by kind ("cors", "policy"), and by id where a
 * bucket may have several of a kind. The bodies are kept as given. They go with their bucket.
 *
 * Slices in results are in the arena given. Writes need an open unit of work (db.h).
 */
#ifndef STORAGE_BUCKET_SETTING_STORE_H
#define STORAGE_BUCKET_SETTING_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "emulator/base/slice.h"

struct arena;
struct db;

struct bucket_setting {
    int64_t bucket_id;
    struct slice kind;
    struct slice id; /* empty for a kind of which there is one */
    struct slice body;
};

/* Replaces one of the same kind and id. */
NODISCARD enum status bucket_setting_put(struct db *db, const struct bucket_setting *setting);

/* Fills in the body. STATUS_NOT_FOUND. */
NODISCARD enum status bucket_setting_find(struct db *db, struct arena *arena,
                                          struct bucket_setting *setting);

/* STATUS_NOT_FOUND. */
NODISCARD enum status bucket_setting_delete(struct db *db, const struct bucket_setting *setting);

struct bucket_setting_list {
    int64_t bucket_id;
    struct slice kind;
    struct slice after; /* an id */
    size_t max;
    /* the result, by id: */
    struct bucket_setting *settings;
    size_t count;
    bool is_truncated;
};

NODISCARD enum status bucket_setting_list(struct db *db, struct arena *arena,
                                          struct bucket_setting_list *list);

/* The first bucket behind `after_bucket` with a setting of this kind. STATUS_NOT_FOUND. */
NODISCARD enum status bucket_setting_next(struct db *db, struct slice kind, int64_t after_bucket,
                                          int64_t *ret_bucket);

#endif

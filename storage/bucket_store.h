/*
 * bucket_store.h -- S3 buckets: names are global, whatever account or region asks.
 *
 * Slices in results are in the arena given. Writes need an open unit of work (db.h).
 */
#ifndef STORAGE_BUCKET_STORE_H
#define STORAGE_BUCKET_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "emulator/base/slice.h"

struct arena;
struct db;

/* As stored; only ever added to. */
enum bucket_versioning { BUCKET_NEVER_VERSIONED, BUCKET_VERSIONED, BUCKET_SUSPENDED };

struct bucket {
    int64_t id;
    struct slice name;
    struct slice account;
    struct slice region;
    struct slice location; /* the LocationConstraint as given; empty in us-east-1 */
    int64_t created_ms;
    enum bucket_versioning versioning;
    bool has_lock; /* object lock: never taken back */
};

/* STATUS_NOT_FOUND. */
NODISCARD enum status bucket_store_find(struct db *db, struct slice name, struct arena *arena,
                                        struct bucket *ret_bucket);

/* Everything but the id is taken from `bucket`. STATUS_EXISTS, whoever owns it. */
NODISCARD enum status bucket_store_create(struct db *db, const struct bucket *bucket);

/* Its versioning and lock. */
NODISCARD enum status bucket_store_update(struct db *db, const struct bucket *bucket);

/* With its unfinished uploads. STATUS_CONFLICT while it holds objects or their versions. */
NODISCARD enum status bucket_store_delete(struct db *db, int64_t bucket_id);

struct bucket_list {
    struct slice account;
    struct slice prefix;
    struct slice region; /* empty: any */
    struct slice after;  /* the last name seen, or empty */
    size_t max;
    /* the result, by name: */
    struct bucket *buckets;
    size_t count;
    bool is_truncated;
};

NODISCARD enum status bucket_store_list(struct db *db, struct arena *arena,
                                        struct bucket_list *list);

#endif

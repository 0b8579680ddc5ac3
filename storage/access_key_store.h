/*
 * access_key_store.h -- the access keys of IAM's users. Writes need an open unit of work (db.h).
 */
#ifndef STORAGE_ACCESS_KEY_STORE_H
#define STORAGE_ACCESS_KEY_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "emulator/base/slice.h"

struct arena;
struct db;

struct access_key {
    struct slice id; /* AKIA... */
    int64_t user;    /* iam_entity.id */
    struct slice secret;
    bool is_active;
    int64_t created_ms;
};

/* STATUS_EXISTS: there is a key of that id. */
NODISCARD enum status access_key_store_insert(struct db *db, const struct access_key *key);

/* Whoever's it is. STATUS_NOT_FOUND. */
NODISCARD enum status access_key_store_find(struct db *db, struct slice id, struct arena *arena,
                                            struct access_key *ret_key);

NODISCARD enum status access_key_store_activate(struct db *db, struct slice id, bool is_active);
NODISCARD enum status access_key_store_delete(struct db *db, struct slice id);

/* The user's first behind that id. STATUS_NOT_FOUND: there is none. */
NODISCARD enum status access_key_store_next(struct db *db, int64_t user, struct slice after_id,
                                            struct arena *arena, struct access_key *ret_key);

NODISCARD enum status access_key_store_count(struct db *db, int64_t user, int64_t *ret_count);

#endif

/*
 * iam_entity_store.h -- IAM's roles, users and instance profiles of an account. Writes need an open
 * unit of work (db.h).
 *
 * Names are unique within their kind whatever the case of their letters, and found as they were
 * given; lists are in their order. Rows are copied into the caller's arena.
 */
#ifndef STORAGE_IAM_ENTITY_STORE_H
#define STORAGE_IAM_ENTITY_STORE_H

#include <stdint.h>

#include "emulator/base/slice.h"

struct arena;
struct db;

enum iam_kind { IAM_ROLE = 1, IAM_USER = 2, IAM_INSTANCE_PROFILE = 3 };

struct iam_entity {
    int64_t id;
    struct slice account;
    enum iam_kind kind;
    struct slice name;
    struct slice path;      /* "/", or "/a/b/" */
    struct slice unique_id; /* never used again */
    struct slice description;
    struct slice trust_policy; /* of a role: as it was given */
    int64_t max_session_s;     /* of a role */
    struct slice boundary;     /* ARN of a policy, empty for none */
    int64_t role;              /* of an instance profile: the id of its role, 0 for none */
    struct slice tags;         /* JSON array of Key and Value, empty for none */
    int64_t created_ms;
};

/* entity->id is ignored; *ret_id gets it. STATUS_EXISTS: the name is taken. */
NODISCARD enum status iam_entity_store_insert(struct db *db, const struct iam_entity *entity,
                                              int64_t *ret_id);

/* All but account, kind, unique_id and created_ms. STATUS_EXISTS: the new name is taken. */
NODISCARD enum status iam_entity_store_update(struct db *db, const struct iam_entity *entity);

/* The row alone: what belongs to it (iam_grant_store.h, access_key_store.h) goes before. */
NODISCARD enum status iam_entity_store_delete(struct db *db, int64_t id);

/* STATUS_NOT_FOUND. */
NODISCARD enum status iam_entity_store_find(struct db *db, const struct iam_entity *key,
                                            struct arena *arena, struct iam_entity *ret_entity);
NODISCARD enum status iam_entity_store_find_id(struct db *db, int64_t id, struct arena *arena,
                                               struct iam_entity *ret_entity);

/* The first of key's account and kind behind key's name. STATUS_NOT_FOUND: there is none. */
NODISCARD enum status iam_entity_store_next(struct db *db, const struct iam_entity *key,
                                            struct arena *arena, struct iam_entity *ret_entity);

/* The first instance profile of this role behind the name. STATUS_NOT_FOUND: there is none. */
NODISCARD enum status iam_entity_store_next_profile(struct db *db, int64_t role,
                                                    struct slice after_name, struct arena *arena,
                                                    struct iam_entity *ret_entity);

/* How many of its kind an account has. */
NODISCARD enum status iam_entity_store_count(struct db *db, struct slice account,
                                             enum iam_kind kind, int64_t *ret_count);

#endif

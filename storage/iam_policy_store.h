/*
 * iam_policy_store.h -- the managed policies an account made itself, and their versions. Writes
 * need an open unit of work (db.h).
 *
 * Names are as in iam_entity_store.h. A version's number is not used again.
 */
#ifndef STORAGE_IAM_POLICY_STORE_H
#define STORAGE_IAM_POLICY_STORE_H

#include <stdint.h>

#include "emulator/base/slice.h"

struct arena;
struct db;

struct iam_policy {
    int64_t id;
    struct slice account;
    struct slice name;
    struct slice path;
    struct slice unique_id;
    struct slice description;
    struct slice tags; /* JSON array of Key and Value, empty for none */
    int64_t default_version;
    int64_t last_version; /* the highest number there ever was */
    int64_t created_ms;
    int64_t updated_ms;
};

/* Without a version yet. policy->id is ignored; *ret_id gets it. STATUS_EXISTS. */
NODISCARD enum status iam_policy_store_insert(struct db *db, const struct iam_policy *policy,
                                              int64_t *ret_id);

/* Its tags, versions' numbers and updated_ms. */
NODISCARD enum status iam_policy_store_update(struct db *db, const struct iam_policy *policy);

/* With its versions. */
NODISCARD enum status iam_policy_store_delete(struct db *db, int64_t id);

/* By key's account and name. STATUS_NOT_FOUND. */
NODISCARD enum status iam_policy_store_find(struct db *db, const struct iam_policy *key,
                                            struct arena *arena, struct iam_policy *ret_policy);

/* The first of the account behind key's name. STATUS_NOT_FOUND: there is none. */
NODISCARD enum status iam_policy_store_next(struct db *db, const struct iam_policy *key,
                                            struct arena *arena, struct iam_policy *ret_policy);

/* Of the account, and of all its policies' versions. */
struct iam_policy_counts {
    int64_t policies;
    int64_t versions;
};
NODISCARD enum status iam_policy_store_count(struct db *db, struct slice account,
                                             struct iam_policy_counts *ret_counts);

/* ---- versions ---- */

struct iam_policy_version {
    int64_t number;
    struct slice document; /* as it was given */
    int64_t created_ms;
};

NODISCARD enum status iam_policy_store_add_version(struct db *db, int64_t policy,
                                                   const struct iam_policy_version *version);

/* STATUS_NOT_FOUND. */
NODISCARD enum status iam_policy_store_find_version(struct db *db, int64_t policy, int64_t number,
                                                    struct arena *arena,
                                                    struct iam_policy_version *ret_version);
NODISCARD enum status iam_policy_store_delete_version(struct db *db, int64_t policy,
                                                      int64_t number);

/* The newest below `number`. STATUS_NOT_FOUND: there is none. */
NODISCARD enum status iam_policy_store_version_before(struct db *db, int64_t policy, int64_t number,
                                                      struct arena *arena,
                                                      struct iam_policy_version *ret_version);

NODISCARD enum status iam_policy_store_count_versions(struct db *db, int64_t policy,
                                                      int64_t *ret_count);

#endif

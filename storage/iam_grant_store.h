/*
 * iam_grant_store.h -- what roles and users were given: inline policies and attached managed ones.
 * Writes need an open unit of work (db.h).
 */
#ifndef STORAGE_IAM_GRANT_STORE_H
#define STORAGE_IAM_GRANT_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "emulator/base/slice.h"
#include "storage/iam_entity_store.h"

struct arena;
struct db;

/* ---- inline policies ---- */

struct iam_inline_policy {
    struct slice name;
    struct slice document; /* as it was given */
};

/* Takes the place of one of the same name. */
NODISCARD enum status iam_grant_store_put(struct db *db, int64_t entity,
                                          const struct iam_inline_policy *policy);

/* STATUS_NOT_FOUND. */
NODISCARD enum status iam_grant_store_find(struct db *db, int64_t entity, struct slice name,
                                           struct arena *arena,
                                           struct iam_inline_policy *ret_policy);
NODISCARD enum status iam_grant_store_delete(struct db *db, int64_t entity, struct slice name);

/* The first behind that name. STATUS_NOT_FOUND: there is none. */
NODISCARD enum status iam_grant_store_next(struct db *db, int64_t entity, struct slice after_name,
                                           struct arena *arena,
                                           struct iam_inline_policy *ret_policy);

/* ---- attached policies ---- */

/* Attaching twice is attaching once. */
NODISCARD enum status iam_grant_store_attach(struct db *db, const struct iam_entity *entity,
                                             struct slice policy_arn);

/* STATUS_NOT_FOUND: it is not attached. */
NODISCARD enum status iam_grant_store_detach(struct db *db, int64_t entity,
                                             struct slice policy_arn);

/* The first behind that ARN. STATUS_NOT_FOUND: there is none. */
NODISCARD enum status iam_grant_store_next_attached(struct db *db, int64_t entity,
                                                    struct slice after_arn, struct arena *arena,
                                                    struct slice *ret_arn);

NODISCARD enum status iam_grant_store_count_attached(struct db *db, int64_t entity,
                                                     int64_t *ret_count);

/* How many of the account have it attached, and for how many it is the boundary. */
struct iam_policy_use {
    int64_t attachments;
    int64_t boundaries;
};
NODISCARD enum status iam_grant_store_use(struct db *db, struct slice account,
                                          struct slice policy_arn, struct iam_policy_use *ret_use);

/*
 * The first of the account behind that id that has it attached, or as its boundary.
 * STATUS_NOT_FOUND: there is none.
 */
struct iam_policy_place {
    struct slice account;
    struct slice policy_arn;
    bool is_boundary;
};
NODISCARD enum status iam_grant_store_next_user(struct db *db, const struct iam_policy_place *place,
                                                int64_t after_id, struct arena *arena,
                                                struct iam_entity *ret_entity);

#endif

/*
 * function_alias_store.h -- names for versions of Lambda functions. Writes need an open unit of
 * work (db.h). An alias goes with its function (function_store_delete).
 */
#ifndef STORAGE_FUNCTION_ALIAS_STORE_H
#define STORAGE_FUNCTION_ALIAS_STORE_H

#include "emulator/base/slice.h"

struct arena;
struct db;

struct function_alias_key {
    struct slice account;
    struct slice region;
    struct slice function;
    struct slice name;
};

struct function_alias_row {
    struct slice version; /* a number or "$LATEST" */
    struct slice description;
    struct slice other_version; /* gets `weight` of the invocations; empty: none */
    double weight;              /* 0 ... 1 */
    struct slice revision_id;
};

/* STATUS_EXISTS when there is one of that name. */
NODISCARD enum status function_alias_store_insert(struct db *db,
                                                  const struct function_alias_key *key,
                                                  const struct function_alias_row *row);

/* STATUS_NOT_FOUND. */
NODISCARD enum status function_alias_store_update(struct db *db,
                                                  const struct function_alias_key *key,
                                                  const struct function_alias_row *row);

/* With the permissions and the event configuration given for it. STATUS_NOT_FOUND. */
NODISCARD enum status function_alias_store_delete(struct db *db,
                                                  const struct function_alias_key *key);

/* Copied into the arena. STATUS_NOT_FOUND. */
NODISCARD enum status function_alias_store_find(struct db *db, const struct function_alias_key *key,
                                                struct arena *arena,
                                                struct function_alias_row *ret_row);

/* The first alias of the function whose name comes after the key's. STATUS_NOT_FOUND. */
NODISCARD enum status function_alias_store_next(struct db *db,
                                                const struct function_alias_key *after,
                                                struct arena *arena, struct slice *ret_name,
                                                struct function_alias_row *ret_row);

#endif

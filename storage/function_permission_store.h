/*
 * function_permission_store.h -- the statements of Lambda functions' resource policies. Writes need
 * an open unit of work (db.h). They go with their function or alias.
 */
#ifndef STORAGE_FUNCTION_PERMISSION_STORE_H
#define STORAGE_FUNCTION_PERMISSION_STORE_H

#include "emulator/base/slice.h"

struct db;
struct text;

/* The policy of a function, or of one of its versions or aliases. */
struct function_policy_key {
    struct slice account;
    struct slice region;
    struct slice function;
    struct slice qualifier; /* empty: of the function itself */
};

/* `statement` is its JSON. STATUS_EXISTS when there is one with this sid. */
NODISCARD enum status function_permission_store_insert(struct db *db,
                                                       const struct function_policy_key *key,
                                                       struct slice sid, struct slice statement);

/* STATUS_NOT_FOUND. */
NODISCARD enum status function_permission_store_delete(struct db *db,
                                                       const struct function_policy_key *key,
                                                       struct slice sid);

/* All statements as they were added, a comma between them: the inside of a JSON array. */
NODISCARD enum status function_permission_store_list(struct db *db,
                                                     const struct function_policy_key *key,
                                                     struct text *statements);

#endif

/*
 * function_store.h -- Lambda functions: configuration and where their code is.
 *
 * Writes need an open unit of work (db.h). Code itself lies in files, named by
 * `code_revision`, which is never used twice.
 */
#ifndef STORAGE_FUNCTION_STORE_H
#define STORAGE_FUNCTION_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "emulator/base/slice.h"

struct arena;
struct db;

struct function_row {
    struct slice account;
    struct slice region;
    struct slice name;
    struct slice runtime;
    struct slice role;
    struct slice handler;
    struct slice description;
    int64_t timeout_s;
    int64_t memory_mb;
    int64_t storage_mb;
    struct slice environment; /* JSON object of variables; empty: none was given */
    struct slice tags;        /* JSON object; empty: none */
    struct slice architecture;
    struct slice tracing;
    struct slice log_group;
    struct slice code_sha256; /* base64 */
    int64_t code_size;
    struct slice code_revision;
    struct slice code_file;
    struct slice revision_id;
    int64_t modified_ms;
};

/* STATUS_EXISTS when there is one of that name. */
NODISCARD enum status function_store_insert(struct db *db, const struct function_row *row);

/* Replace everything of the function `row` names. STATUS_NOT_FOUND. */
NODISCARD enum status function_store_update(struct db *db, const struct function_row *row);

/* STATUS_NOT_FOUND when there is none. */
NODISCARD enum status function_store_delete(struct db *db, struct slice account,
                                            struct slice region, struct slice name);

/* The row, copied into the arena. STATUS_NOT_FOUND. */
NODISCARD enum status function_store_find(struct db *db, struct slice account, struct slice region,
                                          struct slice name, struct arena *arena,
                                          struct function_row *ret_row);

/*
 * The first function whose name comes after `after` (empty: the first of all), in name order.
 * STATUS_NOT_FOUND behind the last.
 */
NODISCARD enum status function_store_next(struct db *db, struct slice account, struct slice region,
                                          struct slice after, struct arena *arena,
                                          struct function_row *ret_row);

/* Does any function of the sandbox use this code? */
NODISCARD enum status function_store_uses_code(struct db *db, struct slice code_revision,
                                               bool *ret_uses);

#endif

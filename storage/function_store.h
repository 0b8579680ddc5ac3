/*
 * function_store.h -- Lambda functions and their versions: configuration and where the code is.
 *
 * Version 0 is $LATEST; the numbered ones are copies of it and never change. What belongs to the
 * function as a whole (tags, concurrency, last_version) stands in the row of $LATEST.
 *
 * Writes need an open unit of work (db.h). Code itself lies in files, named by
 * `code_revision`, which is never used twice; versions share it with the $LATEST they came from.
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
    int64_t version; /* 0: $LATEST */
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
    struct slice log_format;        /* "Text" (when empty) or "JSON" */
    struct slice application_level; /* of JSON; empty: the default */
    struct slice system_level;
    struct slice code_sha256; /* base64 */
    int64_t code_size;
    struct slice code_revision;
    struct slice code_file;
    struct slice revision_id;
    int64_t modified_ms;
    struct slice layers;       /* JSON array of {Arn, CodeSize}; empty: none */
    struct slice layer_folder; /* where they are laid out together; empty: none */
    int64_t layer_bytes;       /* unzipped, all of them */
    int64_t unzipped_bytes;    /* of the function's own code */
    bool has_concurrency;      /* reserved: `concurrency` counts */
    int64_t concurrency;       /* how many invocations at a time */
    int64_t last_version;      /* published last; 0: none yet */
    struct slice content_hash; /* of a version: of the $LATEST it was made from */

    /* The last change: until ready_ms it is under way, and the revision id is another one. */
    struct slice change; /* "create", "update"; empty: a row older than this column */
    int64_t ready_ms;
    struct slice change_revision_id;
};

struct function_key {
    struct slice account;
    struct slice region;
    struct slice name;
    int64_t version;
};

/* STATUS_EXISTS when there is one of that name and version. */
NODISCARD enum status function_store_insert(struct db *db, const struct function_row *row);

/* Replace everything of the function and version `row` names. STATUS_NOT_FOUND. */
NODISCARD enum status function_store_update(struct db *db, const struct function_row *row);

/*
 * The function with all its versions, aliases, permissions, and events that wait.
 * STATUS_NOT_FOUND when there is none.
 */
NODISCARD enum status function_store_delete(struct db *db, struct slice account,
                                            struct slice region, struct slice name);

/* One numbered version. STATUS_NOT_FOUND. */
NODISCARD enum status function_store_delete_version(struct db *db, const struct function_key *key);

/* $LATEST, copied into the arena. STATUS_NOT_FOUND. */
NODISCARD enum status function_store_find(struct db *db, struct slice account, struct slice region,
                                          struct slice name, struct arena *arena,
                                          struct function_row *ret_row);

/* The same of any version. */
NODISCARD enum status function_store_find_version(struct db *db, const struct function_key *key,
                                                  struct arena *arena,
                                                  struct function_row *ret_row);

/*
 * The first function whose name comes after `after` (empty: the first of all), in name order:
 * its $LATEST. STATUS_NOT_FOUND behind the last.
 */
NODISCARD enum status function_store_next(struct db *db, struct slice account, struct slice region,
                                          struct slice after, struct arena *arena,
                                          struct function_row *ret_row);

/* The first version of the key's function after the key's version. STATUS_NOT_FOUND. */
NODISCARD enum status function_store_next_version(struct db *db, const struct function_key *after,
                                                  struct arena *arena,
                                                  struct function_row *ret_row);

/* Does any function or version of the sandbox use this code? */
NODISCARD enum status function_store_uses_code(struct db *db, struct slice code_revision,
                                               bool *ret_uses);

/* The same of a folder of layers. */
NODISCARD enum status function_store_uses_layers(struct db *db, struct slice layer_folder,
                                                 bool *ret_uses);

/* What an account has in a region, for GetAccountSettings. */
struct function_totals {
    int64_t functions;
    int64_t code_bytes;  /* of all versions */
    int64_t concurrency; /* reserved */
};
NODISCARD enum status function_store_totals(struct db *db, struct slice account,
                                            struct slice region,
                                            struct function_totals *ret_totals);

#endif

/*
 * layer_store.h -- versions of Lambda layers. Writes need an open unit of work (db.h). The unpacked
 * layer lies in files, named by `code_revision`, which is never used twice; a version's number
 * is not used again either.
 */
#ifndef STORAGE_LAYER_STORE_H
#define STORAGE_LAYER_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "emulator/base/slice.h"

struct arena;
struct db;

struct layer_key {
    struct slice account;
    struct slice region;
    struct slice name;
    int64_t version;
};

struct layer_row {
    struct slice description;
    struct slice runtimes;      /* JSON array; empty: none given */
    struct slice architectures; /* likewise */
    struct slice license;
    struct slice code_sha256; /* base64 */
    int64_t code_size;        /* of the zip */
    int64_t unzipped_bytes;
    struct slice code_revision;
    int64_t created_ms;
};

/* As the next version of the key's layer, whose number goes to key->version. */
NODISCARD enum status layer_store_add(struct db *db, struct layer_key *key,
                                      const struct layer_row *row);

/* Copied into the arena. STATUS_NOT_FOUND. */
NODISCARD enum status layer_store_find(struct db *db, const struct layer_key *key,
                                       struct arena *arena, struct layer_row *ret_row);

/* STATUS_NOT_FOUND. */
NODISCARD enum status layer_store_delete(struct db *db, const struct layer_key *key);

/*
 * The layer's newest version below key->version (INT64_MAX: the newest of all); its number goes to
 * key->version. STATUS_NOT_FOUND.
 */
NODISCARD enum status layer_store_before(struct db *db, struct layer_key *key, struct arena *arena,
                                         struct layer_row *ret_row);

/* The name of the first layer behind the key's name that has a version. STATUS_NOT_FOUND. */
NODISCARD enum status layer_store_next_name(struct db *db, const struct layer_key *after,
                                            struct arena *arena, struct slice *ret_name);

/* Is this the code of a version that is there? */
NODISCARD enum status layer_store_uses_code(struct db *db, struct slice code_revision,
                                            bool *ret_uses);

#endif

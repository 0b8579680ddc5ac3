/*
 * object_store.h -- S3 objects: rows in the sandbox's database that refer to bodies (blobs.h).
 *
 * Writes need an open unit of work (db.h); a body becomes visible with that unit's COMMIT.
 */
#ifndef STORAGE_OBJECT_STORE_H
#define STORAGE_OBJECT_STORE_H

#include <stddef.h>
#include <stdint.h>

#include "storage/blobs.h"

struct arena;
struct db;

struct object_put {
    struct slice bucket;
    struct slice key;
    struct slice content_type;     /* empty: binary/octet-stream */
    struct slice content_encoding; /* empty: none */
    struct slice metadata;         /* a JSON object of further headers and x-amz-meta-*, or empty */
    int64_t modified_ms;
};

/*
 * Replace the object `put` names by this finished body. STATUS_NOT_FOUND: no such bucket.
 * The caller calls body_writer_keep() once it has succeeded.
 */
NODISCARD enum status object_store_put(struct db *db, struct blob_store *blobs,
                                       const struct object_put *put, const struct body *body);

#endif

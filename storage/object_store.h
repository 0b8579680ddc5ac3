/*
 * object_store.h -- S3 objects: rows in the sandbox's database that refer to bodies (blobs.h).
 *
 * Writes need an open unit of work (db.h); a body becomes visible with that unit's COMMIT. A small
 * body is in its object's row. A larger one is a list of extents, runs of bytes in blobs: one
 * for a plain upload, one per part for a multipart upload. Objects may share a body. Which blobs
 * nobody refers to any more is noted by triggers of the schema and collected after the COMMIT:
 *
 *     last object or part gone -> garbage row -> COMMIT -> unlink -> garbage row gone
 *
 * Slices in results are in the arena given. Loop thread only, but for a reader connection.
 */
#ifndef STORAGE_OBJECT_STORE_H
#define STORAGE_OBJECT_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "storage/blobs.h"
#include "storage/object_traits.h"

#define OBJECT_KEY_MAX_BYTES 1024U

struct arena;
struct db;

/* As stored; only ever added to. */
enum checksum_algorithm {
    CHECKSUM_NONE,
    CHECKSUM_CRC32,
    CHECKSUM_CRC32C,
    CHECKSUM_CRC64NVME,
    CHECKSUM_SHA1,
    CHECKSUM_SHA256
};

struct object_checksum {
    enum checksum_algorithm algorithm;
    struct slice value; /* base64; a composite one has "-N" behind it */
};

struct object_put {
    struct slice bucket;
    struct slice key;
    struct object_traits traits;
    struct object_version_id *ret_version; /* written on success, unless NULL */
    struct slice content_type;             /* empty: binary/octet-stream */
    struct slice content_encoding;         /* empty: none */
    struct slice metadata; /* a JSON object of further headers and x-amz-meta-*, or empty */
    int64_t modified_ms;
    struct slice etag;               /* without quotes; empty: the MD5 of the body */
    struct object_checksum checksum; /* CHECKSUM_NONE: the CRC64NVME of the body */
};

/*
 * Replace the object `put` names by this finished body; in a versioned bucket the one before
 * becomes an earlier version (object_versions.h). STATUS_NOT_FOUND: no such bucket.
 * STATUS_INVALID: a key that is empty or too long.
 * The caller calls body_writer_keep() once it has succeeded.
 */
NODISCARD enum status object_store_put(struct db *db, struct blob_store *blobs,
                                       const struct object_put *put, const struct body *body);

struct object {
    int64_t bucket_id;
    struct slice key;
    int64_t sequence;     /* among the versions of its key */
    struct slice version; /* empty: "null" */
    bool is_past;         /* not what a plain GET sees */
    bool is_marker;       /* a delete marker: nothing else is there but its time */
    struct object_traits traits;
    int64_t restored_until_ms; /* a copy of an archived object; 0: none */
    uint64_t size;
    int64_t modified_ms;
    struct slice etag; /* without quotes */
    struct object_checksum checksum;
    struct slice content_type;
    struct slice content_encoding;
    struct slice metadata;
    int64_t body_id;    /* 0: the bytes are here */
    struct slice bytes; /* only when asked for */
};

/* STATUS_NOT_FOUND. */
NODISCARD enum status object_store_find(struct db *db, int64_t bucket_id, struct slice key,
                                        struct arena *arena, struct object *ret_object);

/* As object_store_find(), with the bytes of a small body. */
NODISCARD enum status object_store_read(struct db *db, int64_t bucket_id, struct slice key,
                                        struct arena *arena, struct object *ret_object);

/*
 * Delete without a version id: see object_versions.h for what it leaves in a versioned bucket.
 * STATUS_NOT_FOUND: there was none, in a bucket without versions.
 */
NODISCARD enum status object_store_delete(struct db *db, int64_t bucket_id, struct slice key,
                                          int64_t now_ms);

/* As object_store_put(), sharing the body of `source` (from object_store_read()). */
NODISCARD enum status object_store_share(struct db *db, const struct object_put *put,
                                         const struct object *source);

/* As object_store_put(), with a body made by body_store_*(). */
NODISCARD enum status object_store_put_composed(struct db *db, const struct object_put *put,
                                                uint64_t size, int64_t body_id);

struct extent {
    uint64_t start; /* in the blob */
    uint64_t length;
    struct object_checksum checksum; /* of the part; the algorithm is the object's */
    char blob_id[BLOB_ID_CHARS + 1]; /* empty: the bytes are here */
    struct slice bytes;
};

/* In order. STATUS_NOT_FOUND: no such body. */
NODISCARD enum status object_store_extents(struct db *db, int64_t body_id, struct arena *arena,
                                           struct extent **ret_extents, size_t *ret_count);

/* The MD5 of a whole body, when it is known: STATUS_NOT_FOUND otherwise. */
NODISCARD enum status object_store_body_md5(struct db *db, int64_t body_id,
                                            uint8_t ret_md5[MD5_BYTES]);

/*
 * All extents of `body_id` now lie in this one blob, one behind the other: what was in several
 * files has been copied together. STATUS_NOT_FOUND: the body is gone, drop the blob.
 */
NODISCARD enum status object_store_merged(struct db *db, int64_t body_id, const struct body *body);

/* Blobs that lost their last reference, in a committed state. */
#define GARBAGE_MAX_BLOBS 64U

struct garbage {
    size_t count;
    bool has_more; /* rows to look at again, even when count is 0 */
    char blob_ids[GARBAGE_MAX_BLOBS][BLOB_ID_CHARS + 1];
};

/* Straight after db_commit(). Costs one look at an empty table when there is nothing. */
NODISCARD enum status object_store_garbage(struct db *db, struct garbage *ret_garbage);

/* In a unit, after the files were unlinked: forget them. */
NODISCARD enum status object_store_garbage_gone(struct db *db, const struct garbage *garbage);

/* At start, before anything else: remove every blob no row refers to. Opens its own unit. */
NODISCARD enum status object_store_sweep(struct db *db, struct blob_store *blobs);

#endif

/*
 * upload_store.h -- multipart uploads: what was asked at creation, the parts, and making them
 * one object without moving their bytes.
 *
 *     create -> parts, each replacing an earlier one of its number -> compose -> object row
 *            \-> delete (abort)
 *
 * Slices in results are in the arena given. Writes need an open unit of work (db.h).
 */
#ifndef STORAGE_UPLOAD_STORE_H
#define STORAGE_UPLOAD_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "storage/object_store.h"

#define UPLOAD_MAX_PARTS 10000U

struct upload {
    struct slice id;
    int64_t bucket_id;
    struct slice key;
    int64_t initiated_ms;
    enum checksum_algorithm checksum_algorithm; /* CHECKSUM_NONE: none asked for */
    bool is_composite;
    struct slice content_type;
    struct slice content_encoding;
    struct slice metadata;
    struct object_traits traits;
    bool is_overtaken; /* its key was written or deleted since it was created */
};

NODISCARD enum status upload_store_create(struct db *db, const struct upload *upload);

/* STATUS_NOT_FOUND. */
NODISCARD enum status upload_store_find(struct db *db, struct slice id, struct arena *arena,
                                        struct upload *ret_upload);

/* With its parts. */
NODISCARD enum status upload_store_delete(struct db *db, struct slice id);

struct upload_part {
    uint32_t number;
    uint64_t size;
    int64_t modified_ms;
    uint8_t md5[MD5_BYTES];
    uint64_t crc64nvme;
    struct object_checksum checksum;
};

/* Replaces the part of this number. The caller keeps the body's file once it has succeeded. */
NODISCARD enum status upload_store_put_part(struct db *db, struct slice upload_id,
                                            const struct upload_part *part,
                                            const struct body *body);

struct upload_part_list {
    struct slice upload_id;
    uint32_t after; /* a part number */
    size_t max;
    /* the result, by number: */
    struct upload_part *parts;
    size_t count;
    bool is_truncated;
};

NODISCARD enum status upload_store_list_parts(struct db *db, struct arena *arena,
                                              struct upload_part_list *list);

/*
 * Make one body of these parts, in this order. The upload and its parts stay: delete it once the
 * object's row is there.
 */
NODISCARD enum status upload_store_compose(struct db *db, struct slice upload_id,
                                           const struct upload_part *parts, size_t count,
                                           int64_t *ret_body_id);

/* What a finished upload answered, for a client that asks again. */
struct upload_result {
    int64_t bucket_id;
    struct slice key;
    int64_t at_ms;
    struct slice etag;
    struct object_checksum checksum;
    struct slice version;
};

/* Also forgets results older than `forget_before_ms`. */
NODISCARD enum status upload_store_put_result(struct db *db, struct slice upload_id,
                                              const struct upload_result *result,
                                              int64_t forget_before_ms);

/* STATUS_NOT_FOUND. */
NODISCARD enum status upload_store_result(struct db *db, struct slice upload_id,
                                          struct arena *arena, struct upload_result *ret_result);

#endif

#include "storage/object_store.h"

#include "emulator/base/arena.h"
#include "storage/db.h"
#include "storage/object_bodies.h"
#include "storage/object_rows.h"
#include "storage/object_versions.h"
#include "storage/query.h"

#define CRC64_BASE64_CHARS 12

/* Where the bytes of a new row are. */
struct place {
    uint64_t size;
    int64_t body_id; /* 0: in `bytes` */
    struct slice bytes;
};

static enum status write_row(struct db *db, const struct object_put *put, const struct place *place,
                             const struct object_place *where)
{
    static const char upsert[] =
        "INSERT INTO object(bucket, key, size, modified_ms, etag, checksum_algorithm, checksum,"
        " content_type, content_encoding, metadata, sequence, version, " OBJECT_TRAIT_COLUMNS ","
        " body, bytes) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT(bucket, key) DO UPDATE SET size = excluded.size,"
        " modified_ms = excluded.modified_ms, etag = excluded.etag,"
        " checksum_algorithm = excluded.checksum_algorithm, checksum = excluded.checksum,"
        " content_type = excluded.content_type, content_encoding = excluded.content_encoding,"
        " metadata = excluded.metadata, sequence = excluded.sequence, version = excluded.version,"
        " storage_class = excluded.storage_class, tags = excluded.tags, acl = excluded.acl,"
        " encryption = excluded.encryption, lock_mode = excluded.lock_mode,"
        " lock_until_ms = excluded.lock_until_ms, has_hold = excluded.has_hold,"
        " restored_until_ms = 0, body = excluded.body, bytes = excluded.bytes";
    struct slice type = put->content_type;
    struct query q;
    query_begin(&q, db, upsert);
    query_bind_integer(&q, where->bucket_id);
    query_bind_blob(&q, put->key);
    query_bind_integer(&q, (int64_t)place->size);
    query_bind_integer(&q, put->modified_ms);
    query_bind_text(&q, put->etag);
    query_bind_integer(&q, (int64_t)put->checksum.algorithm);
    query_bind_text(&q, put->checksum.value);
    query_bind_text(&q, type.len > 0 ? type : SLICE("binary/octet-stream"));
    query_bind_text(&q, put->content_encoding);
    query_bind_text(&q, put->metadata);
    query_bind_integer(&q, where->sequence);
    query_bind_text(&q, slice_of(where->version.text));
    object_traits_bind(&q, &put->traits);
    if (place->body_id != 0) {
        query_bind_integer(&q, place->body_id);
        query_bind_null(&q);
    } else {
        query_bind_null(&q);
        query_bind_blob(&q, place->bytes);
    }
    return query_run(&q);
}

/* STATUS_NOT_FOUND. */
static enum status find_bucket(struct db *db, struct slice name, struct object_place *where)
{
    static const char find[] = "SELECT id, versioning FROM bucket WHERE name = ?";
    struct query q;
    query_begin(&q, db, find);
    query_bind_text(&q, name);
    bool found = query_step(&q);
    if (found) {
        where->bucket_id = query_integer(&q, 0);
        where->versioning = (enum bucket_versioning)query_integer(&q, 1);
    }
    enum status status = query_end(&q);
    return status == STATUS_OK && !found ? STATUS_NOT_FOUND : status;
}

static enum status put_row(struct db *db, const struct object_put *put, const struct place *place)
{
    struct object_place where = {0};
    enum status status = find_bucket(db, put->bucket, &where);
    if (status == STATUS_OK)
        status = object_versions_make_way(db, &where, put->key, put->modified_ms);
    if (status == STATUS_OK)
        status = write_row(db, put, place, &where);
    if (status == STATUS_OK && put->ret_version != NULL)
        *put->ret_version = where.version;
    return status;
}

static enum status begin_put(struct db *db, const struct object_put *put)
{
    if (put->key.len == 0 || put->key.len > OBJECT_KEY_MAX_BYTES)
        return STATUS_INVALID;
    return db_write(db);
}

enum status object_store_put(struct db *db, struct blob_store *blobs, const struct object_put *put,
                             const struct body *body)
{
    (void)blobs;
    enum status status = begin_put(db, put);
    if (status != STATUS_OK)
        return status;
    struct object_put full = *put;
    char etag[2 * MD5_BYTES + 1];
    char checksum[CRC64_BASE64_CHARS + 1];
    if (full.etag.len == 0) {
        hash_hex(body->md5, MD5_BYTES, etag);
        full.etag = slice_of(etag);
    }
    if (full.checksum.algorithm == CHECKSUM_NONE) {
        object_bodies_crc64_text(body->crc64nvme, checksum);
        full.checksum = (struct object_checksum){CHECKSUM_CRC64NVME, slice_of(checksum)};
    }
    struct place place = {.size = body->size, .bytes = body->inline_bytes};
    if (!body->is_inline)
        status = object_bodies_add(db, body, &place.body_id);
    return status == STATUS_OK ? put_row(db, &full, &place) : status;
}

enum status object_store_share(struct db *db, const struct object_put *put,
                               const struct object *source)
{
    enum status status = begin_put(db, put);
    if (status != STATUS_OK)
        return status;
    struct place place = {source->size, source->body_id, source->bytes};
    return put_row(db, put, &place);
}

enum status object_store_put_composed(struct db *db, const struct object_put *put, uint64_t size,
                                      int64_t body_id)
{
    enum status status = begin_put(db, put);
    if (status != STATUS_OK)
        return status;
    struct place place = {.size = size, .body_id = body_id};
    return put_row(db, put, &place);
}

void object_rows_read(struct query *q, struct arena *arena, struct object *object)
{
    object->size = (uint64_t)query_integer(q, 0);
    object->modified_ms = query_integer(q, 1);
    object->etag = query_copy(q, 2, arena);
    object->checksum.algorithm = (enum checksum_algorithm)query_integer(q, 3);
    object->checksum.value = query_copy(q, 4, arena);
    object->content_type = query_copy(q, 5, arena);
    object->content_encoding = query_copy(q, 6, arena);
    object->metadata = query_copy(q, 7, arena);
    object->body_id = query_integer(q, 8);
    object->sequence = query_integer(q, 9);
    object->version = query_copy(q, 10, arena);
    object->restored_until_ms = query_integer(q, 11);
    object->traits = object_traits_read(q, 12, arena);
}

static enum status find(struct db *db, struct arena *arena, struct object *object, bool with_bytes)
{
    static const char select[] = "SELECT " OBJECT_COLUMNS ", bytes FROM object"
                                 " WHERE bucket = ? AND key = ?";
    struct query q;
    query_begin(&q, db, select);
    query_bind_integer(&q, object->bucket_id);
    query_bind_blob(&q, object->key);
    bool found = query_step(&q);
    if (found) {
        object_rows_read(&q, arena, object);
        if (with_bytes && object->body_id == 0)
            object->bytes = query_copy(&q, OBJECT_COLUMN_COUNT, arena);
    }
    enum status status = query_end(&q);
    return status == STATUS_OK && !found ? STATUS_NOT_FOUND : status;
}

enum status object_store_find(struct db *db, int64_t bucket_id, struct slice key,
                              struct arena *arena, struct object *ret_object)
{
    struct object object = {.bucket_id = bucket_id, .key = key};
    enum status status = find(db, arena, &object, false);
    if (status == STATUS_OK)
        *ret_object = object;
    return status;
}

enum status object_store_read(struct db *db, int64_t bucket_id, struct slice key,
                              struct arena *arena, struct object *ret_object)
{
    struct object object = {.bucket_id = bucket_id, .key = key};
    enum status status = find(db, arena, &object, true);
    if (status == STATUS_OK)
        *ret_object = object;
    return status;
}

enum status object_store_delete(struct db *db, int64_t bucket_id, struct slice key, int64_t now_ms)
{
    struct object_deletion deletion;
    return object_versions_delete(db, bucket_id, key, now_ms, &deletion);
}

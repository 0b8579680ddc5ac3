#include "storage/upload_store.h"

#include <string.h>

#include "emulator/base/arena.h"
#include "storage/db.h"
#include "storage/query.h"

enum status upload_store_create(struct db *db, const struct upload *upload)
{
    static const char insert[] =
        "INSERT INTO upload(id, bucket, key, initiated_ms, checksum_algorithm, is_composite,"
        " content_type, content_encoding, metadata, " OBJECT_TRAIT_COLUMNS
        ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    enum status status = db_write(db);
    if (status != STATUS_OK)
        return status;
    struct query q;
    query_begin(&q, db, insert);
    query_bind_text(&q, upload->id);
    query_bind_integer(&q, upload->bucket_id);
    query_bind_blob(&q, upload->key);
    query_bind_integer(&q, upload->initiated_ms);
    query_bind_integer(&q, (int64_t)upload->checksum_algorithm);
    query_bind_integer(&q, upload->is_composite ? 1 : 0);
    query_bind_text(&q, upload->content_type);
    query_bind_text(&q, upload->content_encoding);
    query_bind_text(&q, upload->metadata);
    object_traits_bind(&q, &upload->traits);
    return query_run(&q);
}

static void read_upload(struct query *q, struct arena *arena, struct upload *upload)
{
    upload->bucket_id = query_integer(q, 0);
    upload->key = query_copy(q, 1, arena);
    upload->initiated_ms = query_integer(q, 2);
    upload->checksum_algorithm = (enum checksum_algorithm)query_integer(q, 3);
    upload->is_composite = query_integer(q, 4) != 0;
    upload->content_type = query_copy(q, 5, arena);
    upload->content_encoding = query_copy(q, 6, arena);
    upload->metadata = query_copy(q, 7, arena);
    upload->is_overtaken = query_integer(q, 8) != 0;
    upload->traits = object_traits_read(q, 9, arena);
}

enum status upload_store_find(struct db *db, struct slice id, struct arena *arena,
                              struct upload *ret_upload)
{
    static const char find[] =
        "SELECT bucket, key, initiated_ms, checksum_algorithm, is_composite, content_type,"
        " content_encoding, metadata, is_overtaken, " OBJECT_TRAIT_COLUMNS
        " FROM upload WHERE id = ?";
    struct upload upload = {.id = id};
    struct query q;
    query_begin(&q, db, find);
    query_bind_text(&q, id);
    bool found = query_step(&q);
    if (found)
        read_upload(&q, arena, &upload);
    enum status status = query_end(&q);
    if (status == STATUS_OK && !found)
        status = STATUS_NOT_FOUND;
    if (status == STATUS_OK)
        *ret_upload = upload;
    return status;
}

enum status upload_store_delete(struct db *db, struct slice id)
{
    static const char drop[] = "DELETE FROM upload WHERE id = ?";
    enum status status = db_write(db);
    if (status != STATUS_OK)
        return status;
    struct query q;
    query_begin(&q, db, drop);
    query_bind_text(&q, id);
    status = query_run(&q);
    return status == STATUS_OK && query_changes(db) == 0 ? STATUS_NOT_FOUND : status;
}

static void bind_place(struct query *q, const struct body *body)
{
    if (body->is_inline) {
        query_bind_null(q);
        query_bind_blob(q, body->inline_bytes);
    } else {
        query_bind_text(q, slice_of(body->blob_id));
        query_bind_null(q);
    }
}

enum status upload_store_put_part(struct db *db, struct slice upload_id,
                                  const struct upload_part *part, const struct body *body)
{
    static const char upsert[] =
        "INSERT INTO part(upload, number, size, modified_ms, md5, crc64, checksum_algorithm,"
        " checksum, blob, bytes) SELECT id, ?, ?, ?, ?, ?, ?, ?, ?, ? FROM upload WHERE id = ?"
        " ON CONFLICT(upload, number) DO UPDATE SET size = excluded.size,"
        " modified_ms = excluded.modified_ms, md5 = excluded.md5, crc64 = excluded.crc64,"
        " checksum_algorithm = excluded.checksum_algorithm, checksum = excluded.checksum,"
        " blob = excluded.blob, bytes = excluded.bytes";
    enum status status = db_write(db);
    if (status != STATUS_OK)
        return status;
    struct query q;
    query_begin(&q, db, upsert);
    query_bind_integer(&q, part->number);
    query_bind_integer(&q, (int64_t)part->size);
    query_bind_integer(&q, part->modified_ms);
    query_bind_blob(&q, slice_make(part->md5, MD5_BYTES));
    query_bind_integer(&q, (int64_t)part->crc64nvme);
    query_bind_integer(&q, (int64_t)part->checksum.algorithm);
    query_bind_text(&q, part->checksum.value);
    bind_place(&q, body);
    query_bind_text(&q, upload_id);
    status = query_run(&q);
    return status == STATUS_OK && query_changes(db) == 0 ? STATUS_NOT_FOUND : status;
}

static void read_part(struct query *q, struct arena *arena, struct upload_part *part)
{
    part->number = (uint32_t)query_integer(q, 0);
    part->size = (uint64_t)query_integer(q, 1);
    part->modified_ms = query_integer(q, 2);
    struct slice md5 = slice_first(query_slice(q, 3), MD5_BYTES);
    memset(part->md5, 0, sizeof(part->md5));
    if (md5.len > 0)
        memcpy(part->md5, md5.ptr, md5.len);
    part->crc64nvme = (uint64_t)query_integer(q, 4);
    part->checksum.algorithm = (enum checksum_algorithm)query_integer(q, 5);
    part->checksum.value = query_copy(q, 6, arena);
}

enum status upload_store_list_parts(struct db *db, struct arena *arena,
                                    struct upload_part_list *list)
{
    static const char walk[] = "SELECT number, size, modified_ms, md5, crc64, checksum_algorithm,"
                               " checksum FROM part WHERE upload = ? AND number > ?"
                               " ORDER BY number";
    list->count = 0;
    list->is_truncated = false;
    list->parts = arena_alloc(arena, (list->max + 1) * sizeof(*list->parts));
    if (list->parts == NULL)
        return STATUS_NO_MEMORY;
    struct query q;
    query_begin(&q, db, walk);
    query_bind_text(&q, list->upload_id);
    query_bind_integer(&q, list->after);
    while (!list->is_truncated && query_step(&q)) {
        list->is_truncated = list->count == list->max;
        if (!list->is_truncated)
            read_part(&q, arena, &list->parts[list->count++]);
    }
    return query_end(&q);
}

static enum status add_body(struct db *db, const struct upload_part *parts, size_t count,
                            int64_t *ret_body_id)
{
    static const char insert[] = "INSERT INTO body(size, md5) VALUES (?, NULL)";
    uint64_t size = 0;
    for (size_t i = 0; i < count; i++)
        size += parts[i].size;
    struct query q;
    query_begin(&q, db, insert);
    query_bind_integer(&q, (int64_t)size);
    enum status status = query_run(&q);
    if (status == STATUS_OK)
        *ret_body_id = query_last_rowid(db);
    return status;
}

static enum status add_extent(struct db *db, struct slice upload_id, uint32_t part_number,
                              int64_t body_id, size_t position)
{
    static const char insert[] =
        "INSERT INTO extent(body, number, start, length, checksum, blob, bytes)"
        " SELECT ?, ?, 0, size, checksum, blob, bytes FROM part WHERE upload = ? AND number = ?";
    struct query q;
    query_begin(&q, db, insert);
    query_bind_integer(&q, body_id);
    query_bind_integer(&q, (int64_t)position + 1);
    query_bind_text(&q, upload_id);
    query_bind_integer(&q, part_number);
    enum status status = query_run(&q);
    return status == STATUS_OK && query_changes(db) == 0 ? STATUS_NOT_FOUND : status;
}

enum status upload_store_compose(struct db *db, struct slice upload_id,
                                 const struct upload_part *parts, size_t count,
                                 int64_t *ret_body_id)
{
    int64_t body_id = 0;
    enum status status = db_write(db);
    if (status == STATUS_OK)
        status = add_body(db, parts, count, &body_id);
    for (size_t i = 0; i < count && status == STATUS_OK; i++)
        status = add_extent(db, upload_id, parts[i].number, body_id, i);
    if (status == STATUS_OK)
        *ret_body_id = body_id;
    return status;
}

static enum status forget_results(struct db *db, int64_t before_ms)
{
    static const char drop[] = "DELETE FROM completed WHERE at_ms < ?";
    return query_run_with(db, drop, before_ms);
}

enum status upload_store_put_result(struct db *db, struct slice upload_id,
                                    const struct upload_result *result, int64_t forget_before_ms)
{
    static const char insert[] =
        "INSERT OR REPLACE INTO completed(upload, bucket, key, at_ms, etag, checksum_algorithm,"
        " checksum, version) VALUES (?, ?, ?, ?, ?, ?, ?, ?)";
    enum status status = db_write(db);
    if (status == STATUS_OK)
        status = forget_results(db, forget_before_ms);
    if (status != STATUS_OK)
        return status;
    struct query q;
    query_begin(&q, db, insert);
    query_bind_text(&q, upload_id);
    query_bind_integer(&q, result->bucket_id);
    query_bind_blob(&q, result->key);
    query_bind_integer(&q, result->at_ms);
    query_bind_text(&q, result->etag);
    query_bind_integer(&q, (int64_t)result->checksum.algorithm);
    query_bind_text(&q, result->checksum.value);
    query_bind_text(&q, result->version);
    return query_run(&q);
}

enum status upload_store_result(struct db *db, struct slice upload_id, struct arena *arena,
                                struct upload_result *ret_result)
{
    static const char find[] = "SELECT bucket, key, at_ms, etag, checksum_algorithm, checksum,"
                               " version FROM completed WHERE upload = ?";
    struct upload_result result = {0};
    struct query q;
    query_begin(&q, db, find);
    query_bind_text(&q, upload_id);
    bool found = query_step(&q);
    if (found) {
        result.bucket_id = query_integer(&q, 0);
        result.key = query_copy(&q, 1, arena);
        result.at_ms = query_integer(&q, 2);
        result.etag = query_copy(&q, 3, arena);
        result.checksum.algorithm = (enum checksum_algorithm)query_integer(&q, 4);
        result.checksum.value = query_copy(&q, 5, arena);
        result.version = query_copy(&q, 6, arena);
    }
    enum status status = query_end(&q);
    if (status == STATUS_OK && !found)
        status = STATUS_NOT_FOUND;
    if (status == STATUS_OK)
        *ret_result = result;
    return status;
}

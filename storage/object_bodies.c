#include <string.h>

#include "emulator/base/arena.h"
#include "storage/db.h"
#include "storage/object_bodies.h"
#include "storage/object_store.h"
#include "storage/query.h"

void object_bodies_crc64_text(uint64_t crc, char *text)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                   "0123456789+/";
    for (int i = 0; i < 10; i++)
        text[i] = alphabet[(crc >> (58 - 6 * i)) & 63];
    text[10] = alphabet[(crc & 15) << 2];
    text[11] = '=';
    text[12] = '\0';
}

static enum status add_body(struct db *db, const struct body *body, int64_t *ret_body_id)
{
    static const char insert[] = "INSERT INTO body(size, md5) VALUES (?, ?)";
    struct query q;
    query_begin(&q, db, insert);
    query_bind_integer(&q, (int64_t)body->size);
    query_bind_blob(&q, slice_make(body->md5, MD5_BYTES));
    enum status status = query_run(&q);
    if (status == STATUS_OK)
        *ret_body_id = query_last_rowid(db);
    return status;
}

enum status object_bodies_add(struct db *db, const struct body *body, int64_t *ret_body_id)
{
    static const char insert[] = "INSERT INTO extent(body, number, start, length, checksum, blob)"
                                 " VALUES (?, 1, 0, ?, '', ?)";
    int64_t id = 0;
    enum status status = add_body(db, body, &id);
    if (status != STATUS_OK)
        return status;
    struct query q;
    query_begin(&q, db, insert);
    query_bind_integer(&q, id);
    query_bind_integer(&q, (int64_t)body->size);
    query_bind_text(&q, slice_of(body->blob_id));
    status = query_run(&q);
    if (status == STATUS_OK)
        *ret_body_id = id;
    return status;
}

static void read_extent(struct query *q, struct arena *arena, struct extent *extent)
{
    extent->start = (uint64_t)query_integer(q, 0);
    extent->length = (uint64_t)query_integer(q, 1);
    extent->checksum.value = query_copy(q, 2, arena);
    if (query_is_null(q, 3)) {
        extent->bytes = query_copy(q, 4, arena);
        return;
    }
    struct slice blob = slice_first(query_slice(q, 3), BLOB_ID_CHARS);
    memcpy(extent->blob_id, blob.ptr, blob.len);
}

static enum status count_extents(struct db *db, int64_t body_id, size_t *ret_count)
{
    static const char count[] = "SELECT count(*) FROM extent WHERE body = ?";
    struct query q;
    query_begin(&q, db, count);
    query_bind_integer(&q, body_id);
    if (query_step(&q))
        *ret_count = (size_t)query_integer(&q, 0);
    return query_end(&q);
}

enum status object_store_extents(struct db *db, int64_t body_id, struct arena *arena,
                                 struct extent **ret_extents, size_t *ret_count)
{
    static const char select[] = "SELECT start, length, checksum, blob, bytes FROM extent"
                                 " WHERE body = ? ORDER BY number";
    size_t room = 0;
    enum status status = count_extents(db, body_id, &room);
    if (status != STATUS_OK)
        return status;
    if (room == 0)
        return STATUS_NOT_FOUND;
    struct extent *extents = arena_zalloc(arena, room * sizeof(*extents));
    if (extents == NULL)
        return STATUS_NO_MEMORY;
    size_t count = 0;
    struct query q;
    query_begin(&q, db, select);
    query_bind_integer(&q, body_id);
    while (count < room && query_step(&q))
        read_extent(&q, arena, &extents[count++]);
    status = query_end(&q);
    if (status != STATUS_OK)
        return status;
    *ret_extents = extents;
    *ret_count = count;
    return STATUS_OK;
}

enum status object_store_body_md5(struct db *db, int64_t body_id, uint8_t ret_md5[MD5_BYTES])
{
    static const char select[] = "SELECT md5 FROM body WHERE id = ? AND md5 IS NOT NULL";
    struct query q;
    query_begin(&q, db, select);
    query_bind_integer(&q, body_id);
    bool found = query_step(&q) && query_slice(&q, 0).len == MD5_BYTES;
    if (found)
        memcpy(ret_md5, query_slice(&q, 0).ptr, MD5_BYTES);
    enum status status = query_end(&q);
    return status == STATUS_OK && !found ? STATUS_NOT_FOUND : status;
}

static enum status set_md5(struct db *db, int64_t body_id, const struct body *body)
{
    static const char update[] = "UPDATE body SET md5 = ? WHERE id = ? AND size = ?";
    struct query q;
    query_begin(&q, db, update);
    query_bind_blob(&q, slice_make(body->md5, MD5_BYTES));
    query_bind_integer(&q, body_id);
    query_bind_integer(&q, (int64_t)body->size);
    enum status status = query_run(&q);
    return status == STATUS_OK && query_changes(db) == 0 ? STATUS_NOT_FOUND : status;
}

enum status object_store_merged(struct db *db, int64_t body_id, const struct body *body)
{
    static const char move[] =
        "UPDATE extent SET blob = ?2, bytes = NULL,"
        " start = (SELECT coalesce(sum(e.length), 0) FROM extent e"
        " WHERE e.body = extent.body AND e.number < extent.number) WHERE body = ?1";
    enum status status = db_write(db);
    if (status == STATUS_OK)
        status = set_md5(db, body_id, body);
    if (status != STATUS_OK)
        return status;
    struct query q;
    query_begin(&q, db, move);
    query_bind_integer(&q, body_id);
    query_bind_text(&q, slice_of(body->blob_id));
    return query_run(&q);
}

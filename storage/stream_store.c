#include "storage/stream_store.h"

#include "storage/db.h"
#include "storage/query.h"

#define TRIM_EVERY 64
#define TRIM_ROWS 128

/* Looks at the oldest rows only, so that its cost does not grow with the stream. */
static enum status trim(struct db *db, int64_t stream_id, int64_t before_ms)
{
    static const char remove[] =
        "DELETE FROM dynamodb_stream_record WHERE sequence IN (SELECT sequence FROM"
        " (SELECT sequence, created_ms FROM dynamodb_stream_record WHERE stream_id = ?"
        "  ORDER BY sequence LIMIT ?) WHERE created_ms < ?)";
    struct query q;
    query_begin(&q, db, remove);
    query_bind_integer(&q, stream_id);
    query_bind_integer(&q, TRIM_ROWS);
    query_bind_integer(&q, before_ms);
    return query_run(&q);
}

static void bind_image(struct query *q, bool is_there, struct slice image)
{
    if (is_there)
        query_bind_blob(q, image);
    else
        query_bind_null(q);
}

static enum status insert(struct db *db, const struct stream_record *record)
{
    static const char sql[] = "INSERT INTO dynamodb_stream_record(stream_id, created_ms, event,"
                              " event_id, size, keys, old_image, new_image)"
                              " VALUES (?, ?, ?, ?, ?, ?, ?, ?)";
    struct query q;
    query_begin(&q, db, sql);
    query_bind_integer(&q, record->stream_id);
    query_bind_integer(&q, record->created_ms);
    query_bind_integer(&q, record->event);
    query_bind_blob(&q, slice_make(record->event_id, sizeof(record->event_id)));
    query_bind_integer(&q, record->size);
    query_bind_blob(&q, record->keys);
    bind_image(&q, record->has_old_image, record->old_image);
    bind_image(&q, record->has_new_image, record->new_image);
    return query_run(&q);
}

enum status stream_store_append(struct db *db, const struct stream_record *record)
{
    enum status status = db_write(db);
    if (status == STATUS_OK)
        status = insert(db, record);
    if (status == STATUS_OK && query_last_rowid(db) % TRIM_EVERY == 0)
        status = trim(db, record->stream_id, record->created_ms - STREAM_RETENTION_MS);
    return status;
}

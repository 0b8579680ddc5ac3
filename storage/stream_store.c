#include "storage/stream_store.h"

#include <string.h>

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
                              " event_id, size, keys, old_image, new_image, is_expiry)"
                              " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";
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
    query_bind_integer(&q, record->is_expiry);
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

/* ---- reading ----------------------------------------------------------------------------- */

enum status stream_store_last(struct db *db, int64_t stream_id, int64_t *ret_sequence)
{
    static const char last[] =
        "SELECT coalesce(max(sequence), 0) FROM dynamodb_stream_record WHERE stream_id = ?";
    struct query q;
    query_begin(&q, db, last);
    query_bind_integer(&q, stream_id);
    int64_t sequence = 0;
    if (query_step(&q))
        sequence = query_integer(&q, 0);
    enum status status = query_end(&q);
    if (status == STATUS_OK)
        *ret_sequence = sequence;
    return status;
}

enum status stream_store_first(struct db *db, int64_t stream_id, int64_t from_ms,
                               int64_t *ret_sequence)
{
    static const char first[] =
        "SELECT sequence FROM dynamodb_stream_record WHERE stream_id = ? AND created_ms >= ?"
        " ORDER BY sequence LIMIT 1";
    struct query q;
    query_begin(&q, db, first);
    query_bind_integer(&q, stream_id);
    query_bind_integer(&q, from_ms);
    int64_t sequence = 0;
    if (query_step(&q))
        sequence = query_integer(&q, 0);
    enum status status = query_end(&q);
    if (status == STATUS_OK)
        *ret_sequence = sequence;
    return status;
}

void stream_store_begin(struct stream_cursor *cursor, struct db *db, int64_t stream_id,
                        int64_t after)
{
    static const char list[] =
        "SELECT sequence, created_ms, event, event_id, size, keys, old_image,"
        " new_image, is_expiry FROM dynamodb_stream_record"
        " WHERE stream_id = ? AND sequence > ? ORDER BY sequence";
    query_begin(&cursor->query, db, list);
    query_bind_integer(&cursor->query, stream_id);
    query_bind_integer(&cursor->query, after);
}

bool stream_store_next(struct stream_cursor *cursor, int64_t *ret_sequence,
                       struct stream_record *ret_record)
{
    struct query *q = &cursor->query;
    if (!query_step(q))
        return false;
    struct stream_record record = {
        .created_ms = query_integer(q, 1),
        .event = (enum stream_event)query_integer(q, 2),
        .size = query_integer(q, 4),
        .keys = query_slice(q, 5),
        .has_old_image = !query_is_null(q, 6),
        .has_new_image = !query_is_null(q, 7),
        .old_image = query_slice(q, 6),
        .new_image = query_slice(q, 7),
        .is_expiry = query_integer(q, 8) != 0,
    };
    struct slice event_id = query_slice(q, 3);
    if (event_id.len == sizeof(record.event_id))
        memcpy(record.event_id, event_id.ptr, event_id.len);
    *ret_sequence = query_integer(q, 0);
    *ret_record = record;
    return true;
}

enum status stream_store_end(struct stream_cursor *cursor)
{
    return query_end(&cursor->query);
}

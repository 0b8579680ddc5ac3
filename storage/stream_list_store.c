#include "storage/db.h"
#include "storage/query.h"
#include "storage/stream_store.h"
#include "storage/table_store.h"

/* ---- opening and closing -----------------------------------------------------------------------
 */

/* Numbers are given out across all streams: what comes now is behind all there were. */
enum status stream_store_open(struct db *db, const struct table *table, int64_t now_ms,
                              int64_t *ret_id)
{
    static const char insert[] =
        "INSERT INTO dynamodb_stream(account, region, table_name, label, view, hash_name,"
        " range_name, created_ms, first_sequence) VALUES (?, ?, ?, ?, ?, ?, ?, ?,"
        " 1 + coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'dynamodb_stream_record'), "
        "0))";
    enum status status = db_write(db);
    if (status != STATUS_OK)
        return status;
    struct query q;
    query_begin(&q, db, insert);
    query_bind_text(&q, table->account);
    query_bind_text(&q, table->region);
    query_bind_text(&q, table->name);
    query_bind_text(&q, table->stream_label);
    query_bind_integer(&q, table->stream_view);
    query_bind_text(&q, table->hash_name);
    query_bind_text(&q, table->range_name);
    query_bind_integer(&q, now_ms);
    status = query_run(&q);
    if (status == STATUS_OK)
        *ret_id = query_last_rowid(db);
    return status;
}

enum status stream_store_close(struct db *db, int64_t stream_id, int64_t now_ms)
{
    static const char update[] =
        "UPDATE dynamodb_stream SET closed_ms = ?, last_sequence = max(first_sequence,"
        " coalesce((SELECT max(sequence) FROM dynamodb_stream_record WHERE stream_id = ?), 0))"
        " WHERE id = ?";
    enum status status = db_write(db);
    if (status != STATUS_OK)
        return status;
    struct query q;
    query_begin(&q, db, update);
    query_bind_integer(&q, now_ms);
    query_bind_integer(&q, stream_id);
    query_bind_integer(&q, stream_id);
    return query_run(&q);
}

/* ---- finding
 * ------------------------------------------------------------------------------------- */

#define COLUMNS                                                            \
    "SELECT id, view, created_ms, coalesce(closed_ms, 0), first_sequence," \
    " last_sequence, table_name, label, hash_name, range_name FROM dynamodb_stream"

static struct stream_row from_row(struct query *q, struct arena *arena)
{
    struct stream_row row = {
        .id = query_integer(q, 0),
        .view = query_integer(q, 1),
        .created_ms = query_integer(q, 2),
        .closed_ms = query_integer(q, 3),
        .first_sequence = query_integer(q, 4),
        .last_sequence = query_integer(q, 5),
    };
    if (arena == NULL)
        return row;
    row.table = query_copy(q, 6, arena);
    row.label = query_copy(q, 7, arena);
    row.hash_name = query_copy(q, 8, arena);
    row.range_name = query_copy(q, 9, arena);
    return row;
}

static enum status find(struct db *db, const struct stream_key *key, struct arena *arena,
                        struct stream_row *ret_row)
{
    static const char sql[] = COLUMNS " WHERE account = ? AND region = ? AND table_name = ?"
                                      " AND label = ? ORDER BY id DESC LIMIT 1";
    struct query q;
    query_begin(&q, db, sql);
    query_bind_text(&q, key->account);
    query_bind_text(&q, key->region);
    query_bind_text(&q, key->table);
    query_bind_text(&q, key->label);
    bool found = query_step(&q);
    struct stream_row row = {0};
    if (found)
        row = from_row(&q, arena);
    enum status status = query_end(&q);
    if (status == STATUS_OK && !found)
        return STATUS_NOT_FOUND;
    if (status == STATUS_OK)
        *ret_row = row;
    return status;
}

enum status stream_store_find(struct db *db, const struct stream_key *key,
                              struct stream_row *ret_row)
{
    return find(db, key, NULL, ret_row);
}

enum status stream_store_describe(struct db *db, const struct stream_key *key, struct arena *arena,
                                  struct stream_row *ret_row)
{
    return find(db, key, arena, ret_row);
}

enum status stream_store_list(struct db *db, const struct stream_page *page, struct arena *arena,
                              struct stream_row *ret_rows, size_t *ret_count)
{
    static const char sql[] =
        COLUMNS " WHERE account = ?1 AND region = ?2 AND (?3 = '' OR table_name = ?3) AND id > ?4"
                " AND (closed_ms IS NULL OR closed_ms >= ?5) ORDER BY id LIMIT ?6";
    struct query q;
    size_t count = 0;
    query_begin(&q, db, sql);
    query_bind_text(&q, page->account);
    query_bind_text(&q, page->region);
    query_bind_text(&q, page->table);
    query_bind_integer(&q, page->after);
    query_bind_integer(&q, page->not_before_ms);
    query_bind_integer(&q, (int64_t)page->max);
    while (count < page->max && query_step(&q))
        ret_rows[count++] = from_row(&q, arena);
    enum status status = query_end(&q);
    if (status == STATUS_OK)
        *ret_count = count;
    return status;
}

/* ---- what is too old ---------------------------------------------------------------------------
 */

enum status stream_store_oldest_ms(struct db *db, int64_t *ret_ms)
{
    static const char find_oldest[] =
        "SELECT created_ms FROM dynamodb_stream_record ORDER BY sequence LIMIT 1";
    struct query q;
    query_begin(&q, db, find_oldest);
    bool found = query_step(&q);
    int64_t oldest_ms = found ? query_integer(&q, 0) : 0;
    enum status status = query_end(&q);
    if (status == STATUS_OK && !found)
        return STATUS_NOT_FOUND;
    if (status == STATUS_OK)
        *ret_ms = oldest_ms;
    return status;
}

static enum status remove_streams(struct db *db, int64_t before_ms)
{
    static const char remove[] = "DELETE FROM dynamodb_stream WHERE closed_ms < ? AND NOT EXISTS"
                                 " (SELECT 1 FROM dynamodb_stream_record WHERE stream_id ="
                                 " dynamodb_stream.id)";
    return query_run_with(db, remove, before_ms);
}

/* Records are in the order they came: only the oldest are looked at. */
enum status stream_store_sweep(struct db *db, int64_t before_ms, int64_t max_rows, bool *ret_more)
{
    static const char remove[] =
        "DELETE FROM dynamodb_stream_record WHERE sequence IN (SELECT sequence FROM"
        " (SELECT sequence, created_ms FROM dynamodb_stream_record ORDER BY sequence LIMIT ?)"
        " WHERE created_ms < ?)";
    enum status status = db_write(db);
    if (status != STATUS_OK)
        return status;
    struct query q;
    query_begin(&q, db, remove);
    query_bind_integer(&q, max_rows);
    query_bind_integer(&q, before_ms);
    status = query_run(&q);
    bool has_more = query_changes(db) == max_rows;
    if (status == STATUS_OK && !has_more)
        status = remove_streams(db, before_ms);
    if (status == STATUS_OK)
        *ret_more = has_more;
    return status;
}

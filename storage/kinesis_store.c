/*
 * kinesis_store.c -- streams and tags. Shards and records are in kinesis_record_store.c.
 */
#include "storage/kinesis_store.h"

#include "emulator/base/arena.h"
#include "storage/db.h"

#define STREAM_COLUMNS "id, name, is_on_demand, shards, retention_hours, created_ms"

enum status kinesis_cursor_end(struct kinesis_cursor *cursor)
{
    return query_end(&cursor->query);
}

/* ---- create ---- */

static enum status insert_stream(struct db *db, const struct kinesis_owner *owner,
                                 const struct kinesis_stream_row *row)
{
    static const char insert[] =
        "INSERT INTO kinesis_stream(account, region, name, is_on_demand, shards, retention_hours,"
        " created_ms) VALUES(?, ?, ?, ?, ?, ?, ?)";
    struct query q;
    query_begin(&q, db, insert);
    query_bind_text(&q, owner->account);
    query_bind_text(&q, owner->region);
    query_bind_text(&q, row->name);
    query_bind_integer(&q, row->is_on_demand);
    query_bind_integer(&q, row->shards);
    query_bind_integer(&q, row->retention_hours);
    query_bind_integer(&q, row->created_ms);
    return query_run(&q);
}

static enum status insert_shard(struct db *db, int64_t stream, int64_t number)
{
    static const char insert[] =
        "INSERT INTO kinesis_shard(stream, number, last_place) VALUES(?, ?, 0)";
    struct query q;
    query_begin(&q, db, insert);
    query_bind_integer(&q, stream);
    query_bind_integer(&q, number);
    return query_run(&q);
}

enum status kinesis_stream_create(struct db *db, const struct kinesis_owner *owner,
                                  struct kinesis_stream_row *row)
{
    enum status status = db_write(db);
    if (status == STATUS_OK)
        status = insert_stream(db, owner, row);
    if (status != STATUS_OK)
        return status;
    row->id = query_last_rowid(db);
    for (int64_t number = 0; number < row->shards && status == STATUS_OK; number++)
        status = insert_shard(db, row->id, number);
    return status;
}

/* ---- find ---- */

static struct kinesis_stream_row borrow_stream(const struct query *q)
{
    return (struct kinesis_stream_row){
        .id = query_integer(q, 0),
        .name = query_slice(q, 1),
        .is_on_demand = query_integer(q, 2) != 0,
        .shards = query_integer(q, 3),
        .retention_hours = query_integer(q, 4),
        .created_ms = query_integer(q, 5),
    };
}

/* Run a statement that gives one stream or none; `q` has its parameters. */
static enum status read_stream(struct query *q, struct arena *arena,
                               struct kinesis_stream_row *ret_row)
{
    struct kinesis_stream_row row = {0};
    bool found = query_step(q);
    if (found) {
        row = borrow_stream(q);
        row.name = query_copy(q, 1, arena);
    }
    enum status status = query_end(q);
    if (status == STATUS_OK && found)
        *ret_row = row;
    return status == STATUS_OK && !found ? STATUS_NOT_FOUND : status;
}

enum status kinesis_stream_find(struct db *db, const struct kinesis_owner *owner, struct slice name,
                                struct arena *arena, struct kinesis_stream_row *ret_row)
{
    static const char find[] = "SELECT " STREAM_COLUMNS " FROM kinesis_stream"
                               " WHERE account = ? AND region = ? AND name = ?";
    struct query q;
    query_begin(&q, db, find);
    query_bind_text(&q, owner->account);
    query_bind_text(&q, owner->region);
    query_bind_text(&q, name);
    return read_stream(&q, arena, ret_row);
}

enum status kinesis_stream_get(struct db *db, const struct kinesis_owner *owner, int64_t id,
                               struct arena *arena, struct kinesis_stream_row *ret_row)
{
    static const char get[] = "SELECT " STREAM_COLUMNS " FROM kinesis_stream"
                              " WHERE id = ? AND account = ? AND region = ?";
    struct query q;
    query_begin(&q, db, get);
    query_bind_integer(&q, id);
    query_bind_text(&q, owner->account);
    query_bind_text(&q, owner->region);
    return read_stream(&q, arena, ret_row);
}

void kinesis_streams_begin(struct kinesis_cursor *cursor, struct db *db,
                           const struct kinesis_owner *owner, struct slice after)
{
    static const char list[] = "SELECT " STREAM_COLUMNS " FROM kinesis_stream"
                               " WHERE account = ? AND region = ? AND name > ? ORDER BY name";
    query_begin(&cursor->query, db, list);
    query_bind_text(&cursor->query, owner->account);
    query_bind_text(&cursor->query, owner->region);
    query_bind_text(&cursor->query, after);
}

bool kinesis_streams_next(struct kinesis_cursor *cursor, struct kinesis_stream_row *ret_row)
{
    if (!query_step(&cursor->query))
        return false;
    *ret_row = borrow_stream(&cursor->query);
    return true;
}

enum status kinesis_store_totals(struct db *db, const struct kinesis_owner *owner,
                                 struct kinesis_totals *ret_totals)
{
    static const char count[] =
        "SELECT count(*), coalesce(sum(is_on_demand), 0), coalesce(sum(shards), 0),"
        " coalesce(sum(CASE WHEN is_on_demand THEN 0 ELSE shards END), 0)"
        " FROM kinesis_stream WHERE account = ? AND region = ?";
    struct kinesis_totals totals = {0};
    struct query q;
    query_begin(&q, db, count);
    query_bind_text(&q, owner->account);
    query_bind_text(&q, owner->region);
    if (query_step(&q))
        totals = (struct kinesis_totals){
            .streams = query_integer(&q, 0),
            .on_demand_streams = query_integer(&q, 1),
            .shards = query_integer(&q, 2),
            .provisioned_shards = query_integer(&q, 3),
        };
    enum status status = query_end(&q);
    if (status == STATUS_OK)
        *ret_totals = totals;
    return status;
}

/* ---- change ---- */

static enum status run_for(struct db *db, const char *sql, int64_t id)
{
    return query_run_with(db, sql, id);
}

enum status kinesis_stream_delete(struct db *db, int64_t id)
{
    static const char shards[] = "UPDATE kinesis_shard SET stream = NULL WHERE stream = ?";
    static const char tags[] = "DELETE FROM kinesis_tag WHERE stream = ?";
    static const char stream[] = "DELETE FROM kinesis_stream WHERE id = ?";
    enum status status = db_write(db);
    if (status == STATUS_OK)
        status = run_for(db, shards, id);
    if (status == STATUS_OK)
        status = run_for(db, tags, id);
    if (status == STATUS_OK)
        status = run_for(db, stream, id);
    return status;
}

enum status kinesis_stream_set_retention(struct db *db, int64_t id, int64_t hours)
{
    static const char update[] = "UPDATE kinesis_stream SET retention_hours = ? WHERE id = ?";
    enum status status = db_write(db);
    if (status != STATUS_OK)
        return status;
    struct query q;
    query_begin(&q, db, update);
    query_bind_integer(&q, hours);
    query_bind_integer(&q, id);
    return query_run(&q);
}

/* ---- tags ---- */

enum status kinesis_tag_put(struct db *db, int64_t stream, struct slice key, struct slice value)
{
    static const char put[] =
        "INSERT OR REPLACE INTO kinesis_tag(stream, key, value) VALUES(?, ?, ?)";
    enum status status = db_write(db);
    if (status != STATUS_OK)
        return status;
    struct query q;
    query_begin(&q, db, put);
    query_bind_integer(&q, stream);
    query_bind_text(&q, key);
    query_bind_text(&q, value);
    return query_run(&q);
}

enum status kinesis_tag_remove(struct db *db, int64_t stream, struct slice key)
{
    static const char remove[] = "DELETE FROM kinesis_tag WHERE stream = ? AND key = ?";
    enum status status = db_write(db);
    if (status != STATUS_OK)
        return status;
    struct query q;
    query_begin(&q, db, remove);
    query_bind_integer(&q, stream);
    query_bind_text(&q, key);
    return query_run(&q);
}

enum status kinesis_tag_count(struct db *db, int64_t stream, int64_t *ret_count)
{
    static const char count[] = "SELECT count(*) FROM kinesis_tag WHERE stream = ?";
    struct query q;
    query_begin(&q, db, count);
    query_bind_integer(&q, stream);
    int64_t tags = query_step(&q) ? query_integer(&q, 0) : 0;
    enum status status = query_end(&q);
    if (status == STATUS_OK)
        *ret_count = tags;
    return status;
}

void kinesis_tags_begin(struct kinesis_cursor *cursor, struct db *db, int64_t stream,
                        struct slice after)
{
    static const char list[] =
        "SELECT key, value FROM kinesis_tag WHERE stream = ? AND key > ? ORDER BY key";
    query_begin(&cursor->query, db, list);
    query_bind_integer(&cursor->query, stream);
    query_bind_text(&cursor->query, after);
}

bool kinesis_tags_next(struct kinesis_cursor *cursor, struct slice *ret_key,
                       struct slice *ret_value)
{
    if (!query_step(&cursor->query))
        return false;
    *ret_key = query_slice(&cursor->query, 0);
    *ret_value = query_slice(&cursor->query, 1);
    return true;
}

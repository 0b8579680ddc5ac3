#include "storage/event_source_store.h"

#include "storage/db.h"
#include "storage/query.h"

#define COLUMNS                                                                           \
    "function, batch_size, window_s, max_age_s, max_retries, bisects, reports_failures, " \
    "is_enabled, change, ready_ms, modified_ms, last_result, tags"

/* In the order of COLUMNS. */
static void bind_columns(struct query *q, const struct event_source_row *row)
{
    query_bind_text(q, row->function);
    query_bind_integer(q, row->batch_size);
    query_bind_integer(q, row->window_s);
    query_bind_integer(q, row->max_age_s);
    query_bind_integer(q, row->max_retries);
    query_bind_integer(q, row->bisects);
    query_bind_integer(q, row->reports_failures);
    query_bind_integer(q, row->is_enabled);
    query_bind_text(q, row->change);
    query_bind_integer(q, row->ready_ms);
    query_bind_integer(q, row->modified_ms);
    query_bind_text(q, row->last_result);
    query_bind_text(q, row->tags);
}

enum status event_source_store_insert(struct db *db, struct event_source_row *row)
{
    static const char insert[] =
        "INSERT INTO event_source(uuid, account, region, source_arn, starting_position, "
        "starting_ms, " COLUMNS ") VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    enum status status = db_write(db);
    if (status != STATUS_OK)
        return status;
    struct query q;
    query_begin(&q, db, insert);
    query_bind_text(&q, row->uuid);
    query_bind_text(&q, row->account);
    query_bind_text(&q, row->region);
    query_bind_text(&q, row->source_arn);
    query_bind_text(&q, row->starting_position);
    query_bind_integer(&q, row->starting_ms);
    bind_columns(&q, row);
    status = query_run(&q);
    if (status == STATUS_OK)
        row->id = query_last_rowid(db);
    return status;
}

static enum status run_for_one(struct query *q, struct db *db)
{
    enum status status = query_run(q);
    if (status == STATUS_OK && query_changes(db) == 0)
        return STATUS_NOT_FOUND;
    return status;
}

enum status event_source_store_update(struct db *db, const struct event_source_row *row)
{
    static const char update[] = "UPDATE event_source SET (" COLUMNS ") = "
                                 "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) WHERE id = ?";
    enum status status = db_write(db);
    if (status != STATUS_OK)
        return status;
    struct query q;
    query_begin(&q, db, update);
    bind_columns(&q, row);
    query_bind_integer(&q, row->id);
    return run_for_one(&q, db);
}

enum status event_source_store_set_result(struct db *db, int64_t id, struct slice last_result)
{
    static const char update[] = "UPDATE event_source SET last_result = ? WHERE id = ?";
    enum status status = db_write(db);
    if (status != STATUS_OK)
        return status;
    struct query q;
    query_begin(&q, db, update);
    query_bind_text(&q, last_result);
    query_bind_integer(&q, id);
    return run_for_one(&q, db);
}

enum status event_source_store_delete(struct db *db, int64_t id)
{
    static const char lanes[] = "DELETE FROM event_source_lane WHERE source = ?";
    static const char remove[] = "DELETE FROM event_source WHERE id = ?";
    enum status status = db_write(db);
    struct query q;
    if (status == STATUS_OK) {
        query_begin(&q, db, lanes);
        query_bind_integer(&q, id);
        status = query_run(&q);
    }
    if (status != STATUS_OK)
        return status;
    query_begin(&q, db, remove);
    query_bind_integer(&q, id);
    return run_for_one(&q, db);
}

/* id, uuid, account, region, source_arn, starting_position, starting_ms, then COLUMNS. */
static struct event_source_row read_row(struct query *q, struct arena *arena)
{
    return (struct event_source_row){
        .id = query_integer(q, 0),
        .uuid = query_copy(q, 1, arena),
        .account = query_copy(q, 2, arena),
        .region = query_copy(q, 3, arena),
        .source_arn = query_copy(q, 4, arena),
        .starting_position = query_copy(q, 5, arena),
        .starting_ms = query_integer(q, 6),
        .function = query_copy(q, 7, arena),
        .batch_size = query_integer(q, 8),
        .window_s = query_integer(q, 9),
        .max_age_s = query_integer(q, 10),
        .max_retries = query_integer(q, 11),
        .bisects = query_integer(q, 12) != 0,
        .reports_failures = query_integer(q, 13) != 0,
        .is_enabled = query_integer(q, 14) != 0,
        .change = query_copy(q, 15, arena),
        .ready_ms = query_integer(q, 16),
        .modified_ms = query_integer(q, 17),
        .last_result = query_copy(q, 18, arena),
        .tags = query_copy(q, 19, arena),
    };
}

static enum status take_row(struct query *q, struct arena *arena, struct event_source_row *ret_row)
{
    bool found = query_step(q);
    struct event_source_row row = {0};
    if (found)
        row = read_row(q, arena);
    enum status status = query_end(q);
    if (status == STATUS_OK && !found)
        return STATUS_NOT_FOUND;
    if (status == STATUS_OK)
        *ret_row = row;
    return status;
}

enum status event_source_store_find(struct db *db, struct slice account, struct slice region,
                                    struct slice uuid, struct arena *arena,
                                    struct event_source_row *ret_row)
{
    static const char find[] =
        "SELECT id, uuid, account, region, source_arn, starting_position, starting_ms, " COLUMNS
        " FROM event_source WHERE uuid = ? AND account = ? AND region = ?";
    struct query q;
    query_begin(&q, db, find);
    query_bind_text(&q, uuid);
    query_bind_text(&q, account);
    query_bind_text(&q, region);
    return take_row(&q, arena, ret_row);
}

enum status event_source_store_next(struct db *db, int64_t after, struct arena *arena,
                                    struct event_source_row *ret_row)
{
    static const char next[] =
        "SELECT id, uuid, account, region, source_arn, starting_position, starting_ms, " COLUMNS
        " FROM event_source WHERE id > ? ORDER BY id LIMIT 1";
    struct query q;
    query_begin(&q, db, next);
    query_bind_integer(&q, after);
    return take_row(&q, arena, ret_row);
}

/* ---- positions --------------------------------------------------------------------------- */

enum status event_source_store_lane(struct db *db, int64_t source, int64_t shard,
                                    struct event_source_lane *ret_lane)
{
    static const char find[] = "SELECT position, failures, next_ms, piece, piece_end FROM "
                               "event_source_lane WHERE source = ? AND shard = ?";
    struct query q;
    query_begin(&q, db, find);
    query_bind_integer(&q, source);
    query_bind_integer(&q, shard);
    bool found = query_step(&q);
    struct event_source_lane lane = {.source = source, .shard = shard};
    if (found) {
        lane.position = query_integer(&q, 0);
        lane.failures = query_integer(&q, 1);
        lane.next_ms = query_integer(&q, 2);
        lane.piece = query_integer(&q, 3);
        lane.piece_end = query_integer(&q, 4);
    }
    enum status status = query_end(&q);
    if (status == STATUS_OK && !found)
        return STATUS_NOT_FOUND;
    if (status == STATUS_OK)
        *ret_lane = lane;
    return status;
}

enum status event_source_store_put_lane(struct db *db, const struct event_source_lane *lane)
{
    static const char put[] = "INSERT OR REPLACE INTO event_source_lane(source, shard, position, "
                              "failures, next_ms, piece, piece_end) VALUES(?, ?, ?, ?, ?, ?, ?)";
    enum status status = db_write(db);
    if (status != STATUS_OK)
        return status;
    struct query q;
    query_begin(&q, db, put);
    query_bind_integer(&q, lane->source);
    query_bind_integer(&q, lane->shard);
    query_bind_integer(&q, lane->position);
    query_bind_integer(&q, lane->failures);
    query_bind_integer(&q, lane->next_ms);
    query_bind_integer(&q, lane->piece);
    query_bind_integer(&q, lane->piece_end);
    return query_run(&q);
}

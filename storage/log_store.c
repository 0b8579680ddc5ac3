/*
 * log_store.c -- groups, tags and streams. Events are in log_event_store.c.
 */
#include "storage/log_store.h"

#include "emulator/base/arena.h"
#include "storage/db.h"

#define GROUP_COLUMNS                                                                          \
    "SELECT id, name, created_ms, class, kms_key, is_protected, retention_days, stored_bytes " \
    "FROM log_group "
#define STREAM_COLUMNS                                                               \
    "SELECT id, name, created_ms, first_event_ms, last_event_ms, last_ingestion_ms " \
    "FROM log_stream "

/* One statement with up to two integers, for writes that need no more. */
static enum status run_with(struct db *db, const char *sql, int64_t first, int64_t second)
{
    struct query q;
    query_begin(&q, db, sql);
    query_bind_integer(&q, first);
    query_bind_integer(&q, second);
    return query_run(&q);
}

static enum status run_for(struct db *db, const char *sql, int64_t id)
{
    return query_run_with(db, sql, id);
}

enum status log_cursor_end(struct log_cursor *cursor)
{
    return query_end(&cursor->query);
}

/* ---- groups ------------------------------------------------------------------------------- */

enum status log_group_create(struct db *db, const struct log_owner *owner,
                             const struct log_group_row *row, int64_t *ret_id)
{
    static const char insert[] =
        "INSERT INTO log_group(account, region, name, created_ms, class, kms_key, is_protected, "
        "retention_days, stored_bytes) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)";

    enum status status = db_write(db);
    if (status != STATUS_OK)
        return status;
    struct query q;
    query_begin(&q, db, insert);
    query_bind_text(&q, owner->account);
    query_bind_text(&q, owner->region);
    query_bind_text(&q, row->name);
    query_bind_integer(&q, row->created_ms);
    query_bind_text(&q, row->class);
    query_bind_text(&q, row->kms_key);
    query_bind_integer(&q, row->is_protected);
    query_bind_integer(&q, row->retention_days);
    query_bind_integer(&q, row->stored_bytes);
    status = query_run(&q);
    if (status == STATUS_OK)
        *ret_id = query_last_rowid(db);
    return status;
}

static struct log_group_row read_group(const struct query *q)
{
    return (struct log_group_row){
        .id = query_integer(q, 0),
        .name = query_slice(q, 1),
        .created_ms = query_integer(q, 2),
        .class = query_slice(q, 3),
        .kms_key = query_slice(q, 4),
        .is_protected = query_integer(q, 5) != 0,
        .retention_days = query_integer(q, 6),
        .stored_bytes = query_integer(q, 7),
    };
}

enum status log_group_find(struct db *db, const struct log_owner *owner, struct slice name,
                           struct arena *arena, struct log_group_row *ret_row)
{
    static const char find[] = GROUP_COLUMNS "WHERE account = ? AND region = ? AND name = ?";

    struct query q;
    query_begin(&q, db, find);
    query_bind_text(&q, owner->account);
    query_bind_text(&q, owner->region);
    query_bind_text(&q, name);
    struct log_group_row row = {0};
    bool found = query_step(&q);
    if (found) {
        row = read_group(&q);
        row.name = query_copy(&q, 1, arena);
        row.class = query_copy(&q, 3, arena);
        row.kms_key = query_copy(&q, 4, arena);
    }
    enum status status = query_end(&q);
    if (status == STATUS_OK && found)
        *ret_row = row;
    return status == STATUS_OK && !found ? STATUS_NOT_FOUND : status;
}

enum status log_group_delete(struct db *db, int64_t id)
{
    static const char remember[] =
        "INSERT INTO log_dropped SELECT id FROM log_stream WHERE group_id = ?";
    static const char streams[] = "DELETE FROM log_stream WHERE group_id = ?";
    static const char tags[] = "DELETE FROM log_tag WHERE group_id = ?";
    static const char filters[] = "DELETE FROM log_filter WHERE group_id = ?";
    static const char group[] = "DELETE FROM log_group WHERE id = ?";
    static const char *const steps[] = {remember, streams, tags, filters, group};

    enum status status = db_write(db);
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]) && status == STATUS_OK; i++)
        status = run_for(db, steps[i], id);
    return status;
}

enum status log_group_set_retention(struct db *db, int64_t id, int64_t days)
{
    static const char update[] = "UPDATE log_group SET retention_days = ? WHERE id = ?";
    enum status status = db_write(db);
    return status != STATUS_OK ? status : run_with(db, update, days, id);
}

enum status log_group_set_kms_key(struct db *db, int64_t id, struct slice key)
{
    static const char update[] = "UPDATE log_group SET kms_key = ? WHERE id = ?";
    struct query q;
    enum status status = db_write(db);
    if (status != STATUS_OK)
        return status;
    query_begin(&q, db, update);
    query_bind_text(&q, key);
    query_bind_integer(&q, id);
    return query_run(&q);
}

enum status log_group_set_protection(struct db *db, int64_t id, bool is_protected)
{
    static const char update[] = "UPDATE log_group SET is_protected = ? WHERE id = ?";
    enum status status = db_write(db);
    return status != STATUS_OK ? status : run_with(db, update, is_protected, id);
}

void log_groups_begin(struct log_cursor *cursor, struct db *db, const struct log_owner *owner,
                      struct slice after, struct slice prefix)
{
    static const char list[] =
        GROUP_COLUMNS "WHERE account = ? AND region = ? AND name > ? AND name >= ? "
                      "AND substr(name, 1, length(?)) = ? ORDER BY name";

    struct query *q = &cursor->query;
    query_begin(q, db, list);
    query_bind_text(q, owner->account);
    query_bind_text(q, owner->region);
    query_bind_text(q, after);
    query_bind_text(q, prefix);
    query_bind_text(q, prefix);
    query_bind_text(q, prefix);
}

bool log_groups_next(struct log_cursor *cursor, struct log_group_row *ret_row)
{
    if (!query_step(&cursor->query))
        return false;
    *ret_row = read_group(&cursor->query);
    return true;
}

/* ---- tags --------------------------------------------------------------------------------- */

enum status log_tag_put(struct db *db, int64_t group_id, struct slice key, struct slice value)
{
    static const char put[] = "INSERT INTO log_tag(group_id, key, value) VALUES(?, ?, ?) "
                              "ON CONFLICT DO UPDATE SET value = excluded.value";

    enum status status = db_write(db);
    if (status != STATUS_OK)
        return status;
    struct query q;
    query_begin(&q, db, put);
    query_bind_integer(&q, group_id);
    query_bind_text(&q, key);
    query_bind_text(&q, value);
    return query_run(&q);
}

enum status log_tag_remove(struct db *db, int64_t group_id, struct slice key)
{
    static const char remove[] = "DELETE FROM log_tag WHERE group_id = ? AND key = ?";

    enum status status = db_write(db);
    if (status != STATUS_OK)
        return status;
    struct query q;
    query_begin(&q, db, remove);
    query_bind_integer(&q, group_id);
    query_bind_text(&q, key);
    return query_run(&q);
}

enum status log_tag_count(struct db *db, int64_t group_id, int64_t *ret_count)
{
    static const char count[] = "SELECT count(*) FROM log_tag WHERE group_id = ?";

    struct query q;
    query_begin(&q, db, count);
    query_bind_integer(&q, group_id);
    int64_t found = query_step(&q) ? query_integer(&q, 0) : 0;
    enum status status = query_end(&q);
    if (status == STATUS_OK)
        *ret_count = found;
    return status;
}

void log_tags_begin(struct log_cursor *cursor, struct db *db, int64_t group_id)
{
    static const char list[] = "SELECT key, value FROM log_tag WHERE group_id = ? ORDER BY key";

    query_begin(&cursor->query, db, list);
    query_bind_integer(&cursor->query, group_id);
}

bool log_tags_next(struct log_cursor *cursor, struct slice *ret_key, struct slice *ret_value)
{
    if (!query_step(&cursor->query))
        return false;
    *ret_key = query_slice(&cursor->query, 0);
    *ret_value = query_slice(&cursor->query, 1);
    return true;
}

/* ---- streams ------------------------------------------------------------------------------ */

enum status log_stream_create(struct db *db, int64_t group_id, struct slice name, int64_t now_ms,
                              int64_t *ret_id)
{
    static const char insert[] = "INSERT INTO log_stream(group_id, name, created_ms, stored_bytes) "
                                 "VALUES(?, ?, ?, 0)";

    enum status status = db_write(db);
    if (status != STATUS_OK)
        return status;
    struct query q;
    query_begin(&q, db, insert);
    query_bind_integer(&q, group_id);
    query_bind_text(&q, name);
    query_bind_integer(&q, now_ms);
    status = query_run(&q);
    if (status == STATUS_OK)
        *ret_id = query_last_rowid(db);
    return status;
}

static struct log_stream_row read_stream(const struct query *q)
{
    return (struct log_stream_row){
        .id = query_integer(q, 0),
        .name = query_slice(q, 1),
        .created_ms = query_integer(q, 2),
        .has_events = !query_is_null(q, 3),
        .first_event_ms = query_integer(q, 3),
        .last_event_ms = query_integer(q, 4),
        .last_ingestion_ms = query_integer(q, 5),
    };
}

enum status log_stream_find(struct db *db, int64_t group_id, struct slice name, struct arena *arena,
                            struct log_stream_row *ret_row)
{
    static const char find[] = STREAM_COLUMNS "WHERE group_id = ? AND name = ?";

    struct query q;
    query_begin(&q, db, find);
    query_bind_integer(&q, group_id);
    query_bind_text(&q, name);
    struct log_stream_row row = {0};
    bool found = query_step(&q);
    if (found) {
        row = read_stream(&q);
        row.name = query_copy(&q, 1, arena);
    }
    enum status status = query_end(&q);
    if (status == STATUS_OK && found)
        *ret_row = row;
    return status == STATUS_OK && !found ? STATUS_NOT_FOUND : status;
}

enum status log_stream_delete(struct db *db, int64_t group_id, int64_t id)
{
    static const char count[] = "UPDATE log_group SET stored_bytes = stored_bytes - "
                                "(SELECT stored_bytes FROM log_stream WHERE id = ?) WHERE id = ?";
    static const char remember[] = "INSERT INTO log_dropped VALUES (?)";
    static const char stream[] = "DELETE FROM log_stream WHERE id = ?";

    enum status status = db_write(db);
    if (status == STATUS_OK)
        status = run_with(db, count, id, group_id);
    if (status == STATUS_OK)
        status = run_for(db, remember, id);
    if (status == STATUS_OK)
        status = run_for(db, stream, id);
    return status;
}

static void begin_by_name(struct query *q, struct db *db, const struct log_streams_range *range)
{
    static const char up[] = STREAM_COLUMNS
        "WHERE group_id = ? AND (? OR name > ?) AND substr(name, 1, length(?)) = ? ORDER BY name";
    static const char down[] =
        STREAM_COLUMNS "WHERE group_id = ? AND (? OR name < ?) AND substr(name, 1, length(?)) = ? "
                       "ORDER BY name DESC";

    query_begin(q, db, range->is_descending ? down : up);
    query_bind_integer(q, range->group_id);
    query_bind_integer(q, !range->has_after);
    query_bind_text(q, range->after_name);
    query_bind_text(q, range->prefix);
    query_bind_text(q, range->prefix);
}

static void begin_by_last_event(struct query *q, struct db *db,
                                const struct log_streams_range *range)
{
    static const char up[] =
        STREAM_COLUMNS "WHERE group_id = ? AND (? OR (ifnull(last_event_ms, 0), name) > (?, ?)) "
                       "ORDER BY ifnull(last_event_ms, 0), name";
    static const char down[] =
        STREAM_COLUMNS "WHERE group_id = ? AND (? OR (ifnull(last_event_ms, 0), name) < (?, ?)) "
                       "ORDER BY ifnull(last_event_ms, 0) DESC, name DESC";

    query_begin(q, db, range->is_descending ? down : up);
    query_bind_integer(q, range->group_id);
    query_bind_integer(q, !range->has_after);
    query_bind_integer(q, range->after_last_event_ms);
    query_bind_text(q, range->after_name);
}

void log_streams_begin(struct log_cursor *cursor, struct db *db,
                       const struct log_streams_range *range)
{
    if (range->order == LOG_STREAMS_BY_NAME)
        begin_by_name(&cursor->query, db, range);
    else
        begin_by_last_event(&cursor->query, db, range);
}

bool log_streams_next(struct log_cursor *cursor, struct log_stream_row *ret_row)
{
    if (!query_step(&cursor->query))
        return false;
    *ret_row = read_stream(&cursor->query);
    return true;
}

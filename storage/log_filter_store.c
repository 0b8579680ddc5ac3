#include "storage/log_filter_store.h"

#include "emulator/base/arena.h"
#include "storage/db.h"
#include "storage/query.h"

#define FILTER_COLUMNS                                                                   \
    "SELECT f.id, f.group_id, g.name, g.account, g.region, f.kind, f.name, f.pattern, "  \
    "f.settings, f.has_regex, f.created_ms, f.next_ms, f.failures, f.failing_since_ms, " \
    "f.disabled_until_ms FROM log_filter f CROSS JOIN log_group g ON g.id = f.group_id "

static enum status run_for(struct db *db, const char *sql, int64_t first, int64_t second)
{
    struct query q;
    enum status status = db_write(db);
    if (status != STATUS_OK)
        return status;
    query_begin(&q, db, sql);
    query_bind_integer(&q, first);
    query_bind_integer(&q, second);
    return query_run(&q);
}

/* ---- filters ---- */

enum status log_filter_put(struct db *db, const struct log_filter_row *row)
{
    static const char put[] =
        "INSERT INTO log_filter(group_id, kind, name, pattern, settings, has_regex, created_ms, "
        "next_ms, failures, failing_since_ms, disabled_until_ms) "
        "VALUES(?, ?, ?, ?, ?, ?, ?, 0, 0, 0, 0) ON CONFLICT DO UPDATE SET "
        "pattern = excluded.pattern, settings = excluded.settings, has_regex = excluded.has_regex, "
        "next_ms = 0, failures = 0, failing_since_ms = 0, disabled_until_ms = 0";

    enum status status = db_write(db);
    if (status != STATUS_OK)
        return status;
    struct query q;
    query_begin(&q, db, put);
    query_bind_integer(&q, row->group_id);
    query_bind_integer(&q, row->kind);
    query_bind_text(&q, row->name);
    query_bind_text(&q, row->pattern);
    query_bind_text(&q, row->settings);
    query_bind_integer(&q, row->has_regex);
    query_bind_integer(&q, row->created_ms);
    return query_run(&q);
}

static struct log_filter_row read_filter(const struct query *q)
{
    return (struct log_filter_row){
        .id = query_integer(q, 0),
        .group_id = query_integer(q, 1),
        .group = query_slice(q, 2),
        .account = query_slice(q, 3),
        .region = query_slice(q, 4),
        .kind = (enum log_filter_kind)query_integer(q, 5),
        .name = query_slice(q, 6),
        .pattern = query_slice(q, 7),
        .settings = query_slice(q, 8),
        .has_regex = query_integer(q, 9) != 0,
        .created_ms = query_integer(q, 10),
        .next_ms = query_integer(q, 11),
        .failures = query_integer(q, 12),
        .failing_since_ms = query_integer(q, 13),
        .disabled_until_ms = query_integer(q, 14),
    };
}

/* The one row of a query, in the arena. */
static enum status read_one(struct query *q, struct arena *arena, struct log_filter_row *ret_row)
{
    struct log_filter_row row = {.id = 0};
    bool found = query_step(q);
    if (found) {
        row = read_filter(q);
        row.group = query_copy(q, 2, arena);
        row.account = query_copy(q, 3, arena);
        row.region = query_copy(q, 4, arena);
        row.name = query_copy(q, 6, arena);
        row.pattern = query_copy(q, 7, arena);
        row.settings = query_copy(q, 8, arena);
    }
    enum status status = query_end(q);
    if (status == STATUS_OK && found)
        *ret_row = row;
    return status == STATUS_OK && !found ? STATUS_NOT_FOUND : status;
}

enum status log_filter_find(struct db *db, int64_t group_id, enum log_filter_kind kind,
                            struct slice name, struct arena *arena, struct log_filter_row *ret_row)
{
    static const char find[] = FILTER_COLUMNS "WHERE f.group_id = ? AND f.kind = ? AND f.name = ?";

    struct query q;
    query_begin(&q, db, find);
    query_bind_integer(&q, group_id);
    query_bind_integer(&q, kind);
    query_bind_text(&q, name);
    return read_one(&q, arena, ret_row);
}

enum status log_filter_get(struct db *db, int64_t id, struct arena *arena,
                           struct log_filter_row *ret_row)
{
    static const char get[] = FILTER_COLUMNS "WHERE f.id = ?";

    struct query q;
    query_begin(&q, db, get);
    query_bind_integer(&q, id);
    return read_one(&q, arena, ret_row);
}

enum status log_filter_remove(struct db *db, int64_t id)
{
    static const char remove[] = "DELETE FROM log_filter WHERE id = ? AND 0 = ?";
    return run_for(db, remove, id, 0);
}

enum status log_filter_set_health(struct db *db, const struct log_filter_row *row)
{
    static const char update[] = "UPDATE log_filter SET next_ms = ?, failures = ?, "
                                 "failing_since_ms = ?, disabled_until_ms = ? WHERE id = ?";
    enum status status = db_write(db);
    if (status != STATUS_OK)
        return status;
    struct query q;
    query_begin(&q, db, update);
    query_bind_integer(&q, row->next_ms);
    query_bind_integer(&q, row->failures);
    query_bind_integer(&q, row->failing_since_ms);
    query_bind_integer(&q, row->disabled_until_ms);
    query_bind_integer(&q, row->id);
    return query_run(&q);
}

enum status log_filter_count(struct db *db, int64_t group_id, struct log_filter_counts *ret_counts)
{
    static const char count[] = "SELECT ifnull(sum(kind = 1), 0), ifnull(sum(kind = 2), 0), "
                                "ifnull(sum(has_regex), 0) FROM log_filter WHERE group_id = ?";
    struct log_filter_counts counts = {0};
    struct query q;
    query_begin(&q, db, count);
    query_bind_integer(&q, group_id);
    if (query_step(&q))
        counts = (struct log_filter_counts){query_integer(&q, 0), query_integer(&q, 1),
                                            query_integer(&q, 2)};
    enum status status = query_end(&q);
    if (status == STATUS_OK)
        *ret_counts = counts;
    return status;
}

void log_filters_begin(struct log_cursor *cursor, struct db *db,
                       const struct log_filters_range *range)
{
    static const char of_group[] =
        FILTER_COLUMNS "WHERE f.group_id = ? AND f.kind = ? AND f.name > ? "
                       "AND substr(f.name, 1, length(?)) = ? ORDER BY f.name";
    static const char of_owner[] =
        FILTER_COLUMNS "WHERE g.account = ? AND g.region = ? AND f.kind = ? "
                       "AND (f.group_id, f.name) > (?, ?) AND substr(f.name, 1, length(?)) = ? "
                       "ORDER BY f.group_id, f.name";

    struct query *q = &cursor->query;
    query_begin(q, db, range->group_id != 0 ? of_group : of_owner);
    if (range->group_id != 0) {
        query_bind_integer(q, range->group_id);
        query_bind_integer(q, range->kind);
    } else {
        query_bind_text(q, range->owner.account);
        query_bind_text(q, range->owner.region);
        query_bind_integer(q, range->kind);
        query_bind_integer(q, range->after_group);
    }
    query_bind_text(q, range->after_name);
    query_bind_text(q, range->prefix);
    query_bind_text(q, range->prefix);
}

bool log_filters_next(struct log_cursor *cursor, struct log_filter_row *ret_row)
{
    if (!query_step(&cursor->query))
        return false;
    *ret_row = read_filter(&cursor->query);
    return true;
}

/* ---- events to be dealt with ---- */

enum status log_forward_add_check(struct db *db, int64_t filter_id)
{
    static const char add[] = "INSERT INTO log_forward(filter_id, stream_id, next_event, "
                              "last_event) VALUES(?, 0, 0, ?)";
    return run_for(db, add, filter_id, 0);
}

enum status log_forward_next_filter(struct db *db, int64_t after, int64_t *ret_filter_id)
{
    static const char next[] = "SELECT filter_id FROM log_forward WHERE filter_id > ? "
                               "ORDER BY filter_id LIMIT 1";
    struct query q;
    query_begin(&q, db, next);
    query_bind_integer(&q, after);
    bool found = query_step(&q);
    int64_t id = found ? query_integer(&q, 0) : 0;
    enum status status = query_end(&q);
    if (status == STATUS_OK && found)
        *ret_filter_id = id;
    return status == STATUS_OK && !found ? STATUS_NOT_FOUND : status;
}

enum status log_forward_first(struct db *db, int64_t filter_id, struct log_forward_row *ret_row)
{
    static const char first[] = "SELECT id, stream_id, next_event, last_event FROM log_forward "
                                "WHERE filter_id = ? ORDER BY id LIMIT 1";
    struct log_forward_row row = {.filter_id = filter_id};
    struct query q;
    query_begin(&q, db, first);
    query_bind_integer(&q, filter_id);
    bool found = query_step(&q);
    if (found) {
        row.id = query_integer(&q, 0);
        row.stream_id = query_integer(&q, 1);
        row.next_event = query_integer(&q, 2);
        row.last_event = query_integer(&q, 3);
    }
    enum status status = query_end(&q);
    if (status == STATUS_OK && found)
        *ret_row = row;
    return status == STATUS_OK && !found ? STATUS_NOT_FOUND : status;
}

enum status log_forward_move(struct db *db, const struct log_forward_row *row, int64_t next_event)
{
    static const char move[] = "UPDATE log_forward SET next_event = ? WHERE id = ?";
    static const char done[] = "DELETE FROM log_forward WHERE ? > last_event AND id = ?";
    return run_for(db, next_event > row->last_event ? done : move, next_event, row->id);
}

enum status log_forward_drop(struct db *db, int64_t filter_id, int64_t max_rows)
{
    static const char drop[] = "DELETE FROM log_forward WHERE id IN"
                               " (SELECT id FROM log_forward WHERE filter_id = ? LIMIT ?)";
    return run_for(db, drop, filter_id, max_rows);
}

/* The '+' keeps SQLite from reading all of the stream's index for a few ids in a row. */
void log_forward_events_begin(struct log_cursor *cursor, struct db *db,
                              const struct log_forward_row *row)
{
    static const char events[] =
        "SELECT e.id, e.stream_id, s.name, e.at_ms, e.ingested_ms, e.message FROM log_event e "
        "CROSS JOIN log_stream s ON s.id = e.stream_id "
        "WHERE e.id BETWEEN ? AND ? AND +e.stream_id = ? ORDER BY e.id";

    struct query *q = &cursor->query;
    query_begin(q, db, events);
    query_bind_integer(q, row->next_event);
    query_bind_integer(q, row->last_event);
    query_bind_integer(q, row->stream_id);
}

bool log_forward_events_next(struct log_cursor *cursor, struct log_event_row *ret_row)
{
    const struct query *q = &cursor->query;
    if (!query_step(&cursor->query))
        return false;
    *ret_row = (struct log_event_row){
        .id = query_integer(q, 0),
        .stream_id = query_integer(q, 1),
        .stream_name = query_slice(q, 2),
        .at_ms = query_integer(q, 3),
        .ingested_ms = query_integer(q, 4),
        .message = query_slice(q, 5),
    };
    return true;
}

#include "storage/log_retention_store.h"

#include "storage/db.h"
#include "storage/query.h"

enum { STREAMS_MAX = 16 }; /* of which a portion removes events */

enum status log_retention_next_ms(struct db *db, int64_t *ret_at_ms)
{
    static const char next[] =
        "SELECT min((SELECT min(e.at_ms) FROM log_event e WHERE e.group_id = g.id) + "
        "g.retention_days * 86400000 + 1) FROM log_group g WHERE g.retention_days > 0";

    struct query q;
    query_begin(&q, db, next);
    bool found = query_step(&q) && !query_is_null(&q, 0);
    int64_t at_ms = found ? query_integer(&q, 0) : 0;
    enum status status = query_end(&q);
    if (status == STATUS_OK && found)
        *ret_at_ms = at_ms;
    return status == STATUS_OK && !found ? STATUS_NOT_FOUND : status;
}

/* A group whose oldest event has expired, and before when. 0: none. */
static enum status find_group(struct db *db, int64_t now_ms, int64_t *ret_group,
                              int64_t *ret_before_ms)
{
    static const char find[] =
        "SELECT g.id, g.retention_days FROM log_group g WHERE g.retention_days > 0 AND "
        "(SELECT min(e.at_ms) FROM log_event e WHERE e.group_id = g.id) < "
        "? - g.retention_days * 86400000 LIMIT 1";

    struct query q;
    int64_t group = 0;
    int64_t days = 0;
    query_begin(&q, db, find);
    query_bind_integer(&q, now_ms);
    if (query_step(&q)) {
        group = query_integer(&q, 0);
        days = query_integer(&q, 1);
    }
    enum status status = query_end(&q);
    *ret_group = group;
    *ret_before_ms = now_ms - days * LOG_RETENTION_DAY_MS;
    return status;
}

/* What a portion takes from one stream. */
struct loss {
    int64_t stream;
    int64_t last_ms; /* up to here */
    int64_t last_id;
    int64_t bytes;
};

/*
 * The oldest rows, up to the first that is of a stream too many. Those of a deleted stream, which
 * may still be there, count no bytes any more.
 */
static enum status measure(struct db *db, int64_t group, int64_t before_ms, int64_t max_rows,
                           struct loss *losses, unsigned *ret_count, struct loss *ret_end)
{
    static const char oldest[] =
        "SELECT stream_id, at_ms, id, (length(CAST(message AS BLOB)) + 26) * "
        "EXISTS(SELECT 1 FROM log_stream s WHERE s.id = stream_id) FROM log_event "
        "WHERE group_id = ? AND at_ms < ? ORDER BY at_ms, id LIMIT ?";

    struct query q;
    unsigned count = 0;
    bool fits = true;
    query_begin(&q, db, oldest);
    query_bind_integer(&q, group);
    query_bind_integer(&q, before_ms);
    query_bind_integer(&q, max_rows);
    while (fits && query_step(&q)) {
        unsigned i = 0;
        while (i < count && losses[i].stream != query_integer(&q, 0))
            i++;
        fits = i < STREAMS_MAX;
        if (!fits)
            continue;
        if (i == count)
            losses[count++] = (struct loss){.stream = query_integer(&q, 0)};
        losses[i].bytes += query_integer(&q, 3);
        ret_end->last_ms = query_integer(&q, 1);
        ret_end->last_id = query_integer(&q, 2);
        ret_end->bytes += query_integer(&q, 3);
    }
    *ret_count = count;
    return query_end(&q);
}

static enum status remove_events(struct db *db, int64_t group, const struct loss *end)
{
    static const char remove[] = "DELETE FROM log_event WHERE id IN (SELECT id FROM log_event "
                                 "WHERE group_id = ? AND (at_ms, id) <= (?, ?))";
    struct query q;
    query_begin(&q, db, remove);
    query_bind_integer(&q, group);
    query_bind_integer(&q, end->last_ms);
    query_bind_integer(&q, end->last_id);
    return query_run(&q);
}

static enum status count_stream(struct db *db, const struct loss *loss)
{
    static const char update[] =
        "UPDATE log_stream SET stored_bytes = stored_bytes - ?, first_event_ms = "
        "(SELECT min(at_ms) FROM log_event WHERE stream_id = ?) WHERE id = ?";
    struct query q;
    query_begin(&q, db, update);
    query_bind_integer(&q, loss->bytes);
    query_bind_integer(&q, loss->stream);
    query_bind_integer(&q, loss->stream);
    return query_run(&q);
}

static enum status count_group(struct db *db, int64_t group, int64_t bytes)
{
    static const char update[] =
        "UPDATE log_group SET stored_bytes = stored_bytes - ? WHERE id = ?";
    struct query q;
    query_begin(&q, db, update);
    query_bind_integer(&q, bytes);
    query_bind_integer(&q, group);
    return query_run(&q);
}

static enum status sweep_group(struct db *db, int64_t group, int64_t before_ms, int64_t max_rows)
{
    struct loss losses[STREAMS_MAX];
    struct loss end = {0};
    unsigned count = 0;
    enum status status = measure(db, group, before_ms, max_rows, losses, &count, &end);
    if (status == STATUS_OK)
        status = db_write(db);
    if (status == STATUS_OK)
        status = remove_events(db, group, &end);
    for (unsigned i = 0; i < count && status == STATUS_OK; i++)
        status = count_stream(db, &losses[i]);
    return status == STATUS_OK ? count_group(db, group, end.bytes) : status;
}

enum status log_retention_sweep(struct db *db, int64_t now_ms, int64_t max_rows, bool *ret_more)
{
    int64_t group = 0;
    int64_t before_ms = 0;
    enum status status = find_group(db, now_ms, &group, &before_ms);
    if (status == STATUS_OK && group != 0)
        status = sweep_group(db, group, before_ms, max_rows);
    if (status == STATUS_OK)
        *ret_more = group != 0;
    return status;
}

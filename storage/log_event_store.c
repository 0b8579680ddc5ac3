/*
 * log_event_store.c -- the events of log_store.h.
 */
#include "emulator/base/slice.h"
#include "storage/db.h"
#include "storage/log_store.h"

#define EVENT_COLUMNS                                                                       \
    "SELECT e.id, e.stream_id, s.name, e.at_ms, e.ingested_ms, e.message FROM log_event e " \
    "CROSS JOIN log_stream s ON s.id = e.stream_id "
#define BETWEEN "AND (e.at_ms, e.id) > (?, ?) AND (e.at_ms, e.id) < (?, ?) "
#define OTHERS_BEFORE_JUMP 64
#define FORWARD "ORDER BY e.at_ms, e.id"
#define BACKWARD "ORDER BY e.at_ms DESC, e.id DESC"

/* What a batch does to its stream's and group's row. */
struct batch_sum {
    int64_t bytes;
    int64_t first_ms;
    int64_t last_ms;
};

static struct batch_sum sum_up(const struct log_batch *batch)
{
    struct batch_sum sum = {0, INT64_MAX, INT64_MIN};
    for (size_t i = 0; i < batch->line_count; i++) {
        const struct log_line *line = &batch->lines[i];
        sum.bytes += (int64_t)line->message.len + LOG_EVENT_OVERHEAD_BYTES;
        sum.first_ms = line->at_ms < sum.first_ms ? line->at_ms : sum.first_ms;
        sum.last_ms = line->at_ms > sum.last_ms ? line->at_ms : sum.last_ms;
    }
    return sum;
}

static enum status insert_event(struct db *db, const struct log_batch *batch,
                                const struct log_line *line)
{
    static const char insert[] = "INSERT INTO log_event(group_id, stream_id, at_ms, ingested_ms, "
                                 "message) VALUES(?, ?, ?, ?, ?)";

    struct query q;
    query_begin(&q, db, insert);
    query_bind_integer(&q, batch->group_id);
    query_bind_integer(&q, batch->stream_id);
    query_bind_integer(&q, line->at_ms);
    query_bind_integer(&q, batch->ingested_ms);
    query_bind_text(&q, line->message);
    return query_run(&q);
}

static enum status update_stream(struct db *db, const struct log_batch *batch,
                                 const struct batch_sum *sum)
{
    static const char update[] =
        "UPDATE log_stream SET stored_bytes = stored_bytes + ?, last_ingestion_ms = ?, "
        "first_event_ms = min(ifnull(first_event_ms, ?), ?), "
        "last_event_ms = max(ifnull(last_event_ms, ?), ?) WHERE id = ?";

    struct query q;
    query_begin(&q, db, update);
    query_bind_integer(&q, sum->bytes);
    query_bind_integer(&q, batch->ingested_ms);
    query_bind_integer(&q, sum->first_ms);
    query_bind_integer(&q, sum->first_ms);
    query_bind_integer(&q, sum->last_ms);
    query_bind_integer(&q, sum->last_ms);
    query_bind_integer(&q, batch->stream_id);
    return query_run(&q);
}

static enum status update_group(struct db *db, const struct log_batch *batch, int64_t bytes)
{
    static const char update[] =
        "UPDATE log_group SET stored_bytes = stored_bytes + ? WHERE id = ?";

    struct query q;
    query_begin(&q, db, update);
    query_bind_integer(&q, bytes);
    query_bind_integer(&q, batch->group_id);
    return query_run(&q);
}

/* Ids are given in a row: those of a batch end with the last one. */
static enum status note_for_filters(struct db *db, const struct log_batch *batch)
{
    static const char note[] = "INSERT INTO log_forward(filter_id, stream_id, next_event, "
                               "last_event) SELECT id, ?, ?, ? FROM log_filter WHERE group_id = ?";
    int64_t last = query_last_rowid(db);
    struct query q;
    query_begin(&q, db, note);
    query_bind_integer(&q, batch->stream_id);
    query_bind_integer(&q, last - (int64_t)batch->line_count + 1);
    query_bind_integer(&q, last);
    query_bind_integer(&q, batch->group_id);
    return query_run(&q);
}

enum status log_events_append(struct db *db, const struct log_batch *batch)
{
    if (batch->line_count == 0)
        return STATUS_OK;
    struct batch_sum sum = sum_up(batch);
    enum status status = db_write(db);
    for (size_t i = 0; i < batch->line_count && status == STATUS_OK; i++)
        status = insert_event(db, batch, &batch->lines[i]);
    if (status == STATUS_OK)
        status = note_for_filters(db, batch);
    if (status == STATUS_OK)
        status = update_stream(db, batch, &sum);
    if (status == STATUS_OK)
        status = update_group(db, batch, sum.bytes);
    return status;
}

bool log_position_is_before(struct log_position a, struct log_position b)
{
    return a.at_ms != b.at_ms ? a.at_ms < b.at_ms : a.id < b.id;
}

static void bind_range(struct query *q, int64_t id, const struct log_events_range *range,
                       struct log_position after)
{
    query_bind_integer(q, id);
    query_bind_integer(q, after.at_ms);
    query_bind_integer(q, after.id);
    query_bind_integer(q, range->before.at_ms);
    query_bind_integer(q, range->before.id);
}

static void begin_stream(struct query *q, struct db *db, const struct log_events_range *range)
{
    static const char up[] = EVENT_COLUMNS "WHERE e.stream_id = ? " BETWEEN FORWARD;
    static const char down[] = EVENT_COLUMNS "WHERE e.stream_id = ? " BETWEEN BACKWARD;

    query_begin(q, db, range->is_descending ? down : up);
    bind_range(q, range->stream_id, range, range->after);
}

static void begin_group(struct query *q, struct db *db, const struct log_events_range *range,
                        struct log_position after)
{
    static const char all[] = EVENT_COLUMNS "WHERE e.group_id = ? " BETWEEN FORWARD;

    query_begin(q, db, all);
    bind_range(q, range->group_id, range, after);
}

void log_events_begin(struct log_cursor *cursor, struct db *db,
                      const struct log_events_range *range)
{
    cursor->range = range;
    cursor->others_in_a_row = 0;
    if (range->stream_id != 0)
        begin_stream(&cursor->query, db, range);
    else
        begin_group(&cursor->query, db, range, range->after);
}

static bool is_wanted(const struct log_events_range *range, const struct log_event_row *row)
{
    if (range->stream_id != 0)
        return true;
    if (range->streams == NULL)
        return slice_starts_with(row->stream_name, range->stream_prefix);
    for (size_t i = 0; i < range->stream_count; i++) {
        if (range->streams[i] == row->stream_id)
            return true;
    }
    return false;
}

/* The first event of one stream behind a place, if it is before `*nearest`. */
static enum status look_ahead(struct db *db, const struct log_events_range *range, int64_t stream,
                              struct log_position after, struct log_position *nearest)
{
    static const char first[] =
        "SELECT e.at_ms, e.id FROM log_event e WHERE e.stream_id = ? " BETWEEN FORWARD " LIMIT 1";
    struct query q;
    query_begin(&q, db, first);
    bind_range(&q, stream, range, after);
    if (query_step(&q)) {
        struct log_position place = {query_integer(&q, 0), query_integer(&q, 1)};
        if (log_position_is_before(place, *nearest))
            *nearest = place;
    }
    return query_end(&q);
}

/* Go on with the first event of any stream that is asked for. */
static void jump(struct log_cursor *cursor, struct log_position after)
{
    const struct log_events_range *range = cursor->range;
    struct db *db = cursor->query.db;
    struct log_position nearest = range->before;
    enum status status = query_end(&cursor->query);
    for (size_t i = 0; i < range->stream_count && status == STATUS_OK; i++)
        status = look_ahead(db, range, range->streams[i], after, &nearest);
    if (log_position_is_before(nearest, range->before))
        nearest.id--; /* to begin with it */
    begin_group(&cursor->query, db, range, nearest);
    if (status != STATUS_OK)
        cursor->query.status = status;
    cursor->others_in_a_row = 0;
}

/* Other streams' events are seen in the index alone, without their rows. */
bool log_events_next(struct log_cursor *cursor, struct log_event_row *ret_row)
{
    const struct query *q = &cursor->query;
    if (!query_step(&cursor->query))
        return false;
    *ret_row = (struct log_event_row){
        .id = query_integer(q, 0),
        .stream_id = query_integer(q, 1),
        .stream_name = query_slice(q, 2),
        .at_ms = query_integer(q, 3),
    };
    ret_row->is_other = !is_wanted(cursor->range, ret_row);
    cursor->others_in_a_row = ret_row->is_other ? cursor->others_in_a_row + 1 : 0;
    if (ret_row->is_other) {
        ret_row->stream_name = slice_make(NULL, 0);
        if (cursor->others_in_a_row == OTHERS_BEFORE_JUMP && cursor->range->streams != NULL)
            jump(cursor, (struct log_position){ret_row->at_ms, ret_row->id});
        return true;
    }
    ret_row->ingested_ms = query_integer(q, 4);
    ret_row->message = query_slice(q, 5);
    return true;
}

/* ---- what was deleted ----------------------------------------------------------------------- */

/* 0: none. */
static enum status first_dropped(struct db *db, int64_t *ret_stream_id)
{
    static const char find[] = "SELECT stream_id FROM log_dropped LIMIT 1";
    return query_first(db, find, ret_stream_id);
}

enum status log_store_has_dropped(struct db *db, bool *ret_has)
{
    int64_t id = 0;
    enum status status = first_dropped(db, &id);
    if (status == STATUS_OK)
        *ret_has = id != 0;
    return status;
}

static enum status remove_events(struct db *db, int64_t stream_id, int64_t max_rows,
                                 int64_t *ret_removed)
{
    static const char remove[] = "DELETE FROM log_event WHERE id IN"
                                 " (SELECT id FROM log_event WHERE stream_id = ? LIMIT ?)";
    struct query q;
    query_begin(&q, db, remove);
    query_bind_integer(&q, stream_id);
    query_bind_integer(&q, max_rows);
    enum status status = query_run(&q);
    if (status == STATUS_OK)
        *ret_removed = query_changes(db);
    return status;
}

static enum status forget_stream(struct db *db, int64_t stream_id)
{
    static const char forget[] = "DELETE FROM log_dropped WHERE stream_id = ?";
    return query_run_with(db, forget, stream_id);
}

enum status log_store_sweep(struct db *db, int64_t max_rows, bool *ret_more)
{
    int64_t left = max_rows;
    for (;;) {
        int64_t id = 0;
        int64_t removed = 0;
        enum status status = first_dropped(db, &id);
        if (status != STATUS_OK)
            return status;
        if (id == 0 || left <= 0) {
            *ret_more = id != 0;
            return STATUS_OK;
        }
        status = db_write(db);
        if (status == STATUS_OK)
            status = remove_events(db, id, left, &removed);
        if (status == STATUS_OK && removed < left)
            status = forget_stream(db, id);
        if (status != STATUS_OK)
            return status;
        left -= removed + 1; /* an empty stream costs too */
    }
}

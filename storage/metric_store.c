#include "storage/metric_store.h"

#include "storage/db.h"

#define TRIM_METRICS 100 /* so many are looked at when one is made */

/* ---- metrics ---- */

enum status metric_store_find(struct db *db, const struct metric_key *key, int64_t *ret_id)
{
    static const char sql[] = "SELECT id FROM metric WHERE account = ? AND region = ?"
                              " AND namespace = ? AND name = ? AND dimensions = ?";
    struct query q;
    query_begin(&q, db, sql);
    query_bind_text(&q, key->account);
    query_bind_text(&q, key->region);
    query_bind_text(&q, key->namespace);
    query_bind_text(&q, key->name);
    query_bind_blob(&q, key->dimensions);
    bool found = query_step(&q);
    int64_t id = found ? query_integer(&q, 0) : 0;
    enum status status = query_end(&q);
    if (status != STATUS_OK)
        return status;
    if (!found)
        return STATUS_NOT_FOUND;
    *ret_id = id;
    return STATUS_OK;
}

/* Of the oldest metrics, those whose last minute is out of date. */
static enum status trim_metrics(struct db *db, int64_t before_ms, int64_t limit)
{
    static const char minutes[] =
        "DELETE FROM metric_minute WHERE metric_id IN (SELECT id FROM"
        " (SELECT id, newest_ms FROM metric ORDER BY id LIMIT ?) WHERE newest_ms < ?)";
    static const char metrics[] =
        "DELETE FROM metric WHERE id IN (SELECT id FROM"
        " (SELECT id, newest_ms FROM metric ORDER BY id LIMIT ?) WHERE newest_ms < ?)";
    struct query q;
    query_begin(&q, db, minutes);
    query_bind_integer(&q, limit);
    query_bind_integer(&q, before_ms);
    enum status status = query_run(&q);
    if (status != STATUS_OK)
        return status;
    query_begin(&q, db, metrics);
    query_bind_integer(&q, limit);
    query_bind_integer(&q, before_ms);
    return query_run(&q);
}

/* SQLite counts a whole table by its pages, without looking at rows. */
static enum status count_metrics(struct db *db, int64_t *ret_count)
{
    static const char sql[] = "SELECT COUNT(*) FROM metric";
    struct query q;
    query_begin(&q, db, sql);
    int64_t count = query_step(&q) ? query_integer(&q, 0) : 0;
    enum status status = query_end(&q);
    if (status == STATUS_OK)
        *ret_count = count;
    return status;
}

/* A full store looks at all its metrics before it refuses one. */
static enum status make_room(struct db *db, int64_t before_ms)
{
    int64_t count = 0;
    enum status status = trim_metrics(db, before_ms, TRIM_METRICS);
    if (status == STATUS_OK)
        status = count_metrics(db, &count);
    if (status != STATUS_OK || count < METRIC_STORE_MAX)
        return status;
    status = trim_metrics(db, before_ms, METRIC_STORE_MAX);
    if (status == STATUS_OK)
        status = count_metrics(db, &count);
    return status == STATUS_OK && count >= METRIC_STORE_MAX ? STATUS_TOO_LARGE : status;
}

static enum status insert(struct db *db, const struct metric_key *key, int64_t now_ms)
{
    static const char sql[] = "INSERT INTO metric(account, region, namespace, name, dimensions,"
                              " newest_ms) VALUES (?, ?, ?, ?, ?, ?)";
    struct query q;
    query_begin(&q, db, sql);
    query_bind_text(&q, key->account);
    query_bind_text(&q, key->region);
    query_bind_text(&q, key->namespace);
    query_bind_text(&q, key->name);
    query_bind_blob(&q, key->dimensions);
    query_bind_integer(&q, now_ms);
    return query_run(&q);
}

enum status metric_store_make(struct db *db, const struct metric_key *key, int64_t now_ms,
                              int64_t *ret_id)
{
    enum status status = metric_store_find(db, key, ret_id);
    if (status != STATUS_NOT_FOUND)
        return status;
    status = db_write(db);
    if (status == STATUS_OK)
        status = make_room(db, now_ms - METRIC_RETENTION_MS);
    if (status == STATUS_OK)
        status = insert(db, key, now_ms);
    if (status == STATUS_OK)
        *ret_id = query_last_rowid(db);
    return status;
}

/* ---- minutes ---- */

/* Columns from `first` on: sum, count, min, max, sample. */
static enum status read_point(const struct query *q, int first, struct metric_point *ret_point)
{
    struct metric_point point = {
        .sum = query_real(q, first),
        .count = query_real(q, first + 1),
        .min = query_real(q, first + 2),
        .max = query_real(q, first + 3),
    };
    enum status status = metric_values_add_bytes(&point.values, query_slice(q, first + 4));
    if (status != STATUS_OK)
        metric_point_close(&point);
    else
        *ret_point = point;
    return status;
}

enum status metric_store_load(struct db *db, const struct metric_place *place,
                              struct metric_point *point)
{
    static const char sql[] = "SELECT sum, count, min, max, sample FROM metric_minute"
                              " WHERE metric_id = ? AND minute_ms = ? AND unit = ?";
    struct query q;
    struct metric_point stored = {0};
    query_begin(&q, db, sql);
    query_bind_integer(&q, place->metric_id);
    query_bind_integer(&q, place->minute_ms);
    query_bind_text(&q, place->unit);
    bool found = query_step(&q);
    enum status status = found ? read_point(&q, 0, &stored) : STATUS_NOT_FOUND;
    enum status ended = query_end(&q);
    if (ended != STATUS_OK)
        status = ended;
    if (status == STATUS_OK)
        status = metric_point_merge(point, &stored);
    metric_point_close(&stored);
    return status;
}

static enum status write_minute(struct db *db, const struct metric_place *place,
                                const struct metric_point *point)
{
    static const char sql[] =
        "INSERT OR REPLACE INTO metric_minute(metric_id, minute_ms, unit, sum, count, min, max,"
        " sample) VALUES (?, ?, ?, ?, ?, ?, ?, ?)";
    struct query q;
    query_begin(&q, db, sql);
    query_bind_integer(&q, place->metric_id);
    query_bind_integer(&q, place->minute_ms);
    query_bind_text(&q, place->unit);
    query_bind_real(&q, point->sum);
    query_bind_real(&q, point->count);
    query_bind_real(&q, point->min);
    query_bind_real(&q, point->max);
    query_bind_blob(&q, metric_values_bytes(&point->values));
    return query_run(&q);
}

static enum status note_newest(struct db *db, const struct metric_place *place)
{
    static const char sql[] = "UPDATE metric SET newest_ms = MAX(newest_ms, ?) WHERE id = ?";
    struct query q;
    query_begin(&q, db, sql);
    query_bind_integer(&q, place->minute_ms);
    query_bind_integer(&q, place->metric_id);
    return query_run(&q);
}

/* A metric's minutes are in the order of time, so only what goes is looked at. */
static enum status trim_minutes(struct db *db, const struct metric_place *place)
{
    static const char sql[] =
        "DELETE FROM metric_minute WHERE metric_id = ? AND minute_ms < (SELECT newest_ms FROM"
        " metric WHERE id = ?) - ?";
    struct query q;
    query_begin(&q, db, sql);
    query_bind_integer(&q, place->metric_id);
    query_bind_integer(&q, place->metric_id);
    query_bind_integer(&q, METRIC_RETENTION_MS);
    return query_run(&q);
}

enum status metric_store_save(struct db *db, const struct metric_place *place,
                              const struct metric_point *point, bool is_new)
{
    enum status status = db_write(db);
    if (status == STATUS_OK)
        status = write_minute(db, place, point);
    if (status == STATUS_OK && is_new)
        status = note_newest(db, place);
    if (status == STATUS_OK && is_new)
        status = trim_minutes(db, place);
    return status;
}

enum status metric_store_add(struct db *db, const struct metric_place *place,
                             const struct metric_point *point)
{
    struct metric_point all = {0};
    enum status loaded = metric_store_load(db, place, &all);
    enum status status = loaded == STATUS_NOT_FOUND ? STATUS_OK : loaded;
    if (status == STATUS_OK)
        status = metric_point_merge(&all, point);
    if (status == STATUS_OK)
        status = metric_store_save(db, place, &all, loaded == STATUS_NOT_FOUND);
    metric_point_close(&all);
    return status;
}

/* ---- reading ---- */

void metric_list_begin(struct query *q, struct db *db, const struct metric_filter *filter)
{
    static const char sql[] =
        "SELECT id, newest_ms, namespace, name, dimensions FROM metric WHERE id > ?"
        " AND account = ? AND region = ? AND newest_ms >= ?"
        " AND (? OR namespace = ?) AND (? OR name = ?) ORDER BY id";
    query_begin(q, db, sql);
    query_bind_integer(q, filter->after_id);
    query_bind_text(q, filter->account);
    query_bind_text(q, filter->region);
    query_bind_integer(q, filter->newest_from_ms);
    query_bind_integer(q, filter->namespace.len == 0);
    query_bind_text(q, filter->namespace);
    query_bind_integer(q, filter->name.len == 0);
    query_bind_text(q, filter->name);
}

bool metric_list_next(struct query *q, struct metric_row *ret_row)
{
    if (!query_step(q))
        return false;
    *ret_row = (struct metric_row){
        .id = query_integer(q, 0),
        .newest_ms = query_integer(q, 1),
        .namespace = query_slice(q, 2),
        .name = query_slice(q, 3),
        .dimensions = query_slice(q, 4),
    };
    return true;
}

void metric_minutes_begin(struct query *q, struct db *db, const struct metric_range *range)
{
    static const char sql[] =
        "SELECT minute_ms, unit, sum, count, min, max, sample FROM metric_minute"
        " WHERE metric_id = ? AND minute_ms >= ? AND minute_ms < ? AND (? OR unit = ?)"
        " ORDER BY minute_ms, unit";
    query_begin(q, db, sql);
    query_bind_integer(q, range->metric_id);
    query_bind_integer(q, range->from_ms);
    query_bind_integer(q, range->to_ms);
    query_bind_integer(q, range->unit.len == 0);
    query_bind_text(q, range->unit);
}

bool metric_minutes_next(struct query *q, struct metric_minute *minute)
{
    metric_point_close(&minute->point);
    if (!query_step(q))
        return false;
    minute->minute_ms = query_integer(q, 0);
    minute->unit = query_slice(q, 1);
    enum status status = read_point(q, 2, &minute->point);
    if (status != STATUS_OK)
        q->status = status;
    return status == STATUS_OK;
}

/*
 * kinesis_record_store.c -- shards and records. Streams and tags are in kinesis_store.c.
 */
#include "storage/db.h"
#include "storage/kinesis_store.h"

#define PLACE_BITS 36
#define SHARD_MAX_ID ((INT64_C(1) << 27) - 1)

/* So often old records are looked for, and so many are removed. */
#define TRIM_EVERY 64
#define TRIM_RECORDS 256

static int64_t record_id(int64_t shard, int64_t place)
{
    return shard << PLACE_BITS | place;
}

/* ---- shards ---- */

static enum status read_shard(struct query *q, struct kinesis_shard_row *ret_row)
{
    struct kinesis_shard_row row = {0};
    bool found = query_step(q);
    if (found)
        row = (struct kinesis_shard_row){
            .id = query_integer(q, 0),
            .stream = query_integer(q, 1),
            .number = query_integer(q, 2),
            .last_place = query_integer(q, 3),
        };
    enum status status = query_end(q);
    if (status == STATUS_OK && found)
        *ret_row = row;
    return status == STATUS_OK && !found ? STATUS_NOT_FOUND : status;
}

enum status kinesis_shard_find(struct db *db, int64_t stream, int64_t number,
                               struct kinesis_shard_row *ret_row)
{
    static const char find[] = "SELECT id, stream, number, last_place FROM kinesis_shard"
                               " WHERE stream = ? AND number = ?";
    struct query q;
    query_begin(&q, db, find);
    query_bind_integer(&q, stream);
    query_bind_integer(&q, number);
    return read_shard(&q, ret_row);
}

enum status kinesis_shard_get(struct db *db, int64_t id, struct kinesis_shard_row *ret_row)
{
    static const char get[] = "SELECT id, stream, number, last_place FROM kinesis_shard"
                              " WHERE id = ? AND stream IS NOT NULL";
    struct query q;
    query_begin(&q, db, get);
    query_bind_integer(&q, id);
    return read_shard(&q, ret_row);
}

/* ---- append ---- */

/* The oldest `rows` only are looked at, so that the cost does not grow with the shard. */
static enum status trim(struct db *db, int64_t shard, int64_t rows, int64_t before_ms)
{
    static const char remove[] =
        "DELETE FROM kinesis_record WHERE id IN (SELECT id FROM"
        " (SELECT id, arrival_ms FROM kinesis_record WHERE id BETWEEN ? AND ? ORDER BY id LIMIT ?)"
        " WHERE arrival_ms < ?)";
    struct query q;
    query_begin(&q, db, remove);
    query_bind_integer(&q, record_id(shard, 0));
    query_bind_integer(&q, record_id(shard, KINESIS_MAX_PLACE));
    query_bind_integer(&q, rows);
    query_bind_integer(&q, before_ms);
    return query_run(&q);
}

static enum status next_place(struct db *db, int64_t shard, int64_t *ret_place)
{
    static const char next[] = "UPDATE kinesis_shard SET last_place = last_place + 1"
                               " WHERE id = ? RETURNING last_place";
    struct query q;
    query_begin(&q, db, next);
    query_bind_integer(&q, shard);
    int64_t place = query_step(&q) ? query_integer(&q, 0) : 0;
    enum status status = query_end(&q);
    if (status != STATUS_OK)
        return status;
    if (place == 0)
        return STATUS_NOT_FOUND;
    *ret_place = place;
    return place <= KINESIS_MAX_PLACE && shard <= SHARD_MAX_ID ? STATUS_OK : STATUS_TOO_LARGE;
}

static enum status insert(struct db *db, int64_t id, const struct kinesis_record *record)
{
    static const char sql[] =
        "INSERT INTO kinesis_record(id, arrival_ms, partition_key, data) VALUES(?, ?, ?, ?)";
    struct query q;
    query_begin(&q, db, sql);
    query_bind_integer(&q, id);
    query_bind_integer(&q, record->arrival_ms);
    query_bind_text(&q, record->partition_key);
    query_bind_blob(&q, record->data);
    return query_run(&q);
}

enum status kinesis_record_append(struct db *db, const struct kinesis_shard_row *shard,
                                  int64_t keep_from_ms, struct kinesis_record *record)
{
    enum status status = db_write(db);
    if (status == STATUS_OK)
        status = next_place(db, shard->id, &record->place);
    if (status == STATUS_OK)
        status = insert(db, record_id(shard->id, record->place), record);
    if (status != STATUS_OK || record->place % TRIM_EVERY != 0)
        return status;
    return trim(db, shard->id, TRIM_RECORDS, keep_from_ms);
}

/* ---- read ---- */

/* The first record behind `after`. STATUS_NOT_FOUND: there is none. */
static enum status first_behind(struct db *db, int64_t shard, int64_t after, int64_t *ret_place,
                                int64_t *ret_arrival_ms)
{
    static const char find[] = "SELECT id, arrival_ms FROM kinesis_record"
                               " WHERE id > ? AND id <= ? ORDER BY id LIMIT 1";
    struct query q;
    query_begin(&q, db, find);
    query_bind_integer(&q, record_id(shard, after));
    query_bind_integer(&q, record_id(shard, KINESIS_MAX_PLACE));
    bool found = query_step(&q);
    int64_t id = found ? query_integer(&q, 0) : 0;
    int64_t arrival_ms = found ? query_integer(&q, 1) : 0;
    enum status status = query_end(&q);
    if (status != STATUS_OK)
        return status;
    if (!found)
        return STATUS_NOT_FOUND;
    *ret_place = id & KINESIS_MAX_PLACE;
    *ret_arrival_ms = arrival_ms;
    return STATUS_OK;
}

/* Arrival times never go down with the places, so halving finds the border. */
enum status kinesis_shard_before(struct db *db, const struct kinesis_shard_row *shard,
                                 int64_t at_ms, int64_t *ret_place)
{
    int64_t low = 0; /* everything up to here arrived before */
    int64_t high = shard->last_place;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        int64_t place = 0;
        int64_t arrival_ms = 0;
        enum status status = first_behind(db, shard->id, middle, &place, &arrival_ms);
        if (status == STATUS_OK && arrival_ms < at_ms)
            low = place;
        else if (status == STATUS_OK || status == STATUS_NOT_FOUND)
            high = middle;
        else
            return status;
    }
    *ret_place = low;
    return STATUS_OK;
}

void kinesis_records_begin(struct kinesis_cursor *cursor, struct db *db, int64_t shard,
                           int64_t after)
{
    static const char read[] = "SELECT id, arrival_ms, partition_key, data FROM kinesis_record"
                               " WHERE id > ? AND id <= ? ORDER BY id";
    query_begin(&cursor->query, db, read);
    query_bind_integer(&cursor->query, record_id(shard, after));
    query_bind_integer(&cursor->query, record_id(shard, KINESIS_MAX_PLACE));
}

bool kinesis_records_next(struct kinesis_cursor *cursor, struct kinesis_record *ret_record)
{
    const struct query *q = &cursor->query;
    if (!query_step(&cursor->query))
        return false;
    *ret_record = (struct kinesis_record){
        .place = query_integer(q, 0) & KINESIS_MAX_PLACE,
        .arrival_ms = query_integer(q, 1),
        .partition_key = query_slice(q, 2),
        .data = query_slice(q, 3),
    };
    return true;
}

/* ---- what deleted streams left -------------------------------------------------------------- */

/* 0: nothing. */
static enum status first_dropped(struct db *db, int64_t *ret_shard)
{
    static const char find[] = "SELECT id FROM kinesis_shard WHERE stream IS NULL LIMIT 1";
    return query_first(db, find, ret_shard);
}

enum status kinesis_store_has_dropped(struct db *db, bool *ret_has)
{
    int64_t shard = 0;
    enum status status = first_dropped(db, &shard);
    if (status == STATUS_OK)
        *ret_has = shard != 0;
    return status;
}

static enum status remove_shard(struct db *db, int64_t shard)
{
    static const char remove[] = "DELETE FROM kinesis_shard WHERE id = ?";
    return query_run_with(db, remove, shard);
}

enum status kinesis_store_sweep(struct db *db, int64_t max_rows, bool *ret_more)
{
    int64_t left = max_rows;
    for (;;) {
        int64_t shard = 0;
        enum status status = first_dropped(db, &shard);
        if (status != STATUS_OK)
            return status;
        if (shard == 0 || left <= 0) {
            *ret_more = shard != 0;
            return STATUS_OK;
        }
        status = db_write(db);
        if (status == STATUS_OK)
            status = trim(db, shard, left, INT64_MAX);
        int64_t removed = status == STATUS_OK ? query_changes(db) : 0;
        if (status == STATUS_OK && removed < left)
            status = remove_shard(db, shard);
        if (status != STATUS_OK)
            return status;
        left -= removed + 1; /* an empty shard costs too */
    }
}

#include "storage/source_store.h"

#include "storage/db.h"
#include "storage/query.h"

/* No shard has this id: its row says that reading has begun. */
#define BEGUN_MARK 0

enum status source_store_set(struct db *db, int64_t delivery_stream, struct slice source)
{
    static const char update[] = "UPDATE delivery_stream SET source = ? WHERE id = ?";
    enum status status = db_write(db);
    if (status != STATUS_OK)
        return status;
    struct query q;
    query_begin(&q, db, update);
    query_bind_text(&q, source);
    query_bind_integer(&q, delivery_stream);
    return query_run(&q);
}

enum status source_store_get(struct db *db, int64_t delivery_stream, struct arena *arena,
                             struct slice *ret_source)
{
    static const char get[] =
        "SELECT source FROM delivery_stream WHERE id = ? AND source IS NOT NULL";
    struct query q;
    query_begin(&q, db, get);
    query_bind_integer(&q, delivery_stream);
    bool found = query_step(&q);
    struct slice source = found ? query_copy(&q, 0, arena) : (struct slice){NULL, 0};
    enum status status = query_end(&q);
    if (status == STATUS_OK && found)
        *ret_source = source;
    return status == STATUS_OK && !found ? STATUS_NOT_FOUND : status;
}

enum status source_store_move(struct db *db, int64_t delivery_stream, int64_t shard,
                              int64_t position)
{
    static const char put[] =
        "INSERT OR REPLACE INTO source_position(delivery_stream, shard, place) VALUES(?, ?, ?)";
    enum status status = db_write(db);
    if (status != STATUS_OK)
        return status;
    struct query q;
    query_begin(&q, db, put);
    query_bind_integer(&q, delivery_stream);
    query_bind_integer(&q, shard);
    query_bind_integer(&q, position);
    return query_run(&q);
}

enum status source_store_begin(struct db *db, int64_t delivery_stream, int64_t kinesis_stream)
{
    static const char shards[] = "INSERT INTO source_position(delivery_stream, shard, place)"
                                 " SELECT ?, id, last_place FROM kinesis_shard WHERE stream = ?";
    enum status status = source_store_move(db, delivery_stream, BEGUN_MARK, 0);
    if (status != STATUS_OK)
        return status;
    struct query q;
    query_begin(&q, db, shards);
    query_bind_integer(&q, delivery_stream);
    query_bind_integer(&q, kinesis_stream);
    return query_run(&q);
}

enum status source_store_has_begun(struct db *db, int64_t delivery_stream, bool *ret_begun)
{
    static const char find[] =
        "SELECT 1 FROM source_position WHERE delivery_stream = ? AND shard = ?";
    struct query q;
    query_begin(&q, db, find);
    query_bind_integer(&q, delivery_stream);
    query_bind_integer(&q, BEGUN_MARK);
    bool found = query_step(&q);
    enum status status = query_end(&q);
    if (status == STATUS_OK)
        *ret_begun = found;
    return status;
}

enum status source_store_unread(struct db *db, int64_t delivery_stream, int64_t kinesis_stream,
                                struct kinesis_shard_row *ret_row, int64_t *ret_position)
{
    static const char find[] =
        "SELECT s.id, s.stream, s.number, s.last_place, coalesce(p.place, 0) FROM kinesis_shard s"
        " LEFT JOIN source_position p ON p.delivery_stream = ? AND p.shard = s.id"
        " WHERE s.stream = ? AND s.last_place > coalesce(p.place, 0) LIMIT 1";
    struct query q;
    query_begin(&q, db, find);
    query_bind_integer(&q, delivery_stream);
    query_bind_integer(&q, kinesis_stream);
    bool found = query_step(&q);
    struct kinesis_shard_row row = {0};
    int64_t position = 0;
    if (found) {
        row = (struct kinesis_shard_row){
            .id = query_integer(&q, 0),
            .stream = query_integer(&q, 1),
            .number = query_integer(&q, 2),
            .last_place = query_integer(&q, 3),
        };
        position = query_integer(&q, 4);
    }
    enum status status = query_end(&q);
    if (status != STATUS_OK)
        return status;
    if (!found)
        return STATUS_NOT_FOUND;
    *ret_row = row;
    *ret_position = position;
    return STATUS_OK;
}

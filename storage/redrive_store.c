#include "storage/redrive_store.h"

#include "storage/db.h"
#include "storage/query.h"

enum status redrive_store_get(struct db *db, int64_t delivery_stream,
                              const struct redrive_object *object, uint64_t *ret_place)
{
    static const char get[] = "SELECT place FROM redrive_position"
                              " WHERE delivery_stream = ? AND bucket = ? AND key = ? AND etag = ?";
    struct query q;
    query_begin(&q, db, get);
    query_bind_integer(&q, delivery_stream);
    query_bind_integer(&q, object->bucket);
    query_bind_blob(&q, object->key);
    query_bind_text(&q, object->etag);
    uint64_t place = query_step(&q) ? (uint64_t)query_integer(&q, 0) : 0;
    enum status status = query_end(&q);
    if (status == STATUS_OK)
        *ret_place = place;
    return status;
}

enum status redrive_store_put(struct db *db, int64_t delivery_stream,
                              const struct redrive_object *object, uint64_t place)
{
    static const char put[] =
        "INSERT OR REPLACE INTO redrive_position(delivery_stream, bucket, key, etag, place)"
        " VALUES(?, ?, ?, ?, ?)";
    enum status status = db_write(db);
    if (status != STATUS_OK)
        return status;
    struct query q;
    query_begin(&q, db, put);
    query_bind_integer(&q, delivery_stream);
    query_bind_integer(&q, object->bucket);
    query_bind_blob(&q, object->key);
    query_bind_text(&q, object->etag);
    query_bind_integer(&q, (int64_t)place);
    return query_run(&q);
}

enum status redrive_store_clear(struct db *db, int64_t delivery_stream)
{
    static const char clear[] = "DELETE FROM redrive_position WHERE delivery_stream = ?";
    enum status status = db_write(db);
    if (status != STATUS_OK)
        return status;
    return query_run_with(db, clear, delivery_stream);
}

#include "storage/delivery_partition_store.h"

#include "storage/db.h"
#include "storage/query.h"

enum status delivery_partition_store_put(struct db *db, const struct delivery_partition_row *row)
{
    static const char put[] = "INSERT OR IGNORE INTO delivery_partition(stream, lane, prefix, keys)"
                              " VALUES(?, ?, ?, ?)";
    enum status status = db_write(db);
    if (status != STATUS_OK)
        return status;
    struct query q;
    query_begin(&q, db, put);
    query_bind_integer(&q, row->stream);
    query_bind_integer(&q, row->lane);
    query_bind_text(&q, row->prefix);
    query_bind_blob(&q, row->keys);
    return query_run(&q);
}

enum status delivery_partition_store_delete(struct db *db, int64_t stream, unsigned lane)
{
    static const char delete_one[] = "DELETE FROM delivery_partition WHERE stream = ? AND lane = ?";
    enum status status = db_write(db);
    if (status != STATUS_OK)
        return status;
    struct query q;
    query_begin(&q, db, delete_one);
    query_bind_integer(&q, stream);
    query_bind_integer(&q, lane);
    return query_run(&q);
}

enum status delivery_partition_store_each(
    struct db *db, enum status (*each)(void *arg, const struct delivery_partition_row *row),
    void *arg)
{
    static const char all[] = "SELECT stream, lane, prefix, keys FROM delivery_partition";
    enum status status = STATUS_OK;
    struct query q;
    query_begin(&q, db, all);
    while (status == STATUS_OK && query_step(&q)) {
        struct delivery_partition_row row = {
            .stream = query_integer(&q, 0),
            .lane = (unsigned)query_integer(&q, 1),
            .prefix = query_slice(&q, 2),
            .keys = query_slice(&q, 3),
        };
        status = each(arg, &row);
    }
    enum status ended = query_end(&q);
    return status != STATUS_OK ? status : ended;
}

#include "storage/record_store.h"

#include "storage/db.h"
#include "storage/query.h"

enum { STAGE_BITS = 2, SEQUENCE_BITS = 40 };

int64_t record_store_buffer(int64_t stream, unsigned stage)
{
    return stream << STAGE_BITS | (int64_t)stage;
}

int64_t record_store_buffer_stream(int64_t buffer)
{
    return buffer >> STAGE_BITS;
}

unsigned record_store_buffer_stage(int64_t buffer)
{
    return (unsigned)buffer & ((1u << STAGE_BITS) - 1);
}

int64_t record_store_first_id(int64_t buffer)
{
    return buffer << SEQUENCE_BITS;
}

enum status record_store_append(struct db *db, const struct record_store_chunk *chunk)
{
    static const char insert[] =
        "INSERT INTO record_chunk(id, records, bytes, oldest_ms, queued_ms, packed)"
        " VALUES(?, ?, ?, ?, ?, ?)";
    enum status status = db_write(db);
    if (status != STATUS_OK)
        return status;
    struct query q;
    query_begin(&q, db, insert);
    query_bind_integer(&q, chunk->id);
    query_bind_integer(&q, chunk->records);
    query_bind_integer(&q, chunk->bytes);
    query_bind_integer(&q, chunk->oldest_ms);
    query_bind_integer(&q, chunk->queued_ms);
    query_bind_blob(&q, chunk->packed);
    return query_run(&q);
}

static struct record_store_chunk borrow_chunk(const struct query *q)
{
    return (struct record_store_chunk){
        .id = query_integer(q, 0),
        .records = query_integer(q, 1),
        .bytes = query_integer(q, 2),
        .oldest_ms = query_integer(q, 3),
        .queued_ms = query_integer(q, 4),
    };
}

enum status record_store_scan(struct db *db, int64_t after, int64_t through, record_store_fn *each,
                              void *arg)
{
    static const char scan[] = "SELECT id, records, bytes, oldest_ms, queued_ms FROM record_chunk"
                               " WHERE id > ? AND id <= ? ORDER BY id";
    struct query q;
    query_begin(&q, db, scan);
    query_bind_integer(&q, after);
    query_bind_integer(&q, through);
    bool more = true;
    while (more && query_step(&q)) {
        struct record_store_chunk chunk = borrow_chunk(&q);
        more = each(arg, &chunk);
    }
    return query_end(&q);
}

enum status record_store_read(struct db *db, int64_t after, int64_t through, record_store_fn *each,
                              void *arg)
{
    static const char read[] = "SELECT id, records, bytes, oldest_ms, queued_ms, packed"
                               " FROM record_chunk WHERE id > ? AND id <= ? ORDER BY id";
    struct query q;
    query_begin(&q, db, read);
    query_bind_integer(&q, after);
    query_bind_integer(&q, through);
    bool more = true;
    while (more && query_step(&q)) {
        struct record_store_chunk chunk = borrow_chunk(&q);
        chunk.packed = query_slice(&q, 5);
        more = each(arg, &chunk);
    }
    return query_end(&q);
}

enum status record_store_delete(struct db *db, int64_t first, int64_t last)
{
    static const char delete_run[] = "DELETE FROM record_chunk WHERE id BETWEEN ? AND ?";
    enum status status = db_write(db);
    if (status != STATUS_OK)
        return status;
    struct query q;
    query_begin(&q, db, delete_run);
    query_bind_integer(&q, first);
    query_bind_integer(&q, last);
    return query_run(&q);
}

enum status record_store_delete_some(struct db *db, int64_t first, int64_t last, int64_t limit,
                                     int64_t *ret_deleted)
{
    static const char delete_some[] =
        "DELETE FROM record_chunk WHERE id IN"
        " (SELECT id FROM record_chunk WHERE id BETWEEN ? AND ? ORDER BY id LIMIT ?)";
    enum status status = db_write(db);
    if (status != STATUS_OK)
        return status;
    struct query q;
    query_begin(&q, db, delete_some);
    query_bind_integer(&q, first);
    query_bind_integer(&q, last);
    query_bind_integer(&q, limit);
    status = query_run(&q);
    if (status == STATUS_OK)
        *ret_deleted = query_changes(db);
    return status;
}

enum status record_store_totals(struct db *db,
                                void (*each)(void *arg, const struct record_store_totals *totals),
                                void *arg)
{
    static const char sum[] = "SELECT id >> 40, sum(records), sum(bytes), max(id)"
                              " FROM record_chunk GROUP BY 1";
    struct query q;
    query_begin(&q, db, sum);
    while (query_step(&q)) {
        struct record_store_totals totals = {
            .buffer = query_integer(&q, 0),
            .records = query_integer(&q, 1),
            .bytes = query_integer(&q, 2),
            .last_id = query_integer(&q, 3),
        };
        each(arg, &totals);
    }
    return query_end(&q);
}

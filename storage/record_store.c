#include "storage/record_store.h"

#include "storage/db.h"
#include "storage/query.h"

enum { LANE_BITS = 10, SEQUENCE_BITS = 32 };

/* One portion of a purge. */
enum { PURGE_CHUNKS = 256, PURGE_BYTES = 256 * 1024 };

/* The chunk is in no discarded run. These do not overlap, so the nearest one decides. */
#define NOT_DISCARDED                                                              \
    " coalesce((SELECT last_id FROM record_done WHERE first_id <= record_chunk.id" \
    " ORDER BY first_id DESC LIMIT 1), 0) < record_chunk.id"

int64_t record_store_buffer(int64_t stream, unsigned lane)
{
    return stream << LANE_BITS | (int64_t)lane;
}

int64_t record_store_buffer_stream(int64_t buffer)
{
    return buffer >> LANE_BITS;
}

unsigned record_store_buffer_lane(int64_t buffer)
{
    return (unsigned)buffer & ((1U << LANE_BITS) - 1);
}

int64_t record_store_first_id(int64_t buffer)
{
    return buffer << SEQUENCE_BITS;
}

enum status record_store_append(struct db *db, const struct record_store_chunk *chunk)
{
    static const char insert[] =
        "INSERT INTO record_chunk(id, records, bytes, oldest_ms, queued_ms, packed, origins)"
        " VALUES(?, ?, ?, ?, ?, ?, ?)";
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
    if (chunk->origins.len > 0)
        query_bind_blob(&q, chunk->origins);
    else
        query_bind_null(&q);
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
                               " WHERE id > ? AND id <= ? AND" NOT_DISCARDED " ORDER BY id";
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
    static const char read[] = "SELECT id, records, bytes, oldest_ms, queued_ms, packed, origins"
                               " FROM record_chunk WHERE id > ? AND id <= ? ORDER BY id";
    struct query q;
    query_begin(&q, db, read);
    query_bind_integer(&q, after);
    query_bind_integer(&q, through);
    bool more = true;
    while (more && query_step(&q)) {
        struct record_store_chunk chunk = borrow_chunk(&q);
        chunk.packed = query_slice(&q, 5);
        chunk.origins = query_slice(&q, 6);
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

static enum status swallow_runs(struct db *db, int64_t first, int64_t last)
{
    static const char swallow[] = "DELETE FROM record_done WHERE first_id BETWEEN ? AND ?";
    struct query q;
    query_begin(&q, db, swallow);
    query_bind_integer(&q, first);
    query_bind_integer(&q, last);
    return query_run(&q);
}

enum status record_store_discard(struct db *db, int64_t first, int64_t last)
{
    static const char insert[] = "INSERT INTO record_done(first_id, last_id) VALUES(?, ?)";
    enum status status = db_write(db);
    if (status == STATUS_OK)
        status = swallow_runs(db, first, last);
    if (status != STATUS_OK)
        return status;
    struct query q;
    query_begin(&q, db, insert);
    query_bind_integer(&q, first);
    query_bind_integer(&q, last);
    return query_run(&q);
}

/* ---- purging ---- */

struct run {
    bool is_found;
    int64_t first_id;
    int64_t last_id;
};

static enum status find_discarded(struct db *db, struct run *ret_run)
{
    static const char find[] = "SELECT first_id, last_id FROM record_done LIMIT 1";
    struct query q;
    query_begin(&q, db, find);
    struct run run = {.is_found = query_step(&q)};
    if (run.is_found) {
        run.first_id = query_integer(&q, 0);
        run.last_id = query_integer(&q, 1);
    }
    *ret_run = run;
    return query_end(&q);
}

/* Where a portion that begins with the run ends; 0: the run has no chunks any more. */
static enum status find_portion(struct db *db, const struct run *run, int64_t *ret_last)
{
    static const char amounts[] = "SELECT id, bytes FROM record_chunk"
                                  " WHERE id BETWEEN ? AND ? ORDER BY id LIMIT ?";
    int64_t last = 0;
    int64_t bytes = 0;
    struct query q;
    query_begin(&q, db, amounts);
    query_bind_integer(&q, run->first_id);
    query_bind_integer(&q, run->last_id);
    query_bind_integer(&q, PURGE_CHUNKS);
    while (bytes < PURGE_BYTES && query_step(&q)) {
        last = query_integer(&q, 0);
        bytes += query_integer(&q, 1);
    }
    *ret_last = last;
    return query_end(&q);
}

static enum status forget_run(struct db *db, const struct run *run)
{
    static const char forget[] = "DELETE FROM record_done WHERE first_id = ?";
    enum status status = db_write(db);
    if (status != STATUS_OK)
        return status;
    return query_run_with(db, forget, run->first_id);
}

enum status record_store_purge(struct db *db, bool *ret_more)
{
    struct run run;
    int64_t last = 0;
    enum status status = find_discarded(db, &run);
    if (status == STATUS_OK && run.is_found)
        status = find_portion(db, &run, &last);
    if (status != STATUS_OK)
        return status;
    *ret_more = run.is_found;
    if (!run.is_found)
        return STATUS_OK;
    return last != 0 ? record_store_delete(db, run.first_id, last) : forget_run(db, &run);
}

/* ---- counting ---- */

enum status record_store_totals(struct db *db,
                                void (*each)(void *arg, const struct record_store_totals *totals),
                                void *arg)
{
    static const char sum[] =
        "SELECT buffer, sum(records), sum(bytes), max(last_id) FROM ("
        " SELECT id >> 32 AS buffer, sum(records) AS records, sum(bytes) AS bytes,"
        " max(id) AS last_id FROM record_chunk WHERE" NOT_DISCARDED " GROUP BY 1"
        " UNION ALL SELECT last_id >> 32, 0, 0, last_id FROM record_done) GROUP BY 1";
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

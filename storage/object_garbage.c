/*
 * object_garbage.c -- the part of object_store.h that finds and forgets blobs nobody refers to.
 *
 * A garbage row says "may be unreferenced": a blob of a finished upload moved from a part to an
 * extent. So references are looked up again, in a committed state, before a file goes. A blob
 * without references cannot get one any more: only rows that refer to it could pass it on.
 */
#include <string.h>

#include "storage/db.h"
#include "storage/object_store.h"
#include "storage/query.h"

enum status object_store_garbage(struct db *db, struct garbage *ret_garbage)
{
    static const char select[] =
        "SELECT blob, EXISTS (SELECT 1 FROM extent WHERE blob = garbage.blob)"
        " OR EXISTS (SELECT 1 FROM part WHERE blob = garbage.blob) FROM garbage LIMIT 1000";
    ret_garbage->count = 0;
    ret_garbage->has_more = false;
    struct query q;
    query_begin(&q, db, select);
    while (ret_garbage->count < GARBAGE_MAX_BLOBS && query_step(&q)) {
        ret_garbage->has_more = true;
        struct slice blob = query_slice(&q, 0);
        if (query_integer(&q, 1) != 0 || blob.len != BLOB_ID_CHARS)
            continue;
        char *id = ret_garbage->blob_ids[ret_garbage->count++];
        memcpy(id, blob.ptr, BLOB_ID_CHARS);
        id[BLOB_ID_CHARS] = '\0';
    }
    return query_end(&q);
}

static enum status forget_referenced(struct db *db)
{
    static const char drop[] = "DELETE FROM garbage WHERE blob IN"
                               " (SELECT blob FROM garbage g WHERE"
                               " EXISTS (SELECT 1 FROM extent WHERE blob = g.blob)"
                               " OR EXISTS (SELECT 1 FROM part WHERE blob = g.blob) LIMIT 1000)";
    struct query q;
    query_begin(&q, db, drop);
    return query_run(&q);
}

static enum status forget(struct db *db, const char *blob_id)
{
    static const char drop[] = "DELETE FROM garbage WHERE blob = ?";
    struct query q;
    query_begin(&q, db, drop);
    query_bind_text(&q, slice_of(blob_id));
    return query_run(&q);
}

enum status object_store_garbage_gone(struct db *db, const struct garbage *garbage)
{
    enum status status = db_write(db);
    if (status == STATUS_OK)
        status = forget_referenced(db);
    for (size_t i = 0; i < garbage->count && status == STATUS_OK; i++)
        status = forget(db, garbage->blob_ids[i]);
    return status;
}

struct sweep {
    struct db *db;
    struct blob_store *blobs;
    enum status status;
};

static void sweep_blob(void *arg, const char *blob_id)
{
    static const char find[] = "SELECT 1 FROM extent WHERE blob = ?1"
                               " UNION ALL SELECT 1 FROM part WHERE blob = ?1 LIMIT 1";
    struct sweep *sweep = arg;
    if (sweep->status != STATUS_OK)
        return;
    struct query q;
    query_begin(&q, sweep->db, find);
    query_bind_text(&q, slice_of(blob_id));
    bool is_referenced = query_step(&q);
    sweep->status = query_end(&q);
    if (sweep->status == STATUS_OK && !is_referenced)
        blob_unlink(sweep->blobs, blob_id);
}

static enum status forget_all(struct db *db)
{
    static const char drop[] = "DELETE FROM garbage";
    enum status status = db_write(db);
    if (status != STATUS_OK)
        return status;
    struct query q;
    query_begin(&q, db, drop);
    return query_run(&q);
}

enum status object_store_sweep(struct db *db, struct blob_store *blobs)
{
    struct sweep sweep = {.db = db, .blobs = blobs};
    enum status status = blob_store_each(blobs, sweep_blob, &sweep);
    if (status == STATUS_OK)
        status = sweep.status;
    if (status != STATUS_OK)
        return status;
    db_unit_begin(db);
    status = forget_all(db);
    enum status ended = db_unit_end(db, status == STATUS_OK);
    if (status == STATUS_OK)
        status = ended;
    enum status committed = db_commit(db);
    return status == STATUS_OK ? committed : status;
}

#include "storage/bucket_store.h"

#include "emulator/base/arena.h"
#include "storage/db.h"
#include "storage/query.h"

static void read_bucket(struct query *q, struct arena *arena, struct bucket *bucket)
{
    bucket->id = query_integer(q, 0);
    bucket->name = query_copy(q, 1, arena);
    bucket->account = query_copy(q, 2, arena);
    bucket->region = query_copy(q, 3, arena);
    bucket->location = query_copy(q, 4, arena);
    bucket->created_ms = query_integer(q, 5);
    bucket->versioning = (enum bucket_versioning)query_integer(q, 6);
    bucket->has_lock = query_integer(q, 7) != 0;
}

enum status bucket_store_find(struct db *db, struct slice name, struct arena *arena,
                              struct bucket *ret_bucket)
{
    static const char find[] = "SELECT id, name, account, region, location, created_ms, versioning,"
                               " has_lock"
                               " FROM bucket WHERE name = ?";
    struct query q;
    query_begin(&q, db, find);
    query_bind_text(&q, name);
    struct bucket bucket = {0};
    bool found = query_step(&q);
    if (found)
        read_bucket(&q, arena, &bucket);
    enum status status = query_end(&q);
    if (status != STATUS_OK)
        return status;
    if (!found)
        return STATUS_NOT_FOUND;
    *ret_bucket = bucket;
    return STATUS_OK;
}

enum status bucket_store_create(struct db *db, const struct bucket *bucket)
{
    static const char insert[] = "INSERT INTO bucket(name, account, region, location, created_ms,"
                                 " versioning, has_lock) VALUES (?, ?, ?, ?, ?, ?, ?)";
    enum status status = db_write(db);
    if (status != STATUS_OK)
        return status;
    struct query q;
    query_begin(&q, db, insert);
    query_bind_text(&q, bucket->name);
    query_bind_text(&q, bucket->account);
    query_bind_text(&q, bucket->region);
    query_bind_text(&q, bucket->location);
    query_bind_integer(&q, bucket->created_ms);
    query_bind_integer(&q, (int64_t)bucket->versioning);
    query_bind_integer(&q, bucket->has_lock ? 1 : 0);
    return query_run(&q);
}

enum status bucket_store_update(struct db *db, const struct bucket *bucket)
{
    static const char update[] = "UPDATE bucket SET versioning = ?, has_lock = ? WHERE id = ?";
    enum status status = db_write(db);
    if (status != STATUS_OK)
        return status;
    struct query q;
    query_begin(&q, db, update);
    query_bind_integer(&q, (int64_t)bucket->versioning);
    query_bind_integer(&q, bucket->has_lock ? 1 : 0);
    query_bind_integer(&q, bucket->id);
    status = query_run(&q);
    return status == STATUS_OK && query_changes(db) == 0 ? STATUS_NOT_FOUND : status;
}

static enum status has_objects(struct db *db, int64_t bucket_id, bool *ret_has)
{
    static const char any[] = "SELECT 1 FROM object WHERE bucket = ?1 UNION ALL"
                              " SELECT 1 FROM object_past WHERE bucket = ?1 LIMIT 1";
    struct query q;
    query_begin(&q, db, any);
    query_bind_integer(&q, bucket_id);
    *ret_has = query_step(&q);
    return query_end(&q);
}

enum status bucket_store_delete(struct db *db, int64_t bucket_id)
{
    static const char drop[] = "DELETE FROM bucket WHERE id = ?";
    bool has = false;
    enum status status = has_objects(db, bucket_id, &has);
    if (status == STATUS_OK && has)
        status = STATUS_CONFLICT;
    if (status == STATUS_OK)
        status = db_write(db);
    if (status != STATUS_OK)
        return status;
    return query_run_with(db, drop, bucket_id);
}

static bool is_wanted(const struct bucket_list *list, const struct bucket *bucket)
{
    return slice_starts_with(bucket->name, list->prefix) &&
           (list->region.len == 0 || slice_equal(bucket->region, list->region));
}

enum status bucket_store_list(struct db *db, struct arena *arena, struct bucket_list *list)
{
    static const char walk[] = "SELECT id, name, account, region, location, created_ms, versioning,"
                               " has_lock"
                               " FROM bucket WHERE account = ? AND name > ? ORDER BY name";
    list->count = 0;
    list->is_truncated = false;
    list->buckets = arena_alloc(arena, (list->max + 1) * sizeof(*list->buckets));
    if (list->buckets == NULL)
        return STATUS_NO_MEMORY;
    struct query q;
    query_begin(&q, db, walk);
    query_bind_text(&q, list->account);
    query_bind_text(&q, list->after);
    while (!list->is_truncated && query_step(&q)) {
        struct bucket *bucket = &list->buckets[list->count];
        read_bucket(&q, arena, bucket);
        if (!is_wanted(list, bucket))
            continue;
        list->is_truncated = list->count == list->max;
        if (!list->is_truncated)
            list->count++;
    }
    return query_end(&q);
}

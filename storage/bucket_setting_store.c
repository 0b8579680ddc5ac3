#include "storage/bucket_setting_store.h"

#include "emulator/base/arena.h"
#include "storage/db.h"
#include "storage/query.h"

static void bind_name(struct query *q, const struct bucket_setting *setting)
{
    query_bind_integer(q, setting->bucket_id);
    query_bind_text(q, setting->kind);
    query_bind_text(q, setting->id);
}

enum status bucket_setting_put(struct db *db, const struct bucket_setting *setting)
{
    static const char upsert[] =
        "INSERT INTO bucket_setting(bucket, kind, id, body)"
        " VALUES (?, ?, ?, ?)"
        " ON CONFLICT(bucket, kind, id) DO UPDATE SET body = excluded.body";
    enum status status = db_write(db);
    if (status != STATUS_OK)
        return status;
    struct query q;
    query_begin(&q, db, upsert);
    bind_name(&q, setting);
    query_bind_blob(&q, setting->body);
    return query_run(&q);
}

enum status bucket_setting_find(struct db *db, struct arena *arena, struct bucket_setting *setting)
{
    static const char find[] = "SELECT body FROM bucket_setting"
                               " WHERE bucket = ? AND kind = ? AND id = ?";
    struct query q;
    query_begin(&q, db, find);
    bind_name(&q, setting);
    bool found = query_step(&q);
    if (found)
        setting->body = query_copy(&q, 0, arena);
    enum status status = query_end(&q);
    return status == STATUS_OK && !found ? STATUS_NOT_FOUND : status;
}

enum status bucket_setting_delete(struct db *db, const struct bucket_setting *setting)
{
    static const char drop[] = "DELETE FROM bucket_setting"
                               " WHERE bucket = ? AND kind = ? AND id = ?";
    enum status status = db_write(db);
    if (status != STATUS_OK)
        return status;
    struct query q;
    query_begin(&q, db, drop);
    bind_name(&q, setting);
    status = query_run(&q);
    return status == STATUS_OK && query_changes(db) == 0 ? STATUS_NOT_FOUND : status;
}

enum status bucket_setting_list(struct db *db, struct arena *arena,
                                struct bucket_setting_list *list)
{
    list->count = 0;
    list->is_truncated = false;
    list->settings = arena_alloc(arena, (list->max + 1) * sizeof(*list->settings));
    if (list->settings == NULL)
        return STATUS_NO_MEMORY;
    static const char walk[] = "SELECT bucket, id, body FROM bucket_setting"
                               " WHERE bucket = ? AND kind = ? AND id > ? ORDER BY id";
    struct query q;
    query_begin(&q, db, walk);
    query_bind_integer(&q, list->bucket_id);
    query_bind_text(&q, list->kind);
    query_bind_text(&q, list->after);
    while (!list->is_truncated && query_step(&q)) {
        list->is_truncated = list->count == list->max;
        if (list->is_truncated)
            break;
        list->settings[list->count++] = (struct bucket_setting){.bucket_id = query_integer(&q, 0),
                                                                .kind = list->kind,
                                                                .id = query_copy(&q, 1, arena),
                                                                .body = query_copy(&q, 2, arena)};
    }
    return query_end(&q);
}

enum status bucket_setting_next(struct db *db, struct slice kind, int64_t after_bucket,
                                int64_t *ret_bucket)
{
    static const char find[] = "SELECT bucket FROM bucket_setting"
                               " WHERE kind = ? AND bucket > ? ORDER BY bucket LIMIT 1";
    struct query q;
    query_begin(&q, db, find);
    query_bind_text(&q, kind);
    query_bind_integer(&q, after_bucket);
    bool found = query_step(&q);
    if (found)
        *ret_bucket = query_integer(&q, 0);
    enum status status = query_end(&q);
    return status == STATUS_OK && !found ? STATUS_NOT_FOUND : status;
}

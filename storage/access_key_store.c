#include "storage/access_key_store.h"

#include "storage/db.h"
#include "storage/query.h"

#define COLUMNS "access_key, entity, secret, is_active, created_ms"

enum status access_key_store_insert(struct db *db, const struct access_key *key)
{
    static const char insert[] = "INSERT INTO iam_access_key(" COLUMNS ") VALUES(?, ?, ?, ?, ?)";
    enum status status = db_write(db);
    if (status != STATUS_OK)
        return status;
    struct query q;
    query_begin(&q, db, insert);
    query_bind_text(&q, key->id);
    query_bind_integer(&q, key->user);
    query_bind_text(&q, key->secret);
    query_bind_integer(&q, key->is_active);
    query_bind_integer(&q, key->created_ms);
    return query_run(&q);
}

static enum status take(struct query *q, struct arena *arena, struct access_key *ret_key)
{
    bool found = query_step(q);
    struct access_key key = {0};
    if (found)
        key = (struct access_key){
            .id = query_copy(q, 0, arena),
            .user = query_integer(q, 1),
            .secret = query_copy(q, 2, arena),
            .is_active = query_integer(q, 3) != 0,
            .created_ms = query_integer(q, 4),
        };
    enum status status = query_end(q);
    if (status == STATUS_OK && !found)
        return STATUS_NOT_FOUND;
    if (status == STATUS_OK)
        *ret_key = key;
    return status;
}

enum status access_key_store_find(struct db *db, struct slice id, struct arena *arena,
                                  struct access_key *ret_key)
{
    static const char find[] = "SELECT " COLUMNS " FROM iam_access_key WHERE access_key = ?";
    struct query q;
    query_begin(&q, db, find);
    query_bind_text(&q, id);
    return take(&q, arena, ret_key);
}

enum status access_key_store_activate(struct db *db, struct slice id, bool is_active)
{
    static const char update[] = "UPDATE iam_access_key SET is_active = ? WHERE access_key = ?";
    enum status status = db_write(db);
    if (status != STATUS_OK)
        return status;
    struct query q;
    query_begin(&q, db, update);
    query_bind_integer(&q, is_active);
    query_bind_text(&q, id);
    return query_run(&q);
}

enum status access_key_store_delete(struct db *db, struct slice id)
{
    static const char remove[] = "DELETE FROM iam_access_key WHERE access_key = ?";
    enum status status = db_write(db);
    if (status != STATUS_OK)
        return status;
    struct query q;
    query_begin(&q, db, remove);
    query_bind_text(&q, id);
    return query_run(&q);
}

enum status access_key_store_next(struct db *db, int64_t user, struct slice after_id,
                                  struct arena *arena, struct access_key *ret_key)
{
    static const char next[] = "SELECT " COLUMNS " FROM iam_access_key WHERE entity = ? AND "
                               "access_key > ? ORDER BY access_key LIMIT 1";
    struct query q;
    query_begin(&q, db, next);
    query_bind_integer(&q, user);
    query_bind_text(&q, after_id);
    return take(&q, arena, ret_key);
}

enum status access_key_store_count(struct db *db, int64_t user, int64_t *ret_count)
{
    static const char count[] = "SELECT count(*) FROM iam_access_key WHERE entity = ?";
    struct query q;
    query_begin(&q, db, count);
    query_bind_integer(&q, user);
    int64_t found = 0;
    if (query_step(&q))
        found = query_integer(&q, 0);
    enum status status = query_end(&q);
    if (status == STATUS_OK)
        *ret_count = found;
    return status;
}

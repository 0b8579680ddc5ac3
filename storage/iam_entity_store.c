#include "storage/iam_entity_store.h"

#include "storage/db.h"
#include "storage/query.h"

#define COLUMNS                                                                            \
    "id, account, kind, name, path, unique_id, description, trust_policy, max_session_s, " \
    "boundary, role, tags, created_ms"

static void bind_settings(struct query *q, const struct iam_entity *entity)
{
    query_bind_text(q, entity->name);
    query_bind_text(q, entity->path);
    query_bind_text(q, entity->description);
    query_bind_text(q, entity->trust_policy);
    query_bind_integer(q, entity->max_session_s);
    query_bind_text(q, entity->boundary);
    query_bind_integer(q, entity->role);
    query_bind_text(q, entity->tags);
}

enum status iam_entity_store_insert(struct db *db, const struct iam_entity *entity, int64_t *ret_id)
{
    static const char insert[] =
        "INSERT INTO iam_entity(name, path, description, trust_policy, max_session_s, boundary, "
        "role, tags, account, kind, unique_id, created_ms) "
        "VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    enum status status = db_write(db);
    if (status != STATUS_OK)
        return status;
    struct query q;
    query_begin(&q, db, insert);
    bind_settings(&q, entity);
    query_bind_text(&q, entity->account);
    query_bind_integer(&q, (int64_t)entity->kind);
    query_bind_text(&q, entity->unique_id);
    query_bind_integer(&q, entity->created_ms);
    status = query_run(&q);
    if (status == STATUS_OK)
        *ret_id = query_last_rowid(db);
    return status;
}

enum status iam_entity_store_update(struct db *db, const struct iam_entity *entity)
{
    static const char update[] =
        "UPDATE iam_entity SET name = ?, path = ?, description = ?, trust_policy = ?, "
        "max_session_s = ?, boundary = ?, role = ?, tags = ? WHERE id = ?";
    enum status status = db_write(db);
    if (status != STATUS_OK)
        return status;
    struct query q;
    query_begin(&q, db, update);
    bind_settings(&q, entity);
    query_bind_integer(&q, entity->id);
    return query_run(&q);
}

enum status iam_entity_store_delete(struct db *db, int64_t id)
{
    static const char remove[] = "DELETE FROM iam_entity WHERE id = ?";
    enum status status = db_write(db);
    if (status != STATUS_OK)
        return status;
    return query_run_with(db, remove, id);
}

static struct iam_entity read_row(struct query *q, struct arena *arena)
{
    return (struct iam_entity){
        .id = query_integer(q, 0),
        .account = query_copy(q, 1, arena),
        .kind = (enum iam_kind)query_integer(q, 2),
        .name = query_copy(q, 3, arena),
        .path = query_copy(q, 4, arena),
        .unique_id = query_copy(q, 5, arena),
        .description = query_copy(q, 6, arena),
        .trust_policy = query_copy(q, 7, arena),
        .max_session_s = query_integer(q, 8),
        .boundary = query_copy(q, 9, arena),
        .role = query_integer(q, 10),
        .tags = query_copy(q, 11, arena),
        .created_ms = query_integer(q, 12),
    };
}

static enum status take(struct query *q, struct arena *arena, struct iam_entity *ret_entity)
{
    bool found = query_step(q);
    struct iam_entity entity = {0};
    if (found)
        entity = read_row(q, arena);
    enum status status = query_end(q);
    if (status == STATUS_OK && !found)
        return STATUS_NOT_FOUND;
    if (status == STATUS_OK)
        *ret_entity = entity;
    return status;
}

static void bind_key(struct query *q, const struct iam_entity *key)
{
    query_bind_text(q, key->account);
    query_bind_integer(q, (int64_t)key->kind);
    query_bind_text(q, key->name);
}

/* The index takes all spellings of a name together; there is one of them only. */
enum status iam_entity_store_find(struct db *db, const struct iam_entity *key, struct arena *arena,
                                  struct iam_entity *ret_entity)
{
    static const char find[] =
        "SELECT " COLUMNS " FROM iam_entity WHERE account = ? AND kind = ? AND name = ? COLLATE "
        "NOCASE AND name = ?";
    struct query q;
    query_begin(&q, db, find);
    bind_key(&q, key);
    query_bind_text(&q, key->name);
    return take(&q, arena, ret_entity);
}

enum status iam_entity_store_find_id(struct db *db, int64_t id, struct arena *arena,
                                     struct iam_entity *ret_entity)
{
    static const char find[] = "SELECT " COLUMNS " FROM iam_entity WHERE id = ?";
    struct query q;
    query_begin(&q, db, find);
    query_bind_integer(&q, id);
    return take(&q, arena, ret_entity);
}

enum status iam_entity_store_next(struct db *db, const struct iam_entity *key, struct arena *arena,
                                  struct iam_entity *ret_entity)
{
    static const char next[] =
        "SELECT " COLUMNS " FROM iam_entity WHERE account = ? AND kind = ? AND name > ? COLLATE "
        "NOCASE ORDER BY name COLLATE NOCASE LIMIT 1";
    struct query q;
    query_begin(&q, db, next);
    bind_key(&q, key);
    return take(&q, arena, ret_entity);
}

enum status iam_entity_store_next_profile(struct db *db, int64_t role, struct slice after_name,
                                          struct arena *arena, struct iam_entity *ret_entity)
{
    static const char next[] =
        "SELECT " COLUMNS " FROM iam_entity WHERE role > 0 AND role = ? AND name > ? COLLATE "
        "NOCASE ORDER BY name COLLATE NOCASE LIMIT 1";
    struct query q;
    query_begin(&q, db, next);
    query_bind_integer(&q, role);
    query_bind_text(&q, after_name);
    return take(&q, arena, ret_entity);
}

enum status iam_entity_store_count(struct db *db, struct slice account, enum iam_kind kind,
                                   int64_t *ret_count)
{
    static const char count[] = "SELECT count(*) FROM iam_entity WHERE account = ? AND kind = ?";
    struct query q;
    query_begin(&q, db, count);
    query_bind_text(&q, account);
    query_bind_integer(&q, (int64_t)kind);
    int64_t found = 0;
    if (query_step(&q))
        found = query_integer(&q, 0);
    enum status status = query_end(&q);
    if (status == STATUS_OK)
        *ret_count = found;
    return status;
}

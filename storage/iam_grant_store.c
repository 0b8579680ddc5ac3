#include "storage/iam_grant_store.h"

#include "storage/db.h"
#include "storage/query.h"

/* ---- inline policies ---- */

enum status iam_grant_store_put(struct db *db, int64_t entity,
                                const struct iam_inline_policy *policy)
{
    static const char put[] = "INSERT INTO iam_inline_policy(entity, name, document) VALUES(?, ?, "
                              "?) ON CONFLICT DO UPDATE SET document = excluded.document";
    enum status status = db_write(db);
    if (status != STATUS_OK)
        return status;
    struct query q;
    query_begin(&q, db, put);
    query_bind_integer(&q, entity);
    query_bind_text(&q, policy->name);
    query_bind_text(&q, policy->document);
    return query_run(&q);
}

static enum status take_inline(struct query *q, struct arena *arena,
                               struct iam_inline_policy *ret_policy)
{
    bool found = query_step(q);
    struct iam_inline_policy policy = {0};
    if (found)
        policy = (struct iam_inline_policy){query_copy(q, 0, arena), query_copy(q, 1, arena)};
    enum status status = query_end(q);
    if (status == STATUS_OK && !found)
        return STATUS_NOT_FOUND;
    if (status == STATUS_OK)
        *ret_policy = policy;
    return status;
}

enum status iam_grant_store_find(struct db *db, int64_t entity, struct slice name,
                                 struct arena *arena, struct iam_inline_policy *ret_policy)
{
    static const char find[] =
        "SELECT name, document FROM iam_inline_policy WHERE entity = ? AND name = ?";
    struct query q;
    query_begin(&q, db, find);
    query_bind_integer(&q, entity);
    query_bind_text(&q, name);
    return take_inline(&q, arena, ret_policy);
}

enum status iam_grant_store_next(struct db *db, int64_t entity, struct slice after_name,
                                 struct arena *arena, struct iam_inline_policy *ret_policy)
{
    static const char next[] = "SELECT name, document FROM iam_inline_policy WHERE entity = ? AND "
                               "name > ? ORDER BY name LIMIT 1";
    struct query q;
    query_begin(&q, db, next);
    query_bind_integer(&q, entity);
    query_bind_text(&q, after_name);
    return take_inline(&q, arena, ret_policy);
}

static enum status remove_row(struct db *db, const char *sql, int64_t entity, struct slice name)
{
    enum status status = db_write(db);
    if (status != STATUS_OK)
        return status;
    struct query q;
    query_begin(&q, db, sql);
    query_bind_integer(&q, entity);
    query_bind_text(&q, name);
    status = query_run(&q);
    return status == STATUS_OK && query_changes(db) == 0 ? STATUS_NOT_FOUND : status;
}

enum status iam_grant_store_delete(struct db *db, int64_t entity, struct slice name)
{
    static const char remove[] = "DELETE FROM iam_inline_policy WHERE entity = ? AND name = ?";
    return remove_row(db, remove, entity, name);
}

/* ---- attached policies ---- */

enum status iam_grant_store_attach(struct db *db, const struct iam_entity *entity,
                                   struct slice policy_arn)
{
    static const char attach[] = "INSERT INTO iam_attachment(entity, policy_arn, account) "
                                 "VALUES(?, ?, ?) ON CONFLICT DO NOTHING";
    enum status status = db_write(db);
    if (status != STATUS_OK)
        return status;
    struct query q;
    query_begin(&q, db, attach);
    query_bind_integer(&q, entity->id);
    query_bind_text(&q, policy_arn);
    query_bind_text(&q, entity->account);
    return query_run(&q);
}

enum status iam_grant_store_detach(struct db *db, int64_t entity, struct slice policy_arn)
{
    static const char detach[] = "DELETE FROM iam_attachment WHERE entity = ? AND policy_arn = ?";
    return remove_row(db, detach, entity, policy_arn);
}

enum status iam_grant_store_next_attached(struct db *db, int64_t entity, struct slice after_arn,
                                          struct arena *arena, struct slice *ret_arn)
{
    static const char next[] = "SELECT policy_arn FROM iam_attachment WHERE entity = ? AND "
                               "policy_arn > ? ORDER BY policy_arn LIMIT 1";
    struct query q;
    query_begin(&q, db, next);
    query_bind_integer(&q, entity);
    query_bind_text(&q, after_arn);
    bool found = query_step(&q);
    struct slice arn = {NULL, 0};
    if (found)
        arn = query_copy(&q, 0, arena);
    enum status status = query_end(&q);
    if (status == STATUS_OK && !found)
        return STATUS_NOT_FOUND;
    if (status == STATUS_OK)
        *ret_arn = arn;
    return status;
}

static enum status take_count(struct query *q, int64_t *ret_count)
{
    int64_t count = 0;
    if (query_step(q))
        count = query_integer(q, 0);
    enum status status = query_end(q);
    if (status == STATUS_OK)
        *ret_count = count;
    return status;
}

enum status iam_grant_store_count_attached(struct db *db, int64_t entity, int64_t *ret_count)
{
    static const char count[] = "SELECT count(*) FROM iam_attachment WHERE entity = ?";
    struct query q;
    query_begin(&q, db, count);
    query_bind_integer(&q, entity);
    return take_count(&q, ret_count);
}

enum status iam_grant_store_use(struct db *db, struct slice account, struct slice policy_arn,
                                struct iam_policy_use *ret_use)
{
    static const char attachments[] =
        "SELECT count(*) FROM iam_attachment WHERE account = ? AND policy_arn = ?";
    static const char boundaries[] = "SELECT count(*) FROM iam_entity WHERE account = ? AND "
                                     "boundary <> '' AND boundary = ?";
    struct iam_policy_use use = {0, 0};
    struct query q;
    query_begin(&q, db, attachments);
    query_bind_text(&q, account);
    query_bind_text(&q, policy_arn);
    enum status status = take_count(&q, &use.attachments);
    if (status != STATUS_OK)
        return status;
    query_begin(&q, db, boundaries);
    query_bind_text(&q, account);
    query_bind_text(&q, policy_arn);
    status = take_count(&q, &use.boundaries);
    if (status == STATUS_OK)
        *ret_use = use;
    return status;
}

enum status iam_grant_store_next_user(struct db *db, const struct iam_policy_place *place,
                                      int64_t after_id, struct arena *arena,
                                      struct iam_entity *ret_entity)
{
    static const char attached[] =
        "SELECT entity FROM iam_attachment WHERE account = ? AND policy_arn = ? AND entity > ? "
        "ORDER BY entity LIMIT 1";
    static const char bounded[] = "SELECT id FROM iam_entity WHERE account = ? AND boundary <> '' "
                                  "AND boundary = ? AND id > ? ORDER BY id LIMIT 1";
    struct query q;
    query_begin(&q, db, place->is_boundary ? bounded : attached);
    query_bind_text(&q, place->account);
    query_bind_text(&q, place->policy_arn);
    query_bind_integer(&q, after_id);
    bool found = query_step(&q);
    int64_t id = 0;
    if (found)
        id = query_integer(&q, 0);
    enum status status = query_end(&q);
    if (status == STATUS_OK && !found)
        return STATUS_NOT_FOUND;
    if (status != STATUS_OK)
        return status;
    return iam_entity_store_find_id(db, id, arena, ret_entity);
}

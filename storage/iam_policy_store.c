#include "storage/iam_policy_store.h"

#include "storage/db.h"
#include "storage/query.h"

#define COLUMNS                                                                              \
    "id, account, name, path, unique_id, description, tags, default_version, last_version, " \
    "created_ms, updated_ms"

enum status iam_policy_store_insert(struct db *db, const struct iam_policy *policy, int64_t *ret_id)
{
    static const char insert[] =
        "INSERT INTO iam_policy(account, name, path, unique_id, description, tags, "
        "default_version, last_version, created_ms, updated_ms) "
        "VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    enum status status = db_write(db);
    if (status != STATUS_OK)
        return status;
    struct query q;
    query_begin(&q, db, insert);
    query_bind_text(&q, policy->account);
    query_bind_text(&q, policy->name);
    query_bind_text(&q, policy->path);
    query_bind_text(&q, policy->unique_id);
    query_bind_text(&q, policy->description);
    query_bind_text(&q, policy->tags);
    query_bind_integer(&q, policy->default_version);
    query_bind_integer(&q, policy->last_version);
    query_bind_integer(&q, policy->created_ms);
    query_bind_integer(&q, policy->updated_ms);
    status = query_run(&q);
    if (status == STATUS_OK)
        *ret_id = query_last_rowid(db);
    return status;
}

enum status iam_policy_store_update(struct db *db, const struct iam_policy *policy)
{
    static const char update[] = "UPDATE iam_policy SET tags = ?, default_version = ?, "
                                 "last_version = ?, updated_ms = ? WHERE id = ?";
    enum status status = db_write(db);
    if (status != STATUS_OK)
        return status;
    struct query q;
    query_begin(&q, db, update);
    query_bind_text(&q, policy->tags);
    query_bind_integer(&q, policy->default_version);
    query_bind_integer(&q, policy->last_version);
    query_bind_integer(&q, policy->updated_ms);
    query_bind_integer(&q, policy->id);
    return query_run(&q);
}

static enum status run_with(struct db *db, const char *sql, int64_t policy)
{
    return query_run_with(db, sql, policy);
}

enum status iam_policy_store_delete(struct db *db, int64_t id)
{
    static const char versions[] = "DELETE FROM iam_policy_version WHERE policy = ?";
    static const char remove[] = "DELETE FROM iam_policy WHERE id = ?";
    enum status status = db_write(db);
    if (status == STATUS_OK)
        status = run_with(db, versions, id);
    if (status == STATUS_OK)
        status = run_with(db, remove, id);
    return status;
}

static enum status take(struct query *q, struct arena *arena, struct iam_policy *ret_policy)
{
    bool found = query_step(q);
    struct iam_policy policy = {0};
    if (found)
        policy = (struct iam_policy){
            .id = query_integer(q, 0),
            .account = query_copy(q, 1, arena),
            .name = query_copy(q, 2, arena),
            .path = query_copy(q, 3, arena),
            .unique_id = query_copy(q, 4, arena),
            .description = query_copy(q, 5, arena),
            .tags = query_copy(q, 6, arena),
            .default_version = query_integer(q, 7),
            .last_version = query_integer(q, 8),
            .created_ms = query_integer(q, 9),
            .updated_ms = query_integer(q, 10),
        };
    enum status status = query_end(q);
    if (status == STATUS_OK && !found)
        return STATUS_NOT_FOUND;
    if (status == STATUS_OK)
        *ret_policy = policy;
    return status;
}

enum status iam_policy_store_find(struct db *db, const struct iam_policy *key, struct arena *arena,
                                  struct iam_policy *ret_policy)
{
    static const char find[] = "SELECT " COLUMNS " FROM iam_policy WHERE account = ? AND name = ? "
                               "COLLATE NOCASE AND name = ?";
    struct query q;
    query_begin(&q, db, find);
    query_bind_text(&q, key->account);
    query_bind_text(&q, key->name);
    query_bind_text(&q, key->name);
    return take(&q, arena, ret_policy);
}

enum status iam_policy_store_next(struct db *db, const struct iam_policy *key, struct arena *arena,
                                  struct iam_policy *ret_policy)
{
    static const char next[] = "SELECT " COLUMNS " FROM iam_policy WHERE account = ? AND name > ? "
                               "COLLATE NOCASE ORDER BY name COLLATE NOCASE LIMIT 1";
    struct query q;
    query_begin(&q, db, next);
    query_bind_text(&q, key->account);
    query_bind_text(&q, key->name);
    return take(&q, arena, ret_policy);
}

enum status iam_policy_store_count(struct db *db, struct slice account,
                                   struct iam_policy_counts *ret_counts)
{
    static const char count[] =
        "SELECT count(DISTINCT p.id), count(v.version) FROM iam_policy p LEFT JOIN "
        "iam_policy_version v ON v.policy = p.id WHERE p.account = ?";
    struct iam_policy_counts counts = {0, 0};
    struct query q;
    query_begin(&q, db, count);
    query_bind_text(&q, account);
    if (query_step(&q))
        counts = (struct iam_policy_counts){query_integer(&q, 0), query_integer(&q, 1)};
    enum status status = query_end(&q);
    if (status == STATUS_OK)
        *ret_counts = counts;
    return status;
}

/* ---- versions ---- */

enum status iam_policy_store_add_version(struct db *db, int64_t policy,
                                         const struct iam_policy_version *version)
{
    static const char insert[] = "INSERT INTO iam_policy_version(policy, version, document, "
                                 "created_ms) VALUES(?, ?, ?, ?)";
    enum status status = db_write(db);
    if (status != STATUS_OK)
        return status;
    struct query q;
    query_begin(&q, db, insert);
    query_bind_integer(&q, policy);
    query_bind_integer(&q, version->number);
    query_bind_text(&q, version->document);
    query_bind_integer(&q, version->created_ms);
    return query_run(&q);
}

static enum status take_version(struct query *q, struct arena *arena,
                                struct iam_policy_version *ret_version)
{
    bool found = query_step(q);
    struct iam_policy_version version = {0};
    if (found)
        version = (struct iam_policy_version){
            .number = query_integer(q, 0),
            .document = query_copy(q, 1, arena),
            .created_ms = query_integer(q, 2),
        };
    enum status status = query_end(q);
    if (status == STATUS_OK && !found)
        return STATUS_NOT_FOUND;
    if (status == STATUS_OK)
        *ret_version = version;
    return status;
}

enum status iam_policy_store_find_version(struct db *db, int64_t policy, int64_t number,
                                          struct arena *arena,
                                          struct iam_policy_version *ret_version)
{
    static const char find[] = "SELECT version, document, created_ms FROM iam_policy_version WHERE "
                               "policy = ? AND version = ?";
    struct query q;
    query_begin(&q, db, find);
    query_bind_integer(&q, policy);
    query_bind_integer(&q, number);
    return take_version(&q, arena, ret_version);
}

enum status iam_policy_store_delete_version(struct db *db, int64_t policy, int64_t number)
{
    static const char remove[] = "DELETE FROM iam_policy_version WHERE policy = ? AND version = ?";
    enum status status = db_write(db);
    if (status != STATUS_OK)
        return status;
    struct query q;
    query_begin(&q, db, remove);
    query_bind_integer(&q, policy);
    query_bind_integer(&q, number);
    status = query_run(&q);
    return status == STATUS_OK && query_changes(db) == 0 ? STATUS_NOT_FOUND : status;
}

enum status iam_policy_store_version_before(struct db *db, int64_t policy, int64_t number,
                                            struct arena *arena,
                                            struct iam_policy_version *ret_version)
{
    static const char find[] = "SELECT version, document, created_ms FROM iam_policy_version WHERE "
                               "policy = ? AND version < ? ORDER BY version DESC LIMIT 1";
    struct query q;
    query_begin(&q, db, find);
    query_bind_integer(&q, policy);
    query_bind_integer(&q, number);
    return take_version(&q, arena, ret_version);
}

enum status iam_policy_store_count_versions(struct db *db, int64_t policy, int64_t *ret_count)
{
    static const char count[] = "SELECT count(*) FROM iam_policy_version WHERE policy = ?";
    struct query q;
    query_begin(&q, db, count);
    query_bind_integer(&q, policy);
    int64_t found = 0;
    if (query_step(&q))
        found = query_integer(&q, 0);
    enum status status = query_end(&q);
    if (status == STATUS_OK)
        *ret_count = found;
    return status;
}

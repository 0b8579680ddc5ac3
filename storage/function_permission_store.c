#include "storage/function_permission_store.h"

#include "emulator/base/text.h"
#include "storage/db.h"
#include "storage/query.h"

static void bind_key(struct query *q, const struct function_policy_key *key)
{
    query_bind_text(q, key->account);
    query_bind_text(q, key->region);
    query_bind_text(q, key->function);
    query_bind_text(q, key->qualifier);
}

enum status function_permission_store_insert(struct db *db, const struct function_policy_key *key,
                                             struct slice sid, struct slice statement)
{
    static const char insert[] = "INSERT INTO function_permission(account, region, function, "
                                 "qualifier, sid, statement) VALUES(?, ?, ?, ?, ?, ?)";
    enum status status = db_write(db);
    if (status != STATUS_OK)
        return status;
    struct query q;
    query_begin(&q, db, insert);
    bind_key(&q, key);
    query_bind_text(&q, sid);
    query_bind_text(&q, statement);
    return query_run(&q);
}

enum status function_permission_store_delete(struct db *db, const struct function_policy_key *key,
                                             struct slice sid)
{
    static const char remove[] = "DELETE FROM function_permission WHERE account = ? AND "
                                 "region = ? AND function = ? AND qualifier = ? AND sid = ?";
    enum status status = db_write(db);
    if (status != STATUS_OK)
        return status;
    struct query q;
    query_begin(&q, db, remove);
    bind_key(&q, key);
    query_bind_text(&q, sid);
    status = query_run(&q);
    return status == STATUS_OK && query_changes(db) == 0 ? STATUS_NOT_FOUND : status;
}

enum status function_permission_store_list(struct db *db, const struct function_policy_key *key,
                                           struct text *statements)
{
    static const char list[] = "SELECT statement FROM function_permission WHERE account = ? AND "
                               "region = ? AND function = ? AND qualifier = ? ORDER BY id";
    struct query q;
    query_begin(&q, db, list);
    bind_key(&q, key);
    while (query_step(&q)) {
        if (statements->len > 0)
            text_append_byte(statements, ',');
        text_append(statements, query_slice(&q, 0));
    }
    enum status status = query_end(&q);
    return status == STATUS_OK ? statements->status : status;
}

#include "storage/session_store.h"

#include "storage/db.h"
#include "storage/query.h"

#define COLUMNS                                                                                 \
    "access_key, account, arn, user_id, secret, token, expires_ms, policy, policy_arns, tags, " \
    "source_identity"

static enum status check_room(struct db *db)
{
    static const char count[] = "SELECT count(*) FROM sts_session";
    struct query q;
    query_begin(&q, db, count);
    int64_t found = 0;
    if (query_step(&q))
        found = query_integer(&q, 0);
    enum status status = query_end(&q);
    return status == STATUS_OK && found >= SESSION_STORE_MAX ? STATUS_TOO_LARGE : status;
}

enum status session_store_insert(struct db *db, const struct session *session)
{
    static const char insert[] =
        "INSERT INTO sts_session(" COLUMNS ") VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    enum status status = db_write(db);
    if (status == STATUS_OK)
        status = check_room(db);
    if (status != STATUS_OK)
        return status;
    struct query q;
    query_begin(&q, db, insert);
    query_bind_text(&q, session->access_key);
    query_bind_text(&q, session->account);
    query_bind_text(&q, session->arn);
    query_bind_text(&q, session->user_id);
    query_bind_text(&q, session->secret);
    query_bind_text(&q, session->token);
    query_bind_integer(&q, session->expires_ms);
    query_bind_text(&q, session->policy);
    query_bind_text(&q, session->policy_arns);
    query_bind_text(&q, session->tags);
    query_bind_text(&q, session->source_identity);
    return query_run(&q);
}

enum status session_store_find(struct db *db, struct slice access_key, struct arena *arena,
                               struct session *ret_session)
{
    static const char find[] = "SELECT " COLUMNS " FROM sts_session WHERE access_key = ?";
    struct query q;
    query_begin(&q, db, find);
    query_bind_text(&q, access_key);
    bool found = query_step(&q);
    struct session session = {0};
    if (found)
        session = (struct session){
            .access_key = query_copy(&q, 0, arena),
            .account = query_copy(&q, 1, arena),
            .arn = query_copy(&q, 2, arena),
            .user_id = query_copy(&q, 3, arena),
            .secret = query_copy(&q, 4, arena),
            .token = query_copy(&q, 5, arena),
            .expires_ms = query_integer(&q, 6),
            .policy = query_copy(&q, 7, arena),
            .policy_arns = query_copy(&q, 8, arena),
            .tags = query_copy(&q, 9, arena),
            .source_identity = query_copy(&q, 10, arena),
        };
    enum status status = query_end(&q);
    if (status == STATUS_OK && !found)
        return STATUS_NOT_FOUND;
    if (status == STATUS_OK)
        *ret_session = session;
    return status;
}

enum status session_store_sweep(struct db *db, int64_t before_ms)
{
    static const char sweep[] = "DELETE FROM sts_session WHERE expires_ms < ?";
    enum status status = db_write(db);
    if (status != STATUS_OK)
        return status;
    return query_run_with(db, sweep, before_ms);
}

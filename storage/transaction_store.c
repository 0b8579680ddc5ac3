#include "storage/transaction_store.h"

#include "storage/db.h"
#include "storage/query.h"

static void bind_token(struct query *q, const struct transaction_token *token)
{
    query_bind_text(q, token->scope.account);
    query_bind_text(q, token->scope.region);
    query_bind_blob(q, token->token);
}

enum status transaction_store_find(struct db *db, const struct transaction_token *token,
                                   enum transaction_use *ret_use)
{
    static const char find[] = "SELECT digest FROM dynamodb_transaction"
                               " WHERE account = ? AND region = ? AND token = ? AND used_ms > ?";
    struct query q;
    enum transaction_use use = TRANSACTION_NEW;
    query_begin(&q, db, find);
    bind_token(&q, token);
    query_bind_integer(&q, token->used_ms - TRANSACTION_TOKEN_MS);
    if (query_step(&q))
        use =
            slice_equal(query_slice(&q, 0), token->digest) ? TRANSACTION_AGAIN : TRANSACTION_OTHER;
    enum status status = query_end(&q);
    if (status == STATUS_OK)
        *ret_use = use;
    return status;
}

/* Ids are in the order of time: of the oldest tokens as many go as keep up with new ones. */
static enum status sweep(struct db *db, int64_t now_ms)
{
    static const char remove[] =
        "DELETE FROM dynamodb_transaction WHERE id IN"
        " (SELECT id FROM dynamodb_transaction ORDER BY id LIMIT 2) AND used_ms <= ?";
    return query_run_with(db, remove, now_ms - TRANSACTION_TOKEN_MS);
}

/* The same token, used long ago, may still be there. */
enum status transaction_store_keep(struct db *db, const struct transaction_token *token)
{
    static const char insert[] = "INSERT OR REPLACE INTO dynamodb_transaction"
                                 "(account, region, token, digest, used_ms) VALUES (?, ?, ?, ?, ?)";
    enum status status = db_write(db);
    if (status == STATUS_OK)
        status = sweep(db, token->used_ms);
    if (status != STATUS_OK)
        return status;
    struct query q;
    query_begin(&q, db, insert);
    bind_token(&q, token);
    query_bind_blob(&q, token->digest);
    query_bind_integer(&q, token->used_ms);
    return query_run(&q);
}

#include "handlers/dynamodb/transaction_token.h"

#include "emulator/base/json.h"
#include "handlers/dynamodb/dynamodb_errors.h"
#include "handlers/dynamodb/operation.h"
#include "handlers/dynamodb/transaction_digest.h"
#include "storage/transaction_store.h"

enum status transaction_token_take(struct work *work, const struct json *content,
                                   bool *ret_was_done)
{
    struct transaction_token token = {
        .scope = work->scope,
        .token = json_member_string(work->input, "ClientRequestToken"),
        .used_ms = operation_now_ms(work),
    };
    enum transaction_use use = TRANSACTION_NEW;
    *ret_was_done = false;
    if (token.token.len == 0)
        return STATUS_OK;
    enum status status = transaction_digest(content, work->arena, &token.digest);
    if (status == STATUS_OK)
        status = transaction_store_find(work->db, &token, &use);
    if (status != STATUS_OK)
        return status;
    *ret_was_done = use == TRANSACTION_AGAIN;
    if (use == TRANSACTION_NEW)
        return transaction_store_keep(work->db, &token);
    if (use == TRANSACTION_AGAIN)
        return STATUS_OK;
    return refuse_as(&work->refusal, &dynamodb_error_idempotent_mismatch,
                     "The provided ClientRequestToken was used for another request.");
}

/*
 * caller_identity.c -- GetCallerIdentity and GetAccessKeyInfo: whose keys these are.
 */
#include "emulator/auth/principal.h"
#include "emulator/base/json.h"
#include "emulator/base/text.h"
#include "emulator/base/xml.h"
#include "emulator/http/call.h"
#include "emulator/protocol/aws_query.h"
#include "emulator/sandbox.h"
#include "handlers/sts/sts_errors.h"
#include "handlers/sts/sts_operations.h"
#include "storage/access_key_store.h"
#include "storage/iam_entity_store.h"
#include "storage/session_store.h"

void sts_get_caller_identity(struct call *call)
{
    struct text body = aws_query_result(call);
    xml_put(&body, "Arn", call->principal->arn);
    xml_put(&body, "UserId", call->principal->user_id);
    xml_put(&body, "Account", call->principal->account);
    aws_query_answer_result(call, &body);
}

static enum status find_account(struct call *call, struct slice id, struct slice *ret_account)
{
    struct db *db = call->sandbox->db;
    struct session session;
    struct access_key key;
    struct iam_entity user;
    enum status status = session_store_find(db, id, &call->arena, &session);
    if (status == STATUS_OK)
        *ret_account = session.account;
    if (status != STATUS_NOT_FOUND)
        return status;
    status = access_key_store_find(db, id, &call->arena, &key);
    if (status == STATUS_OK)
        status = iam_entity_store_find_id(db, key.user, &call->arena, &user);
    if (status == STATUS_OK)
        *ret_account = user.account;
    return status;
}

/* On AWS the account stands in the key, even of one that is gone; here only who made it knows. */
void sts_get_access_key_info(struct call *call)
{
    struct slice account = {NULL, 0};
    struct slice id = json_member_string(call->input, "AccessKeyId");
    enum status status = find_account(call, id, &account);
    if (status == STATUS_NOT_FOUND) {
        call_fail(call, &sts_error_validation, "Hydrant did not make the access key %.*s.",
                  SLICE_ARG(id));
        return;
    }
    if (status != STATUS_OK) {
        call_fail_internal(call, status, "finding the access key");
        return;
    }
    struct text body = aws_query_result(call);
    xml_put(&body, "Account", account);
    aws_query_answer_result(call, &body);
}

/*
 * session_token.c -- GetSessionToken: keys of the caller that end. The root's end after an hour, as
 * on AWS.
 */
#include "emulator/auth/principal.h"
#include "emulator/base/json.h"
#include "emulator/base/text.h"
#include "emulator/http/call.h"
#include "emulator/protocol/aws_query.h"
#include "handlers/sts/session_keys.h"
#include "handlers/sts/sts_errors.h"
#include "handlers/sts/sts_operations.h"

#define USER_DEFAULT_S 43200
#define ROOT_MAX_S 3600

static int64_t duration_s(const struct call *call)
{
    int64_t asked_s = json_member_integer(call->input, "DurationSeconds", USER_DEFAULT_S);
    bool is_root = slice_ends_with(call->principal->arn, SLICE(":root"));
    return is_root && asked_s > ROOT_MAX_S ? ROOT_MAX_S : asked_s;
}

static bool is_lasting(struct call *call)
{
    struct session caller;
    bool is_session = false;
    if (!session_keys_of_caller(call, &caller, &is_session))
        return false;
    if (is_session)
        call_fail(call, &sts_error_access_denied,
                  "Cannot call GetSessionToken with session credentials");
    return !is_session;
}

void sts_get_session_token(struct call *call)
{
    struct session session = {
        .account = call->principal->account,
        .arn = call->principal->arn,
        .user_id = call->principal->user_id,
    };
    if (!is_lasting(call) || !session_keys_check_mfa(call) ||
        !session_keys_make(call, &session, duration_s(call)))
        return;
    struct text body = aws_query_result(call);
    session_keys_write(&body, &session);
    aws_query_answer_result(call, &body);
}

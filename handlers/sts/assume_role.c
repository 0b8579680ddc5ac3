/*
 * assume_role.c -- AssumeRole: keys with which a caller is a role for a while.
 *
 * The role must be there; who may assume it is not judged. Session policies and tags are kept with
 * the session.
 */
#include "emulator/auth/principal.h"
#include "emulator/base/json.h"
#include "emulator/base/json_writer.h"
#include "emulator/base/text.h"
#include "emulator/base/xml.h"
#include "emulator/http/call.h"
#include "emulator/protocol/aws_query.h"
#include "emulator/sandbox.h"
#include "handlers/sts/role_address.h"
#include "handlers/sts/session_keys.h"
#include "handlers/sts/session_tags.h"
#include "handlers/sts/sts_errors.h"
#include "handlers/sts/sts_operations.h"
#include "storage/iam_entity_store.h"

#define DURATION_DEFAULT_S 3600
#define CHAINED_MAX_S 3600
#define POLICY_ARNS_MAX 10
#define TEXT_MAX_BYTES ((size_t)64 * 1024)
#define PACKED_MAX_BYTES 2048 /* of policy, ARNs and tags together */

/* What a role is assumed with. */
struct assuming {
    struct call *call;
    struct iam_entity role;
    struct session session;
    bool is_chained; /* by somebody who is in a session already */
};

/* ---- the role ---- */

static bool find_role(struct assuming *a)
{
    struct call *call = a->call;
    struct slice arn = json_member_string(call->input, "RoleArn");
    struct role_address address;
    if (!role_address_is_arn(arn)) {
        call_fail(call, &sts_error_validation, "%.*s is invalid", SLICE_ARG(arn));
        return false;
    }
    enum status status = STATUS_NOT_FOUND;
    if (role_address_parse(arn, &address)) {
        const struct iam_entity key = {
            .account = address.account, .kind = IAM_ROLE, .name = address.name};
        status = iam_entity_store_find(call->sandbox->db, &key, &call->arena, &a->role);
        if (status == STATUS_OK && !slice_equal(a->role.path, address.path))
            status = STATUS_NOT_FOUND;
    }
    if (status == STATUS_NOT_FOUND)
        call_fail(call, &sts_error_access_denied,
                  "User: %.*s is not authorized to perform: sts:AssumeRole on resource: %.*s",
                  SLICE_ARG(call->principal->arn), SLICE_ARG(arn));
    else if (status != STATUS_OK)
        call_fail_internal(call, status, "finding the role");
    return status == STATUS_OK;
}

/* ---- the session ---- */

static bool check_duration(const struct assuming *a, int64_t duration_s)
{
    if (a->is_chained && duration_s > CHAINED_MAX_S)
        call_fail(a->call, &sts_error_validation,
                  "The requested DurationSeconds exceeds the 1 hour session limit for roles "
                  "assumed by role chaining");
    else if (duration_s > a->role.max_session_s)
        call_fail(
            a->call, &sts_error_validation,
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.");
    return !call_is_answered(a->call);
}

static bool read_policy(struct assuming *a)
{
    const struct json *parsed = NULL;
    struct call *call = a->call;
    struct slice policy = json_member_string(call->input, "Policy");
    enum status status = policy.len > 0 ? json_parse(policy, &call->arena, &parsed) : STATUS_OK;
    if (status == STATUS_NO_MEMORY)
        call_fail_internal(call, status, "reading the session policy");
    else if (status != STATUS_OK || (policy.len > 0 && json_kind(parsed) != JSON_OBJECT))
        call_fail(call, &sts_error_malformed_policy, "This policy contains invalid Json");
    a->session.policy = policy;
    return !call_is_answered(call);
}

static bool read_policy_arns(struct assuming *a)
{
    struct text json;
    text_init_in(&json, &a->call->arena, TEXT_MAX_BYTES);
    struct json_writer w = json_writer_make(&json);
    const struct json *arns = json_member(a->call->input, "PolicyArns");
    if (json_count(arns) == 0)
        return true;
    if (json_count(arns) > POLICY_ARNS_MAX) {
        call_fail(a->call, &sts_error_validation, "A session takes no more than %d PolicyArns.",
                  POLICY_ARNS_MAX);
        return false;
    }
    json_begin_array(&w);
    for (const struct json *arn = json_first(arns); arn != NULL; arn = json_next(arn))
        json_write_string(&w, json_member_string(arn, "arn"));
    json_end_array(&w);
    if (json.status != STATUS_OK)
        call_fail_internal(a->call, json.status, "reading the policies' ARNs");
    a->session.policy_arns = text_slice(&json);
    return !call_is_answered(a->call);
}

/* In percent of what there may be. On AWS it is that of a packed form nobody knows. */
static size_t packed_size(const struct session *session)
{
    size_t bytes = session->policy.len + session->policy_arns.len + session->tags.len;
    return (bytes * 100 + PACKED_MAX_BYTES - 1) / PACKED_MAX_BYTES;
}

static bool check_size(const struct assuming *a)
{
    size_t percent = packed_size(&a->session);
    if (percent > 100)
        call_fail(a->call, &sts_error_policy_too_large,
                  "Packed policy consumes %zu%% of allotted space, please use smaller policy.",
                  percent);
    return percent <= 100;
}

static bool check_members(struct call *call)
{
    if (json_member(call->input, "ProvidedContexts") == NULL)
        return session_keys_check_mfa(call);
    call_fail(call, &sts_error_validation,
              "Hydrant does not support the parameter ProvidedContexts.");
    return false;
}

static bool read_session(struct assuming *a)
{
    struct session caller;
    struct call *call = a->call;
    if (!session_keys_of_caller(call, &caller, &a->is_chained))
        return false;
    a->session.source_identity = json_member_string(call->input, "SourceIdentity");
    return session_tags_read(call, a->is_chained ? caller.tags : SLICE(""), &a->session.tags) &&
           read_policy(a) && read_policy_arns(a) && check_size(a);
}

static bool make_session(struct assuming *a)
{
    struct call *call = a->call;
    struct slice name = json_member_string(call->input, "RoleSessionName");
    int64_t duration_s = json_member_integer(call->input, "DurationSeconds", DURATION_DEFAULT_S);
    a->session.account = a->role.account;
    a->session.arn = slice_of(arena_printf(&call->arena, "arn:aws:sts::%.*s:assumed-role/%.*s/%.*s",
                                           SLICE_ARG(a->role.account), SLICE_ARG(a->role.name),
                                           SLICE_ARG(name)));
    a->session.user_id = slice_of(
        arena_printf(&call->arena, "%.*s:%.*s", SLICE_ARG(a->role.unique_id), SLICE_ARG(name)));
    return check_duration(a, duration_s) && session_keys_make(call, &a->session, duration_s);
}

static void answer(const struct assuming *a)
{
    struct text body = aws_query_result(a->call);
    session_keys_write(&body, &a->session);
    xml_open(&body, "AssumedRoleUser", NULL);
    xml_put(&body, "AssumedRoleId", a->session.user_id);
    xml_put(&body, "Arn", a->session.arn);
    xml_close(&body, "AssumedRoleUser");
    if (packed_size(&a->session) > 0)
        xml_put_integer(&body, "PackedPolicySize", (int64_t)packed_size(&a->session));
    if (a->session.source_identity.len > 0)
        xml_put(&body, "SourceIdentity", a->session.source_identity);
    aws_query_answer_result(a->call, &body);
}

void sts_assume_role(struct call *call)
{
    struct assuming a = {.call = call};
    if (find_role(&a) && check_members(call) && read_session(&a) && make_session(&a))
        answer(&a);
}

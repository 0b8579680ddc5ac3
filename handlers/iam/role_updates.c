/*
 * role_updates.c -- UpdateRole, UpdateRoleDescription, UpdateAssumeRolePolicy: what is not given
 * stays.
 */
#include "emulator/base/json.h"
#include "emulator/base/text.h"
#include "emulator/base/xml.h"
#include "emulator/http/call.h"
#include "emulator/protocol/aws_query.h"
#include "handlers/iam/entity_lookup.h"
#include "handlers/iam/iam_operations.h"
#include "handlers/iam/iam_xml.h"
#include "handlers/iam/policy_input.h"

static void describe(struct call *call, struct iam_entity *role)
{
    const struct json *description = json_member(call->input, "Description");
    if (description != NULL)
        role->description = json_string(description);
}

void iam_update_role(struct call *call)
{
    struct iam_entity role;
    if (!entity_lookup(call, IAM_ROLE, &role))
        return;
    describe(call, &role);
    role.max_session_s = json_member_integer(call->input, "MaxSessionDuration", role.max_session_s);
    if (!entity_lookup_update(call, &role))
        return;
    struct text body = aws_query_result(call);
    aws_query_answer_result(call, &body);
}

void iam_update_role_description(struct call *call)
{
    struct iam_entity role;
    if (!entity_lookup(call, IAM_ROLE, &role))
        return;
    describe(call, &role);
    if (!entity_lookup_update(call, &role))
        return;
    struct text body = aws_query_result(call);
    xml_open(&body, "Role", NULL);
    entity_lookup_write_role(call, &body, &role);
    iam_xml_optional(&body, "Description", role.description);
    xml_close(&body, "Role");
    aws_query_answer_result(call, &body);
}

void iam_update_assume_role_policy(struct call *call)
{
    struct iam_entity role;
    struct slice document;
    if (!entity_lookup(call, IAM_ROLE, &role) ||
        !policy_input_trust(call, "PolicyDocument", &document))
        return;
    role.trust_policy = document;
    if (entity_lookup_update(call, &role))
        aws_query_answer_nothing(call);
}

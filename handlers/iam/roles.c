/*
 * roles.c -- CreateRole, GetRole, ListRoles, DeleteRole. What each of them tells of a role differs,
 * as on AWS.
 */
#include "emulator/auth/principal.h"
#include "emulator/base/json.h"
#include "emulator/base/text.h"
#include "emulator/base/xml.h"
#include "emulator/http/call.h"
#include "emulator/protocol/aws_query.h"
#include "emulator/sandbox.h"
#include "handlers/iam/entity_lookup.h"
#include "handlers/iam/iam_errors.h"
#include "handlers/iam/iam_operations.h"
#include "handlers/iam/iam_page.h"
#include "handlers/iam/iam_tags.h"
#include "handlers/iam/iam_xml.h"
#include "handlers/iam/policy_input.h"

#define SESSION_DEFAULT_S 3600

void iam_create_role(struct call *call)
{
    struct iam_entity role;
    struct slice trust_policy;
    if (!policy_input_trust(call, "AssumeRolePolicyDocument", &trust_policy) ||
        !entity_lookup_new(call, IAM_ROLE, &role))
        return;
    role.trust_policy = trust_policy;
    role.description = json_member_string(call->input, "Description");
    role.max_session_s = json_member_integer(call->input, "MaxSessionDuration", SESSION_DEFAULT_S);
    if (!entity_lookup_insert(call, &role))
        return;
    struct text body = aws_query_result(call);
    xml_open(&body, "Role", NULL);
    entity_lookup_write_role(call, &body, &role);
    iam_xml_boundary(&body, role.boundary);
    if (role.tags.len > 0)
        iam_tags_write(call, role.tags, NULL, &body);
    xml_close(&body, "Role");
    aws_query_answer_result(call, &body);
}

void iam_get_role(struct call *call)
{
    struct iam_entity role;
    if (!entity_lookup(call, IAM_ROLE, &role))
        return;
    struct text body = aws_query_result(call);
    xml_open(&body, "Role", NULL);
    entity_lookup_write_role(call, &body, &role);
    iam_xml_optional(&body, "Description", role.description);
    xml_put_integer(&body, "MaxSessionDuration", role.max_session_s);
    iam_xml_boundary(&body, role.boundary);
    if (role.tags.len > 0)
        iam_tags_write(call, role.tags, NULL, &body);
    xml_put(&body, "RoleLastUsed", SLICE(""));
    xml_close(&body, "Role");
    aws_query_answer_result(call, &body);
}

static void write_listed(struct call *call, struct text *body, const struct iam_entity *role)
{
    xml_open(body, "member", NULL);
    entity_lookup_write_role(call, body, role);
    iam_xml_optional(body, "Description", role->description);
    xml_put_integer(body, "MaxSessionDuration", role->max_session_s);
    xml_close(body, "member");
}

void iam_list_roles(struct call *call)
{
    struct iam_page page;
    if (!iam_page_read(call, &page))
        return;
    struct slice prefix = json_member_string(call->input, "PathPrefix");
    struct iam_entity role = {
        .account = call->principal->account, .kind = IAM_ROLE, .name = page.after};
    struct text body = aws_query_result(call);
    enum status status = STATUS_OK;
    xml_open(&body, "Roles", NULL);
    while ((status = iam_entity_store_next(call->sandbox->db, &role, &call->arena, &role)) ==
           STATUS_OK) {
        if (!slice_starts_with(role.path, prefix))
            continue;
        if (!iam_page_takes(&page))
            break;
        write_listed(call, &body, &role);
        page.last = role.name;
    }
    xml_close(&body, "Roles");
    iam_page_write(&page, &body);
    if (status != STATUS_OK && status != STATUS_NOT_FOUND)
        call_fail_internal(call, status, "listing roles");
    else
        aws_query_answer_result(call, &body);
}

static bool has_profile(struct call *call, const struct iam_entity *role)
{
    struct iam_entity profile;
    enum status status = iam_entity_store_next_profile(call->sandbox->db, role->id, SLICE(""),
                                                       &call->arena, &profile);
    if (status == STATUS_OK)
        call_fail(call, &iam_error_delete_conflict,
                  "Cannot delete entity, must remove roles from instance profile first.");
    else if (status != STATUS_NOT_FOUND)
        call_fail_internal(call, status, "looking for instance profiles");
    return status != STATUS_NOT_FOUND;
}

void iam_delete_role(struct call *call)
{
    struct iam_entity role;
    if (entity_lookup(call, IAM_ROLE, &role) && !has_profile(call, &role) &&
        entity_lookup_delete(call, &role))
        aws_query_answer_nothing(call);
}

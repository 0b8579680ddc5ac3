/*
 * inline_policies.c -- Put, Get, List and Delete of the policies that are a role's or a user's own.
 */
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
#include "handlers/iam/iam_xml.h"
#include "handlers/iam/policy_document.h"
#include "handlers/iam/policy_input.h"
#include "storage/iam_grant_store.h"

/* Of all inline policies of one together. */
#define ROLE_MAX 10240
#define USER_MAX 2048

static const char *kind_name(enum iam_kind kind)
{
    return kind == IAM_ROLE ? "role" : "user";
}

/* The others' size is added up anew each time: there are few, and they are short. */
static bool has_room(struct call *call, const struct iam_entity *entity,
                     const struct iam_inline_policy *added)
{
    size_t max = entity->kind == IAM_ROLE ? ROLE_MAX : USER_MAX;
    size_t size = policy_document_size(added->document);
    struct iam_inline_policy policy = {.name = SLICE("")};
    enum status status = STATUS_OK;
    while ((status = iam_grant_store_next(call->sandbox->db, entity->id, policy.name, &call->arena,
                                          &policy)) == STATUS_OK)
        if (!slice_equal(policy.name, added->name))
            size += policy_document_size(policy.document);
    if (status != STATUS_NOT_FOUND)
        call_fail_internal(call, status, "reading inline policies");
    else if (size > max)
        call_fail(call, &iam_error_limit_exceeded,
                  "Maximum policy size of %zu bytes exceeded for %s %.*s", max,
                  kind_name(entity->kind), SLICE_ARG(entity->name));
    return !call_is_answered(call);
}

static void put(struct call *call, enum iam_kind kind)
{
    struct iam_entity entity;
    struct iam_inline_policy policy = {.name = json_member_string(call->input, "PolicyName")};
    if (!entity_lookup(call, kind, &entity) || !policy_input_inline(call, &policy.document) ||
        !has_room(call, &entity, &policy))
        return;
    enum status status = iam_grant_store_put(call->sandbox->db, entity.id, &policy);
    if (status != STATUS_OK)
        call_fail_internal(call, status, "storing the inline policy");
    else
        aws_query_answer_nothing(call);
}

static bool found(struct call *call, enum iam_kind kind, enum status status)
{
    if (status == STATUS_NOT_FOUND)
        call_fail(call, &iam_error_no_such_entity, "The %s policy with name %.*s cannot be found.",
                  kind_name(kind), SLICE_ARG(json_member_string(call->input, "PolicyName")));
    else if (status != STATUS_OK)
        call_fail_internal(call, status, "finding the inline policy");
    return status == STATUS_OK;
}

static void get(struct call *call, enum iam_kind kind)
{
    struct iam_entity entity;
    struct iam_inline_policy policy;
    struct slice name = json_member_string(call->input, "PolicyName");
    if (!entity_lookup(call, kind, &entity))
        return;
    enum status status =
        iam_grant_store_find(call->sandbox->db, entity.id, name, &call->arena, &policy);
    if (!found(call, kind, status))
        return;
    struct text body = aws_query_result(call);
    xml_put(&body, kind == IAM_ROLE ? "RoleName" : "UserName", entity.name);
    xml_put(&body, "PolicyName", policy.name);
    iam_xml_document(&body, "PolicyDocument", policy.document);
    aws_query_answer_result(call, &body);
}

static void remove_one(struct call *call, enum iam_kind kind)
{
    struct iam_entity entity;
    struct slice name = json_member_string(call->input, "PolicyName");
    if (entity_lookup(call, kind, &entity) &&
        found(call, kind, iam_grant_store_delete(call->sandbox->db, entity.id, name)))
        aws_query_answer_nothing(call);
}

static void list(struct call *call, enum iam_kind kind)
{
    struct iam_entity entity;
    struct iam_page page;
    if (!entity_lookup(call, kind, &entity) || !iam_page_read(call, &page))
        return;
    struct iam_inline_policy policy = {.name = page.after};
    struct text body = aws_query_result(call);
    enum status status = STATUS_OK;
    xml_open(&body, "PolicyNames", NULL);
    while ((status = iam_grant_store_next(call->sandbox->db, entity.id, policy.name, &call->arena,
                                          &policy)) == STATUS_OK &&
           iam_page_takes(&page)) {
        xml_put(&body, "member", policy.name);
        page.last = policy.name;
    }
    xml_close(&body, "PolicyNames");
    iam_page_write(&page, &body);
    if (status != STATUS_OK && status != STATUS_NOT_FOUND)
        call_fail_internal(call, status, "listing inline policies");
    else
        aws_query_answer_result(call, &body);
}

void iam_put_role_policy(struct call *call)
{
    put(call, IAM_ROLE);
}

void iam_put_user_policy(struct call *call)
{
    put(call, IAM_USER);
}

void iam_get_role_policy(struct call *call)
{
    get(call, IAM_ROLE);
}

void iam_get_user_policy(struct call *call)
{
    get(call, IAM_USER);
}

void iam_delete_role_policy(struct call *call)
{
    remove_one(call, IAM_ROLE);
}

void iam_delete_user_policy(struct call *call)
{
    remove_one(call, IAM_USER);
}

void iam_list_role_policies(struct call *call)
{
    list(call, IAM_ROLE);
}

void iam_list_user_policies(struct call *call)
{
    list(call, IAM_USER);
}

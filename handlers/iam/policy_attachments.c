/*
 * policy_attachments.c -- Attach, Detach and ListAttached of managed policies, for roles and users.
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
#include "handlers/iam/policy_lookup.h"
#include "storage/iam_grant_store.h"

#define ATTACHED_MAX 10

static bool has_room(struct call *call, const struct iam_entity *entity)
{
    int64_t count = 0;
    enum status status = iam_grant_store_count_attached(call->sandbox->db, entity->id, &count);
    if (status != STATUS_OK)
        call_fail_internal(call, status, "counting attached policies");
    else if (count >= ATTACHED_MAX)
        call_fail(call, &iam_error_limit_exceeded, "Cannot exceed quota for PoliciesPer%s: %d",
                  entity->kind == IAM_ROLE ? "Role" : "User", ATTACHED_MAX);
    return !call_is_answered(call);
}

static enum status find_attached(struct call *call, const struct iam_entity *entity,
                                 struct slice arn)
{
    const struct iam_policy_place place = {entity->account, arn, false};
    struct iam_entity found;
    enum status status =
        iam_grant_store_next_user(call->sandbox->db, &place, entity->id - 1, &call->arena, &found);
    return status == STATUS_OK && found.id != entity->id ? STATUS_NOT_FOUND : status;
}

static void attach(struct call *call, enum iam_kind kind)
{
    struct iam_entity entity;
    struct policy_found policy;
    if (!entity_lookup(call, kind, &entity) ||
        !policy_lookup(call, "does not exist or is not attachable.", &policy))
        return;
    enum status status = find_attached(call, &entity, policy.arn);
    if (status == STATUS_NOT_FOUND) {
        if (!has_room(call, &entity))
            return;
        status = iam_grant_store_attach(call->sandbox->db, &entity, policy.arn);
    }
    if (status != STATUS_OK)
        call_fail_internal(call, status, "attaching the policy");
    else
        aws_query_answer_nothing(call);
}

static void detach(struct call *call, enum iam_kind kind)
{
    struct iam_entity entity;
    struct slice arn = json_member_string(call->input, "PolicyArn");
    if (!entity_lookup(call, kind, &entity))
        return;
    enum status status = iam_grant_store_detach(call->sandbox->db, entity.id, arn);
    if (status == STATUS_NOT_FOUND)
        call_fail(call, &iam_error_no_such_entity, "Policy %.*s was not found.", SLICE_ARG(arn));
    else if (status != STATUS_OK)
        call_fail_internal(call, status, "detaching the policy");
    else
        aws_query_answer_nothing(call);
}

/* ---- listing ---- */

static void write_attached(struct text *body, struct slice arn, struct slice name)
{
    xml_open(body, "member", NULL);
    xml_put(body, "PolicyName", name);
    xml_put(body, "PolicyArn", arn);
    xml_close(body, "member");
}

/* There are few: a page's place is how many came before. */
static enum status write_page(struct call *call, const struct iam_entity *entity,
                              struct iam_page *page, struct text *body)
{
    struct slice prefix = json_member_string(call->input, "PathPrefix");
    struct slice arn = SLICE("");
    int64_t number = 0;
    enum status status = STATUS_OK;
    while ((status = iam_grant_store_next_attached(call->sandbox->db, entity->id, arn, &call->arena,
                                                   &arn)) == STATUS_OK) {
        struct policy_address address = {{NULL, 0}, {NULL, 0}, {NULL, 0}};
        (void)policy_lookup_parse(arn, &address); /* it was attached, so it is one */
        if (++number <= iam_page_after_number(page) || !slice_starts_with(address.path, prefix))
            continue;
        if (!iam_page_takes(page))
            break;
        write_attached(body, arn, address.name);
        iam_page_set_last_number(page, number);
    }
    return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

static void list(struct call *call, enum iam_kind kind)
{
    struct iam_entity entity;
    struct iam_page page;
    if (!entity_lookup(call, kind, &entity) || !iam_page_read(call, &page))
        return;
    struct text body = aws_query_result(call);
    xml_open(&body, "AttachedPolicies", NULL);
    enum status status = write_page(call, &entity, &page, &body);
    xml_close(&body, "AttachedPolicies");
    iam_page_write(&page, &body);
    if (status != STATUS_OK)
        call_fail_internal(call, status, "listing attached policies");
    else
        aws_query_answer_result(call, &body);
}

void iam_attach_role_policy(struct call *call)
{
    attach(call, IAM_ROLE);
}

void iam_attach_user_policy(struct call *call)
{
    attach(call, IAM_USER);
}

void iam_detach_role_policy(struct call *call)
{
    detach(call, IAM_ROLE);
}

void iam_detach_user_policy(struct call *call)
{
    detach(call, IAM_USER);
}

void iam_list_attached_role_policies(struct call *call)
{
    list(call, IAM_ROLE);
}

void iam_list_attached_user_policies(struct call *call)
{
    list(call, IAM_USER);
}

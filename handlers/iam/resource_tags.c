/*
 * resource_tags.c -- Tag, Untag and List of the tags of roles, users, instance profiles and
 * policies.
 */
#include "emulator/base/text.h"
#include "emulator/http/call.h"
#include "emulator/protocol/aws_query.h"
#include "emulator/sandbox.h"
#include "handlers/iam/entity_lookup.h"
#include "handlers/iam/iam_operations.h"
#include "handlers/iam/iam_page.h"
#include "handlers/iam/iam_tags.h"
#include "handlers/iam/policy_lookup.h"

/* Tag and Untag differ in what the request has: Tags or TagKeys. */
static void change(struct call *call, enum iam_kind kind)
{
    struct iam_entity entity;
    enum iam_tags_kind tags =
        kind == IAM_INSTANCE_PROFILE ? IAM_TAGS_OF_PROFILE : IAM_TAGS_OF_PRINCIPAL;
    if (entity_lookup(call, kind, &entity) &&
        iam_tags_change(call, tags, entity.tags, &entity.tags) &&
        entity_lookup_update(call, &entity))
        aws_query_answer_nothing(call);
}

static void change_policy(struct call *call)
{
    struct policy_found policy;
    if (!policy_lookup_own(call, "was not found.", &policy) ||
        !iam_tags_change(call, IAM_TAGS_OF_POLICY, policy.row.tags, &policy.row.tags))
        return;
    enum status status = iam_policy_store_update(call->sandbox->db, &policy.row);
    if (status != STATUS_OK)
        call_fail_internal(call, status, "storing the tags");
    else
        aws_query_answer_nothing(call);
}

static void answer_tags(struct call *call, struct slice tags)
{
    struct iam_page page;
    if (!iam_page_read(call, &page))
        return;
    struct text body = aws_query_result(call);
    iam_tags_write(call, tags, &page, &body);
    iam_page_write(&page, &body);
    aws_query_answer_result(call, &body);
}

static void list(struct call *call, enum iam_kind kind)
{
    struct iam_entity entity;
    if (entity_lookup(call, kind, &entity))
        answer_tags(call, entity.tags);
}

void iam_tag_role(struct call *call)
{
    change(call, IAM_ROLE);
}

void iam_untag_role(struct call *call)
{
    change(call, IAM_ROLE);
}

void iam_list_role_tags(struct call *call)
{
    list(call, IAM_ROLE);
}

void iam_tag_user(struct call *call)
{
    change(call, IAM_USER);
}

void iam_untag_user(struct call *call)
{
    change(call, IAM_USER);
}

void iam_list_user_tags(struct call *call)
{
    list(call, IAM_USER);
}

void iam_tag_instance_profile(struct call *call)
{
    change(call, IAM_INSTANCE_PROFILE);
}

void iam_untag_instance_profile(struct call *call)
{
    change(call, IAM_INSTANCE_PROFILE);
}

void iam_list_instance_profile_tags(struct call *call)
{
    list(call, IAM_INSTANCE_PROFILE);
}

void iam_tag_policy(struct call *call)
{
    change_policy(call);
}

void iam_untag_policy(struct call *call)
{
    change_policy(call);
}

void iam_list_policy_tags(struct call *call)
{
    struct policy_found policy;
    if (policy_lookup(call, "was not found.", &policy))
        answer_tags(call, policy.row.tags);
}

/*
 * policy_entities.c -- ListEntitiesForPolicy: the roles and users that have a policy attached, or
 * as their boundary, in the order they were made.
 */
#include "emulator/auth/principal.h"
#include "emulator/base/json.h"
#include "emulator/base/text.h"
#include "emulator/base/xml.h"
#include "emulator/http/call.h"
#include "emulator/protocol/aws_query.h"
#include "emulator/sandbox.h"
#include "handlers/iam/iam_operations.h"
#include "handlers/iam/iam_page.h"
#include "handlers/iam/policy_lookup.h"
#include "storage/iam_grant_store.h"

/* Who is told, in a list of the call's arena; the answer has them by kind. */
struct told {
    struct told *next;
    struct iam_entity entity;
};

/* What is asked for. */
struct asked {
    struct slice account;
    struct slice arn;
    struct slice prefix;
    bool roles;
    bool users;
    bool attached;
    bool bounded;
};

static struct asked read_asked(struct call *call, const struct policy_found *policy)
{
    struct slice filter = json_member_string(call->input, "EntityFilter");
    struct slice usage = json_member_string(call->input, "PolicyUsageFilter");
    return (struct asked){
        .account = call->principal->account,
        .arn = policy->arn,
        .prefix = json_member_string(call->input, "PathPrefix"),
        .roles = filter.len == 0 || slice_equal_text(filter, "Role"),
        .users = filter.len == 0 || slice_equal_text(filter, "User"),
        .attached = usage.len == 0 || slice_equal_text(usage, "PermissionsPolicy"),
        .bounded = usage.len == 0 || slice_equal_text(usage, "PermissionsBoundary"),
    };
}

static enum status next_in(struct call *call, const struct asked *asked, bool is_boundary,
                           int64_t after, struct iam_entity *ret_entity)
{
    const struct iam_policy_place place = {asked->account, asked->arn, is_boundary};
    if (!(is_boundary ? asked->bounded : asked->attached))
        return STATUS_NOT_FOUND;
    return iam_grant_store_next_user(call->sandbox->db, &place, after, &call->arena, ret_entity);
}

/* The nearer of the next that has it attached and the next that has it as its boundary. */
static enum status next_entity(struct call *call, const struct asked *asked, int64_t after,
                               struct iam_entity *ret_entity)
{
    struct iam_entity attached;
    struct iam_entity bounded;
    enum status first = next_in(call, asked, false, after, &attached);
    enum status second = next_in(call, asked, true, after, &bounded);
    if (first != STATUS_OK && first != STATUS_NOT_FOUND)
        return first;
    if (second == STATUS_OK && (first == STATUS_NOT_FOUND || bounded.id < attached.id))
        *ret_entity = bounded;
    else if (first == STATUS_OK)
        *ret_entity = attached;
    return first == STATUS_OK && second == STATUS_NOT_FOUND ? STATUS_OK : second;
}

static bool is_wanted(const struct asked *asked, const struct iam_entity *entity)
{
    return (entity->kind == IAM_ROLE ? asked->roles : asked->users) &&
           slice_starts_with(entity->path, asked->prefix);
}

static enum status collect(struct call *call, const struct asked *asked, struct iam_page *page,
                           struct told **ret_told)
{
    struct told **end = ret_told;
    struct iam_entity entity = {.id = iam_page_after_number(page)};
    enum status status = STATUS_OK;
    while ((status = next_entity(call, asked, entity.id, &entity)) == STATUS_OK) {
        if (!is_wanted(asked, &entity))
            continue;
        if (!iam_page_takes(page))
            break;
        struct told *told = arena_alloc(&call->arena, sizeof(*told));
        if (told == NULL)
            return STATUS_NO_MEMORY;
        *told = (struct told){.entity = entity};
        *end = told;
        end = &told->next;
        iam_page_set_last_number(page, entity.id);
    }
    return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

static void write_kind(struct text *body, const struct told *told, enum iam_kind kind)
{
    bool is_role = kind == IAM_ROLE;
    xml_open(body, is_role ? "PolicyRoles" : "PolicyUsers", NULL);
    for (; told != NULL; told = told->next) {
        if (told->entity.kind != kind)
            continue;
        xml_open(body, "member", NULL);
        xml_put(body, is_role ? "RoleName" : "UserName", told->entity.name);
        xml_put(body, is_role ? "RoleId" : "UserId", told->entity.unique_id);
        xml_close(body, "member");
    }
    xml_close(body, is_role ? "PolicyRoles" : "PolicyUsers");
}

void iam_list_entities_for_policy(struct call *call)
{
    struct policy_found policy;
    struct iam_page page;
    struct told *told = NULL;
    if (!policy_lookup(call, "does not exist or is not attachable.", &policy) ||
        !iam_page_read(call, &page))
        return;
    const struct asked asked = read_asked(call, &policy);
    enum status status = collect(call, &asked, &page, &told);
    if (status != STATUS_OK) {
        call_fail_internal(call, status, "listing who has the policy");
        return;
    }
    struct text body = aws_query_result(call);
    xml_put(&body, "PolicyGroups", SLICE(""));
    write_kind(&body, told, IAM_USER);
    write_kind(&body, told, IAM_ROLE);
    iam_page_write(&page, &body);
    aws_query_answer_result(call, &body);
}

/*
 * instance_profiles.c -- Create, Get, List, Delete, ListInstanceProfilesForRole, AddRoleTo and
 * RemoveRoleFrom: what infrastructure tools ask of them. A profile has one role at most.
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

/* ---- telling ---- */

/* A failure sticks in `body`. */
static void write_profile(struct call *call, struct text *body, const struct iam_entity *profile)
{
    struct iam_entity role;
    entity_lookup_write(call, body, profile);
    xml_open(body, "Roles", NULL);
    if (profile->role > 0) {
        enum status status =
            iam_entity_store_find_id(call->sandbox->db, profile->role, &call->arena, &role);
        xml_open(body, "member", NULL);
        if (status == STATUS_OK)
            entity_lookup_write_role(call, body, &role);
        else
            body->status = status;
        xml_close(body, "member");
    }
    xml_close(body, "Roles");
}

static void answer_profile(struct call *call, const struct iam_entity *profile, bool tells_no_tags)
{
    struct text body = aws_query_result(call);
    xml_open(&body, "InstanceProfile", NULL);
    write_profile(call, &body, profile);
    if (profile->tags.len > 0 || tells_no_tags)
        iam_tags_write(call, profile->tags, NULL, &body);
    xml_close(&body, "InstanceProfile");
    aws_query_answer_result(call, &body);
}

void iam_create_instance_profile(struct call *call)
{
    struct iam_entity profile;
    if (entity_lookup_new(call, IAM_INSTANCE_PROFILE, &profile) &&
        entity_lookup_insert(call, &profile))
        answer_profile(call, &profile, false);
}

void iam_get_instance_profile(struct call *call)
{
    struct iam_entity profile;
    if (entity_lookup(call, IAM_INSTANCE_PROFILE, &profile))
        answer_profile(call, &profile, true);
}

/* ---- lists ---- */

/* All of the account, or those of a role. */
static enum status next(struct call *call, int64_t role, struct iam_entity *profile)
{
    struct db *db = call->sandbox->db;
    return role > 0 ? iam_entity_store_next_profile(db, role, profile->name, &call->arena, profile)
                    : iam_entity_store_next(db, profile, &call->arena, profile);
}

static void list(struct call *call, int64_t role)
{
    struct iam_page page;
    if (!iam_page_read(call, &page))
        return;
    struct slice prefix = json_member_string(call->input, "PathPrefix");
    struct iam_entity profile = {
        .account = call->principal->account, .kind = IAM_INSTANCE_PROFILE, .name = page.after};
    struct text body = aws_query_result(call);
    enum status status = STATUS_OK;
    xml_open(&body, "InstanceProfiles", NULL);
    while ((status = next(call, role, &profile)) == STATUS_OK) {
        if (!slice_starts_with(profile.path, prefix))
            continue;
        if (!iam_page_takes(&page))
            break;
        xml_open(&body, "member", NULL);
        write_profile(call, &body, &profile);
        xml_close(&body, "member");
        page.last = profile.name;
    }
    xml_close(&body, "InstanceProfiles");
    iam_page_write(&page, &body);
    if (status != STATUS_OK && status != STATUS_NOT_FOUND)
        call_fail_internal(call, status, "listing instance profiles");
    else
        aws_query_answer_result(call, &body);
}

void iam_list_instance_profiles(struct call *call)
{
    list(call, 0);
}

void iam_list_instance_profiles_for_role(struct call *call)
{
    struct iam_entity role;
    if (entity_lookup(call, IAM_ROLE, &role))
        list(call, role.id);
}

/* ---- changing ---- */

void iam_add_role_to_instance_profile(struct call *call)
{
    struct iam_entity profile;
    struct iam_entity role;
    if (!entity_lookup(call, IAM_INSTANCE_PROFILE, &profile) ||
        !entity_lookup(call, IAM_ROLE, &role))
        return;
    if (profile.role > 0) {
        call_fail(call, &iam_error_limit_exceeded,
                  "Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1");
        return;
    }
    profile.role = role.id;
    if (entity_lookup_update(call, &profile))
        aws_query_answer_nothing(call);
}

void iam_remove_role_from_instance_profile(struct call *call)
{
    struct iam_entity profile;
    struct iam_entity role;
    if (!entity_lookup(call, IAM_INSTANCE_PROFILE, &profile) ||
        !entity_lookup(call, IAM_ROLE, &role))
        return;
    if (profile.role != role.id) {
        call_fail(call, &iam_error_no_such_entity,
                  "Role %.*s in Instance Profile %.*s cannot be found.", SLICE_ARG(role.name),
                  SLICE_ARG(profile.name));
        return;
    }
    profile.role = 0;
    if (entity_lookup_update(call, &profile))
        aws_query_answer_nothing(call);
}

void iam_delete_instance_profile(struct call *call)
{
    struct iam_entity profile;
    if (!entity_lookup(call, IAM_INSTANCE_PROFILE, &profile))
        return;
    if (profile.role > 0)
        call_fail(call, &iam_error_delete_conflict,
                  "Cannot delete entity, must remove roles from instance profile first.");
    else if (entity_lookup_delete(call, &profile))
        aws_query_answer_nothing(call);
}

#include "handlers/iam/entity_lookup.h"

#include "emulator/auth/principal.h"
#include "emulator/base/json.h"
#include "emulator/base/text.h"
#include "emulator/base/xml.h"
#include "emulator/http/call.h"
#include "emulator/sandbox.h"
#include "handlers/iam/iam_errors.h"
#include "handlers/iam/iam_tags.h"
#include "handlers/iam/iam_xml.h"
#include "handlers/iam/policy_lookup.h"
#include "storage/iam_grant_store.h"

#define ID_CHARS 17

/* What differs between the kinds. */
struct words {
    const char *name_member; /* of requests and answers */
    const char *id_member;
    const char *id_start;
    const char *arn_type;
    const char *missing; /* "... <name> cannot be found." */
    const char *exists;  /* "... <name> already exists." */
    const char *quota_name;
    int quota;
    enum iam_tags_kind tags;
};

static const struct words words[] = {
    [IAM_ROLE] = {"RoleName", "RoleId", "AROA", "role", "The role with name", "Role with name",
                  "RolesPerAccount", 1000, IAM_TAGS_OF_PRINCIPAL},
    [IAM_USER] = {"UserName", "UserId", "AIDA", "user", "The user with name", "User with name",
                  "UsersPerAccount", 5000, IAM_TAGS_OF_PRINCIPAL},
    [IAM_INSTANCE_PROFILE] = {"InstanceProfileName", "InstanceProfileId", "AIPA",
                              "instance-profile", "Instance Profile", "Instance Profile",
                              "InstanceProfilesPerAccount", 1000, IAM_TAGS_OF_PROFILE},
};

/* ---- finding ---- */

bool entity_lookup_fail(struct call *call, enum iam_kind kind, struct slice name,
                        enum status status)
{
    if (status == STATUS_NOT_FOUND)
        call_fail(call, &iam_error_no_such_entity, "%s %.*s cannot be found.", words[kind].missing,
                  SLICE_ARG(name));
    else
        call_fail_internal(call, status, "finding the entity");
    return false;
}

static bool find(struct call *call, enum iam_kind kind, struct slice name,
                 struct iam_entity *ret_entity)
{
    const struct iam_entity key = {.account = call->principal->account, .kind = kind, .name = name};
    enum status status = iam_entity_store_find(call->sandbox->db, &key, &call->arena, ret_entity);
    return status == STATUS_OK || entity_lookup_fail(call, kind, name, status);
}

bool entity_lookup(struct call *call, enum iam_kind kind, struct iam_entity *ret_entity)
{
    return find(call, kind, json_member_string(call->input, words[kind].name_member), ret_entity);
}

/* The name behind the last '/' of arn:aws:iam::<account>:user/...; empty for others. */
static struct slice calling_user(const struct call *call)
{
    struct slice arn = call->principal->arn;
    struct slice name = {NULL, 0};
    if (slice_search(arn, SLICE(":user/")) == arn.len)
        return name;
    while (arn.ptr != NULL)
        name = slice_cut(&arn, '/');
    return name;
}

bool entity_lookup_user(struct call *call, struct iam_entity *ret_user)
{
    struct slice name = json_member_string(call->input, "UserName");
    if (name.len == 0)
        name = calling_user(call);
    if (name.len > 0)
        return find(call, IAM_USER, name, ret_user);
    call_fail(call, &iam_error_validation,
              "Must specify userName when calling with non-User credentials");
    return false;
}

/* ---- making ---- */

static bool check_quota(struct call *call, enum iam_kind kind)
{
    int64_t count = 0;
    enum status status =
        iam_entity_store_count(call->sandbox->db, call->principal->account, kind, &count);
    if (status != STATUS_OK)
        call_fail_internal(call, status, "counting");
    else if (count >= words[kind].quota)
        call_fail(call, &iam_error_limit_exceeded, "Cannot exceed quota for %s: %d",
                  words[kind].quota_name, words[kind].quota);
    return !call_is_answered(call);
}

static struct slice make_id(struct call *call, enum iam_kind kind)
{
    char letters[ID_CHARS + 1];
    random_text(&call->sandbox->random, ID_CHARS, POLICY_LOOKUP_ID_LETTERS, letters);
    return slice_of(arena_printf(&call->arena, "%s%s", words[kind].id_start, letters));
}

bool entity_lookup_new(struct call *call, enum iam_kind kind, struct iam_entity *ret_entity)
{
    struct slice path = json_member_string(call->input, "Path");
    struct iam_entity entity = {
        .account = call->principal->account,
        .kind = kind,
        .name = json_member_string(call->input, words[kind].name_member),
        .path = path.len > 0 ? path : SLICE("/"),
        .unique_id = make_id(call, kind),
        .created_ms = sim_clock_now_ms(&call->sandbox->clock),
    };
    if (!check_quota(call, kind) || !policy_lookup_boundary(call, &entity.boundary) ||
        !iam_tags_change(call, words[kind].tags, SLICE(""), &entity.tags))
        return false;
    *ret_entity = entity;
    return true;
}

static bool stored(struct call *call, const struct iam_entity *entity, enum status status)
{
    if (status == STATUS_EXISTS)
        call_fail(call, &iam_error_already_exists, "%s %.*s already exists.",
                  words[entity->kind].exists, SLICE_ARG(entity->name));
    else if (status != STATUS_OK)
        call_fail_internal(call, status, "storing the entity");
    return status == STATUS_OK;
}

bool entity_lookup_insert(struct call *call, struct iam_entity *entity)
{
    return stored(call, entity, iam_entity_store_insert(call->sandbox->db, entity, &entity->id));
}

bool entity_lookup_update(struct call *call, const struct iam_entity *entity)
{
    return stored(call, entity, iam_entity_store_update(call->sandbox->db, entity));
}

/* ---- deleting ---- */

static bool refuse(struct call *call, enum status found, const char *message)
{
    if (found == STATUS_NOT_FOUND)
        return true;
    if (found == STATUS_OK)
        call_fail(call, &iam_error_delete_conflict, "%s", message);
    else
        call_fail_internal(call, found, "looking for what belongs to the entity");
    return false;
}

bool entity_lookup_delete(struct call *call, const struct iam_entity *entity)
{
    struct db *db = call->sandbox->db;
    struct slice arn;
    struct iam_inline_policy policy;
    enum status attached =
        iam_grant_store_next_attached(db, entity->id, SLICE(""), &call->arena, &arn);
    if (!refuse(call, attached, "Cannot delete entity, must detach all policies first."))
        return false;
    enum status given = iam_grant_store_next(db, entity->id, SLICE(""), &call->arena, &policy);
    if (!refuse(call, given, "Cannot delete entity, must delete policies first."))
        return false;
    enum status status = iam_entity_store_delete(db, entity->id);
    if (status != STATUS_OK)
        call_fail_internal(call, status, "deleting the entity");
    return status == STATUS_OK;
}

/* ---- telling ---- */

struct slice entity_lookup_arn(struct arena *arena, const struct iam_entity *entity)
{
    return slice_of(arena_printf(arena, "arn:aws:iam::%.*s:%s%.*s%.*s", SLICE_ARG(entity->account),
                                 words[entity->kind].arn_type, SLICE_ARG(entity->path),
                                 SLICE_ARG(entity->name)));
}

void entity_lookup_write(struct call *call, struct text *xml, const struct iam_entity *entity)
{
    const struct words *of = &words[entity->kind];
    xml_put(xml, "Path", entity->path);
    xml_put(xml, of->name_member, entity->name);
    xml_put(xml, of->id_member, entity->unique_id);
    xml_put(xml, "Arn", entity_lookup_arn(&call->arena, entity));
    iam_xml_time(xml, "CreateDate", entity->created_ms);
}

void entity_lookup_write_role(struct call *call, struct text *xml, const struct iam_entity *role)
{
    entity_lookup_write(call, xml, role);
    iam_xml_document(xml, "AssumeRolePolicyDocument", role->trust_policy);
}

#include "handlers/iam/policy_lookup.h"

#include "emulator/auth/principal.h"
#include "emulator/base/json.h"
#include "emulator/base/log.h"
#include "emulator/base/text.h"
#include "emulator/base/xml.h"
#include "emulator/http/call.h"
#include "emulator/sandbox.h"
#include "handlers/iam/iam_errors.h"
#include "handlers/iam/iam_xml.h"
#include "handlers/iam/managed_policy.h"
#include "storage/iam_grant_store.h"

#define EMPTY_DOCUMENT "{\"Version\":\"2012-10-17\",\"Statement\":[]}"

/* 2015-02-06T18:39:46Z, when AWS's first managed policies came. */
#define UNKNOWN_CREATED_MS INT64_C(1423247986000)

/* ---- ARNs ---- */

static size_t last_slash(struct slice text)
{
    size_t at = text.len;
    while (at > 0 && text.ptr[at - 1] != '/')
        at--;
    return at;
}

bool policy_lookup_parse(struct slice arn, struct policy_address *ret_address)
{
    static const struct slice type = SLICE_INIT("policy/");
    if (!slice_starts_with(arn, SLICE("arn:aws:iam::")))
        return false;
    struct slice rest = slice_from(arn, sizeof("arn:aws:iam::") - 1);
    struct slice account = slice_cut(&rest, ':');
    if (account.len == 0 || !slice_starts_with(rest, type))
        return false;
    rest = slice_from(rest, type.len - 1);
    size_t name = last_slash(rest);
    *ret_address =
        (struct policy_address){account, slice_first(rest, name), slice_from(rest, name)};
    return ret_address->name.len > 0;
}

struct slice policy_lookup_arn(struct call *call, const struct iam_policy *policy)
{
    return slice_of(arena_printf(&call->arena, "arn:aws:iam::%.*s:policy%.*s%.*s",
                                 SLICE_ARG(policy->account), SLICE_ARG(policy->path),
                                 SLICE_ARG(policy->name)));
}

/* ---- finding ---- */

static enum status find_aws(struct call *call, const struct policy_address *address,
                            struct policy_found *ret_policy)
{
    char letters[MANAGED_POLICY_ID_CHARS + 1];
    const struct managed_policy *known = managed_policy_find(address->path, address->name);
    managed_policy_id(ret_policy->arn, letters);
    if (known == NULL)
        log_line(LOG_WARNING,
                 "iam: Hydrant does not have the document of %.*s: it is taken as an empty policy",
                 SLICE_ARG(ret_policy->arn));
    ret_policy->is_aws = true;
    ret_policy->document = known != NULL ? slice_of(known->document) : SLICE(EMPTY_DOCUMENT);
    ret_policy->row = (struct iam_policy){
        .account = address->account,
        .name = address->name,
        .path = address->path,
        .unique_id = slice_of(arena_printf(&call->arena, "ANPA%s", letters)),
        .default_version = known != NULL ? known->version : 1,
        .created_ms = known != NULL ? known->created_ms : UNKNOWN_CREATED_MS,
        .updated_ms = known != NULL ? known->updated_ms : UNKNOWN_CREATED_MS,
    };
    return STATUS_OK;
}

enum status policy_lookup_find(struct call *call, struct slice arn, struct policy_found *ret_policy)
{
    struct policy_address address;
    *ret_policy = (struct policy_found){.arn = arn};
    if (!policy_lookup_parse(arn, &address))
        return STATUS_INVALID;
    if (slice_equal_text(address.account, MANAGED_POLICY_ACCOUNT))
        return find_aws(call, &address, ret_policy);
    if (!slice_equal(address.account, call->principal->account))
        return STATUS_NOT_FOUND;
    const struct iam_policy key = {.account = address.account, .name = address.name};
    enum status status =
        iam_policy_store_find(call->sandbox->db, &key, &call->arena, &ret_policy->row);
    bool is_there = status == STATUS_OK && slice_equal(ret_policy->row.path, address.path);
    return status == STATUS_OK && !is_there ? STATUS_NOT_FOUND : status;
}

bool policy_lookup(struct call *call, const char *missing, struct policy_found *ret_policy)
{
    struct slice arn = json_member_string(call->input, "PolicyArn");
    enum status status = policy_lookup_find(call, arn, ret_policy);
    if (status == STATUS_NOT_FOUND)
        call_fail(call, &iam_error_no_such_entity, "Policy %.*s %s", SLICE_ARG(arn), missing);
    else if (status == STATUS_INVALID)
        call_fail(call, &iam_error_validation, "ARN %.*s is not valid.", SLICE_ARG(arn));
    else if (status != STATUS_OK)
        call_fail_internal(call, status, "finding the policy");
    return status == STATUS_OK;
}

bool policy_lookup_own(struct call *call, const char *missing, struct policy_found *ret_policy)
{
    if (!policy_lookup(call, missing, ret_policy))
        return false;
    if (ret_policy->is_aws)
        call_fail(call, &iam_error_access_denied,
                  "User: %.*s is not authorized to perform: iam:%s on resource: policy %.*s",
                  SLICE_ARG(call->principal->arn), call->operation->name,
                  SLICE_ARG(ret_policy->arn));
    return !ret_policy->is_aws;
}

bool policy_lookup_boundary(struct call *call, struct slice *ret_arn)
{
    struct policy_found policy;
    struct slice arn = json_member_string(call->input, "PermissionsBoundary");
    enum status status = arn.len > 0 ? policy_lookup_find(call, arn, &policy) : STATUS_OK;
    if (status == STATUS_NOT_FOUND)
        call_fail(call, &iam_error_no_such_entity,
                  "Scope ARN: %.*s does not exist or is not attachable.", SLICE_ARG(arn));
    else if (status == STATUS_INVALID)
        call_fail(call, &iam_error_invalid_input, "ARN %.*s is not valid.", SLICE_ARG(arn));
    else if (status != STATUS_OK)
        call_fail_internal(call, status, "finding the boundary");
    *ret_arn = arn;
    return status == STATUS_OK;
}

/* ---- telling ---- */

bool policy_lookup_write(struct call *call, struct text *xml, const struct policy_found *policy)
{
    struct iam_policy_use use = {0, 0};
    enum status status =
        iam_grant_store_use(call->sandbox->db, call->principal->account, policy->arn, &use);
    if (status != STATUS_OK) {
        call_fail_internal(call, status, "counting the policy's uses");
        return false;
    }
    xml_put(xml, "PolicyName", policy->row.name);
    xml_put(xml, "PolicyId", policy->row.unique_id);
    xml_put(xml, "Arn", policy->arn);
    xml_put(xml, "Path", policy->row.path);
    text_printf(xml, "<DefaultVersionId>v%lld</DefaultVersionId>",
                (long long)policy->row.default_version);
    xml_put_integer(xml, "AttachmentCount", use.attachments);
    xml_put_integer(xml, "PermissionsBoundaryUsageCount", use.boundaries);
    iam_xml_bool(xml, "IsAttachable", true);
    iam_xml_time(xml, "CreateDate", policy->row.created_ms);
    iam_xml_time(xml, "UpdateDate", policy->row.updated_ms);
    return true;
}

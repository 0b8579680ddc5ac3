/*
 * policy_versions.c -- CreatePolicyVersion, GetPolicyVersion, ListPolicyVersions,
 * SetDefaultPolicyVersion, DeletePolicyVersion. Of AWS's policies one version is there.
 */
#include "emulator/base/json.h"
#include "emulator/base/text.h"
#include "emulator/base/xml.h"
#include "emulator/http/call.h"
#include "emulator/protocol/aws_query.h"
#include "emulator/sandbox.h"
#include "handlers/iam/iam_errors.h"
#include "handlers/iam/iam_operations.h"
#include "handlers/iam/iam_page.h"
#include "handlers/iam/iam_xml.h"
#include "handlers/iam/policy_input.h"
#include "handlers/iam/policy_lookup.h"

#define VERSIONS_MAX 5

static void write_version(struct text *body, const struct policy_found *policy,
                          const struct iam_policy_version *version)
{
    text_printf(body, "<VersionId>v%lld</VersionId>", (long long)version->number);
    iam_xml_bool(body, "IsDefaultVersion", version->number == policy->row.default_version);
    iam_xml_time(body, "CreateDate", version->created_ms);
}

/* AWS's one version. */
static struct iam_policy_version only_version(const struct policy_found *policy)
{
    return (struct iam_policy_version){policy->row.default_version, policy->document,
                                       policy->row.updated_ms};
}

/* ---- creating ---- */

static bool has_room(struct call *call, const struct policy_found *policy)
{
    int64_t count = 0;
    enum status status = iam_policy_store_count_versions(call->sandbox->db, policy->row.id, &count);
    if (status != STATUS_OK)
        call_fail_internal(call, status, "counting versions");
    else if (count >= VERSIONS_MAX)
        call_fail(call, &iam_error_limit_exceeded,
                  "A managed policy can have up to %d versions. Before you create a new version, "
                  "you must delete an existing version.",
                  VERSIONS_MAX);
    return !call_is_answered(call);
}

static enum status add(struct call *call, struct policy_found *policy,
                       struct iam_policy_version *version)
{
    version->number = ++policy->row.last_version;
    version->created_ms = sim_clock_now_ms(&call->sandbox->clock);
    policy->row.updated_ms = version->created_ms;
    if (json_member_bool(call->input, "SetAsDefault", false))
        policy->row.default_version = version->number;
    enum status status = iam_policy_store_add_version(call->sandbox->db, policy->row.id, version);
    if (status == STATUS_OK)
        status = iam_policy_store_update(call->sandbox->db, &policy->row);
    return status;
}

void iam_create_policy_version(struct call *call)
{
    struct policy_found policy;
    struct iam_policy_version version;
    if (!policy_lookup_own(call, "does not exist or is not attachable.", &policy) ||
        !policy_input_managed(call, &version.document) || !has_room(call, &policy))
        return;
    enum status status = add(call, &policy, &version);
    if (status != STATUS_OK) {
        call_fail_internal(call, status, "storing the version");
        return;
    }
    struct text body = aws_query_result(call);
    xml_open(&body, "PolicyVersion", NULL);
    write_version(&body, &policy, &version);
    xml_close(&body, "PolicyVersion");
    aws_query_answer_result(call, &body);
}

/* ---- finding one ---- */

static bool fail_missing(struct call *call, enum status status)
{
    if (status == STATUS_NOT_FOUND)
        call_fail(call, &iam_error_no_such_entity,
                  "Policy %.*s version %.*s does not exist or is not attachable.",
                  SLICE_ARG(json_member_string(call->input, "PolicyArn")),
                  SLICE_ARG(json_member_string(call->input, "VersionId")));
    else
        call_fail_internal(call, status, "finding the version");
    return false;
}

/* "v12", as its shape says, is 12; what has something behind it is no version there is. */
static int64_t asked_number(const struct call *call)
{
    int64_t number = 0;
    struct slice id = json_member_string(call->input, "VersionId");
    return slice_to_i64(slice_from(id, 1), &number) == STATUS_OK ? number : 0;
}

/* A policy that is not there has no such version. */
static bool find(struct call *call, struct policy_found *ret_policy,
                 struct iam_policy_version *ret_version)
{
    struct slice arn = json_member_string(call->input, "PolicyArn");
    enum status status = policy_lookup_find(call, arn, ret_policy);
    if (status == STATUS_INVALID)
        return policy_lookup(call, "", ret_policy);
    if (status == STATUS_OK && ret_policy->is_aws) {
        *ret_version = only_version(ret_policy);
        status = ret_version->number == asked_number(call) ? STATUS_OK : STATUS_NOT_FOUND;
    } else if (status == STATUS_OK) {
        status = iam_policy_store_find_version(call->sandbox->db, ret_policy->row.id,
                                               asked_number(call), &call->arena, ret_version);
    }
    return status == STATUS_OK || fail_missing(call, status);
}

void iam_get_policy_version(struct call *call)
{
    struct policy_found policy;
    struct iam_policy_version version;
    if (!find(call, &policy, &version))
        return;
    struct text body = aws_query_result(call);
    xml_open(&body, "PolicyVersion", NULL);
    iam_xml_document(&body, "Document", version.document);
    write_version(&body, &policy, &version);
    xml_close(&body, "PolicyVersion");
    aws_query_answer_result(call, &body);
}

/* ---- listing ---- */

static enum status write_page(struct call *call, const struct policy_found *policy,
                              struct iam_page *page, struct text *body)
{
    int64_t below = iam_page_after_number(page);
    struct iam_policy_version version = {.number = below > 0 ? below : INT64_MAX};
    enum status status = STATUS_OK;
    while ((status = iam_policy_store_version_before(call->sandbox->db, policy->row.id,
                                                     version.number, &call->arena, &version)) ==
               STATUS_OK &&
           iam_page_takes(page)) {
        xml_open(body, "member", NULL);
        write_version(body, policy, &version);
        xml_close(body, "member");
        iam_page_set_last_number(page, version.number);
    }
    return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

static void write_only(const struct policy_found *policy, struct text *body)
{
    struct iam_policy_version version = only_version(policy);
    xml_open(body, "member", NULL);
    write_version(body, policy, &version);
    xml_close(body, "member");
}

void iam_list_policy_versions(struct call *call)
{
    struct policy_found policy;
    struct iam_page page;
    enum status status = STATUS_OK;
    if (!policy_lookup(call, "was not found.", &policy) || !iam_page_read(call, &page))
        return;
    struct text body = aws_query_result(call);
    xml_open(&body, "Versions", NULL);
    if (policy.is_aws)
        write_only(&policy, &body);
    else
        status = write_page(call, &policy, &page, &body);
    xml_close(&body, "Versions");
    iam_page_write(&page, &body);
    if (status != STATUS_OK)
        call_fail_internal(call, status, "listing versions");
    else
        aws_query_answer_result(call, &body);
}

/* ---- changing ---- */

static bool find_own(struct call *call, struct policy_found *ret_policy,
                     struct iam_policy_version *ret_version)
{
    return find(call, ret_policy, ret_version) &&
           (!ret_policy->is_aws || policy_lookup_own(call, "", ret_policy));
}

void iam_set_default_policy_version(struct call *call)
{
    struct policy_found policy;
    struct iam_policy_version version;
    if (!find_own(call, &policy, &version))
        return;
    policy.row.default_version = version.number;
    enum status status = iam_policy_store_update(call->sandbox->db, &policy.row);
    if (status != STATUS_OK)
        call_fail_internal(call, status, "choosing the version");
    else
        aws_query_answer_nothing(call);
}

void iam_delete_policy_version(struct call *call)
{
    struct policy_found policy;
    struct iam_policy_version version;
    if (!find_own(call, &policy, &version))
        return;
    if (version.number == policy.row.default_version) {
        call_fail(call, &iam_error_delete_conflict,
                  "Cannot delete the default version of a policy.");
        return;
    }
    enum status status =
        iam_policy_store_delete_version(call->sandbox->db, policy.row.id, version.number);
    if (status != STATUS_OK)
        call_fail_internal(call, status, "deleting the version");
    else
        aws_query_answer_nothing(call);
}

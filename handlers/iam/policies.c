/*
 * policies.c -- CreatePolicy, GetPolicy, DeletePolicy.
 */
#include "emulator/auth/principal.h"
#include "emulator/base/json.h"
#include "emulator/base/text.h"
#include "emulator/base/xml.h"
#include "emulator/http/call.h"
#include "emulator/protocol/aws_query.h"
#include "emulator/sandbox.h"
#include "handlers/iam/iam_errors.h"
#include "handlers/iam/iam_operations.h"
#include "handlers/iam/iam_tags.h"
#include "handlers/iam/iam_xml.h"
#include "handlers/iam/policy_input.h"
#include "handlers/iam/policy_lookup.h"
#include "storage/iam_grant_store.h"

#define POLICIES_MAX 1500
#define ID_CHARS 17

/* ---- creating ---- */

static bool has_room(struct call *call)
{
    struct iam_policy_counts counts = {0, 0};
    enum status status =
        iam_policy_store_count(call->sandbox->db, call->principal->account, &counts);
    if (status != STATUS_OK)
        call_fail_internal(call, status, "counting policies");
    else if (counts.policies >= POLICIES_MAX)
        call_fail(call, &iam_error_limit_exceeded, "Cannot exceed quota for PoliciesPerAccount: %d",
                  POLICIES_MAX);
    return !call_is_answered(call);
}

static bool read_policy(struct call *call, struct iam_policy *ret_policy)
{
    char letters[ID_CHARS + 1];
    struct slice path = json_member_string(call->input, "Path");
    int64_t now_ms = sim_clock_now_ms(&call->sandbox->clock);
    random_text(&call->sandbox->random, ID_CHARS, POLICY_LOOKUP_ID_LETTERS, letters);
    *ret_policy = (struct iam_policy){
        .account = call->principal->account,
        .name = json_member_string(call->input, "PolicyName"),
        .path = path.len > 0 ? path : SLICE("/"),
        .unique_id = slice_of(arena_printf(&call->arena, "ANPA%s", letters)),
        .description = json_member_string(call->input, "Description"),
        .default_version = 1,
        .last_version = 1,
        .created_ms = now_ms,
        .updated_ms = now_ms,
    };
    return iam_tags_change(call, IAM_TAGS_OF_POLICY, SLICE(""), &ret_policy->tags);
}

static bool store(struct call *call, struct iam_policy *policy, struct slice document)
{
    const struct iam_policy_version version = {1, document, policy->created_ms};
    enum status status = iam_policy_store_insert(call->sandbox->db, policy, &policy->id);
    if (status == STATUS_EXISTS)
        call_fail(call, &iam_error_already_exists,
                  "A policy called %.*s already exists. Duplicate names are not allowed.",
                  SLICE_ARG(policy->name));
    if (status == STATUS_OK)
        status = iam_policy_store_add_version(call->sandbox->db, policy->id, &version);
    if (status != STATUS_OK && !call_is_answered(call))
        call_fail_internal(call, status, "storing the policy");
    return status == STATUS_OK;
}

static void write_request_tags(struct call *call, struct text *body)
{
    const struct json *tags = json_member(call->input, "Tags");
    if (json_count(tags) == 0)
        return;
    xml_open(body, "Tags", NULL);
    for (const struct json *tag = json_first(tags); tag != NULL; tag = json_next(tag)) {
        xml_open(body, "member", NULL);
        xml_put(body, "Key", json_member_string(tag, "Key"));
        xml_put(body, "Value", json_member_string(tag, "Value"));
        xml_close(body, "member");
    }
    xml_close(body, "Tags");
}

/* Tags are told as they came, though they are kept in another order. */
void iam_create_policy(struct call *call)
{
    struct policy_found policy = {.is_aws = false};
    struct slice document;
    if (!policy_input_managed(call, &document) || !has_room(call) ||
        !read_policy(call, &policy.row) || !store(call, &policy.row, document))
        return;
    policy.arn = policy_lookup_arn(call, &policy.row);
    struct text body = aws_query_result(call);
    xml_open(&body, "Policy", NULL);
    if (!policy_lookup_write(call, &body, &policy))
        return;
    write_request_tags(call, &body);
    xml_close(&body, "Policy");
    aws_query_answer_result(call, &body);
}

/* ---- reading and deleting ---- */

void iam_get_policy(struct call *call)
{
    struct policy_found policy;
    if (!policy_lookup(call, "was not found.", &policy))
        return;
    struct text body = aws_query_result(call);
    xml_open(&body, "Policy", NULL);
    if (!policy_lookup_write(call, &body, &policy))
        return;
    iam_xml_optional(&body, "Description", policy.row.description);
    iam_tags_write(call, policy.row.tags, NULL, &body);
    xml_close(&body, "Policy");
    aws_query_answer_result(call, &body);
}

static bool is_free(struct call *call, const struct policy_found *policy)
{
    struct iam_policy_use use = {0, 0};
    int64_t versions = 0;
    struct db *db = call->sandbox->db;
    enum status status = iam_grant_store_use(db, policy->row.account, policy->arn, &use);
    if (status == STATUS_OK)
        status = iam_policy_store_count_versions(db, policy->row.id, &versions);
    if (status != STATUS_OK)
        call_fail_internal(call, status, "looking for what the policy is attached to");
    else if (use.attachments > 0 || use.boundaries > 0)
        call_fail(call, &iam_error_delete_conflict, "Cannot delete a policy attached to entities.");
    else if (versions > 1)
        call_fail(call, &iam_error_delete_conflict,
                  "This policy has more than one version. Before you delete a policy, you must "
                  "delete the policy's versions. The default version is deleted with the policy.");
    return !call_is_answered(call);
}

void iam_delete_policy(struct call *call)
{
    struct policy_found policy;
    if (!policy_lookup_own(call, "was not found.", &policy) || !is_free(call, &policy))
        return;
    enum status status = iam_policy_store_delete(call->sandbox->db, policy.row.id);
    if (status != STATUS_OK)
        call_fail_internal(call, status, "deleting the policy");
    else
        aws_query_answer_nothing(call);
}

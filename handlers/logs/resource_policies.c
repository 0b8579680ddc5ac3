/*
 * resource_policies.c -- PutResourcePolicy, DescribeResourcePolicies and DeleteResourcePolicy. They
 * are kept and told; nothing is decided by them.
 */
#include "emulator/base/json.h"
#include "emulator/base/json_writer.h"
#include "emulator/http/call.h"
#include "emulator/protocol/aws_json.h"
#include "emulator/sandbox.h"
#include "handlers/logs/log_documents.h"
#include "handlers/logs/log_lookup.h"
#include "handlers/logs/logs_errors.h"
#include "handlers/logs/logs_operations.h"

#define KIND SLICE("resource-policy")
#define POLICIES_MAX 10

/* Policies of single resources, and revisions, are not kept. False when the call is answered. */
static bool check_members(struct call *call)
{
    static const char *const members[] = {"resourceArn", "expectedRevisionId"};
    for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
        if (json_member(call->input, members[i]) == NULL)
            continue;
        call_fail(call, &logs_error_invalid_parameter, "Hydrant does not support the parameter %s.",
                  members[i]);
        return false;
    }
    if (json_member_string(call->input, "policyName").len > 0)
        return true;
    call_fail(call, &logs_error_invalid_parameter, "policyName must be specified.");
    return false;
}

static bool check_document(struct call *call, struct slice document)
{
    const struct json *parsed = NULL;
    bool is_object = json_parse(document, &call->arena, &parsed) == STATUS_OK &&
                     json_kind(parsed) == JSON_OBJECT;
    if (!is_object)
        call_fail(call, &logs_error_invalid_parameter, "Policy document is not valid JSON.");
    return is_object;
}

/* Ten of a region; one that is replaced does not count. */
static bool check_count(struct call *call, struct slice name)
{
    struct log_owner owner = log_lookup_owner(call);
    struct log_document old;
    int64_t count = 0;
    enum status status =
        log_document_find(call->sandbox->db, &owner, KIND, name, &call->arena, &old);
    if (status == STATUS_NOT_FOUND)
        status = log_document_count(call->sandbox->db, &owner, KIND, &count);
    if (status != STATUS_OK)
        logs_fail_storage(call, status);
    else if (count >= POLICIES_MAX)
        call_fail(call, &logs_error_limit_exceeded, "Resource limit exceeded.");
    return !call_is_answered(call);
}

static void write(struct call *call, struct json_writer *w, const struct log_document *document)
{
    (void)call;
    json_put_string(w, "policyName", document->name);
    json_put_string(w, "policyDocument", document->body);
    json_put_integer(w, "lastUpdatedTime", document->changed_ms);
}

void logs_put_resource_policy(struct call *call)
{
    struct log_document document = {
        .name = json_member_string(call->input, "policyName"),
        .changed_ms = sim_clock_now_ms(&call->sandbox->clock),
        .body = json_member_string(call->input, "policyDocument"),
    };
    if (!check_members(call) || !check_document(call, document.body) ||
        !check_count(call, document.name) || log_documents_put(call, KIND, &document) != STATUS_OK)
        return;
    struct text body = aws_json_text(call);
    struct json_writer w = json_writer_make(&body);
    json_begin_object(&w);
    json_key(&w, "resourcePolicy");
    json_begin_object(&w);
    write(call, &w, &document);
    json_end_object(&w);
    json_end_object(&w);
    aws_json_answer(call, &body);
}

void logs_describe_resource_policies(struct call *call)
{
    static const struct log_document_list list = {
        .kind = SLICE_INIT("resource-policy"),
        .name = "resourcePolicies",
        .limit = "limit",
        .write = write,
    };
    if (slice_equal_text(json_member_string(call->input, "policyScope"), "RESOURCE") ||
        json_member(call->input, "resourceArn") != NULL)
        call_fail(call, &logs_error_invalid_parameter,
                  "Hydrant does not support policies of single resources.");
    else
        log_documents_list(call, &list);
}

void logs_delete_resource_policy(struct call *call)
{
    if (check_members(call))
        log_documents_delete(call, KIND, json_member_string(call->input, "policyName"),
                             "Policy with name is not found.");
}

/*
 * permissions.c -- AddPermission, GetPolicy, RemovePermission: the resource policy of a function,
 * of a version or of an alias. It is kept and shown; nobody's invocation is checked against it.
 */
#include "emulator/auth/principal.h"
#include "emulator/base/ids.h"
#include "emulator/base/json.h"
#include "emulator/base/json_writer.h"
#include "emulator/http/call.h"
#include "emulator/lambda/function_version.h"
#include "emulator/protocol/rest_json.h"
#include "emulator/sandbox.h"
#include "handlers/lambda/function_address.h"
#include "handlers/lambda/function_state.h"
#include "handlers/lambda/lambda_errors.h"
#include "handlers/lambda/lambda_operations.h"
#include "storage/function_alias_store.h"
#include "storage/function_permission_store.h"

#define POLICY_MAX_BYTES ((size_t)20480) /* AWS's quota */

/* What a policy belongs to, and whose revision id changes with it. */
struct policy {
    struct function_policy_key key;
    struct function_row row;         /* of the version meant, or of $LATEST */
    struct function_alias_row alias; /* when the qualifier is one */
    bool is_alias;
};

static struct function_alias_key alias_key(const struct policy *policy)
{
    const struct function_policy_key *key = &policy->key;
    return (struct function_alias_key){key->account, key->region, key->function, key->qualifier};
}

static bool find_alias(struct call *call, struct policy *policy)
{
    struct slice qualifier = policy->key.qualifier;
    policy->is_alias = qualifier.len > 0 && !slice_equal_text(qualifier, "$LATEST") &&
                       !function_version_is_number(qualifier);
    if (!policy->is_alias)
        return true;
    const struct function_alias_key key = alias_key(policy);
    enum status status =
        function_alias_store_find(call->sandbox->db, &key, &call->arena, &policy->alias);
    if (status != STATUS_OK)
        call_fail_internal(call, status, "finding the alias");
    return status == STATUS_OK;
}

static bool find_policy(struct call *call, struct policy *policy)
{
    struct function_address address;
    if (!function_address_find(call, FUNCTION_NOT_FOUND_PLAIN, &address))
        return false;
    const struct function_row *row = &address.row;
    *policy = (struct policy){
        .key = {row->account, row->region, row->name, address.qualifier},
        .row = *row,
    };
    return find_alias(call, policy);
}

static struct slice revision_of(struct call *call, const struct policy *policy)
{
    return policy->is_alias ? policy->alias.revision_id
                            : function_state_revision(call, &policy->row);
}

/* The revision id of what the policy belongs to is another one now. */
static enum status touch(struct call *call, struct policy *policy)
{
    char *id = arena_alloc(&call->arena, UUID_CHARS + 1);
    if (id == NULL)
        return STATUS_NO_MEMORY;
    random_uuid(&call->sandbox->random, id);
    if (policy->is_alias) {
        const struct function_alias_key key = alias_key(policy);
        policy->alias.revision_id = slice_of(id);
        return function_alias_store_update(call->sandbox->db, &key, &policy->alias);
    }
    policy->row.revision_id = slice_of(id);
    return function_store_update(call->sandbox->db, &policy->row);
}

/* ---- AddPermission ----------------------------------------------------------------------- */

/* 12 digits, an ARN, a service, or everybody. */
static bool write_principal(struct call *call, struct json_writer *w, struct slice principal)
{
    uint64_t number = 0;
    json_key(w, "Principal");
    if (slice_equal_text(principal, "*")) {
        json_write_string(w, principal);
        return true;
    }
    json_begin_object(w);
    if (principal.len == 12 && slice_to_u64(principal, &number) == STATUS_OK)
        json_put_text(w, "AWS",
                      arena_printf(&call->arena, "arn:aws:iam::%.*s:root", SLICE_ARG(principal)));
    else if (slice_starts_with(principal, SLICE("arn:")))
        json_put_string(w, "AWS", principal);
    else if (slice_find(principal, '.') < principal.len)
        json_put_string(w, "Service", principal);
    else
        return false;
    json_end_object(w);
    return true;
}

struct condition {
    const char *member;
    const char *operator;
    const char *key;
};

/* In the order of their operators, so that each operator stands once. */
static const struct condition conditions[] = {
    {"PrincipalOrgID", "StringEquals", "aws:PrincipalOrgID"},
    {"SourceAccount", "StringEquals", "AWS:SourceAccount"},
    {"EventSourceToken", "StringEquals", "lambda:EventSourceToken"},
    {"FunctionUrlAuthType", "StringEquals", "lambda:FunctionUrlAuthType"},
    {"SourceArn", "ArnLike", "AWS:SourceArn"},
};

static void write_conditions(struct call *call, struct json_writer *w)
{
    const char *open = NULL;
    for (size_t i = 0; i < sizeof(conditions) / sizeof(conditions[0]); i++) {
        const struct condition *condition = &conditions[i];
        struct slice value = json_member_string(call->input, condition->member);
        if (value.len == 0)
            continue;
        if (open == NULL) {
            json_key(w, "Condition");
            json_begin_object(w);
        } else if (open != condition->operator) {
            json_end_object(w);
        }
        if (open != condition->operator) {
            json_key(w, condition->operator);
            json_begin_object(w);
        }
        open = condition->operator;
        json_put_string(w, condition->key, value);
    }
    if (open != NULL) {
        json_end_object(w);
        json_end_object(w);
    }
}

static bool write_statement(struct call *call, const struct policy *policy, struct text *text)
{
    struct json_writer w = json_writer_make(text);
    json_begin_object(&w);
    json_put_string(&w, "Sid", json_member_string(call->input, "StatementId"));
    json_put_text(&w, "Effect", "Allow");
    if (!write_principal(call, &w, json_member_string(call->input, "Principal"))) {
        call_fail(call, &lambda_error_invalid_parameter,
                  "The provided principal was invalid. Please check the principal and try again.");
        return false;
    }
    json_put_string(&w, "Action", json_member_string(call->input, "Action"));
    json_put_string(&w, "Resource",
                    function_address_arn(call, policy->key.function, policy->key.qualifier));
    write_conditions(call, &w);
    json_end_object(&w);
    if (text->status != STATUS_OK)
        call_fail_internal(call, text->status, "writing the statement");
    return text->status == STATUS_OK;
}

static bool has_room(struct call *call, const struct policy *policy, struct slice statement)
{
    struct text all = rest_json_text(call);
    enum status status = function_permission_store_list(call->sandbox->db, &policy->key, &all);
    if (status != STATUS_OK) {
        call_fail_internal(call, status, "reading the policy");
        return false;
    }
    if (all.len + statement.len <= POLICY_MAX_BYTES)
        return true;
    call_fail(call, &lambda_error_policy_too_long,
              "The final policy size (%zu) is bigger than the limit (%zu).",
              all.len + statement.len, POLICY_MAX_BYTES);
    return false;
}

static void store(struct call *call, struct policy *policy, struct slice statement)
{
    struct slice sid = json_member_string(call->input, "StatementId");
    enum status status =
        function_permission_store_insert(call->sandbox->db, &policy->key, sid, statement);
    if (status == STATUS_EXISTS) {
        call_fail(call, &lambda_error_resource_conflict,
                  "The statement id (%.*s) provided already exists. Please provide a new statement "
                  "id, or remove the existing statement.",
                  SLICE_ARG(sid));
        return;
    }
    if (status == STATUS_OK)
        status = touch(call, policy);
    if (status != STATUS_OK) {
        call_fail_internal(call, status, "storing the permission");
        return;
    }
    struct text body = rest_json_text(call);
    struct json_writer w = json_writer_make(&body);
    json_begin_object(&w);
    json_put_string(&w, "Statement", statement);
    json_end_object(&w);
    rest_json_answer(call, 201, &body);
}

static bool refuse_latest(struct call *call)
{
    struct function_address address;
    if (!function_address_find_stored(call, FUNCTION_NOT_FOUND_PLAIN, &address))
        return false;
    if (!slice_equal_text(address.qualifier, "$LATEST"))
        return true;
    call_fail(call, &lambda_error_invalid_parameter,
              "We currently do not support adding policies for $LATEST.");
    return false;
}

void lambda_add_permission(struct call *call)
{
    struct policy policy;
    struct text statement = rest_json_text(call);
    if (json_member_bool(call->input, "InvokedViaFunctionUrl", false)) {
        call_fail(call, &lambda_error_invalid_parameter,
                  "Hydrant does not support InvokedViaFunctionUrl yet.");
        return;
    }
    if (refuse_latest(call) && find_policy(call, &policy) &&
        function_address_has_revision(call, revision_of(call, &policy),
                                      json_member_string(call->input, "RevisionId")) &&
        write_statement(call, &policy, &statement) &&
        has_room(call, &policy, text_slice(&statement)))
        store(call, &policy, text_slice(&statement));
}

/* ---- GetPolicy, RemovePermission --------------------------------------------------------- */

/* Empty when there is no policy. */
static bool read_statements(struct call *call, const struct policy *policy,
                            struct slice *ret_statements)
{
    struct text statements = rest_json_text(call);
    enum status status =
        function_permission_store_list(call->sandbox->db, &policy->key, &statements);
    if (status != STATUS_OK) {
        call_fail_internal(call, status, "reading the policy");
        return false;
    }
    *ret_statements = text_slice(&statements);
    return true;
}

void lambda_get_policy(struct call *call)
{
    struct policy policy;
    struct slice statements;
    if (!find_policy(call, &policy) || !read_statements(call, &policy, &statements))
        return;
    if (statements.len == 0) {
        call_fail(call, &lambda_error_resource_not_found,
                  "The resource you requested does not exist.");
        return;
    }
    const char *document = arena_printf(
        &call->arena, "{\"Version\":\"2012-10-17\",\"Id\":\"default\",\"Statement\":[%.*s]}",
        SLICE_ARG(statements));
    struct text body = rest_json_text(call);
    struct json_writer w = json_writer_make(&body);
    json_begin_object(&w);
    json_put_string(&w, "Policy", slice_of(document));
    json_put_string(&w, "RevisionId", revision_of(call, &policy));
    json_end_object(&w);
    rest_json_answer(call, 200, &body);
}

void lambda_remove_permission(struct call *call)
{
    struct policy policy;
    struct slice statements;
    struct slice sid = rest_json_label(call, "StatementId");
    if (!find_policy(call, &policy) ||
        !function_address_has_revision(call, revision_of(call, &policy),
                                       rest_json_query(call, "RevisionId")) ||
        !read_statements(call, &policy, &statements))
        return;
    if (statements.len == 0) {
        call_fail(call, &lambda_error_resource_not_found,
                  "No policy is associated with the given resource.");
        return;
    }
    enum status status = function_permission_store_delete(call->sandbox->db, &policy.key, sid);
    if (status == STATUS_NOT_FOUND) {
        call_fail(call, &lambda_error_resource_not_found,
                  "Statement %.*s is not found in resource policy.", SLICE_ARG(sid));
        return;
    }
    if (status == STATUS_OK)
        status = touch(call, &policy);
    if (status != STATUS_OK)
        call_fail_internal(call, status, "removing the permission");
    else
        rest_json_answer_nothing(call, 204);
}

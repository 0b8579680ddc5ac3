/*
 * s3_bucket_policy.c -- a bucket's policy: checked as JSON and for its outline, kept byte for byte.
 */
#include "emulator/base/json.h"
#include "emulator/base/xml.h"
#include "handlers/s3/s3_call.h"
#include "handlers/s3/s3_digests.h"
#include "handlers/s3/s3_operations.h"
#include "handlers/s3/s3_settings.h"

#define POLICY_MAX_BYTES ((size_t)20 * 1024)
#define ARN_PREFIX "arn:aws:s3:::"

static bool refuse(struct call *call, const char *message)
{
    return s3_refuse(call, S3_MALFORMED_POLICY, "%s", message);
}

/* ---- checking ---- */

/* One text or a list of them; `check` may be NULL. */
static bool each_text(struct call *call, const struct json *value,
                      bool (*check)(struct call *call, struct slice text))
{
    if (json_kind(value) == JSON_STRING)
        return check == NULL || check(call, json_string(value));
    for (const struct json *one = json_first(value); one != NULL; one = json_next(one)) {
        if (json_kind(one) != JSON_STRING || (check != NULL && !check(call, json_string(one))))
            return false;
    }
    return json_kind(value) == JSON_ARRAY && json_count(value) > 0;
}

static bool check_action(struct call *call, struct slice action)
{
    (void)call;
    return slice_equal(action, SLICE("*")) || slice_starts_with(action, SLICE("s3:"));
}

static bool check_resource(struct call *call, struct slice resource)
{
    struct slice name = s3_call_of(call)->bucket.name;
    struct slice prefix = SLICE(ARN_PREFIX);
    if (!slice_starts_with(resource, prefix))
        return false;
    struct slice rest = slice_from(resource, prefix.len);
    struct slice bucket = slice_first(rest, slice_find(rest, '/'));
    return slice_equal(bucket, name) || slice_find(bucket, '*') < bucket.len;
}

static bool check_statement(struct call *call, const struct json *statement)
{
    struct slice effect = json_member_string(statement, "Effect");
    const struct json *action = json_member(statement, "Action");
    const struct json *not_action = json_member(statement, "NotAction");
    const struct json *resource = json_member(statement, "Resource");
    const struct json *not_resource = json_member(statement, "NotResource");
    if (json_kind(statement) != JSON_OBJECT)
        return refuse(call, "Policies must be valid JSON and the first byte must be '{'");
    if (json_member(statement, "Effect") == NULL)
        return refuse(call, "Missing required field Effect");
    if (!slice_equal(effect, SLICE("Allow")) && !slice_equal(effect, SLICE("Deny")))
        return s3_refuse(call, S3_MALFORMED_POLICY, "Invalid effect: %.*s", SLICE_ARG(effect));
    if (json_member(statement, "Principal") == NULL &&
        json_member(statement, "NotPrincipal") == NULL)
        return refuse(call, "Missing required field Principal");
    if (action == NULL && not_action == NULL)
        return refuse(call, "Missing required field Action");
    if (resource == NULL && not_resource == NULL)
        return refuse(call, "Missing required field Resource");
    if (!each_text(call, action != NULL ? action : not_action, check_action))
        return refuse(call, "Policy has invalid action");
    return each_text(call, resource != NULL ? resource : not_resource, check_resource) ||
           refuse(call, "Policy has invalid resource");
}

static bool check_version(struct call *call, const struct json *policy)
{
    const struct json *version = json_member(policy, "Version");
    struct slice text = json_member_string(policy, "Version");
    return version == NULL || slice_equal(text, SLICE("2012-10-17")) ||
           slice_equal(text, SLICE("2008-10-17")) ||
           refuse(call, "The policy must contain a valid version string");
}

static bool check_policy(struct call *call, struct slice body)
{
    const struct json *policy = NULL;
    if (body.len == 0 || body.ptr[0] != '{' ||
        json_parse(body, &call->arena, &policy) != STATUS_OK || json_kind(policy) != JSON_OBJECT)
        return s3_refuse(call, S3_MALFORMED_POLICY, NULL);
    if (body.len > POLICY_MAX_BYTES)
        return refuse(call, "Policy exceeds the maximum allowed document size.");
    const struct json *statement = json_member(policy, "Statement");
    if (statement == NULL)
        return refuse(call, "Missing required field Statement");
    if (!check_version(call, policy))
        return false;
    if (json_kind(statement) == JSON_OBJECT)
        return check_statement(call, statement);
    if (json_kind(statement) != JSON_ARRAY || json_count(statement) == 0)
        return refuse(call, "Could not parse the policy: Statement is empty!");
    for (const struct json *one = json_first(statement); one != NULL; one = json_next(one)) {
        if (!check_statement(call, one))
            return false;
    }
    return true;
}

/* ---- is it public ---- */

static bool names_everybody(const struct json *principal)
{
    const struct json *aws = json_member(principal, "AWS");
    if (json_kind(principal) == JSON_STRING)
        return slice_equal(json_string(principal), SLICE("*"));
    if (json_kind(aws) == JSON_STRING)
        return slice_equal(json_string(aws), SLICE("*"));
    for (const struct json *one = json_first(aws); one != NULL; one = json_next(one)) {
        if (slice_equal(json_string(one), SLICE("*")))
            return true;
    }
    return false;
}

/* A condition narrows it, as far as we look. */
static bool opens(const struct json *statement)
{
    return slice_equal(json_member_string(statement, "Effect"), SLICE("Allow")) &&
           json_member(statement, "Condition") == NULL &&
           names_everybody(json_member(statement, "Principal"));
}

static bool is_public(struct call *call, struct slice text)
{
    const struct json *policy = NULL;
    if (json_parse(text, &call->arena, &policy) != STATUS_OK)
        return false;
    const struct json *statement = json_member(policy, "Statement");
    if (json_kind(statement) == JSON_OBJECT)
        return opens(statement);
    for (const struct json *one = json_first(statement); one != NULL; one = json_next(one)) {
        if (opens(one))
            return true;
    }
    return false;
}

/* A bucket is closed to public policies at first. */
static bool check_not_blocked(struct call *call, struct slice policy)
{
    const struct xml_element *root = NULL;
    struct slice text;
    if (!is_public(call, policy))
        return true;
    if (!s3_setting_load_text(call, "public-access-block", &text) ||
        !s3_setting_load(call, "public-access-block", &root))
        return false;
    bool blocks =
        root == NULL ? text.ptr == NULL
                     : slice_equal_nocase(xml_child_text(root, "BlockPublicPolicy"), SLICE("true"));
    return !blocks || s3_refuse(call, S3_ACCESS_DENIED, NULL);
}

/* ---- operations ---- */

void s3_put_bucket_policy(struct call *call)
{
    struct slice body = call->body;
    if (s3_digests_check_bytes(call, true, &body) && check_policy(call, body) &&
        check_not_blocked(call, body) && s3_setting_store_text(call, "policy", body))
        s3_answer_empty(call, 204);
}

/* False: refused, also when there is none. */
static bool load(struct call *call, struct slice *ret_policy)
{
    if (!s3_setting_load_text(call, "policy", ret_policy))
        return false;
    if (ret_policy->len > 0)
        return true;
    s3_detail(call, "BucketName", s3_call_of(call)->bucket.name);
    return s3_refuse(call, S3_NO_SUCH_BUCKET_POLICY, NULL);
}

void s3_get_bucket_policy(struct call *call)
{
    struct slice policy;
    if (!load(call, &policy))
        return;
    s3_add_common_headers(call);
    call_answer(call, 200, "application/json", policy);
}

void s3_delete_bucket_policy(struct call *call)
{
    if (s3_setting_drop(call, "policy"))
        s3_answer_empty(call, 204);
}

void s3_get_bucket_policy_status(struct call *call)
{
    struct slice policy;
    if (!load(call, &policy))
        return;
    struct text xml = s3_xml(call);
    xml_open(&xml, "PolicyStatus", S3_XMLNS);
    xml_put(&xml, "IsPublic", is_public(call, policy) ? SLICE("true") : SLICE("false"));
    xml_close(&xml, "PolicyStatus");
    s3_answer_xml(call, &xml);
}

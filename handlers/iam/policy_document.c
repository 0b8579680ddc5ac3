#include "handlers/iam/policy_document.h"

#include <ctype.h>
#include <stdbool.h>

#include "emulator/base/arena.h"
#include "emulator/base/json.h"
#include "handlers/iam/policy_condition.h"
#include "handlers/iam/policy_resource.h"
#include "handlers/iam/policy_syntax.h"

#define SYNTAX "Syntax errors in policy."

struct check {
    struct arena *arena;
    const struct json *document;
    const char *problem;
};

/* One rule for each statement: NULL, or what is wrong with it. */
typedef const char *rule_fn(struct check *check, const struct json *statement);

static bool keeps(struct check *check, rule_fn *rule)
{
    const struct json *document = check->document;
    for (const struct json *s = policy_syntax_first_statement(document);
         s != NULL && check->problem == NULL; s = policy_syntax_next_statement(document, s))
        check->problem = rule(check, s);
    return check->problem == NULL;
}

static const struct json *either(const struct json *statement, const char *name, const char *other)
{
    const struct json *element = json_member(statement, name);
    return element != NULL ? element : json_member(statement, other);
}

/* ---- rules of all policies ---- */

static const char *legacy(struct check *check, const struct json *statement)
{
    struct slice effect = json_member_string(statement, "Effect");
    bool is_spelt = slice_equal_text(effect, "Allow") || slice_equal_text(effect, "Deny");
    (void)check;
    return is_spelt && policy_condition_has_dates(json_member(statement, "Condition"))
               ? NULL
               : policy_resource_legacy;
}

static const char *alphanumeric_sid(struct check *check, const struct json *statement)
{
    struct slice sid = json_member_string(statement, "Sid");
    (void)check;
    for (size_t i = 0; i < sid.len; i++)
        if (!isalnum((unsigned char)sid.ptr[i]))
            return "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the"
                   " regular expression [0-9A-Za-z]*";
    return NULL;
}

/* Policies are short (their quotas are looked at before). */
static const char *unique_sid(struct check *check, const struct json *statement)
{
    struct slice sid = json_member_string(statement, "Sid");
    const struct json *other = policy_syntax_first_statement(check->document);
    for (; sid.len > 0 && other != statement;
         other = policy_syntax_next_statement(check->document, other))
        if (slice_equal(json_member_string(other, "Sid"), sid))
            return "Statement IDs (SID) in a single policy must be unique.";
    return NULL;
}

/* ---- rules of policies that grant something ---- */

static const char *no_principal(struct check *check, const struct json *statement)
{
    (void)check;
    return either(statement, "Principal", "NotPrincipal") == NULL
               ? NULL
               : "Policy document should not specify a principal.";
}

static const char *some_action(struct check *check, const struct json *statement)
{
    (void)check;
    return policy_syntax_first(either(statement, "Action", "NotAction")) != NULL
               ? NULL
               : "Policy statement must contain actions.";
}

static const char *some_resource(struct check *check, const struct json *statement)
{
    (void)check;
    return policy_syntax_first(either(statement, "Resource", "NotResource")) != NULL
               ? NULL
               : "Policy statement must contain resources.";
}

static const char *resources(struct check *check, const struct json *statement)
{
    const struct json *element = either(statement, "Resource", "NotResource");
    const char *problem = NULL;
    for (const struct json *r = policy_syntax_first(element); r != NULL && problem == NULL;
         r = policy_syntax_next(element, r))
        problem = policy_resource_problem(json_string(r), check->arena);
    return problem;
}

static bool is_vendor(struct slice name)
{
    for (size_t i = 0; i < name.len; i++)
        if (!isalnum((unsigned char)name.ptr[i]) && name.ptr[i] != '-' && name.ptr[i] != '.')
            return false;
    return true;
}

static const char *action_problem(struct slice action, struct arena *arena)
{
    struct slice rest = action;
    struct slice vendor = slice_cut(&rest, ':');
    if (slice_equal_text(vendor, "*"))
        return slice_find(rest, ':') < rest.len ? "Actions/Condition can contain only one colon."
                                                : NULL;
    if (rest.ptr == NULL)
        return "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.";
    if (slice_find(rest, ':') < rest.len)
        return "Actions/Condition can contain only one colon.";
    if (is_vendor(vendor))
        return NULL;
    const char *problem = arena_printf(arena, "Vendor %.*s is not valid", SLICE_ARG(vendor));
    return problem != NULL ? problem : policy_resource_no_memory;
}

static const char *actions(struct check *check, const struct json *statement)
{
    const struct json *element = either(statement, "Action", "NotAction");
    const char *problem = NULL;
    for (const struct json *a = policy_syntax_first(element); a != NULL && problem == NULL;
         a = policy_syntax_next(element, a))
        problem = action_problem(json_string(a), check->arena);
    return problem;
}

/*
 * What the old parser refuses comes first, wherever it stands; another fault of a resource comes
 * behind missing actions.
 */
static void check_grant(struct check *check)
{
    if (!keeps(check, no_principal) || !keeps(check, legacy))
        return;
    const char *of_resource = keeps(check, resources) ? NULL : check->problem;
    if (of_resource == policy_resource_legacy || of_resource == policy_resource_no_memory)
        return;
    check->problem = NULL;
    if (!keeps(check, alphanumeric_sid) || !keeps(check, unique_sid) || !keeps(check, some_action))
        return;
    check->problem = of_resource;
    if (of_resource == NULL && keeps(check, some_resource))
        (void)keeps(check, actions);
}

/* ---- rules of trust policies ---- */

static const char *some_principal(struct check *check, const struct json *statement)
{
    const struct json *principal = either(statement, "Principal", "NotPrincipal");
    (void)check;
    return principal != NULL && (json_kind(principal) == JSON_STRING || json_count(principal) > 0)
               ? NULL
               : "Missing required field Principal";
}

static const char *trust_actions(struct check *check, const struct json *statement)
{
    const struct json *element = either(statement, "Action", "NotAction");
    (void)check;
    if (policy_syntax_first(element) == NULL)
        return "Missing required field Action";
    for (const struct json *a = policy_syntax_first(element); a; a = policy_syntax_next(element, a))
        if (!slice_equal_nocase(slice_first(json_string(a), 4), SLICE("sts:")))
            return "AssumeRole policy may only specify STS AssumeRole actions.";
    return NULL;
}

static const char *no_resource(struct check *check, const struct json *statement)
{
    (void)check;
    if (json_member(statement, "NotResource") != NULL)
        return "Has prohibited field NotResource";
    return json_member(statement, "Resource") == NULL ? NULL : "Has prohibited field Resource";
}

static bool is_account(struct slice text)
{
    uint64_t number = 0;
    return text.len == 12 && slice_to_u64(text, &number) == STATUS_OK;
}

/* An ARN of IAM or STS, an account, or anybody. */
static bool is_aws_principal(struct slice name)
{
    struct slice rest = name;
    if (slice_equal_text(name, "*") || is_account(name))
        return true;
    bool is_arn = slice_equal_text(slice_cut(&rest, ':'), "arn");
    (void)slice_cut(&rest, ':'); /* the partition */
    struct slice service = slice_cut(&rest, ':');
    struct slice region = slice_cut(&rest, ':');
    struct slice account = slice_cut(&rest, ':');
    return is_arn && region.len == 0 && is_account(account) && rest.len > 0 &&
           (slice_equal_text(service, "iam") || slice_equal_text(service, "sts"));
}

static bool is_service(struct slice name)
{
    return slice_equal_text(name, "*") || slice_ends_with(name, SLICE(".amazonaws.com")) ||
           slice_ends_with(name, SLICE(".amazonaws.com.cn")) ||
           slice_ends_with(name, SLICE(".aws.internal"));
}

static const char *bad_principal(const char *type, struct slice name, struct arena *arena)
{
    const char *problem =
        arena_printf(arena, "Invalid principal in policy: \"%s\":\"%.*s\"", type, SLICE_ARG(name));
    return problem != NULL ? problem : policy_resource_no_memory;
}

static const char *principal_problem(const struct json *of, struct arena *arena)
{
    bool is_aws = slice_equal_text(json_name(of), "AWS");
    bool is_of_service = slice_equal_text(json_name(of), "Service");
    for (const struct json *s = policy_syntax_first(of); s != NULL; s = policy_syntax_next(of, s)) {
        if (is_aws && !is_aws_principal(json_string(s)))
            return bad_principal("AWS", json_string(s), arena);
        if (is_of_service && !is_service(json_string(s)))
            return bad_principal("SERVICE", json_string(s), arena);
    }
    return NULL;
}

static const char *principals(struct check *check, const struct json *statement)
{
    const struct json *principal = either(statement, "Principal", "NotPrincipal");
    const char *problem = NULL;
    for (const struct json *of = json_first(principal); of != NULL && problem == NULL;
         of = json_next(of))
        problem = principal_problem(of, check->arena);
    return problem;
}

static void check_trust(struct check *check)
{
    if (keeps(check, legacy) && keeps(check, alphanumeric_sid) && keeps(check, unique_sid) &&
        keeps(check, some_principal) && keeps(check, trust_actions) && keeps(check, no_resource))
        (void)keeps(check, principals);
}

/* ---- the whole ---- */

static bool is_current(const struct json *document)
{
    return slice_equal_text(json_member_string(document, "Version"), "2012-10-17");
}

enum status policy_document_check(struct slice text, enum policy_kind kind, struct arena *arena,
                                  const char **ret_problem)
{
    struct check check = {.arena = arena};
    enum status status = json_parse(text, arena, &check.document);
    if (status == STATUS_NO_MEMORY)
        return status;
    if (status != STATUS_OK)
        check.problem = kind == POLICY_TRUST ? "This policy contains invalid Json" : SYNTAX;
    else if (!policy_syntax_is_right(check.document))
        check.problem = SYNTAX;
    else if (kind == POLICY_MANAGED && !is_current(check.document))
        check.problem = "Policy document must be version 2012-10-17 or greater.";
    else if (kind == POLICY_TRUST)
        check_trust(&check);
    else
        check_grant(&check);
    if (check.problem == NULL)
        return STATUS_OK;
    if (check.problem == policy_resource_no_memory)
        return STATUS_NO_MEMORY;
    *ret_problem = check.problem;
    return STATUS_INVALID;
}

size_t policy_document_size(struct slice text)
{
    size_t size = 0;
    for (size_t i = 0; i < text.len; i++) {
        bool is_continued = ((unsigned char)text.ptr[i] & 0xC0) == 0x80; /* of a UTF-8 character */
        size += !is_continued && !isspace((unsigned char)text.ptr[i]);
    }
    return size;
}

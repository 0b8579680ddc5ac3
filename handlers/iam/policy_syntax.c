#include "handlers/iam/policy_syntax.h"

#include "emulator/base/json.h"
#include "handlers/iam/policy_condition.h"

/* ---- walking ---- */

const struct json *policy_syntax_first_statement(const struct json *document)
{
    const struct json *statement = json_member(document, "Statement");
    return json_kind(statement) == JSON_ARRAY ? json_first(statement) : statement;
}

const struct json *policy_syntax_next_statement(const struct json *document,
                                                const struct json *statement)
{
    bool is_list = json_kind(json_member(document, "Statement")) == JSON_ARRAY;
    return is_list ? json_next(statement) : NULL;
}

const struct json *policy_syntax_first(const struct json *element)
{
    return json_kind(element) == JSON_ARRAY ? json_first(element) : element;
}

const struct json *policy_syntax_next(const struct json *element, const struct json *string)
{
    return json_kind(element) == JSON_ARRAY ? json_next(string) : NULL;
}

/* ---- the shape ---- */

static bool has_only(const struct json *object, const char *const *names)
{
    for (const struct json *child = json_first(object); child != NULL; child = json_next(child)) {
        const char *const *name = names;
        while (*name != NULL && !slice_equal_text(json_name(child), *name))
            name++;
        if (*name == NULL)
            return false;
    }
    return true;
}

static bool is_string_if_there(const struct json *object, const char *name)
{
    const struct json *value = json_member(object, name);
    return value == NULL || json_kind(value) == JSON_STRING;
}

static bool is_strings_if_there(const struct json *object, const char *name)
{
    const struct json *element = json_member(object, name);
    if (element == NULL)
        return true;
    if (json_kind(element) != JSON_STRING && json_kind(element) != JSON_ARRAY)
        return false;
    for (const struct json *s = policy_syntax_first(element); s; s = policy_syntax_next(element, s))
        if (json_kind(s) != JSON_STRING)
            return false;
    return true;
}

static bool has_both(const struct json *object, const char *name, const char *other)
{
    return json_member(object, name) != NULL && json_member(object, other) != NULL;
}

/* Upper and lower case are told apart later, with other words. */
static bool has_effect(const struct json *statement)
{
    struct slice effect = json_member_string(statement, "Effect");
    return slice_equal_nocase(effect, SLICE("Allow")) || slice_equal_nocase(effect, SLICE("Deny"));
}

/* "*", or an object of strings and lists of strings. */
static bool is_principal_if_there(const struct json *statement, const char *name)
{
    const struct json *principal = json_member(statement, name);
    if (principal == NULL)
        return true;
    if (json_kind(principal) == JSON_STRING)
        return slice_equal_text(json_string(principal), "*");
    if (json_kind(principal) != JSON_OBJECT)
        return false;
    for (const struct json *of = json_first(principal); of != NULL; of = json_next(of)) {
        if (json_kind(of) != JSON_STRING && json_kind(of) != JSON_ARRAY)
            return false;
        for (const struct json *s = policy_syntax_first(of); s; s = policy_syntax_next(of, s))
            if (json_kind(s) != JSON_STRING)
                return false;
    }
    return true;
}

static bool is_statement(const struct json *statement)
{
    static const char *const names[] = {"Sid",       "Effect",      "Action",    "NotAction",
                                        "Resource",  "NotResource", "Principal", "NotPrincipal",
                                        "Condition", NULL};
    return json_kind(statement) == JSON_OBJECT && has_only(statement, names) &&
           !has_both(statement, "Action", "NotAction") &&
           !has_both(statement, "Resource", "NotResource") &&
           !has_both(statement, "Principal", "NotPrincipal") && has_effect(statement) &&
           is_strings_if_there(statement, "Action") &&
           is_strings_if_there(statement, "NotAction") &&
           is_strings_if_there(statement, "Resource") &&
           is_strings_if_there(statement, "NotResource") &&
           is_principal_if_there(statement, "Principal") &&
           is_principal_if_there(statement, "NotPrincipal") &&
           is_string_if_there(statement, "Sid") &&
           policy_condition_is_right(json_member(statement, "Condition"));
}

static bool has_known_version(const struct json *document)
{
    const struct json *version = json_member(document, "Version");
    struct slice text = json_string(version);
    return version == NULL || slice_equal_text(text, "2012-10-17") ||
           slice_equal_text(text, "2008-10-17");
}

bool policy_syntax_is_right(const struct json *document)
{
    static const char *const names[] = {"Version", "Id", "Statement", NULL};
    if (json_kind(document) != JSON_OBJECT || !has_only(document, names) ||
        !has_known_version(document) || !is_string_if_there(document, "Id"))
        return false;
    const struct json *statement = policy_syntax_first_statement(document);
    if (statement == NULL)
        return false;
    for (; statement != NULL; statement = policy_syntax_next_statement(document, statement))
        if (!is_statement(statement))
            return false;
    return true;
}

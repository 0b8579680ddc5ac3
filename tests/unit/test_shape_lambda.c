#include "shape_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* ---- Logs and Lambda -------------------------------------------------------------------- */

static void logs_echo_the_value(void **state)
{
    refused(state, "logs", "DescribeLogGroups", "{\"limit\":51}",
            ONE "Value '51' at 'limit' " FAILED "Member must have value less than or equal to 50");
    refused(state, "logs", "GetLogEvents",
            "{\"logGroupName\":\"g\",\"logStreamName\":\"s\",\"limit\":10001}",
            ONE "Value '10001' at 'limit' " FAILED
                "Member must have value less than or equal to 10000");
    refused(state, "logs", "PutLogEvents",
            "{\"logGroupName\":\"g\",\"logStreamName\":\"a:b\",\"logEvents\":[{\"message\":\"\"}]}",
            "3 validation errors detected: Value 'a:b' at 'logStreamName' " FAILED
            "Member must satisfy regular expression pattern: [^:*]*; "
            "Value null at 'logEvents.1.member.timestamp' " FAILED "Member must not be null; "
            "Value '' at 'logEvents.1.member.message' " FAILED
            "Member must have length greater than or equal to 1");
}

#define FUNCTION(members) \
    "{\"FunctionName\":\"f\",\"Code\":{},\"Role\":\"arn:aws:iam::000000000000:role/r\"" members "}"

static void a_bad_role_is_told_the_pattern(void **state)
{
    refused(state, "lambda", "CreateFunction",
            "{\"FunctionName\":\"f\",\"Code\":{},\"Role\":\"r1\"}",
            ONE "Value 'r1' at 'role' " FAILED "Member must satisfy regular expression pattern: "
                "arn:(aws[a-zA-Z-]*)?:iam::\\d{12}:role/?[a-zA-Z_0-9+=,.@\\-_/]+");
}

static void architectures_are_told_as_a_list(void **state)
{
    refused(state, "lambda", "CreateFunction",
            FUNCTION(",\"Architectures\":[\"x86_64\",\"arm64\"]"),
            ONE "Value '[x86_64, arm64]' at 'architectures' " FAILED
                "Member must have length less than or equal to 1");
    refused(state, "lambda", "CreateFunction", FUNCTION(",\"Architectures\":[\"foo\"]"),
            ONE "Value '[foo]' at 'architectures' " FAILED
                "Member must satisfy constraint: [Member must satisfy enum value set: "
                "[x86_64, arm64], Member must not be null]");
}

static void cors_methods_list_all_that_is_asked(void **state)
{
    refused(state, "lambda", "CreateFunctionUrlConfig",
            "{\"AuthType\":\"NONE\",\"Cors\":{\"AllowMethods\":[\"GET\",\"POST\",\"OPTIONS\"]}}",
            ONE "Value '[GET, POST, OPTIONS]' at 'cors.allowMethods' " FAILED
                "Member must satisfy constraint: [Member must have length less than or equal to 6, "
                "Member must have length greater than or equal to 0, Member must satisfy regular "
                "expression pattern: .*, Member must not be null]");
}

static void an_alias_is_no_number(void **state)
{
    refused(state, "lambda", "CreateAlias", "{\"Name\":\"12\",\"FunctionVersion\":\"1\"}",
            ONE "Value '12' at 'name' " FAILED "Member must satisfy regular expression pattern: "
                "(?!^[0-9]+$)([a-zA-Z0-9-_]+)");
}

static void the_runtime_is_the_handlers_to_judge(void **state)
{
    accepted(state, "lambda", "CreateFunction", FUNCTION(",\"Runtime\":\"cobol\""));
}

struct params {
    const char *pairs[8]; /* name, value, ... */
};

static bool find_param(void *owner, enum shape_location where, struct slice name, size_t index,
                       struct slice *ret_value)
{
    const struct params *params = owner;
    (void)where;
    for (size_t i = 0; i + 1 < 8 && params->pairs[i]; i += 2) {
        if (!slice_equal_text(name, params->pairs[i]) || index--)
            continue;
        *ret_value = slice_of(params->pairs[i + 1]);
        return true;
    }
    return false;
}

static enum shape_verdict check_params(struct fixture *f, const char *name, struct params params)
{
    const struct shape_operation *operation = shape_find(SLICE("lambda"), slice_of(name));
    struct shape_input input = {.param = find_param, .param_owner = &params, .cache = f->cache};
    text_clear(&f->message);
    return shape_check(operation, &input, &shape_dialect_lambda, &f->message);
}

static void members_outside_the_body_are_checked_too(void **state)
{
    struct fixture *f = *state;
    struct params good = {{"FunctionName", "f", "X-Amz-Invocation-Type", "Event"}};
    assert_int_equal(check_params(f, "Invoke", good), SHAPE_OK);
    struct params bad = {{"FunctionName", "f", "X-Amz-Invocation-Type", "event"}};
    assert_int_equal(check_params(f, "Invoke", bad), SHAPE_VALIDATION);
    assert_string_equal(said(&f->message),
                        ONE "Value 'event' at 'invocationType' " FAILED
                            "Member must satisfy enum value set: [Event, RequestResponse, DryRun]");
}

static void a_number_in_the_query_must_be_one(void **state)
{
    struct fixture *f = *state;
    struct params high = {{"MaxItems", "10001"}};
    assert_int_equal(check_params(f, "ListFunctions", high), SHAPE_VALIDATION);
    assert_string_equal(said(&f->message),
                        ONE "Value '10001' at 'maxItems' " FAILED
                            "Member must have value less than or equal to 10000");
    struct params none = {{"MaxItems", "many"}};
    assert_int_equal(check_params(f, "ListFunctions", none), SHAPE_SERIALIZATION);
    assert_string_equal(said(&f->message), "STRING_VALUE cannot be converted to Integer");
}

static void a_list_in_the_query_is_required(void **state)
{
    struct fixture *f = *state;
    const char *arn = "arn:aws:lambda:us-east-1:000000000000:function:f";
    struct params two = {{"Resource", arn, "tagKeys", "a", "tagKeys", "b"}};
    assert_int_equal(check_params(f, "UntagResource", two), SHAPE_OK);
    struct params none = {{"Resource", arn}};
    assert_int_equal(check_params(f, "UntagResource", none), SHAPE_VALIDATION);
    assert_string_equal(said(&f->message),
                        ONE "Value null at 'tagKeys' " FAILED "Member must not be null");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(logs_echo_the_value),
        TEST(a_bad_role_is_told_the_pattern),
        TEST(architectures_are_told_as_a_list),
        TEST(cors_methods_list_all_that_is_asked),
        TEST(an_alias_is_no_number),
        TEST(the_runtime_is_the_handlers_to_judge),
        TEST(members_outside_the_body_are_checked_too),
        TEST(a_number_in_the_query_must_be_one),
        TEST(a_list_in_the_query_is_required),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include <stdio.h>
#include <string.h>

#include "emulator/http/call.h"
#include "emulator/http/service.h"
#include "emulator/protocol/rest_json.h"
#include "emulator/sandbox.h"
#include "emulator/shapes/shape_check.h"
#include "tests/lib/asserts.h"

static const struct api_error plain = {"InvalidParameterValueException", 400, "User", false};
static const struct api_error capital = {"ResourceNotFoundException", 404, "User", true};
static const struct api_error bare = {"ValidationException", 400, "", false};
static const struct api_error large = {"RequestEntityTooLargeException", 413, "", false};
static const struct api_error unknown = {"UnknownOperationException", 404, "", true};
static const struct common_errors errors = {
    .internal = &plain,
    .unavailable = &plain,
    .too_large = &large,
    .unknown_operation = &unknown,
    .malformed = &plain,
    .validation = &bare,
};

static char ran[64]; /* the name of the operation that ran */

static void run(struct call *call)
{
    (void)snprintf(ran, sizeof(ran), "%s", call->operation->name);
    rest_json_answer_nothing(call, 204);
}

static const struct operation operations[] = {
    {"CreateFunction", run}, {"GetFunction", run},   {"GetFunctionConfiguration", run},
    {"Invoke", run},         {"ListFunctions", run},
};

static const struct rest_json_limit limits[] = {{"Invoke", "InvokeFunction", 6291456, true}};

static const struct rest_json_profile profile = {&shape_dialect_lambda, limits, 1};

static const struct service service = {
    .name = "lambda",
    .title = "Lambda",
    .operations = operations,
    .operation_count = sizeof(operations) / sizeof(operations[0]),
    .body_max_bytes = 1000,
    .errors = &errors,
    .protocol = &profile,
    .write_error = rest_json_write_error,
};

static struct sandbox sandbox;

static int set_up(void **state)
{
    static struct call call;
    random_init_seeded(&sandbox.random, 1);
    sandbox.shape_cache = shape_cache_create();
    call_init(&call);
    call.service = &service;
    call.sandbox = &sandbox;
    call.body_max_bytes = service.body_max_bytes;
    ran[0] = '\0';
    *state = &call;
    return sandbox.shape_cache != NULL ? 0 : -1;
}

static int tear_down(void **state)
{
    call_close(*state);
    shape_cache_destroy(sandbox.shape_cache);
    return 0;
}

static void ask(struct call *call, const char *method, const char *path, const char *query)
{
    call->request.method = slice_of(method);
    call->request.path = slice_of(path);
    call->request.query = slice_of(query);
    call->state = CALL_RUNNING;
    rest_json_begin(call);
}

static struct slice header(const struct call *call, const char *name)
{
    for (size_t i = 0; i < call->response.header_count; i++) {
        if (slice_equal_text(call->response.headers[i].name, name))
            return call->response.headers[i].value;
    }
    return slice_make(NULL, 0);
}

static void method_and_path_say_which_operation_is_meant(void **state)
{
    struct call *call = *state;

    static const struct {
        const char *method;
        const char *path;
        const char *operation;
    } cases[] = {
        {"GET", "/2015-03-31/functions", "ListFunctions"},
        {"GET", "/2015-03-31/functions/", "ListFunctions"},
        {"POST", "/2015-03-31/functions", "CreateFunction"},
        {"POST", "/2015-03-31/functions/", "CreateFunction"},
        {"GET", "/2015-03-31/functions/likes", "GetFunction"},
        {"GET", "/2015-03-31/functions/likes/configuration", "GetFunctionConfiguration"},
        {"POST", "/2015-03-31/functions/likes/invocations", "Invoke"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        ask(call, cases[i].method, cases[i].path, "");
        assert_false(call_is_answered(call));
        assert_string_equal(call->operation->name, cases[i].operation);
        assert_int_equal(strlen(call->request_id), 36);
    }
}

static void an_operation_not_supported_is_named(void **state)
{
    struct call *call = *state;
    ask(call, "POST", "/2015-03-31/functions/likes/versions", "");
    assert_int_equal(call->response.status, 404);
    assert_slice(call->response.body,
                 "{\"Message\":\"Hydrant does not support the Lambda operation PublishVersion.\"}");
    assert_slice(header(call, "x-amzn-ErrorType"), "UnknownOperationException");
}

static void a_path_the_api_does_not_have_is_named(void **state)
{
    struct call *call = *state;
    ask(call, "GET", "/2015-03-31/functions//configuration", "");
    assert_int_equal(call->response.status, 404);
    assert_slice(call->response.body, "{\"Message\":\"The Lambda API has no operation GET "
                                      "/2015-03-31/functions//configuration.\"}");
}

static void labels_and_parameters_are_decoded(void **state)
{
    struct call *call = *state;
    ask(call, "GET", "/2015-03-31/functions/arn%3Aaws%3Alambda%3Ax/", "Qualifier=%24LATEST&Empty=");
    assert_slice(rest_json_label(call, "FunctionName"), "arn:aws:lambda:x");
    assert_slice(rest_json_label(call, "Other"), "");
    assert_slice(rest_json_query(call, "Qualifier"), "$LATEST");
    assert_non_null(rest_json_query(call, "Empty").ptr);
    assert_null(rest_json_query(call, "Absent").ptr);
}

static void a_checked_request_runs_its_operation(void **state)
{
    struct call *call = *state;
    ask(call, "GET", "/2015-03-31/functions/likes", "");
    rest_json_handle(call);
    assert_string_equal(ran, "GetFunction");
    assert_int_equal(call->response.status, 204);
    assert_slice(header(call, "x-amzn-RequestId"), call->request_id);
}

static void a_constraint_on_the_path_is_checked(void **state)
{
    struct call *call = *state;
    ask(call, "GET", "/2015-03-31/functions/li%20kes", "");
    rest_json_handle(call);
    assert_string_equal(ran, "");
    assert_slice(header(call, "x-amzn-ErrorType"), "ValidationException");
    assert_true(slice_search(call->response.body, SLICE("'li kes' at 'functionName'")) <
                call->response.body.len);
}

static void a_body_that_is_no_json_object_is_refused(void **state)
{
    struct call *call = *state;
    ask(call, "POST", "/2015-03-31/functions", "");
    call->body = SLICE("[1]");
    rest_json_handle(call);
    assert_string_equal(ran, "");
    assert_int_equal(call->response.status, 400);
    assert_slice(call->response.body,
                 "{\"Type\":\"User\",\"message\":\"Could not parse request body into json: it must "
                 "be one JSON object\"}");
}

static void a_raw_payload_is_left_to_the_operation(void **state)
{
    struct call *call = *state;
    ask(call, "POST", "/2015-03-31/functions/likes/invocations", "");
    assert_int_equal(call->body_max_bytes, 6291456);
    call->body = SLICE("no JSON");
    rest_json_handle(call);
    assert_string_equal(ran, "Invoke");
    assert_null(call->input);
}

static void errors_have_their_members_and_headers(void **state)
{
    struct call *call = *state;
    ask(call, "GET", "/2015-03-31/functions/likes", "");
    call_fail(call, &capital, "Function not found: %s", "\"x\"");
    assert_int_equal(call->response.status, 404);
    assert_slice(call->response.body,
                 "{\"Type\":\"User\",\"Message\":\"Function not found: \\\"x\\\"\"}");
    assert_slice(header(call, "x-amzn-ErrorType"), "ResourceNotFoundException");
    assert_slice(header(call, "x-amzn-RequestId"), call->request_id);
    assert_slice(header(call, "Content-Type"), "application/json");
}

static void too_large_a_body_names_limit_and_operation(void **state)
{
    struct call *call = *state;
    ask(call, "POST", "/2015-03-31/functions/likes/invocations", "");
    call_fail(call, &large, "anything");
    assert_slice(call->response.body, "{\"message\":\"Request must be smaller than 6291456 bytes "
                                      "for the InvokeFunction operation\"}");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(method_and_path_say_which_operation_is_meant),
        TEST(an_operation_not_supported_is_named),
        TEST(a_path_the_api_does_not_have_is_named),
        TEST(labels_and_parameters_are_decoded),
        TEST(a_checked_request_runs_its_operation),
        TEST(a_constraint_on_the_path_is_checked),
        TEST(a_body_that_is_no_json_object_is_refused),
        TEST(a_raw_payload_is_left_to_the_operation),
        TEST(errors_have_their_members_and_headers),
        TEST(too_large_a_body_names_limit_and_operation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

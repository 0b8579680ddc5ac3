/*
 * A service that speaks the query protocol alone, with the real shapes of STS and operations of the
 * test.
 */
#include "emulator/protocol/aws_query.h"

#include "emulator/base/json.h"
#include "emulator/base/log.h"
#include "emulator/base/text.h"
#include "emulator/base/xml.h"
#include "emulator/http/call.h"
#include "emulator/http/service.h"
#include "emulator/protocol/aws_multi.h"
#include "emulator/sandbox.h"
#include "emulator/shapes/shape_check.h"
#include "tests/lib/asserts.h"

#define XMLNS "xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\""

static const struct api_error internal = {"InternalFailure", 500, "", false};
static const struct api_error unknown = {"InvalidAction", 400, "", false};
static const struct api_error validation = {"ValidationError", 400, "", false};
static const struct common_errors errors = {.internal = &internal,
                                            .unknown_operation = &unknown,
                                            .malformed = &validation,
                                            .validation = &validation};

static void run_info(struct call *call)
{
    struct text body = aws_query_result(call);
    xml_put(&body, "Account", json_member_string(call->input, "AccessKeyId"));
    aws_query_answer_result(call, &body);
}

static void run_nothing(struct call *call)
{
    aws_query_answer_nothing(call);
}

static void run_failed_text(struct call *call)
{
    struct text body = aws_query_result(call);
    body.status = STATUS_TOO_LARGE;
    aws_query_answer_result(call, &body);
}

static const struct operation operations[] = {
    {"GetAccessKeyInfo", run_info},
    {"GetCallerIdentity", run_nothing},
    {"GetSessionToken", run_failed_text},
};

static const struct aws_multi_profile profile = {
    .json = {.dialect = &shape_dialect_lambda},
    .xml_namespace = "https://sts.amazonaws.com/doc/2011-06-15/",
};

static const struct service service = {
    .name = "sts",
    .title = "STS",
    .operations = operations,
    .operation_count = 3,
    .errors = &errors,
    .protocol = &profile,
    .begin = aws_query_begin,
    .handle = aws_query_handle,
    .write_error = aws_query_write_error,
};

static struct sandbox sandbox;
static struct call call;

static int set_up(void **state)
{
    (void)state;
    random_init_seeded(&sandbox.random, 1);
    sandbox.shape_cache = shape_cache_create();
    call_init(&call);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    call_close(&call);
    shape_cache_destroy(sandbox.shape_cache);
    return 0;
}

static void ask(const char *form)
{
    call.service = &service;
    call.sandbox = &sandbox;
    call.request = (struct http_request){.method = SLICE("POST"), .path = SLICE("/")};
    service.begin(&call);
    call.state = CALL_RUNNING;
    call.body = slice_of(form);
    service.handle(&call);
    assert_true(call_is_answered(&call));
}

static void assert_answer(int status, const char *before_id, const char *behind_id)
{
    assert_int_equal(call.response.status, status);
    assert_slice(call.response.body, arena_printf(&call.arena, "%s<RequestId>%s</RequestId>%s",
                                                  before_id, call.request_id, behind_id));
}

static void what_an_operation_writes_stands_in_its_result(void **state)
{
    (void)state;
    ask("Action=GetAccessKeyInfo&Version=2011-06-15&AccessKeyId=AKIA567890123456");
    assert_answer(200,
                  "<GetAccessKeyInfoResponse " XMLNS "><GetAccessKeyInfoResult><Account>"
                  "AKIA567890123456</Account></GetAccessKeyInfoResult><ResponseMetadata>",
                  "</ResponseMetadata></GetAccessKeyInfoResponse>");
}

static void an_operation_without_output_has_no_result(void **state)
{
    (void)state;
    ask("Action=GetCallerIdentity&Version=2011-06-15");
    assert_answer(200, "<GetCallerIdentityResponse " XMLNS "><ResponseMetadata>",
                  "</ResponseMetadata></GetCallerIdentityResponse>");
}

static void a_result_that_failed_is_the_internal_error(void **state)
{
    (void)state;
    ask("Action=GetSessionToken");
    assert_int_equal(call.response.status, 500);
    assert_string_equal(call.error_code, "InternalFailure");
}

static void broken_input_is_refused_in_the_words_of_the_service(void **state)
{
    (void)state;
    ask("Action=GetAccessKeyInfo&AccessKeyId=AKIA5678901234%2056");
    assert_answer(400,
                  "<ErrorResponse " XMLNS "><Error><Type>Sender</Type><Code>ValidationError</Code>"
                  "<Message>1 validation error detected: Value &apos;AKIA5678901234 56&apos; at "
                  "&apos;accessKeyId&apos; failed to satisfy constraint: Member must satisfy "
                  "regular expression pattern: [\\w]*</Message></Error>",
                  "</ErrorResponse>");
}

static void an_unknown_operation_is_named(void **state)
{
    (void)state;
    ask("Action=GetFederationToken");
    assert_answer(400,
                  "<ErrorResponse " XMLNS "><Error><Type>Sender</Type><Code>InvalidAction</Code>"
                  "<Message>Hydrant does not support the STS operation GetFederationToken."
                  "</Message></Error>",
                  "</ErrorResponse>");
}

#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    log_set_level(LOG_ERROR + 1);
    const struct CMUnitTest tests[] = {
        T(what_an_operation_writes_stands_in_its_result),
        T(an_operation_without_output_has_no_result),
        T(a_result_that_failed_is_the_internal_error),
        T(broken_input_is_refused_in_the_words_of_the_service),
        T(an_unknown_operation_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

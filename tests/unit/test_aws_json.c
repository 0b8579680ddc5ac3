/*
 * The AWS JSON protocol with the real shapes of Firehose and DynamoDB and operations of the test.
 */
#include <stdio.h>

#include "emulator/base/ids.h"
#include "emulator/base/json.h"
#include "emulator/base/json_writer.h"
#include "emulator/base/log.h"
#include "emulator/http/call.h"
#include "emulator/http/service.h"
#include "emulator/protocol/aws_json.h"
#include "emulator/sandbox.h"
#include "emulator/shapes/shape_check.h"
#include "tests/lib/asserts.h"

static const struct api_error internal = {"Internal", 500, "", false};
static const struct api_error unknown = {"UnknownOperationException", 400, "", false};
static const struct api_error malformed = {"SerializationException", 400, "", false};
static const struct api_error validation = {"ValidationException", 400, "com.amazon.coral#", true};
static const struct common_errors errors = {.internal = &internal,
                                            .unavailable = &internal,
                                            .unknown_operation = &unknown,
                                            .malformed = &malformed,
                                            .validation = &validation};

static int times_run;

static void run_put_record(struct call *call)
{
    times_run++;
    struct text json = aws_json_text(call);
    struct json_writer w = json_writer_make(&json);
    json_begin_object(&w);
    json_put_string(&w, "Stream", json_member_string(call->input, "DeliveryStreamName"));
    json_end_object(&w);
    aws_json_answer(call, &json);
}

static void run_empty_object(struct call *call)
{
    aws_json_answer_empty_object(call);
}

static void run_nothing(struct call *call)
{
    aws_json_answer_nothing(call);
}

static void run_too_much(struct call *call)
{
    struct text json = aws_json_text(call);
    json.status = STATUS_TOO_LARGE;
    aws_json_answer(call, &json);
}

static const struct operation firehose_operations[] = {
    {"PutRecord", run_put_record},
    {"DeleteDeliveryStream", run_empty_object},
    {"ListDeliveryStreams", run_too_much},
    {"NoSuchShape", run_nothing},
};

static const struct operation dynamodb_operations[] = {{"ListTables", run_nothing}};

static const struct aws_json_profile firehose_profile = {
    .content_type = "application/x-amz-json-1.1", .dialect = &shape_dialect_firehose};

static const struct aws_json_profile dynamodb_profile = {
    .content_type = "application/x-amz-json-1.0",
    .dialect = &shape_dialect_dynamodb,
    .has_upper_request_id = true,
    .has_crc32 = true,
};

static const struct service firehose = {
    .name = "firehose",
    .target_prefix = "Firehose_20150804",
    .title = "Firehose",
    .operations = firehose_operations,
    .operation_count = 4,
    .errors = &errors,
    .protocol = &firehose_profile,
    .begin = aws_json_begin,
    .handle = aws_json_handle,
    .write_error = aws_json_write_error,
};

static const struct service dynamodb = {
    .name = "dynamodb",
    .target_prefix = "DynamoDB_20120810",
    .title = "DynamoDB",
    .operations = dynamodb_operations,
    .operation_count = 1,
    .errors = &errors,
    .protocol = &dynamodb_profile,
    .begin = aws_json_begin,
    .handle = aws_json_handle,
    .write_error = aws_json_write_error,
};

static struct sandbox sandbox;
static struct call call;
static struct http_header header = {SLICE_INIT("X-Amz-Target"), {NULL, 0}};

static int set_up(void **state)
{
    (void)state;
    random_init_seeded(&sandbox.random, 1);
    sandbox.shape_cache = shape_cache_create();
    times_run = 0;
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

static void begin(const struct service *service, const char *target)
{
    header.value = slice_of(target);
    call.service = service;
    call.sandbox = &sandbox;
    call.request = (struct http_request){
        .method = SLICE("POST"), .path = SLICE("/"), .headers = &header, .header_count = 1};
    service->begin(&call);
}

static void ask(const struct service *service, const char *target, const char *body)
{
    begin(service, target);
    assert_false(call_is_answered(&call));
    call.state = CALL_RUNNING;
    call.body = slice_of(body);
    service->handle(&call);
    assert_true(call_is_answered(&call));
}

static struct slice answer_header(const char *name)
{
    const struct http_request as_request = {.headers = call.response.headers,
                                            .header_count = call.response.header_count};
    return request_header(&as_request, name);
}

static void assert_answer(int status, const char *body)
{
    assert_int_equal(call.response.status, status);
    assert_slice(call.response.body, body);
}

#define PUT_RECORD "Firehose_20150804.PutRecord"
#define RECORD "{\"DeliveryStreamName\":\"likes\",\"Record\":{\"Data\":\"aGk=\"}}"

static void an_operation_gets_its_parsed_and_checked_body(void **state)
{
    (void)state;
    ask(&firehose, PUT_RECORD, RECORD);
    assert_answer(200, "{\"Stream\":\"likes\"}");
    assert_slice(answer_header("Content-Type"), "application/x-amz-json-1.1");
    assert_int_equal(answer_header("x-amzn-RequestId").len, UUID_CHARS);
    assert_slice(answer_header("x-amzn-RequestId"), call.request_id);
    assert_null(answer_header("x-amz-crc32").ptr);
}

static void dynamodb_answers_carry_a_checksum_and_an_upper_case_id(void **state)
{
    (void)state;
    ask(&dynamodb, "DynamoDB_20120810.ListTables", "{}");
    assert_answer(200, "");
    assert_slice(answer_header("Content-Type"), "application/x-amz-json-1.0");
    assert_slice(answer_header("x-amz-crc32"), "0");
    struct slice id = answer_header("x-amzn-RequestId");
    assert_int_equal(id.len, 52);
    for (size_t i = 0; i < id.len; i++)
        assert_true((id.ptr[i] >= 'A' && id.ptr[i] <= 'Z') ||
                    (id.ptr[i] >= '0' && id.ptr[i] <= '9'));
}

static void an_empty_object_and_an_empty_body_are_two_answers(void **state)
{
    (void)state;
    ask(&firehose, "Firehose_20150804.DeleteDeliveryStream", "{\"DeliveryStreamName\":\"likes\"}");
    assert_answer(200, "{}");
}

static void what_is_no_json_object_is_malformed(void **state)
{
    static const char *const bodies[] = {"", "{", "[]", "\"text\"", "null", "{} {}"};
    for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
        ask(&firehose, PUT_RECORD, bodies[i]);
        assert_answer(400, "{\"__type\":\"SerializationException\"}");
        assert_string_equal(call.error_code, "SerializationException");
        tear_down(state);
        set_up(state);
    }
}

static void an_escaped_nul_is_refused_with_its_reason(void **state)
{
    (void)state;
    ask(&firehose, PUT_RECORD, "{\"DeliveryStreamName\":\"a\\u0000b\"}");
    assert_answer(400, "{\"__type\":\"SerializationException\",\"message\":\"Hydrant does not "
                       "support the character \\\\u0000 in JSON strings, nor "
                       "numbers of more than 63 characters.\"}");
}

static void a_broken_constraint_is_a_validation_error_with_prefix_and_capital(void **state)
{
    (void)state;
    ask(&firehose, PUT_RECORD, "{\"DeliveryStreamName\":\"likes\"}");
    assert_int_equal(call.response.status, 400);
    assert_true(slice_starts_with(
        call.response.body,
        SLICE("{\"__type\":\"com.amazon.coral#ValidationException\",\"Message\":\"")));
    assert_true(slice_search(call.response.body, SLICE("'record' failed to satisfy")) <
                call.response.body.len);
    assert_int_equal(times_run, 0);
}

static void a_wrong_json_type_is_a_serialization_error(void **state)
{
    (void)state;
    ask(&firehose, PUT_RECORD, "{\"DeliveryStreamName\":7,\"Record\":{\"Data\":\"aGk=\"}}");
    assert_int_equal(call.response.status, 400);
    assert_string_equal(call.error_code, "SerializationException");
    assert_int_equal(times_run, 0);
}

static void assert_unknown(const char *target, const char *shown)
{
    char expected[512];
    begin(&firehose, target);
    (void)snprintf(
        expected, sizeof(expected),
        "{\"__type\":\"UnknownOperationException\",\"message\":\"Hydrant does not support "
        "the Firehose operation %s.\"}",
        shown);
    assert_answer(400, expected);
}

static void an_operation_that_is_missing_is_named(void **state)
{
    assert_unknown("Firehose_20150804.TagDeliveryStream", "TagDeliveryStream");
    tear_down(state);
    set_up(state);
    assert_unknown("Firehose_20991231.PutRecord", "Firehose_20991231.PutRecord");
    tear_down(state);
    set_up(state);
    assert_unknown("\xFF.x", "?.x");
}

static void only_post_is_a_request(void **state)
{
    (void)state;
    header.value = SLICE(PUT_RECORD);
    call.service = &firehose;
    call.sandbox = &sandbox;
    call.request = (struct http_request){
        .method = SLICE("GET"), .path = SLICE("/"), .headers = &header, .header_count = 1};
    firehose.begin(&call);
    assert_int_equal(call.response.status, 400);
    assert_string_equal(call.error_code, "UnknownOperationException");
}

static void an_answer_that_could_not_be_composed_is_internal(void **state)
{
    (void)state;
    ask(&firehose, "Firehose_20150804.ListDeliveryStreams", "{}");
    assert_int_equal(call.response.status, 500);
    assert_string_equal(call.error_code, "Internal");
}

static void an_operation_without_a_shape_is_internal(void **state)
{
    (void)state;
    ask(&firehose, "Firehose_20150804.NoSuchShape", "{}");
    assert_int_equal(call.response.status, 500);
}

static void an_error_may_have_members_of_its_own(void **state)
{
    (void)state;
    begin(&firehose, PUT_RECORD);
    struct text json = aws_json_text(&call);
    text_append_text(&json, "{\"__type\":\"X\",\"Reasons\":[]}");
    aws_json_answer_error(&call, &validation, &json);
    assert_answer(400, "{\"__type\":\"X\",\"Reasons\":[]}");
    assert_string_equal(call.error_code, "ValidationException");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_operation_gets_its_parsed_and_checked_body),
        TEST(dynamodb_answers_carry_a_checksum_and_an_upper_case_id),
        TEST(an_empty_object_and_an_empty_body_are_two_answers),
        TEST(what_is_no_json_object_is_malformed),
        TEST(an_escaped_nul_is_refused_with_its_reason),
        TEST(a_broken_constraint_is_a_validation_error_with_prefix_and_capital),
        TEST(a_wrong_json_type_is_a_serialization_error),
        TEST(an_operation_that_is_missing_is_named),
        TEST(only_post_is_a_request),
        TEST(an_answer_that_could_not_be_composed_is_internal),
        TEST(an_operation_without_a_shape_is_internal),
        TEST(an_error_may_have_members_of_its_own),
    };
    log_set_level(LOG_ERROR + 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * One service over three protocols, with the real shapes of CloudWatch and operations of the test.
 */
#include "emulator/protocol/aws_multi.h"

#include "emulator/base/cbor.h"
#include "emulator/base/json.h"
#include "emulator/base/json_writer.h"
#include "emulator/base/log.h"
#include "emulator/http/call.h"
#include "emulator/http/service.h"
#include "emulator/protocol/aws_query.h"
#include "emulator/sandbox.h"
#include "emulator/shapes/shape_check.h"
#include "emulator/shapes/shape_form.h"
#include "tests/lib/asserts.h"

static const struct api_error internal = {"InternalError", 500, "InternalFault", false};
static const struct api_error unknown = {"InvalidAction", 400, "UnknownOperationException", false};
static const struct api_error malformed = {"Malformed", 400, "SerializationException", false};
static const struct api_error validation = {"ValidationError", 400, "ValidationException", false};
static const struct common_errors errors = {.internal = &internal,
                                            .unavailable = &internal,
                                            .too_large = &malformed,
                                            .unknown_operation = &unknown,
                                            .malformed = &malformed,
                                            .validation = &validation};

/* Echoes the period, with one of everything JSON does not tell all about. */
static void run_statistics(struct call *call)
{
    struct text json = aws_json_text(call);
    struct json_writer w = json_writer_make(&json);
    json_begin_object(&w);
    json_put_string(&w, "Label", json_member_string(call->input, "MetricName"));
    json_key(&w, "Datapoints");
    json_begin_array(&w);
    json_begin_object(&w);
    json_put_seconds(&w, "Timestamp", 1795564800000);
    json_put_double(&w, "Sum", json_number(json_member(call->input, "Period")));
    json_put_raw(&w, "ExtendedStatistics", SLICE("{\"p50\":1.5}"));
    json_end_object(&w);
    json_end_array(&w);
    json_end_object(&w);
    aws_multi_answer(call, &json);
}

static void run_put(struct call *call)
{
    aws_multi_answer_nothing(call);
}

static const struct operation operations[] = {
    {"GetMetricStatistics", run_statistics},
    {"PutMetricData", run_put},
};

static const struct answer_form forms[] = {{"Timestamp", ANSWER_TIME},
                                           {"ExtendedStatistics", ANSWER_MAP}};

static const struct aws_multi_profile profile = {
    .json = {.content_type = "application/x-amz-json-1.0", .dialect = &shape_dialect_logs},
    .xml_namespace = "http://monitoring.amazonaws.com/doc/2010-08-01/",
    .forms = forms,
    .form_count = 2,
};

static const struct service service = {
    .name = "monitoring",
    .target_prefix = "Granite",
    .title = "CloudWatch",
    .operations = operations,
    .operation_count = 2,
    .body_max_bytes = 100000,
    .errors = &errors,
    .protocol = &profile,
    .begin = aws_multi_begin,
    .handle = aws_multi_handle,
    .write_error = aws_multi_write_error,
};

static struct sandbox sandbox;
static struct call call;
static struct http_header headers[2];

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

static void ask(const char *path, const char *header, const char *value, struct slice body)
{
    headers[0] = (struct http_header){slice_of(header), slice_of(value)};
    headers[1] = (struct http_header){SLICE("x-amzn-query-mode"), SLICE("true")};
    call.service = &service;
    call.sandbox = &sandbox;
    call.request = (struct http_request){
        .method = SLICE("POST"), .path = slice_of(path), .headers = headers, .header_count = 2};
    service.begin(&call);
    if (call_is_answered(&call))
        return;
    call.state = CALL_RUNNING;
    call.body = body;
    service.handle(&call);
    assert_true(call_is_answered(&call));
}

static void ask_json(const char *operation, const char *body)
{
    ask("/", "X-Amz-Target", operation, slice_of(body));
}

static void ask_form(const char *body)
{
    ask("/", "Content-Type", "application/x-www-form-urlencoded", slice_of(body));
}

static void ask_cbor(const char *path, struct slice body)
{
    ask(path, "Smithy-Protocol", "rpc-v2-cbor", body);
}

static struct slice answer_header(const char *name)
{
    const struct http_request as_request = {.headers = call.response.headers,
                                            .header_count = call.response.header_count};
    return request_header(&as_request, name);
}

static void assert_answer(int status, const char *type, const char *body)
{
    assert_int_equal(call.response.status, status);
    assert_slice(answer_header("Content-Type"), type);
    assert_slice(call.response.body, body);
    assert_slice(answer_header("x-amzn-RequestId"), call.request_id);
}

/* A CBOR body, read back. */
static void assert_cbor(int status, const char *json)
{
    struct text body;
    text_init(&body, 65536);
    assert_ok(cbor_to_json(call.response.body, &body));
    assert_slice(text_slice(&body), json);
    text_close(&body);
    assert_int_equal(call.response.status, status);
    assert_slice(answer_header("Content-Type"), "application/cbor");
    assert_slice(answer_header("smithy-protocol"), "rpc-v2-cbor");
    assert_slice(answer_header("x-amzn-RequestId"), call.request_id);
}

static const char *xml_with_id(const char *format)
{
    return arena_printf(&call.arena, "%s<RequestId>%s</RequestId>", format, call.request_id);
}

#define JSON_BODY \
    "{\"Namespace\":\"N\",\"MetricName\":\"m\",\"StartTime\":1,\"EndTime\":2.5,\"Period\":60}"
#define FORM_BODY                                                                          \
    "Action=GetMetricStatistics&Version=2010-08-01&Namespace=N&MetricName=m%26&Period=60&" \
    "StartTime=2026-11-25T00%3A00%3A00Z&EndTime=2026-11-25T01%3A00%3A00%2B00%3A00"
#define XMLNS "xmlns=\"http://monitoring.amazonaws.com/doc/2010-08-01/\""
#define CBOR_PATH "/service/Granite/operation/"

static void json_gets_json(void **state)
{
    (void)state;
    ask_json("Granite.GetMetricStatistics", JSON_BODY);
    assert_answer(200, "application/x-amz-json-1.0",
                  "{\"Label\":\"m\",\"Datapoints\":[{\"Timestamp\":1795564800.000,\"Sum\":60.0,"
                  "\"ExtendedStatistics\":{\"p50\":1.5}}]}");
}

static void a_form_gets_xml(void **state)
{
    (void)state;
    ask_form(FORM_BODY);
    const char *expected = arena_printf(
        &call.arena, "%s%s</ResponseMetadata></GetMetricStatisticsResponse>",
        "<GetMetricStatisticsResponse " XMLNS "><GetMetricStatisticsResult><Label>m&amp;</Label>"
        "<Datapoints><member><Timestamp>2026-11-25T00:00:00Z</Timestamp><Sum>60.0</Sum>"
        "<ExtendedStatistics><entry><key>p50</key><value>1.5</value></entry>"
        "</ExtendedStatistics></member></Datapoints></GetMetricStatisticsResult>",
        xml_with_id("<ResponseMetadata>"));
    assert_answer(200, "text/xml", expected);
}

static void cbor_gets_cbor_with_tagged_times(void **state)
{
    (void)state;
    struct text body;
    text_init_in(&body, &call.arena, 4096);
    cbor_put_map(&body, 5);
    cbor_put_text(&body, SLICE("Namespace"));
    cbor_put_text(&body, SLICE("N"));
    cbor_put_text(&body, SLICE("MetricName"));
    cbor_put_text(&body, SLICE("m"));
    cbor_put_text(&body, SLICE("StartTime"));
    cbor_put_time(&body, 1);
    cbor_put_text(&body, SLICE("EndTime"));
    cbor_put_time(&body, 2);
    cbor_put_text(&body, SLICE("Period"));
    cbor_put_integer(&body, 60);
    ask_cbor(CBOR_PATH "GetMetricStatistics", text_slice(&body));
    assert_cbor(200, "{\"Label\":\"m\",\"Datapoints\":[{\"Timestamp\":1795564800.0,\"Sum\":60.0,"
                     "\"ExtendedStatistics\":{\"p50\":1.5}}]}");
    assert_true(slice_search(call.response.body, SLICE("Timestamp\xc1\xfb")) <
                call.response.body.len);
}

static void an_operation_without_output_answers_in_each_protocol(void **state)
{
    ask_json("Granite.PutMetricData", "{\"Namespace\":\"N\"}");
    assert_answer(200, "application/x-amz-json-1.0", "{}");
    tear_down(state);
    set_up(state);
    ask_form("Action=PutMetricData&Namespace=N");
    assert_answer(200, "text/xml",
                  arena_printf(&call.arena, "%s</ResponseMetadata></PutMetricDataResponse>",
                               xml_with_id("<PutMetricDataResponse " XMLNS "><ResponseMetadata>")));
    tear_down(state);
    set_up(state);
    ask_cbor(CBOR_PATH "PutMetricData", SLICE("\xa1\x69Namespace\x61N"));
    assert_int_equal(call.response.status, 200);
    assert_slice(call.response.body, "");
    assert_null(answer_header("Content-Type").ptr);
    assert_slice(answer_header("smithy-protocol"), "rpc-v2-cbor");
}

static void an_error_has_its_code_in_xml_and_its_shape_elsewhere(void **state)
{
    static const char message[] = "Hydrant does not support the CloudWatch operation PutAnomaly.";
    ask_json("Granite.PutAnomaly", "{}");
    assert_answer(400, "application/x-amz-json-1.0",
                  arena_printf(&call.arena,
                               "{\"__type\":\"UnknownOperationException\",\"message\":\"%s\"}",
                               message));
    assert_slice(answer_header("x-amzn-query-error"), "InvalidAction;Sender");
    tear_down(state);
    set_up(state);
    ask_form("Action=PutAnomaly");
    assert_answer(400, "text/xml",
                  arena_printf(&call.arena,
                               "<ErrorResponse " XMLNS "><Error><Type>Sender</Type>"
                               "<Code>InvalidAction</Code><Message>%s</Message></Error>%s"
                               "</ErrorResponse>",
                               message, xml_with_id("")));
    assert_null(answer_header("x-amzn-query-error").ptr);
    tear_down(state);
    set_up(state);
    ask_cbor(CBOR_PATH "PutAnomaly", SLICE(""));
    assert_cbor(400, arena_printf(&call.arena,
                                  "{\"__type\":\"UnknownOperationException\",\"message\":\"%s\"}",
                                  message));
}

static void constraints_are_checked_in_each_protocol(void **state)
{
    ask_json("Granite.PutMetricData", "{}");
    assert_string_equal(call.error_code, "ValidationError");
    tear_down(state);
    set_up(state);
    ask_form("Action=PutMetricData");
    assert_string_equal(call.error_code, "ValidationError");
    tear_down(state);
    set_up(state);
    ask_cbor(CBOR_PATH "PutMetricData", SLICE("\xa0"));
    assert_string_equal(call.error_code, "ValidationError");
}

static void bodies_that_cannot_be_read_are_malformed(void **state)
{
    ask_cbor(CBOR_PATH "PutMetricData", SLICE("\xa1"));
    assert_string_equal(call.error_code, "Malformed");
    tear_down(state);
    set_up(state);
    ask_form("Action=GetMetricStatistics&Namespace=N&Period=1-2");
    assert_string_equal(call.error_code, "Malformed");
    tear_down(state);
    set_up(state);
    headers[0] = (struct http_header){SLICE("Content-Encoding"), SLICE("gzip")};
    ask("/", "Content-Encoding", "gzip", SLICE("not zipped"));
    assert_string_equal(call.error_code, "Malformed");
}

static void a_path_of_another_service_has_no_operation(void **state)
{
    ask_cbor("/service/Other/operation/PutMetricData", SLICE("\xa0"));
    assert_string_equal(call.error_code, "InvalidAction");
    tear_down(state);
    set_up(state);
    ask_cbor("/service/Granite/PutMetricData", SLICE("\xa0"));
    assert_string_equal(call.error_code, "InvalidAction");
}

static void a_form_is_decoded(void **state)
{
    (void)state;
    struct shape_form_param *params = NULL;
    size_t count = 0;
    assert_ok(aws_query_params(SLICE("a=1%202+3&b&c%3D=%zz&=x"), &call.arena, &params, &count));
    assert_int_equal(count, 4);
    assert_slice(params[0].name, "a");
    assert_slice(params[0].value, "1 2 3");
    assert_slice(params[1].name, "b");
    assert_slice(params[1].value, "");
    assert_slice(params[2].name, "c=");
    assert_slice(params[2].value, "%zz");
    assert_slice(params[3].name, "");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(json_gets_json),
        TEST(a_form_gets_xml),
        TEST(cbor_gets_cbor_with_tagged_times),
        TEST(an_operation_without_output_answers_in_each_protocol),
        TEST(an_error_has_its_code_in_xml_and_its_shape_elsewhere),
        TEST(constraints_are_checked_in_each_protocol),
        TEST(bodies_that_cannot_be_read_are_malformed),
        TEST(a_path_of_another_service_has_no_operation),
        TEST(a_form_is_decoded),
    };
    log_set_level(LOG_ERROR + 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include <string.h>

#include "emulator/base/arena.h"
#include "emulator/base/text.h"
#include "emulator/lambda/invoke.h"
#include "emulator/transform/firehose_event.h"
#include "tests/lib/asserts.h"
#include "tests/lib/mem_fault.h"

static const struct lambda_record records[] = {
    {SLICE_INIT("r0"), SLICE_INIT("{\"element_class\":\"1001\"}\n"), 1741088912364, NULL},
    {SLICE_INIT("r1"), SLICE_INIT("\0\xff"), 1741088912365, NULL},
    {SLICE_INIT("r2"), SLICE_INIT(""), 1741088912366, NULL},
};

static const struct lambda_batch batch = {
    .invocation_id = SLICE_INIT("inv-1"),
    .delivery_stream_arn = SLICE_INIT("arn:aws:firehose:eu-west-2:111122223333:deliverystream/s"),
    .region = SLICE_INIT("eu-west-2"),
    .records = records,
    .record_count = 3,
};

static struct arena arena;

static int set_up(void **state)
{
    arena_init(&arena, (size_t)1 << 20);
    return mem_fault_set_up(state);
}

static int tear_down(void **state)
{
    arena_clear(&arena);
    return mem_fault_tear_down(state);
}

static void an_event_looks_as_firehose_sends_it(void **state)
{
    (void)state;
    struct text out;
    text_init_in(&out, &arena, 4096);

    firehose_event_build(&batch, &out);

    assert_slice(text_slice(&out),
                 "{\"invocationId\":\"inv-1\",\"deliveryStreamArn\":\"arn:aws:firehose:eu-west-2:"
                 "111122223333:deliverystream/s\",\"region\":\"eu-west-2\",\"records\":["
                 "{\"recordId\":\"r0\",\"approximateArrivalTimestamp\":1741088912364,\"data\":"
                 "\"eyJlbGVtZW50X2NsYXNzIjoiMTAwMSJ9Cg==\"},"
                 "{\"recordId\":\"r1\",\"approximateArrivalTimestamp\":1741088912365,"
                 "\"data\":\"AP8=\"},"
                 "{\"recordId\":\"r2\",\"approximateArrivalTimestamp\":1741088912366,"
                 "\"data\":\"\"}]}");
}

static void what_was_built_is_parsed_again(void **state)
{
    (void)state;
    struct text out;
    text_init_in(&out, &arena, 4096);
    firehose_event_build(&batch, &out);

    struct lambda_batch got;
    const char *why = NULL;
    assert_ok(firehose_event_parse(text_slice(&out), 1, &arena, &got, &why));

    assert_slices_equal(got.invocation_id, batch.invocation_id);
    assert_slices_equal(got.delivery_stream_arn, batch.delivery_stream_arn);
    assert_slices_equal(got.region, batch.region);
    assert_int_equal(got.record_count, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_slices_equal(got.records[i].record_id, records[i].record_id);
        assert_slices_equal(got.records[i].data, records[i].data);
        assert_int_equal(got.records[i].arrival_ms, records[i].arrival_ms);
    }
}

static const struct lambda_origin origin = {
    .shard_id = SLICE_INIT("shardId-000000000000"),
    .sequence_number = SLICE_INIT("49546986683135544286507457936321625675700192471156785154"),
    .subsequence_number = 2,
    .partition_key = SLICE_INIT("a\"b"),
};
static const struct lambda_record from_kinesis = {SLICE_INIT("r0"), SLICE_INIT("x"), 1495072949453,
                                                  &origin};
static const struct lambda_batch kinesis_batch = {
    .invocation_id = SLICE_INIT("inv-1"),
    .delivery_stream_arn = SLICE_INIT("arn:f"),
    .region = SLICE_INIT("eu-west-2"),
    .source_arn = SLICE_INIT("arn:k"),
    .records = &from_kinesis,
    .record_count = 1,
};

static void records_of_a_kinesis_stream_say_where_they_come_from(void **state)
{
    (void)state;
    struct text out;
    text_init_in(&out, &arena, 4096);

    firehose_event_build(&kinesis_batch, &out);

    assert_slice(text_slice(&out),
                 "{\"invocationId\":\"inv-1\",\"sourceKinesisStreamArn\":\"arn:k\","
                 "\"deliveryStreamArn\":\"arn:f\",\"region\":\"eu-west-2\",\"records\":["
                 "{\"recordId\":\"r0\",\"approximateArrivalTimestamp\":1495072949453,"
                 "\"data\":\"eA==\",\"kinesisRecordMetadata\":{\"sequenceNumber\":"
                 "\"49546986683135544286507457936321625675700192471156785154\","
                 "\"subsequenceNumber\":2,\"partitionKey\":\"a\\\"b\","
                 "\"shardId\":\"shardId-000000000000\","
                 "\"approximateArrivalTimestamp\":1495072949453}}]}");

    struct lambda_batch got;
    const char *why = NULL;
    assert_ok(firehose_event_parse(text_slice(&out), 1, &arena, &got, &why));
    assert_slice(got.source_arn, "arn:k");
    assert_non_null(got.records[0].origin);
    assert_slices_equal(got.records[0].origin->shard_id, origin.shard_id);
    assert_slices_equal(got.records[0].origin->sequence_number, origin.sequence_number);
    assert_int_equal(got.records[0].origin->subsequence_number, 2);
    assert_slice(got.records[0].origin->partition_key, "a\"b");
}

static void a_test_event_may_leave_out_all_but_ids_and_data(void **state)
{
    (void)state;
    struct lambda_batch got;
    const char *why = NULL;
    assert_ok(firehose_event_parse(SLICE("{\"records\":[{\"recordId\":\"a\",\"data\":\"QQ==\"}]}"),
                                   77, &arena, &got, &why));
    assert_int_equal(got.record_count, 1);
    assert_slice(got.records[0].data, "A");
    assert_int_equal(got.records[0].arrival_ms, 77);
    assert_slice(got.region, "");
}

static void what_is_no_firehose_event_is_refused_with_a_reason(void **state)
{
    (void)state;

    static const struct {
        const char *event;
        const char *why;
    } bad[] = {
        {"{", "not JSON"},
        {"{}", "\"records\""},
        {"[1]", "\"records\""},
        {"{\"records\":{}}", "\"records\""},
        {"{\"records\":[1]}", "recordId"},
        {"{\"records\":[{\"recordId\":\"a\"}]}", "recordId"},
        {"{\"records\":[{\"recordId\":1,\"data\":\"\"}]}", "recordId"},
        {"{\"records\":[{\"recordId\":\"a\",\"data\":\"Q\"}]}", "base64"},
    };

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct lambda_batch got;
        const char *why = "";
        assert_status(firehose_event_parse(slice_of(bad[i].event), 0, &arena, &got, &why),
                      STATUS_INVALID);
        assert_non_null(strstr(why, bad[i].why));
    }
}

static void a_response_leaves_out_missing_records_and_repeats_duplicates(void **state)
{
    (void)state;
    static const struct lambda_record_result results[] = {
        {.kind = LAMBDA_RESULT_DUPLICATE, .data = SLICE_INIT("A")},
        {.kind = LAMBDA_RESULT_MISSING},
        {.kind = LAMBDA_RESULT_FAILED},
    };
    struct text out;
    text_init_in(&out, &arena, 4096);

    firehose_event_build_response(&batch, results, &out);

    assert_slice(text_slice(&out),
                 "{\"records\":[{\"recordId\":\"r0\",\"result\":\"Ok\",\"data\":\"QQ==\"},"
                 "{\"recordId\":\"r0\",\"result\":\"Ok\",\"data\":\"QQ==\"},"
                 "{\"recordId\":\"r2\",\"result\":\"ProcessingFailed\",\"data\":\"\"}]}");
    assert_int_equal(firehose_event_response_size(&batch, results), out.len);
}

static void partition_keys_go_out_and_come_back(void **state)
{
    (void)state;
    static const struct partition_key keys[] = {{SLICE_INIT("year"), SLICE_INIT("2026")},
                                                {SLICE_INIT("kind"), SLICE_INIT("a b")}};
    static const struct lambda_record_result results[3] = {
        {.kind = LAMBDA_RESULT_OK, .data = SLICE_INIT("A"), .keys = keys, .key_count = 2}};
    struct lambda_record_result *back = NULL;
    struct text out;
    text_init_in(&out, &arena, 4096);

    firehose_event_build_response(&batch, results, &out);

    assert_slice(text_slice(&out),
                 "{\"records\":[{\"recordId\":\"r0\",\"result\":\"Ok\",\"data\":\"QQ==\","
                 "\"metadata\":{\"partitionKeys\":{\"year\":\"2026\",\"kind\":\"a b\"}}}]}");
    assert_int_equal(firehose_event_response_size(&batch, results), out.len);
    assert_ok(firehose_event_parse_response(text_slice(&out), &batch, &arena, &back));
    assert_int_equal(back[0].key_count, 2);
    assert_slice(back[0].keys[0].name, "year");
    assert_slice(back[0].keys[0].value, "2026");
    assert_slice(back[0].keys[1].value, "a b");
    assert_int_equal(back[1].key_count, 0);
}

static void keys_that_are_no_texts_are_left_out(void **state)
{
    (void)state;
    struct lambda_record_result *results = NULL;
    assert_ok(firehose_event_parse_response(
        SLICE("{\"records\":[{\"recordId\":\"r0\",\"result\":\"Ok\",\"data\":\"\",\"metadata\":{"
              "\"partitionKeys\":{\"a\":1,\"b\":null,\"c\":\"x\"}}},{\"recordId\":\"r1\","
              "\"result\":\"Ok\",\"data\":\"\",\"metadata\":7}]}"),
        &batch, &arena, &results));
    assert_int_equal(results[0].key_count, 1);
    assert_slice(results[0].keys[0].name, "c");
    assert_int_equal(results[1].key_count, 0);
}

static void an_empty_response_has_the_size_it_says(void **state)
{
    (void)state;
    static const struct lambda_record_result results[3] = {{.kind = LAMBDA_RESULT_MISSING}};
    struct text out;
    text_init_in(&out, &arena, 4096);
    firehose_event_build_response(&batch, results, &out);
    assert_slice(text_slice(&out), "{\"records\":[]}");
    assert_int_equal(firehose_event_response_size(&batch, results), out.len);
}

static void every_kind_of_answer_is_told_apart(void **state)
{
    (void)state;

    static const struct {
        const char *element;
        enum lambda_result_kind kind;
        const char *data;
    } cases[] = {
        {"{\"recordId\":\"r1\",\"result\":\"Ok\",\"data\":\"QQ==\"}", LAMBDA_RESULT_OK, "A"},
        {"{\"recordId\":\"r1\",\"result\":\"Ok\",\"data\":\"\"}", LAMBDA_RESULT_OK, ""},
        {"{\"recordId\":\"r1\",\"result\":\"Dropped\"}", LAMBDA_RESULT_DROPPED, ""},
        {"{\"recordId\":\"r1\",\"result\":\"ProcessingFailed\",\"data\":\"QQ==\"}",
         LAMBDA_RESULT_FAILED, ""},
        {"{\"recordId\":\"r1\",\"result\":\"Ok\"}", LAMBDA_RESULT_NO_DATA, ""},
        {"{\"recordId\":\"r1\",\"result\":\"Ok\",\"data\":null}", LAMBDA_RESULT_NO_DATA, ""},
        {"{\"recordId\":\"r1\",\"result\":\"Ok\",\"data\":\"!\"}", LAMBDA_RESULT_BAD_DATA, ""},
        {"{\"recordId\":\"r1\",\"result\":\"Ok\",\"data\":5}", LAMBDA_RESULT_BAD_DATA, ""},
        {"{\"recordId\":\"r1\",\"result\":\"ok\",\"data\":\"QQ==\"}", LAMBDA_RESULT_BAD_STATUS, ""},
        {"{\"recordId\":\"r1\"}", LAMBDA_RESULT_BAD_STATUS, ""},
        {"{\"recordId\":\"unknown\",\"result\":\"Ok\",\"data\":\"QQ==\"}", LAMBDA_RESULT_MISSING,
         ""},
        {"{\"recordId\":\"r1\",\"result\":\"Ok\",\"data\":\"QQ==\"},"
         "{\"recordId\":\"r1\",\"result\":\"Dropped\"}",
         LAMBDA_RESULT_DUPLICATE, "A"},
        {"17", LAMBDA_RESULT_MISSING, ""},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char *response = arena_printf(&arena, "{\"records\":[%s]}", cases[i].element);
        struct lambda_record_result *results = NULL;
        assert_ok(firehose_event_parse_response(slice_of(response), &batch, &arena, &results));
        assert_int_equal(results[1].kind, cases[i].kind);
        assert_slice(results[1].data, cases[i].data);
        assert_int_equal(results[0].kind, LAMBDA_RESULT_MISSING);
        assert_int_equal(results[2].kind, LAMBDA_RESULT_MISSING);
    }
}

static void a_response_that_is_no_json_is_reported(void **state)
{
    (void)state;
    struct lambda_record_result *results = NULL;
    assert_status(firehose_event_parse_response(SLICE("oops"), &batch, &arena, &results),
                  STATUS_INVALID);
    assert_ok(firehose_event_parse_response(SLICE("{}"), &batch, &arena, &results));
    assert_int_equal(results[0].kind, LAMBDA_RESULT_MISSING);
}

static void an_escaped_nul_stands_as_a_replacement_character(void **state)
{
    (void)state;
    struct lambda_record_result *results = NULL;
    struct text response;
    text_init_in(&response, &arena, 1024);
    text_printf(
        &response,
        "{\"a\\u0000\\\\u0000\":1,\"records\":[{\"recordId\":\"%.*s\",\"result\":\"Ok\","
        "\"data\":\"eA==\",\"metadata\":{\"partitionKeys\":{\"k\":\"a\\u0000\\\\u0000\"}}}]}",
        SLICE_ARG(batch.records[0].record_id));
    assert_ok(firehose_event_parse_response(text_slice(&response), &batch, &arena, &results));
    assert_int_equal(results[0].kind, LAMBDA_RESULT_OK);
    assert_slice(results[0].keys[0].value, "a\xef\xbf\xbd\\u0000");
    text_clear(&response);
    text_append_text(&response, "{\"n\":");
    for (unsigned i = 0; i < 70; i++)
        text_append_text(&response, "9");
    text_append_text(&response, "}");
    assert_status(firehose_event_parse_response(text_slice(&response), &batch, &arena, &results),
                  STATUS_INVALID);
}

static void no_memory_is_reported_wherever_it_strikes(void **state)
{
    (void)state;
    static const struct slice response =
        SLICE_INIT("{\"records\":[{\"recordId\":\"r2\",\"result\":\"Ok\",\"data\":\"QUJD\"}]}");
    FAULT_SWEEP(mem_fault, n, false) {
        struct arena own;
        struct lambda_record_result *results = NULL;
        arena_init(&own, (size_t)1 << 20);
        enum status status = firehose_event_parse_response(response, &batch, &own, &results);
        fault_disarm(mem_fault);
        assert_status(status, mem_fault->fired ? STATUS_NO_MEMORY : STATUS_OK);
        if (status == STATUS_OK)
            assert_slice(results[2].data, "ABC");
        arena_clear(&own);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_event_looks_as_firehose_sends_it),
        TEST(what_was_built_is_parsed_again),
        TEST(records_of_a_kinesis_stream_say_where_they_come_from),
        TEST(a_test_event_may_leave_out_all_but_ids_and_data),
        TEST(what_is_no_firehose_event_is_refused_with_a_reason),
        TEST(a_response_leaves_out_missing_records_and_repeats_duplicates),
        TEST(partition_keys_go_out_and_come_back),
        TEST(keys_that_are_no_texts_are_left_out),
        TEST(an_empty_response_has_the_size_it_says),
        TEST(every_kind_of_answer_is_told_apart),
        TEST(a_response_that_is_no_json_is_reported),
        TEST(an_escaped_nul_stands_as_a_replacement_character),
        TEST(no_memory_is_reported_wherever_it_strikes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

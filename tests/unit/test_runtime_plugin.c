#include <stdio.h>
#include <string.h>

#include "emulator/lambda/invoke.h"
#include "tests/lib/asserts.h"
#include "tests/lib/mem_fault.h"
#include "tests/unit/lambda_world.h"

static void an_event_comes_back_as_a_response(void **state)
{
    (void)state;
    world_add("words", "plugin_by_word.so");
    struct lambda_invocation invocation;
    world_invoke(&invocation, "words", EVENT("dXBwZXI="));

    assert_int_equal(invocation.outcome, LAMBDA_OK);
    assert_slice(invocation.payload,
                 "{\"records\":[{\"recordId\":\"a\",\"result\":\"Ok\",\"data\":\"VVBQRVI=\"}]}");
    assert_true(slice_starts_with(invocation.log_tail, SLICE("START RequestId: ")));
    assert_int_equal(strlen(invocation.request_id), 36);
    lambda_invocation_clear(&invocation);
    lambda_invocation_clear(&invocation);
}

static void every_record_of_a_batch_has_its_result(void **state)
{
    (void)state;
    world_add("words", "plugin_by_word.so");
    static const char *const words[] = {"keep", "drop", "fail", "leave out", "twice", "upper"};
    struct lambda_invocation invocation;
    world_invoke_batch(&invocation, "arn:aws:lambda:us-east-1:000000000000:function:words:$LATEST",
                       words, 6);

    assert_int_equal(invocation.outcome, LAMBDA_OK);
    const struct lambda_record_result *results = invocation.results;
    assert_int_equal(results[0].kind, LAMBDA_RESULT_OK);
    assert_slice(results[0].data, "keep");
    assert_int_equal(results[1].kind, LAMBDA_RESULT_DROPPED);
    assert_int_equal(results[2].kind, LAMBDA_RESULT_FAILED);
    assert_int_equal(results[3].kind, LAMBDA_RESULT_MISSING);
    assert_int_equal(results[4].kind, LAMBDA_RESULT_DUPLICATE);
    assert_int_equal(results[5].kind, LAMBDA_RESULT_OK);
    assert_slice(results[5].data, "UPPER");
    lambda_invocation_clear(&invocation);
}

static void the_log_has_start_the_functions_lines_end_and_report(void **state)
{
    (void)state;
    world_add("words", "plugin_by_word.so");
    struct lambda_invocation invocation;
    world_invoke(&invocation, "words", EVENT(""));
    char expected[512];
    (void)snprintf(expected, sizeof(expected),
                   "START RequestId: %s Version: $LATEST\n[WARNING] two\nlines\nEND RequestId: "
                   "%s\nREPORT RequestId: %s\tDuration: ",
                   invocation.request_id, invocation.request_id, invocation.request_id);
    assert_true(world_log_has("/aws/lambda/words 2026/11/23/[$LATEST]"));
    assert_true(world_log_has(expected));
    assert_true(world_log_has("Init Duration: "));
    assert_false(world_log_has("no record, but no error"));
    lambda_invocation_clear(&invocation);

    text_clear(&world.log);
    world_invoke(&invocation, "words", EVENT(""));
    assert_false(world_log_has("Init Duration: "));
    lambda_invocation_clear(&invocation);
}

static void put_item_goes_through_the_port_with_the_functions_role(void **state)
{
    (void)state;
    (void)world_store("words", "plugin_by_word.so", 30);
    struct lambda_invocation invocation;
    static const char *const words[] = {"put"};
    world_invoke_batch(&invocation, "words", words, 1);

    assert_slice(invocation.results[0].data, "200 200 ");
    assert_slice(text_slice(&world.calls),
                 "dynamodb.PutItem arn:aws:sts::000000000000:assumed-role/likes/words "
                 "{\"TableName\":\"words\",\"Item\":{\"word\":{\"S\":\"put\"}}}\n");
    lambda_invocation_clear(&invocation);
}

static void put_item_gives_the_error_text(void **state)
{
    (void)state;
    world_add("words", "plugin_by_word.so");
    world.port_status = 400;
    struct lambda_invocation invocation;
    static const char *const words[] = {"put"};
    world_invoke_batch(&invocation, "words", words, 1);
    assert_slice(invocation.results[0].data,
                 "400 400 ResourceNotFoundException: Requested resource not found");
    lambda_invocation_clear(&invocation);
}

/* plugin_by_word's "put many": 150 rows, of which the 8th is empty and the 101st is "refused". */
static void put_items_puts_each_row_on_its_own_and_in_order(void **state)
{
    (void)state;
    world_add("words", "plugin_by_word.so");
    world.refused = "refused";
    struct lambda_invocation invocation;
    static const char *const words[] = {"put many"};
    world_invoke_batch(&invocation, "words", words, 1);

    assert_slice(invocation.results[0].data,
                 "148 put\n7: 0 put_item: table name or item is missing\n"
                 "100: 400 ResourceNotFoundException: Requested resource not found\n"
                 "{} 149: 200 {}");
    const char *at = world.calls.ptr;
    for (int i = 0; i < 150; i++) {
        char item[64];
        (void)snprintf(item, sizeof(item), "\"Item\":{\"word\":{\"S\":\"%d%s\"}}}\n", i,
                       i == 100 ? " refused" : "");
        if (i == 7)
            continue;
        at = strstr(at, item);
        assert_non_null(at);
    }
    lambda_invocation_clear(&invocation);
}

static void the_function_sees_its_environment_and_virtual_time(void **state)
{
    (void)state;
    (void)world_store("words", "plugin_by_word.so", 30);
    struct lambda_invocation invocation;
    static const char *const words[] = {"env", "time"};
    world_invoke_batch(&invocation, "words", words, 2);
    assert_slice(invocation.results[0].data, "blue");
    assert_slice(invocation.results[1].data, "1795422007084 1");
    assert_true(world_log_has("/custom/group 2026/11/23/"));
    lambda_invocation_clear(&invocation);
}

static void a_transform_that_fails_names_its_error(void **state)
{
    (void)state;
    world_add("fails", "plugin_error.so");
    world_add("code", "plugin_code.so");
    struct lambda_invocation invocation;
    world_invoke(&invocation, "fails", EVENT(""));
    assert_int_equal(invocation.outcome, LAMBDA_FUNCTION_ERROR);
    assert_slice(invocation.payload,
                 "{\"errorMessage\":\"the transform \\\"refuses\\\" every batch\","
                 "\"errorType\":\"Test.Refused\"}");
    assert_true(world_log_has("[ERROR] Test.Refused: the transform \"refuses\" every batch\n"));
    lambda_invocation_clear(&invocation);

    world_invoke(&invocation, "code", EVENT(""));
    assert_int_equal(invocation.outcome, LAMBDA_FUNCTION_ERROR);
    assert_slice(invocation.payload, "{\"errorMessage\":\"transform() returned 7\","
                                     "\"errorType\":\"Hydrant.TransformFailed\"}");
    lambda_invocation_clear(&invocation);
}

static void an_event_that_is_none_of_firehoses_is_a_function_error(void **state)
{
    (void)state;
    world_add("words", "plugin_by_word.so");
    struct lambda_invocation invocation;
    world_invoke(&invocation, "words", SLICE("{\"key\":\"value\"}"));
    assert_int_equal(invocation.outcome, LAMBDA_FUNCTION_ERROR);
    assert_slice(invocation.payload,
                 "{\"errorMessage\":\"A C transform takes events as Firehose sends them: the event "
                 "has no array \\\"records\\\"\",\"errorType\":\"Hydrant.NotAFirehoseEvent\"}");
    lambda_invocation_clear(&invocation);
}

static void more_than_six_megabytes_are_a_function_error(void **state)
{
    (void)state;
    world_add("words", "plugin_by_word.so");
    static const char *const words[] = {"keep", "big"};
    struct lambda_invocation invocation;
    world_invoke_batch(&invocation, "words", words, 2);
    assert_int_equal(invocation.outcome, LAMBDA_FUNCTION_ERROR);
    assert_slice(invocation.payload,
                 "{\"errorMessage\":\"Response payload size exceeded maximum allowed payload size "
                 "(6291556 bytes).\",\"errorType\":\"Function.ResponseSizeTooLarge\"}");
    lambda_invocation_clear(&invocation);
}

static void a_log_without_end_is_cut(void **state)
{
    (void)state;
    world_add("words", "plugin_by_word.so");
    static const char *const words[] = {"log"};
    struct lambda_invocation invocation;
    world_invoke_batch(&invocation, "words", words, 1);
    assert_true(world_log_has("[hydrant] The rest of this invocation's log was cut"));
    assert_true(world_log_has("REPORT RequestId: "));
    assert_true(world.log.len < (size_t)1200 * 1024);
    lambda_invocation_clear(&invocation);
}

/* Whatever allocation fails, the caller is answered once and the next invocation works. */
static void without_memory_an_invocation_fails_and_nothing_else(void **state)
{
    (void)state;
    world_add("words", "plugin_by_word.so");
    static const char *const words[] = {"put", "upper", "put many"};
    FAULT_SWEEP(mem_fault, n, false) {
        struct lambda_invocation invocation;
        world_invoke_batch(&invocation, "words", words, 3);
        fault_disarm(mem_fault);
        assert_true(invocation.outcome == LAMBDA_OK ||
                    (mem_fault->fired && (invocation.outcome == LAMBDA_INTERNAL_ERROR ||
                                          invocation.outcome == LAMBDA_FUNCTION_ERROR)));
        if (!mem_fault->fired)
            assert_slice(invocation.results[1].data, "UPPER");
        lambda_invocation_clear(&invocation);
        text_clear(&world.log);
        text_clear(&world.calls);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_set_up, world_tear_down)

int main(int argc, char **argv)
{
    int code = 0;
    if (world_is_helper(argc, argv, &code))
        return code;
    const struct CMUnitTest tests[] = {
        TEST(an_event_comes_back_as_a_response),
        TEST(every_record_of_a_batch_has_its_result),
        TEST(the_log_has_start_the_functions_lines_end_and_report),
        TEST(put_item_goes_through_the_port_with_the_functions_role),
        TEST(put_item_gives_the_error_text),
        TEST(put_items_puts_each_row_on_its_own_and_in_order),
        TEST(the_function_sees_its_environment_and_virtual_time),
        TEST(a_transform_that_fails_names_its_error),
        TEST(an_event_that_is_none_of_firehoses_is_a_function_error),
        TEST(more_than_six_megabytes_are_a_function_error),
        TEST(a_log_without_end_is_cut),
        TEST(without_memory_an_invocation_fails_and_nothing_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

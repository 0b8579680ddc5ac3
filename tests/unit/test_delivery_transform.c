#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "tests/lib/asserts.h"
#include "tests/unit/delivery_world.h"

#define SECOND INT64_C(1000)
#define HOUR (3600 * SECOND)

static void assert_matches(const char *key, const char *start)
{
    if (strncmp(key, start, strlen(start)) != 0)
        fail_msg("\"%s\" does not begin with \"%s\"", key, start);
}

static void transformed_records_wait_in_both_buffers(void **state)
{
    struct world *w = *state;
    world_make_bucket(w, "bucket");
    world_make_stream(w, "s", true);
    world_put(w, "s", "one");
    world_put(w, "s", "drop me");
    world_put(w, "s", "two");
    world_advance(w, 59 * SECOND);
    assert_int_equal(w->invocations, 0);

    world_advance(w, SECOND);
    assert_int_equal(w->invocations, 1);
    assert_int_equal(world_object_count(w), 0);
    world_advance(w, 299 * SECOND);
    assert_int_equal(world_object_count(w), 0);
    world_advance(w, SECOND);

    assert_int_equal(world_object_count(w), 1);
    assert_slice(world_object(w, 0), "<one><two>");
    assert_matches(world_key(w, 0), "in/2026/11/25/22/s-1-2026-11-25-22-27-23-");
}

#define LINE(raw, code, message, attempts, ended)                                     \
    "{\"rawData\":\"" raw "\",\"errorCode\":\"" code "\",\"errorMessage\":\"" message \
    "\",\"attemptsMade\":" attempts ",\"arrivalTimestamp\":1795645643084,"            \
    "\"attemptEndingTimestamp\":" ended ",\"lambdaARN\":\"" WORLD_LAMBDA "\"}\n"

static void failed_records_become_error_lines_and_the_rest_is_delivered(void **state)
{
    struct world *w = *state;
    world_make_bucket(w, "bucket");
    world_make_stream(w, "s", true);
    world_put(w, "s", "good");
    world_put(w, "s", "fail this one");
    world_put(w, "s", "miss");
    world_put(w, "s", "twice");
    world_put(w, "s", "empty");
    world_put(w, "s", "word");
    world_put(w, "s", "broken");

    world_advance(w, 400 * SECOND);

    static const char cyf[] =
        "Check your function and make sure the output is in required format. In addition to that,"
        " make sure the processed records contain valid result status of Dropped, Ok, or"
        " ProcessingFailed";
    struct text expected;
    text_init_in(&expected, &w->arena, 65536);
    text_append_text(&expected,
                     LINE("ZmFpbCB0aGlzIG9uZQ==", "Lambda.ProcessingFailedStatus",
                          "ProcessingFailed status set for record", "1", "1795645703084"));
    text_append_text(
        &expected, LINE("bWlzcw==", "Lambda.MissingRecordId",
                        "One or more record Ids were not returned. Ensure that the Lambda function"
                        " returns all received record Ids.",
                        "1", "1795645703084"));
    text_append_text(&expected,
                     LINE("dHdpY2U=", "Lambda.DuplicatedRecordId",
                          "Multiple records were returned with the same record Id. Ensure that the"
                          " Lambda function returns a unique record Id for each record.",
                          "1", "1795645703084"));
    text_append_text(&expected,
                     LINE("ZW1wdHk=", "Lambda.InvalidReturnFormat",
                          "The data field cannot be null when the SourceType is DirectPut or"
                          " KinesisStreamAsSource and processing result is Ok. The value field"
                          " cannot be null when the SourceType is MSKAsSource and processing"
                          " result is Ok.",
                          "1", "1795645703084"));
    const char *raw[] = {"d29yZA==", "YnJva2Vu"};
    for (int i = 0; i < 2; i++)
        text_printf(&expected,
                    "{\"rawData\":\"%s\",\"errorCode\":\"Lambda.FunctionError\","
                    "\"errorMessage\":\"%s\",\"attemptsMade\":1,\"arrivalTimestamp\":"
                    "1795645643084,\"attemptEndingTimestamp\":1795645703084,\"lambdaARN\":\"%s\"}"
                    "\n",
                    raw[i], cyf, WORLD_LAMBDA);
    assert_int_equal(world_object_count(w), 2);
    unsigned error = strstr(world_key(w, 0), "processing-failed/") != NULL ? 0 : 1;
    assert_matches(world_key(w, error),
                   "in/processing-failed/2026/11/25/22/s-1-2026-11-25-22-27-23-");
    assert_slices_equal(world_object(w, error), text_slice(&expected));
    assert_slice(world_object(w, 1 - error), "<good>");
    assert_null(strstr(w->logs.ptr, "ProcessingFailed status"));
    assert_non_null(strstr(w->logs.ptr, "group/stream: {\"deliveryStreamARN\":\"arn:aws:firehose:"
                                        "us-east-1:111122223333:deliverystream/s\",\"destination\""
                                        ":\"arn:aws:s3:::bucket\",\"deliveryStreamVersionId\":1,"));
}

static void a_failing_function_is_invoked_four_times_with_the_same_records(void **state)
{
    struct world *w = *state;
    world_make_bucket(w, "bucket");
    world_make_stream(w, "s", true);
    w->outcome = LAMBDA_FUNCTION_ERROR;
    w->failures_left = UINT_MAX;
    world_put(w, "s", "x");
    world_advance(w, 60 * SECOND);
    assert_int_equal(w->invocations, 1);
    world_advance(w, 5 * SECOND);
    assert_int_equal(w->invocations, 2);
    world_advance(w, 10 * SECOND);
    assert_int_equal(w->invocations, 3);
    world_advance(w, 20 * SECOND);
    assert_int_equal(w->invocations, 4);

    world_advance(w, HOUR);

    assert_int_equal(w->invocations, 4);
    assert_int_equal(world_object_count(w), 1);
    assert_slice(world_object(w, 0),
                 LINE("eA==", "Lambda.FunctionError",
                      "The Lambda function was successfully invoked but it returned an error"
                      " result.",
                      "4", "1795645738084"));
    struct slice ids = text_slice(&w->record_ids);
    struct slice first = slice_cut(&ids, '\n');
    assert_int_equal(first.len, 160 + 2);
    assert_true(slice_starts_with(first, SLICE("shardId-000000000000")));
    for (int i = 0; i < 3; i++)
        assert_slices_equal(slice_cut(&ids, '\n'), first);
    struct slice invocations = text_slice(&w->invocation_ids);
    struct slice one = slice_cut(&invocations, '\n');
    assert_false(slice_equal(one, slice_cut(&invocations, '\n')));
}

/* What blocks the function then is the batch's own attempt, which cannot be stopped. */
static void a_batch_that_timed_out_and_is_throttled_since_counts_as_timed_out(void **state)
{
    struct world *w = *state;
    world_make_bucket(w, "bucket");
    world_make_stream(w, "s", true);
    w->outcome = LAMBDA_TIMED_OUT;
    w->failures_left = UINT_MAX;
    world_put(w, "s", "x");
    world_advance(w, 60 * SECOND);
    assert_int_equal(w->invocations, 1);
    w->outcome = LAMBDA_THROTTLED;

    world_advance(w, HOUR);

    assert_int_equal(w->invocations, 4);
    assert_slice(world_object(w, 0),
                 LINE("eA==", "Lambda.FunctionTimedOut",
                      "The Lambda function invocation timed out. Increase the Timeout setting in"
                      " the Lambda function.",
                      "4", "1795645738084"));
}

/* Firehose gives a function five minutes, whatever its Timeout. */
static void a_function_is_given_five_minutes_and_no_more(void **state)
{
    struct world *w = *state;
    world_make_bucket(w, "bucket");
    world_make_stream(w, "s", true);
    w->outcome = LAMBDA_TIMED_OUT;
    w->is_over_limit = true;
    w->failures_left = 1;
    world_put(w, "s", "x");
    world_advance(w, 60 * SECOND);
    assert_int_equal(w->limit_ms, 300 * SECOND);
    w->outcome = LAMBDA_THROTTLED; /* it is still busy with the first attempt */
    w->failures_left = UINT_MAX;

    world_advance(w, HOUR);

    assert_int_equal(w->invocations, 4);
    assert_slice(world_object(w, 0),
                 LINE("eA==", "Lambda.FunctionTimedOut",
                      "Firehose encountered timeout errors when calling AWS Lambda. The maximum"
                      " supported function timeout is 5 minutes.",
                      "4", "1795645738084"));
}

static void a_function_that_recovers_delivers_the_batch(void **state)
{
    struct world *w = *state;
    world_make_bucket(w, "bucket");
    world_make_stream(w, "s", true);
    w->outcome = LAMBDA_TIMED_OUT;
    w->failures_left = 2;
    world_put(w, "s", "x");

    world_advance(w, HOUR);

    assert_int_equal(w->invocations, 3);
    assert_int_equal(world_object_count(w), 1);
    assert_slice(world_object(w, 0), "<x>");
    assert_non_null(strstr(w->logs.ptr, "Lambda.FunctionTimedOut"));
}

static void a_malformed_answer_is_not_retried(void **state)
{
    struct world *w = *state;
    world_make_bucket(w, "bucket");
    world_make_stream(w, "s", true);
    w->outcome = LAMBDA_MALFORMED;
    w->payload = "no json";
    w->failures_left = 1;
    world_put(w, "s", "a");
    world_advance(w, 60 * SECOND);
    w->payload = "{}";
    w->failures_left = 1;
    world_put(w, "s", "b");

    world_advance(w, HOUR);

    assert_int_equal(w->invocations, 2);
    assert_int_equal(world_object_count(w), 1);
    struct slice lines = world_object(w, 0);
    struct slice first = slice_cut(&lines, '\n');
    assert_true(slice_search(first, SLICE("\"errorCode\":\"Lambda.JsonProcessingException\"")) <
                first.len);
    assert_true(slice_search(lines, SLICE("\"errorCode\":\"Lambda.MissingRecordId\"")) < lines.len);
    assert_true(slice_search(lines, SLICE("\"attemptsMade\":1,")) < lines.len);
}

static void a_batch_is_no_larger_than_the_processor_buffer(void **state)
{
    struct world *w = *state;
    world_make_bucket(w, "bucket");
    world_make_stream(w, "s", true);
    char *data = malloc(400 * 1024);
    memset(data, 'y', 400 * 1024);
    for (int i = 0; i < 4; i++)
        assert_ok(world_put_in_unit(w, "s", slice_make(data, 400 * 1024), true));

    world_advance(w, 0);
    assert_int_equal(w->invocations, 1); /* two records; the other two do not fill the buffer */
    world_advance(w, HOUR);

    assert_int_equal(w->invocations, 2);
    assert_int_equal(world_object_count(w), 1);
    assert_int_equal(world_object(w, 0).len, 4 * (400 * 1024 + 2));
    free(data);
}

static void at_most_five_invocations_of_a_stream_run_at_a_time(void **state)
{
    struct world *w = *state;
    world_make_bucket(w, "bucket");
    world_make_stream(w, "s", true);
    char *data = calloc(1, 1000 * 1024);
    w->outcome = LAMBDA_THROTTLED;
    w->failures_left = UINT_MAX;
    for (int i = 0; i < 20; i++)
        assert_ok(world_put_in_unit(w, "s", slice_make(data, 1000 * 1024), true));

    world_advance(w, 0);

    assert_int_equal(w->invocations, 5);
    free(data);
}

static void records_survive_a_restart_in_mid_invocation(void **state)
{
    struct world *w = *state;
    world_make_bucket(w, "bucket");
    world_make_stream(w, "s", true);
    world_put(w, "s", "a");
    world_commit(w);
    w->is_function_stuck = true;
    world_restart(w);
    world_put(w, "s", "b");
    world_restart(w);

    world_advance(w, HOUR);

    assert_int_equal(world_object_count(w), 1);
    assert_slice(world_object(w, 0), "<a><b>");
}

static void records_go_on_as_they_are_when_the_transform_is_taken_out(void **state)
{
    struct world *w = *state;
    world_make_bucket(w, "bucket");
    world_make_stream(w, "s", true);
    world_put(w, "s", "a");
    world_put(w, "s", "b");
    db_unit_begin(w->db);
    assert_ok(delivery_stream_update(w->engine, world_stream(w, "s"),
                                     SLICE("{\"BucketARN\":\"arn:aws:s3:::bucket\"}")));
    assert_ok(db_unit_end(w->db, true));

    world_advance(w, HOUR);

    assert_int_equal(w->invocations, 0);
    assert_int_equal(world_object_count(w), 1);
    assert_slice(world_object(w, 0), "ab");
}

/* The rows they become are taken up when they are committed, not in the same turn. */
static void records_without_a_transform_any_more_are_delivered_at_the_first_attempt(void **state)
{
    struct world *w = *state;
    world_make_bucket(w, "bucket");
    world_make_stream(w, "s", true);
    for (int i = 0; i < 200; i++)
        world_put(w, "s", "0123456789");
    world_commit(w);
    db_unit_begin(w->db);
    assert_ok(delivery_stream_update(
        w->engine, world_stream(w, "s"),
        SLICE("{\"BucketARN\":\"arn:aws:s3:::bucket\","
              "\"BufferingHints\":{\"SizeInMBs\":1,\"IntervalInSeconds\":0},"
              "\"CloudWatchLoggingOptions\":{\"Enabled\":true,\"LogGroupName\":\"g\","
              "\"LogStreamName\":\"l\"}}")));
    assert_ok(db_unit_end(w->db, true));

    world_commit(w);
    world_spoil_commit(w); /* what they became is lost with its group, before anybody read it */

    world_advance(w, 60 * SECOND);

    assert_slice(text_slice(&w->logs), "");
    size_t delivered = 0;
    for (unsigned i = 0; i < world_object_count(w); i++)
        delivered += world_object(w, i).len;
    assert_int_equal(delivered, 2000);
}

int main(void)
{
#define WITH_WORLD(test) cmocka_unit_test_setup_teardown(test, world_set_up, world_tear_down)
    const struct CMUnitTest tests[] = {
        WITH_WORLD(transformed_records_wait_in_both_buffers),
        WITH_WORLD(failed_records_become_error_lines_and_the_rest_is_delivered),
        WITH_WORLD(a_failing_function_is_invoked_four_times_with_the_same_records),
        WITH_WORLD(a_batch_that_timed_out_and_is_throttled_since_counts_as_timed_out),
        WITH_WORLD(a_function_is_given_five_minutes_and_no_more),
        WITH_WORLD(a_function_that_recovers_delivers_the_batch),
        WITH_WORLD(a_malformed_answer_is_not_retried),
        WITH_WORLD(a_batch_is_no_larger_than_the_processor_buffer),
        WITH_WORLD(at_most_five_invocations_of_a_stream_run_at_a_time),
        WITH_WORLD(records_survive_a_restart_in_mid_invocation),
        WITH_WORLD(records_go_on_as_they_are_when_the_transform_is_taken_out),
        WITH_WORLD(records_without_a_transform_any_more_are_delivered_at_the_first_attempt),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

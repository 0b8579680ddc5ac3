/*
 * test_event_attempt.c -- what a batch's outcome means for the position of its shard.
 */
#include "emulator/lambda/event_attempt.h"

#include "tests/lib/asserts.h"
#include "tests/unit/store_fixture.h"

struct world {
    struct store_fixture *store;
    struct event_source_row row;
    struct event_attempt *attempt;
};

/* A batch of four records, places 11 to 14, is about to be settled. */
static struct world begin(void **state)
{
    struct world w = {.store = *state};
    w.row = (struct event_source_row){
        .uuid = SLICE("u"),
        .account = SLICE("1"),
        .region = SLICE("r"),
        .function = SLICE("f"),
        .source_arn = SLICE("arn:aws:dynamodb:r:1:table/t/stream/l"),
        .batch_size = 4,
        .max_age_s = -1,
        .max_retries = -1,
    };
    assert_ok(event_source_store_insert(w.store->db, &w.row));
    const struct event_source_lane lane = {.source = w.row.id, .shard = 1, .position = 10};
    assert_ok(event_attempt_create(NULL, &w.row, &lane, &w.attempt));
    assert_ok(event_stream_parse(w.attempt->row.source_arn, &w.attempt->stream));
    w.attempt->batch = (struct event_batch){.records = 4, .after = 10, .last_place = 14};
    return w;
}

/* The lane as it was written. */
static struct event_source_lane settle(struct world *w, enum lambda_outcome outcome)
{
    struct event_source_lane lane;
    w->attempt->invocation.outcome = outcome;
    assert_ok(event_attempt_settle(w->attempt, w->store->db, 1000));
    assert_ok(event_source_store_lane(w->store->db, w->row.id, 1, &lane));
    return lane;
}

static void success_moves_behind_the_batch(void **state)
{
    struct world w = begin(state);
    w.attempt->lane.failures = 3;
    struct event_source_lane lane = settle(&w, LAMBDA_OK);
    assert_int_equal(lane.position, 14);
    assert_int_equal(lane.failures, 0);
    assert_int_equal(lane.next_ms, 0);
    event_attempt_free(w.attempt);
}

static void a_failure_stays_and_waits_twice_as_long_each_time_up_to_a_minute(void **state)
{
    static const int64_t waits_ms[] = {1000, 2000, 4000, 8000, 16000, 32000, 60000, 60000};
    struct world w = begin(state);
    for (size_t i = 0; i < sizeof(waits_ms) / sizeof(waits_ms[0]); i++) {
        struct event_source_lane lane = settle(&w, LAMBDA_FUNCTION_ERROR);
        assert_int_equal(lane.position, 10);
        assert_int_equal(lane.failures, i + 1);
        assert_int_equal(lane.next_ms, 1000 + waits_ms[i]);
    }
    event_attempt_free(w.attempt);
}

static void a_batch_is_given_up_after_its_last_try(void **state)
{
    struct world w = begin(state);
    w.attempt->row.max_retries = 1;
    assert_int_equal(settle(&w, LAMBDA_TIMED_OUT).position, 10);
    struct event_source_lane lane = settle(&w, LAMBDA_TIMED_OUT);
    assert_int_equal(lane.position, 14);
    assert_int_equal(lane.failures, 0);
    event_attempt_free(w.attempt);
}

static void throttles_count_as_no_try(void **state)
{
    struct world w = begin(state);
    w.attempt->row.max_retries = 0;
    struct event_source_lane lane = settle(&w, LAMBDA_THROTTLED);
    assert_int_equal(lane.position, 10);
    assert_int_equal(lane.failures, 0);
    assert_true(lane.next_ms > 1000);
    event_attempt_free(w.attempt);
}

static void a_batch_that_is_to_be_halved_is_taken_in_pieces_up_to_its_end(void **state)
{
    struct world w = begin(state);
    w.attempt->row.bisects = true;
    struct event_source_lane lane = settle(&w, LAMBDA_FUNCTION_ERROR);
    assert_int_equal(lane.position, 10);
    assert_int_equal(lane.failures, 0);
    assert_int_equal(lane.piece, 2);
    assert_int_equal(lane.piece_end, 14);

    w.attempt->batch = (struct event_batch){.records = 2, .after = 10, .last_place = 12};
    lane = settle(&w, LAMBDA_OK);
    assert_int_equal(lane.position, 12);
    assert_int_equal(lane.piece, 2);

    w.attempt->batch = (struct event_batch){.records = 2, .after = 12, .last_place = 14};
    lane = settle(&w, LAMBDA_OK);
    assert_int_equal(lane.position, 14);
    assert_int_equal(lane.piece, 0);
    event_attempt_free(w.attempt);
}

static void only_records_from_the_first_reported_one_on_are_tried_again(void **state)
{
    struct world w = begin(state);
    w.attempt->row.reports_failures = true;
    w.attempt->invocation.payload =
        SLICE("{\"batchItemFailures\":[{\"itemIdentifier\":\"100000000000000000014\"},"
              "{\"itemIdentifier\":\"100000000000000000013\"}]}");
    struct event_source_lane lane = settle(&w, LAMBDA_OK);
    assert_int_equal(lane.position, 12);
    assert_int_equal(lane.failures, 1);
    event_attempt_free(w.attempt);
}

static void a_report_that_names_no_record_fails_the_whole_batch(void **state)
{
    struct world w = begin(state);
    w.attempt->row.reports_failures = true;
    w.attempt->invocation.payload = SLICE("{\"batchItemFailures\":[{\"itemIdentifier\":\"\"}]}");
    struct event_source_lane lane = settle(&w, LAMBDA_OK);
    assert_int_equal(lane.position, 10);
    assert_int_equal(lane.failures, 1);
    event_attempt_free(w.attempt);
}

static void an_empty_report_is_success(void **state)
{
    struct world w = begin(state);
    w.attempt->row.reports_failures = true;
    w.attempt->invocation.payload = SLICE("{\"batchItemFailures\":[]}");
    assert_int_equal(settle(&w, LAMBDA_OK).position, 14);
    event_attempt_free(w.attempt);
}

static void nothing_is_written_for_a_mapping_that_is_gone(void **state)
{
    struct world w = begin(state);
    struct event_source_lane lane;
    assert_ok(event_source_store_delete(w.store->db, w.row.id));
    w.attempt->invocation.outcome = LAMBDA_OK;
    assert_status(event_attempt_settle(w.attempt, w.store->db, 1000), STATUS_NOT_FOUND);
    assert_status(event_source_store_lane(w.store->db, w.row.id, 1, &lane), STATUS_NOT_FOUND);
    event_attempt_free(w.attempt);
}

static void a_batch_waits_for_its_window_unless_it_is_whole_or_was_tried(void **state)
{
    struct world w = begin(state);
    w.attempt->row.window_s = 5;
    w.attempt->batch.first_ms = 700;
    w.attempt->batch.records = 3;
    assert_int_equal(event_attempt_due_ms(w.attempt), 5700);
    w.attempt->lane.failures = 1;
    assert_true(event_attempt_due_ms(w.attempt) < 700);
    w.attempt->lane.failures = 0;
    w.attempt->batch.records = 4;
    assert_true(event_attempt_due_ms(w.attempt) < 700);
    event_attempt_free(w.attempt);
}

static void arns_of_streams_are_taken_apart_and_others_refused(void **state)
{
    (void)state;
    struct event_stream stream;
    assert_ok(event_stream_parse(SLICE("arn:aws:kinesis:eu-west-1:12:stream/in"), &stream));
    assert_int_equal(stream.kind, EVENT_STREAM_KINESIS);
    assert_slice(stream.region, "eu-west-1");
    assert_slice(stream.account, "12");
    assert_slice(stream.name, "in");
    assert_ok(event_stream_parse(
        SLICE("arn:aws:dynamodb:r:1:table/t/stream/2026-11-23T08:20:07.084"), &stream));
    assert_int_equal(stream.kind, EVENT_STREAM_DYNAMODB);
    assert_slice(stream.name, "t");
    assert_slice(stream.label, "2026-11-23T08:20:07.084");
    static const char *const others[] = {
        "",
        "arn",
        "arn:aws:sqs:r:1:q",
        "arn:aws:kinesis:r:1:stream/",
        "arn:aws:kinesis:r:1:stream/in/consumer/c:1",
        "arn:aws:dynamodb:r:1:table/t",
        "arn:aws:dynamodb:r:1:table/t/index/i",
    };
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        assert_status(event_stream_parse(slice_of(others[i]), &stream), STATUS_INVALID);
}

#define T(name) cmocka_unit_test_setup_teardown(name, store_fixture_set_up, store_fixture_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(success_moves_behind_the_batch),
        T(a_failure_stays_and_waits_twice_as_long_each_time_up_to_a_minute),
        T(a_batch_is_given_up_after_its_last_try),
        T(throttles_count_as_no_try),
        T(a_batch_that_is_to_be_halved_is_taken_in_pieces_up_to_its_end),
        T(only_records_from_the_first_reported_one_on_are_tried_again),
        T(a_report_that_names_no_record_fails_the_whole_batch),
        T(an_empty_report_is_success),
        T(nothing_is_written_for_a_mapping_that_is_gone),
        T(a_batch_waits_for_its_window_unless_it_is_whole_or_was_tried),
        T(arns_of_streams_are_taken_apart_and_others_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

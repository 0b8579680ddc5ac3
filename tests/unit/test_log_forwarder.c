#include "tests/unit/forwarder_fixture.h"

#define THROTTLED "{\"__type\":\"ProvisionedThroughputExceededException\",\"message\":\"slow\"}"
#define MISSING "{\"__type\":\"com.amazonaws.kinesis#ResourceNotFoundException\",\"message\":\"x\"}"
#define HOUR INT64_C(3600000)

static void assert_got(const char *expected)
{
    assert_slice(text_slice(&forwarder_world.got), expected);
}

static void events_go_out_in_the_order_they_came(void **state)
{
    (void)state;
    forwarder_subscribe("f", "-skip");
    forwarder_put("a");
    forwarder_put("skip");
    forwarder_put("b");
    forwarder_advance(0);
    forwarder_put("c");
    forwarder_advance(0);
    assert_got("a b c ");
    assert_int_equal(forwarder_world.calls, 3);
}

static void every_filter_gets_its_own(void **state)
{
    (void)state;
    forwarder_subscribe("f", "a");
    forwarder_put("a1");
    forwarder_subscribe("g", "");
    forwarder_put("a2");
    forwarder_put("b");
    forwarder_advance(0);
    assert_int_equal(forwarder_world.calls, 4);
    assert_int_equal(forwarder_world.got.len, 3 * 3 + 2);
}

static void a_throttled_destination_is_tried_again_twice_as_late_each_time(void **state)
{
    (void)state;
    forwarder_subscribe("f", "");
    forwarder_world.error = THROTTLED;
    forwarder_put("a");
    forwarder_put("b");

    static const struct {
        int64_t ms;
        int calls;
    } steps[] = {{0, 1},     {999, 1},   {1, 2},     {1999, 2}, {1, 3},     {4000, 4},  {8000, 5},
                 {16000, 6}, {32000, 7}, {59999, 7}, {1, 8},    {60000, 9}, {60000, 10}};

    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        forwarder_advance(steps[i].ms);
        assert_int_equal(forwarder_world.calls, steps[i].calls);
    }
    forwarder_world.error = NULL;
    forwarder_advance(60000);
    assert_got("a b ");
    forwarder_world.error = THROTTLED; /* the waiting begins anew */
    forwarder_put("c");
    forwarder_advance(0);
    forwarder_world.error = NULL;
    forwarder_advance(1000);
    assert_got("a b c ");
}

static void what_cannot_be_sent_for_a_day_is_given_up(void **state)
{
    (void)state;
    forwarder_subscribe("f", "");
    forwarder_world.error = THROTTLED;
    forwarder_put("a");
    forwarder_advance(23 * HOUR);
    forwarder_put("b");
    forwarder_advance(HOUR + 60000);
    forwarder_world.error = NULL;
    forwarder_advance(60000);
    assert_got("b ");
}

static void a_destination_that_refuses_is_left_alone_for_ten_minutes(void **state)
{
    (void)state;
    forwarder_subscribe("f", "");
    forwarder_world.error = MISSING;
    forwarder_put("a");
    forwarder_advance(0);
    forwarder_world.error = NULL;
    forwarder_put("b");
    forwarder_advance(599999);
    forwarder_put("c");
    forwarder_advance(1);
    forwarder_put("d");
    forwarder_advance(0);
    assert_got("d ");
    assert_int_equal(forwarder_world.calls, 2);
}

static void a_destination_that_refuses_what_is_sent_loses_that_alone(void **state)
{
    (void)state;
    forwarder_subscribe("f", "");
    forwarder_world.error = "{\"__type\":\"ValidationException\",\"message\":\"too long\"}";
    forwarder_put("a");
    forwarder_advance(0);
    forwarder_world.error = NULL;
    forwarder_put("b");
    forwarder_advance(0);
    assert_got("b ");
}

static void another_forwarder_goes_on_where_the_first_one_ended(void **state)
{
    (void)state;
    forwarder_subscribe("f", "");
    forwarder_world.error = THROTTLED;
    forwarder_put("a");
    forwarder_advance(0);
    log_forwarder_destroy(forwarder_world.forwarder);
    forwarder_world.forwarder = NULL;
    forwarder_put("b");
    forwarder_world.error = NULL;
    forwarder_create();
    forwarder_advance(1000);
    assert_got("a b ");
}

static void notes_of_deleted_filters_are_forgotten(void **state)
{
    (void)state;
    int64_t filter = 0;
    forwarder_subscribe("f", "");
    for (int i = 0; i < 1200; i++)
        forwarder_put("x");
    db_unit_begin(forwarder_world.db);
    assert_ok(log_group_delete(forwarder_world.db, forwarder_world.group));
    assert_ok(db_unit_end(forwarder_world.db, true));
    forwarder_advance(0);
    assert_got("");
    assert_status(log_forward_next_filter(forwarder_world.db, 0, &filter), STATUS_NOT_FOUND);
}

static void a_stopped_forwarder_takes_up_nothing(void **state)
{
    (void)state;
    forwarder_subscribe("f", "");
    log_forwarder_stop(forwarder_world.forwarder);
    forwarder_put("a");
    forwarder_advance(HOUR);
    assert_got("");
    assert_true(log_forwarder_is_idle(forwarder_world.forwarder));
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, forwarder_set_up, forwarder_tear_down)
    const struct CMUnitTest tests[] = {
        T(events_go_out_in_the_order_they_came),
        T(every_filter_gets_its_own),
        T(a_throttled_destination_is_tried_again_twice_as_late_each_time),
        T(what_cannot_be_sent_for_a_day_is_given_up),
        T(a_destination_that_refuses_is_left_alone_for_ten_minutes),
        T(a_destination_that_refuses_what_is_sent_loses_that_alone),
        T(another_forwarder_goes_on_where_the_first_one_ended),
        T(notes_of_deleted_filters_are_forgotten),
        T(a_stopped_forwarder_takes_up_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

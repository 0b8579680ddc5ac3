#include "handlers/cloudwatch/metric_reader.h"

#include <stdio.h>

#include "emulator/base/log.h"
#include "emulator/base/text.h"
#include "storage/metric_store.h"
#include "tests/lib/asserts.h"

static const struct event_metric two[] = {
    {SLICE_INIT("IncomingBytes"), SLICE_INIT("Bytes"), 100},
    {SLICE_INIT("IncomingRecords"), SLICE_INIT("Count"), 2},
};

static struct db *db;
static struct event_bus bus;
static struct metric_reader reader;

static int set_up(void **state)
{
    (void)state;
    event_bus_init(&bus);
    if (db_open(":memory:", DB_DURABILITY_NONE, &db) != STATUS_OK)
        return -1;
    metric_reader_init(&reader, db, &bus);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    metric_reader_close(&reader);
    metric_reader_close(&reader);
    db_close(db);
    return 0;
}

static void publish(const char *resource, int64_t at_ms)
{
    struct event event = {.kind = EVENT_METRIC,
                          .at_ms = at_ms,
                          .account = SLICE("000000000000"),
                          .region = SLICE("us-east-1"),
                          .resource = slice_of(resource),
                          .namespace = SLICE("AWS/Firehose"),
                          .dimension = SLICE("DeliveryStreamName"),
                          .metrics = two,
                          .metric_count = 2};
    event_bus_publish(&bus, &event);
}

static void save(void)
{
    metric_reader_save(&reader);
    if (db_is_dirty(db))
        assert_ok(db_commit(db));
}

/* "minute unit sum/count min..max;" of each row. */
static void assert_stored(const char *namespace, const char *name, struct slice dimensions,
                          const char *expected)
{
    struct metric_key key = {SLICE("000000000000"), SLICE("us-east-1"), slice_of(namespace),
                             slice_of(name), dimensions};
    struct metric_range range = {.to_ms = INT64_MAX};
    struct metric_minute minute = {0};
    struct query q;
    struct text all;
    text_init(&all, 4096);
    enum status status = metric_store_find(db, &key, &range.metric_id);
    if (status != STATUS_NOT_FOUND) {
        assert_ok(status);
        metric_minutes_begin(&q, db, &range);
        while (metric_minutes_next(&q, &minute))
            text_printf(&all, "%lld %.*s %g/%g %g..%g;",
                        (long long)(minute.minute_ms / METRIC_MINUTE_MS), SLICE_ARG(minute.unit),
                        minute.point.sum, minute.point.count, minute.point.min, minute.point.max);
        assert_ok(query_end(&q));
    }
    assert_slice(text_slice(&all), expected);
    text_close(&all);
}

#define STREAM(name) SLICE("DeliveryStreamName\0" name "\0")

static void measurements_add_up_and_are_written_on_save(void **state)
{
    (void)state;
    publish("s", 60000);
    publish("s", 119999);
    assert_stored("AWS/Firehose", "IncomingBytes", STREAM("s"), "");
    save();
    assert_stored("AWS/Firehose", "IncomingBytes", STREAM("s"), "1 Bytes 200/2 100..100;");
    assert_stored("AWS/Firehose", "IncomingRecords", STREAM("s"), "1 Count 4/2 2..2;");
}

static void a_minute_goes_on_after_a_save(void **state)
{
    (void)state;
    publish("s", 60000);
    save();
    publish("s", 61000);
    save();
    save();
    assert_stored("AWS/Firehose", "IncomingBytes", STREAM("s"), "1 Bytes 200/2 100..100;");
}

static void a_minute_goes_on_after_a_restart(void **state)
{
    (void)state;
    publish("s", 60000);
    save();
    metric_reader_close(&reader);
    metric_reader_init(&reader, db, &bus);
    publish("s", 61000);
    save();
    assert_stored("AWS/Firehose", "IncomingBytes", STREAM("s"), "1 Bytes 200/2 100..100;");
}

static void minutes_and_resources_are_kept_apart(void **state)
{
    (void)state;
    publish("s", 60000);
    publish("t", 60000);
    publish("s", 180000);
    save();
    publish("s", 60001); /* back in time */
    save();
    assert_stored("AWS/Firehose", "IncomingBytes", STREAM("s"),
                  "1 Bytes 200/2 100..100;3 Bytes 100/1 100..100;");
    assert_stored("AWS/Firehose", "IncomingBytes", STREAM("t"), "1 Bytes 100/1 100..100;");
}

static void measurements_of_an_undone_group_are_gone(void **state)
{
    (void)state;
    publish("s", 60000);
    save();
    publish("s", 60000);
    assert_ok(db_wipe(db)); /* listeners are told as if a group was undone */
    publish("s", 61000);
    save();
    assert_stored("AWS/Firehose", "IncomingBytes", STREAM("s"), "1 Bytes 100/1 100..100;");
}

static void an_invocation_becomes_lambda_s_metrics(void **state)
{
    (void)state;
    struct event event = {.kind = EVENT_INVOKED,
                          .at_ms = 60000,
                          .account = SLICE("000000000000"),
                          .region = SLICE("us-east-1"),
                          .resource = SLICE("f"),
                          .status = 200,
                          .duration_us = 2500,
                          .concurrent = 3};
    event_bus_publish(&bus, &event);
    event.status = 500;
    event_bus_publish(&bus, &event);
    event.status = 429;
    event_bus_publish(&bus, &event);
    save();
    struct slice function = SLICE("FunctionName\0f\0");
    assert_stored("AWS/Lambda", "Invocations", function, "1 Count 2/2 1..1;");
    assert_stored("AWS/Lambda", "Errors", function, "1 Count 1/2 0..1;");
    assert_stored("AWS/Lambda", "Throttles", function, "1 Count 1/3 0..1;");
    assert_stored("AWS/Lambda", "Duration", function, "1 Milliseconds 5/2 2.5..2.5;");
    assert_stored("AWS/Lambda", "ConcurrentExecutions", function, "1 Count 6/2 3..3;");
}

static void many_resources_are_all_written_and_not_all_kept(void **state)
{
    (void)state;
    char name[32];
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 2 * METRIC_READER_KEPT_SOURCES; i++) {
            (void)snprintf(name, sizeof(name), "s%d", i);
            publish(name, 60000);
        }
        save();
        assert_int_equal(reader.source_count, 0);
    }
    assert_stored("AWS/Firehose", "IncomingBytes", STREAM("s0"), "1 Bytes 200/2 100..100;");
    assert_stored("AWS/Firehose", "IncomingBytes", STREAM("s511"), "1 Bytes 200/2 100..100;");
}

static void without_measurements_nothing_is_written(void **state)
{
    (void)state;
    metric_reader_save(&reader);
    assert_false(db_is_dirty(db));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(measurements_add_up_and_are_written_on_save),
        TEST(a_minute_goes_on_after_a_save),
        TEST(a_minute_goes_on_after_a_restart),
        TEST(minutes_and_resources_are_kept_apart),
        TEST(measurements_of_an_undone_group_are_gone),
        TEST(an_invocation_becomes_lambda_s_metrics),
        TEST(many_resources_are_all_written_and_not_all_kept),
        TEST(without_measurements_nothing_is_written),
    };
    log_set_level(LOG_ERROR + 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}

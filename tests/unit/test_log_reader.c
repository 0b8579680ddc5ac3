#include "handlers/logs/log_reader.h"

#include "emulator/base/arena.h"
#include "emulator/base/text.h"
#include "storage/db.h"
#include "storage/log_store.h"
#include "tests/lib/asserts.h"

static const struct log_owner owner = {SLICE_INIT("000000000000"), SLICE_INIT("us-east-1")};
static struct db *db;
static struct arena arena;
static struct event_bus bus;
static struct log_reader reader;

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena, (size_t)1024 * 1024);
    event_bus_init(&bus);
    if (db_open(":memory:", DB_DURABILITY_NONE, &db) != STATUS_OK)
        return -1;
    log_reader_init(&reader, db, &bus);
    db_unit_begin(db);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    enum status status = db_unit_end(db, true);
    log_reader_close(&reader);
    db_close(db);
    arena_clear(&arena);
    return status == STATUS_OK ? 0 : -1;
}

static void publish(const struct event_log_line *lines, size_t count, bool must_exist)
{
    struct event event = {.kind = EVENT_LOG,
                          .at_ms = 500,
                          .account = owner.account,
                          .region = owner.region,
                          .log_group = SLICE("/aws/lambda/f"),
                          .log_stream = SLICE("2026/11/25/[$LATEST]1"),
                          .lines = lines,
                          .line_count = count,
                          .log_must_exist = must_exist};
    event_bus_publish(&bus, &event);
}

/* The group's "stream@time message" lines; empty when there is no group. */
static void assert_stored(const char *expected)
{
    struct text all;
    struct log_group_row group;
    struct log_event_row row;
    struct log_cursor cursor;
    text_init_in(&all, &arena, 4096);
    if (log_group_find(db, &owner, SLICE("/aws/lambda/f"), &arena, &group) == STATUS_OK) {
        struct log_events_range range = {
            .group_id = group.id, .after = LOG_POSITION_FIRST, .before = LOG_POSITION_LAST};
        log_events_begin(&cursor, db, &range);
        while (log_events_next(&cursor, &row))
            text_printf(&all, "%.*s@%lld+%lld %.*s\n", SLICE_ARG(row.stream_name),
                        (long long)row.at_ms, (long long)row.ingested_ms, SLICE_ARG(row.message));
        assert_ok(log_cursor_end(&cursor));
    }
    assert_slice(text_slice(&all), expected);
}

static const struct event_log_line two_lines[] = {{400, SLICE_INIT("START")},
                                                  {401, SLICE_INIT("END")}};

static void lines_are_stored_in_a_group_and_stream_made_for_them(void **state)
{
    (void)state;
    publish(two_lines, 2, false);
    publish(two_lines, 1, false);
    assert_stored("2026/11/25/[$LATEST]1@400+500 START\n2026/11/25/[$LATEST]1@400+500 START\n"
                  "2026/11/25/[$LATEST]1@401+500 END\n");
}

static void lines_that_want_an_existing_group_are_dropped_without_one(void **state)
{
    (void)state;
    struct log_group_row row = {.name = SLICE("/aws/lambda/f"), .class = SLICE("STANDARD")};
    int64_t group_id = 0;
    int64_t stream_id = 0;
    publish(two_lines, 2, true);
    assert_status(log_group_find(db, &owner, row.name, &arena, &row), STATUS_NOT_FOUND);

    assert_ok(log_group_create(db, &owner, &row, &group_id));
    publish(two_lines, 2, true);
    assert_stored("");

    assert_ok(log_stream_create(db, group_id, SLICE("2026/11/25/[$LATEST]1"), 1, &stream_id));
    publish(two_lines, 1, true);
    assert_stored("2026/11/25/[$LATEST]1@400+500 START\n");
}

static void empty_lines_are_no_events(void **state)
{
    (void)state;
    const struct event_log_line lines[] = {{1, SLICE_INIT("")}, {2, SLICE_INIT("x")}};
    publish(lines, 2, false);
    assert_stored("2026/11/25/[$LATEST]1@2+500 x\n");
}

static void other_events_are_not_read(void **state)
{
    (void)state;
    struct event event = {.kind = EVENT_INVOKED, .lines = two_lines, .line_count = 2};
    event_bus_publish(&bus, &event);
    assert_stored("");
}

static void a_closed_reader_reads_nothing(void **state)
{
    (void)state;
    log_reader_close(&reader);
    publish(two_lines, 2, false);
    assert_stored("");
}

static void lines_vanish_with_the_unit_they_were_published_in(void **state)
{
    (void)state;
    publish(two_lines, 2, false);
    assert_ok(db_unit_end(db, false));
    db_unit_begin(db);
    assert_stored("");
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(lines_are_stored_in_a_group_and_stream_made_for_them),
        T(lines_that_want_an_existing_group_are_dropped_without_one),
        T(empty_lines_are_no_events),
        T(other_events_are_not_read),
        T(a_closed_reader_reads_nothing),
        T(lines_vanish_with_the_unit_they_were_published_in),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "emulator/base/arena.h"
#include "emulator/base/text.h"
#include "storage/db.h"
#include "storage/log_store.h"
#include "tests/lib/asserts.h"

static const struct log_owner owner = {SLICE_INIT("000000000000"), SLICE_INIT("us-east-1")};
static struct db *db;
static struct arena arena;
static int64_t group;
static int64_t first; /* two streams of the group */
static int64_t second;
static int64_t third; /* and one that is often not asked for */

static int set_up(void **state)
{
    (void)state;
    struct log_group_row row = {.name = SLICE("g"), .class = SLICE("STANDARD")};
    arena_init(&arena, (size_t)1024 * 1024);
    if (db_open(":memory:", DB_DURABILITY_NONE, &db) != STATUS_OK)
        return -1;
    db_unit_begin(db);
    if (log_group_create(db, &owner, &row, &group) != STATUS_OK ||
        log_stream_create(db, group, SLICE("first"), 1, &first) != STATUS_OK ||
        log_stream_create(db, group, SLICE("second"), 1, &second) != STATUS_OK ||
        log_stream_create(db, group, SLICE("third"), 1, &third) != STATUS_OK)
        return -1;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    enum status status = db_unit_end(db, true);
    db_close(db);
    arena_clear(&arena);
    return status == STATUS_OK ? 0 : -1;
}

static void add(int64_t stream, int64_t at_ms, const char *message)
{
    struct log_line line = {at_ms, slice_of(message)};
    struct log_batch batch = {group, stream, at_ms + 1000, &line, 1};
    assert_ok(log_events_append(db, &batch));
}

/* The range's messages, a space after each. */
static void assert_events(const struct log_events_range *range, const char *expected)
{
    struct text messages;
    struct log_cursor cursor;
    struct log_event_row row;
    text_init_in(&messages, &arena, 4096);
    log_events_begin(&cursor, db, range);
    while (log_events_next(&cursor, &row))
        if (!row.is_other)
            text_printf(&messages, "%.*s ", SLICE_ARG(row.message));
    assert_ok(log_cursor_end(&cursor));
    assert_slice(text_slice(&messages), expected);
}

static int passed_over(const struct log_events_range *range)
{
    struct log_cursor cursor;
    struct log_event_row row;
    int count = 0;
    log_events_begin(&cursor, db, range);
    while (log_events_next(&cursor, &row))
        count += row.is_other ? 1 : 0;
    assert_ok(log_cursor_end(&cursor));
    return count;
}

static struct log_events_range whole(int64_t stream)
{
    return (struct log_events_range){.group_id = group,
                                     .stream_id = stream,
                                     .after = LOG_POSITION_FIRST,
                                     .before = LOG_POSITION_LAST};
}

static void add_five(void)
{
    add(first, 30, "c");
    add(first, 10, "a");
    add(second, 20, "x");
    add(first, 20, "b1");
    add(first, 20, "b2");
}

static void events_are_in_the_order_of_time_then_arrival(void **state)
{
    (void)state;
    add_five();
    struct log_events_range range = whole(0);
    assert_events(&range, "a x b1 b2 c ");
    range = whole(first);
    assert_events(&range, "a b1 b2 c ");
    range.is_descending = true;
    assert_events(&range, "c b2 b1 a ");
}

static void both_ends_of_a_range_are_left_out(void **state)
{
    (void)state;
    add_five();
    struct log_events_range range = whole(0);
    range.after = (struct log_position){20, INT64_MIN};
    range.before = (struct log_position){30, INT64_MIN};
    assert_events(&range, "x b1 b2 ");
    range.after = (struct log_position){20, 4}; /* b1 came as the fourth */
    range.before = (struct log_position){30, INT64_MAX};
    assert_events(&range, "b2 c ");
    range = whole(first);
    range.before = (struct log_position){20, 5};
    range.is_descending = true;
    assert_events(&range, "b1 a ");
}

static void a_group_is_narrowed_to_streams_by_id_or_prefix(void **state)
{
    (void)state;
    add_five();
    struct log_events_range range = whole(0);
    const int64_t ids[] = {second, first};
    range.streams = ids;
    range.stream_count = 1;
    assert_events(&range, "x ");
    range.stream_count = 2;
    assert_events(&range, "a x b1 b2 c ");
    range.stream_count = 0;
    assert_events(&range, "");
    range = whole(0);
    range.stream_prefix = SLICE("fir");
    assert_events(&range, "a b1 b2 c ");
    range.stream_prefix = SLICE("none");
    assert_events(&range, "");
}

static void long_rows_of_other_streams_are_jumped_over(void **state)
{
    (void)state;
    add(first, 10, "a");
    for (int i = 0; i < 300; i++)
        add(third, 20 + i / 100, "other");
    add(second, 22, "b");
    for (int i = 0; i < 300; i++)
        add(third, 23, "other");
    add(first, 23, "c");
    for (int i = 0; i < 300; i++)
        add(third, 24, "other");
    const int64_t streams[] = {first, second};
    struct log_events_range range = whole(0);
    range.streams = streams;
    range.stream_count = 2;
    assert_events(&range, "a b c ");
    assert_true(passed_over(&range) < 300);
    range.before = (struct log_position){23, INT64_MIN};
    assert_events(&range, "a b ");
}

static void an_event_is_read_with_all_its_members(void **state)
{
    (void)state;
    add(second, 20, "hello");
    struct log_events_range range = whole(0);
    struct log_cursor cursor;
    struct log_event_row row;
    log_events_begin(&cursor, db, &range);
    assert_true(log_events_next(&cursor, &row));
    assert_int_equal(row.id, 1);
    assert_int_equal(row.stream_id, second);
    assert_slice(row.stream_name, "second");
    assert_int_equal(row.at_ms, 20);
    assert_int_equal(row.ingested_ms, 1020);
    assert_slice(row.message, "hello");
    assert_ok(log_cursor_end(&cursor));
}

static void appending_moves_the_streams_times_and_the_bytes(void **state)
{
    (void)state;
    struct log_line lines[] = {{50, SLICE("12")}, {60, SLICE("345")}};
    struct log_batch batch = {group, first, 70, lines, 2};
    struct log_stream_row stream;
    struct log_group_row row;
    assert_ok(log_events_append(db, &batch));
    add(first, 40, "6");

    assert_ok(log_stream_find(db, group, SLICE("first"), &arena, &stream));
    assert_true(stream.has_events);
    assert_int_equal(stream.first_event_ms, 40);
    assert_int_equal(stream.last_event_ms, 60);
    assert_int_equal(stream.last_ingestion_ms, 1040);
    assert_ok(log_group_find(db, &owner, SLICE("g"), &arena, &row));
    assert_int_equal(row.stored_bytes, 6 + 3 * LOG_EVENT_OVERHEAD_BYTES);
    assert_ok(log_stream_find(db, group, SLICE("second"), &arena, &stream));
    assert_false(stream.has_events);
}

static void an_empty_batch_changes_nothing(void **state)
{
    (void)state;
    struct log_batch batch = {group, first, 70, NULL, 0};
    struct log_stream_row stream;
    assert_ok(log_events_append(db, &batch));
    assert_ok(log_stream_find(db, group, SLICE("first"), &arena, &stream));
    assert_false(stream.has_events);
}

static void an_id_is_never_given_twice(void **state)
{
    (void)state;
    add(first, 10, "a");
    bool has_more = false;
    assert_ok(log_stream_delete(db, group, first));
    assert_ok(log_store_sweep(db, 10, &has_more));
    add(second, 10, "b");
    struct log_events_range range = whole(0);
    struct log_cursor cursor;
    struct log_event_row row;
    log_events_begin(&cursor, db, &range);
    assert_true(log_events_next(&cursor, &row));
    assert_int_equal(row.id, 2);
    assert_ok(log_cursor_end(&cursor));
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(events_are_in_the_order_of_time_then_arrival),
        T(both_ends_of_a_range_are_left_out),
        T(a_group_is_narrowed_to_streams_by_id_or_prefix),
        T(long_rows_of_other_streams_are_jumped_over),
        T(an_event_is_read_with_all_its_members),
        T(appending_moves_the_streams_times_and_the_bytes),
        T(an_empty_batch_changes_nothing),
        T(an_id_is_never_given_twice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

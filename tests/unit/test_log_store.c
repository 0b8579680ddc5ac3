#include "storage/log_store.h"

#include "emulator/base/arena.h"
#include "emulator/base/text.h"
#include "storage/db.h"
#include "tests/lib/asserts.h"

static const struct log_owner owner = {SLICE_INIT("000000000000"), SLICE_INIT("us-east-1")};
static const struct log_owner elsewhere = {SLICE_INIT("000000000000"), SLICE_INIT("eu-west-1")};
static struct db *db;
static struct arena arena;

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena, (size_t)1024 * 1024);
    if (db_open(":memory:", DB_DURABILITY_NONE, &db) != STATUS_OK)
        return -1;
    db_unit_begin(db);
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

static int64_t make_group(const char *name)
{
    struct log_group_row row = {
        .name = slice_of(name), .created_ms = 1, .class = SLICE("STANDARD")};
    int64_t id = 0;
    assert_ok(log_group_create(db, &owner, &row, &id));
    return id;
}

static int64_t make_stream(int64_t group_id, const char *name)
{
    int64_t id = 0;
    assert_ok(log_stream_create(db, group_id, slice_of(name), 2, &id));
    return id;
}

static void add_event(int64_t group_id, int64_t stream_id, int64_t at_ms, const char *message)
{
    struct log_line line = {at_ms, slice_of(message)};
    struct log_batch batch = {group_id, stream_id, at_ms + 1000, &line, 1};
    assert_ok(log_events_append(db, &batch));
}

static void assert_groups(const char *after, const char *prefix, const char *expected)
{
    struct text names;
    struct log_cursor cursor;
    struct log_group_row row;
    text_init_in(&names, &arena, 4096);
    log_groups_begin(&cursor, db, &owner, slice_of(after), slice_of(prefix));
    while (log_groups_next(&cursor, &row))
        text_printf(&names, "%.*s ", SLICE_ARG(row.name));
    assert_ok(log_cursor_end(&cursor));
    assert_slice(text_slice(&names), expected);
}

static void assert_streams(const struct log_streams_range *range, const char *expected)
{
    struct text names;
    struct log_cursor cursor;
    struct log_stream_row row;
    text_init_in(&names, &arena, 4096);
    log_streams_begin(&cursor, db, range);
    while (log_streams_next(&cursor, &row))
        text_printf(&names, "%.*s ", SLICE_ARG(row.name));
    assert_ok(log_cursor_end(&cursor));
    assert_slice(text_slice(&names), expected);
}

static void a_group_is_found_with_all_it_was_made_with(void **state)
{
    (void)state;
    struct log_group_row made = {.name = SLICE("g"),
                                 .created_ms = 42,
                                 .class = SLICE("INFREQUENT_ACCESS"),
                                 .kms_key = SLICE("key"),
                                 .is_protected = true,
                                 .retention_days = 7};
    int64_t id = 0;
    assert_ok(log_group_create(db, &owner, &made, &id));

    struct log_group_row row;
    assert_ok(log_group_find(db, &owner, SLICE("g"), &arena, &row));

    assert_int_equal(row.id, id);
    assert_slice(row.name, "g");
    assert_int_equal(row.created_ms, 42);
    assert_slice(row.class, "INFREQUENT_ACCESS");
    assert_slice(row.kms_key, "key");
    assert_true(row.is_protected);
    assert_int_equal(row.retention_days, 7);
    assert_int_equal(row.stored_bytes, 0);
}

static void a_name_is_taken_once_per_region(void **state)
{
    (void)state;
    struct log_group_row row = {.name = SLICE("g"), .class = SLICE("STANDARD")};
    int64_t first = 0;
    int64_t again = 0;
    int64_t other = 0;
    assert_ok(log_group_create(db, &owner, &row, &first));
    assert_status(log_group_create(db, &owner, &row, &again), STATUS_EXISTS);
    assert_ok(log_group_create(db, &elsewhere, &row, &other));
    assert_int_equal(again, 0);
    assert_true(first != other);
    assert_status(log_group_find(db, &owner, SLICE("h"), &arena, &row), STATUS_NOT_FOUND);
}

static void groups_are_listed_by_name_prefix_and_place(void **state)
{
    (void)state;
    make_group("/b/2");
    make_group("/a/1");
    make_group("/b/1");
    make_group("/b%");
    assert_groups("", "", "/a/1 /b% /b/1 /b/2 ");
    assert_groups("", "/b/", "/b/1 /b/2 ");
    assert_groups("/b/1", "/b", "/b/2 ");
    assert_groups("", "/b%", "/b% ");
    assert_groups("", "/c", "");
}

static void retention_and_protection_are_kept(void **state)
{
    (void)state;
    int64_t id = make_group("g");
    struct log_group_row row;
    assert_ok(log_group_set_retention(db, id, 14));
    assert_ok(log_group_set_protection(db, id, true));
    assert_ok(log_group_find(db, &owner, SLICE("g"), &arena, &row));
    assert_int_equal(row.retention_days, 14);
    assert_true(row.is_protected);
    assert_ok(log_group_set_retention(db, id, 0));
    assert_ok(log_group_set_protection(db, id, false));
    assert_ok(log_group_find(db, &owner, SLICE("g"), &arena, &row));
    assert_int_equal(row.retention_days, 0);
    assert_false(row.is_protected);
}

static int64_t count_rows(const char *name)
{
    static const char streams[] = "SELECT count(*) FROM log_stream";
    static const char events[] = "SELECT count(*) FROM log_event";
    static const char tags[] = "SELECT count(*) FROM log_tag";
    struct query q;
    query_begin(&q, db, name[0] == 's' ? streams : name[0] == 'e' ? events : tags);
    int64_t count = query_step(&q) ? query_integer(&q, 0) : -1;
    assert_ok(query_end(&q));
    return count;
}

static void sweep_all(void)
{
    bool has_more = true;
    while (has_more)
        assert_ok(log_store_sweep(db, 100, &has_more));
    assert_ok(log_store_has_dropped(db, &has_more));
    assert_false(has_more);
}

static void a_deleted_group_takes_everything_of_its_own(void **state)
{
    (void)state;
    int64_t gone = make_group("gone");
    int64_t kept = make_group("kept");
    add_event(gone, make_stream(gone, "s"), 10, "x");
    add_event(kept, make_stream(kept, "s"), 10, "y");
    assert_ok(log_tag_put(db, gone, SLICE("k"), SLICE("v")));
    assert_ok(log_tag_put(db, kept, SLICE("k"), SLICE("w")));

    assert_ok(log_group_delete(db, gone));

    assert_groups("", "", "kept ");
    assert_int_equal(count_rows("streams"), 1);
    assert_int_equal(count_rows("tags"), 1);
    sweep_all();
    assert_int_equal(count_rows("events"), 1);
}

static void events_of_deleted_streams_are_swept_in_pieces(void **state)
{
    (void)state;
    bool has_more = false;
    int64_t group = make_group("g");
    for (int i = 0; i < 3; i++) {
        int64_t stream = make_stream(group, "s");
        for (int event = 0; event < 10; event++)
            add_event(group, stream, 10, "x");
        assert_ok(log_stream_delete(db, group, stream));
    }
    add_event(group, make_stream(group, "s"), 10, "y");
    assert_int_equal(count_rows("events"), 31);
    assert_ok(log_store_sweep(db, 7, &has_more));
    assert_true(has_more);
    assert_int_equal(count_rows("events"), 24);
    sweep_all();
    assert_int_equal(count_rows("events"), 1);
}

static void tags_are_replaced_removed_and_counted(void **state)
{
    (void)state;
    int64_t id = make_group("g");
    int64_t count = 0;
    struct log_cursor cursor;
    struct slice key;
    struct slice value;
    assert_ok(log_tag_put(db, id, SLICE("b"), SLICE("1")));
    assert_ok(log_tag_put(db, id, SLICE("a"), SLICE("2")));
    assert_ok(log_tag_put(db, id, SLICE("b"), SLICE("3")));
    assert_ok(log_tag_count(db, id, &count));
    assert_int_equal(count, 2);
    assert_ok(log_tag_remove(db, id, SLICE("a")));
    assert_ok(log_tag_remove(db, id, SLICE("nothing")));

    log_tags_begin(&cursor, db, id);
    assert_true(log_tags_next(&cursor, &key, &value));
    assert_slice(key, "b");
    assert_slice(value, "3");
    assert_false(log_tags_next(&cursor, &key, &value));
    assert_ok(log_cursor_end(&cursor));
}

static void streams_are_listed_by_name_both_ways(void **state)
{
    (void)state;
    int64_t group = make_group("g");
    make_stream(group, "b2");
    make_stream(group, "a1");
    make_stream(group, "b1");
    struct log_streams_range range = {.group_id = group};
    assert_streams(&range, "a1 b1 b2 ");
    range.prefix = SLICE("b");
    assert_streams(&range, "b1 b2 ");
    range.is_descending = true;
    assert_streams(&range, "b2 b1 ");
    range.has_after = true;
    range.after_name = SLICE("b2");
    assert_streams(&range, "b1 ");
}

static void streams_are_listed_by_their_last_event(void **state)
{
    (void)state;
    int64_t group = make_group("g");
    int64_t late = make_stream(group, "late");
    int64_t early = make_stream(group, "early");
    make_stream(group, "none");
    add_event(group, late, 20, "x");
    add_event(group, early, 10, "x");
    struct log_streams_range range = {.group_id = group, .order = LOG_STREAMS_BY_LAST_EVENT};
    assert_streams(&range, "none early late ");
    range.is_descending = true;
    assert_streams(&range, "late early none ");
    range.has_after = true;
    range.after_name = SLICE("late");
    range.after_last_event_ms = 20;
    assert_streams(&range, "early none ");
}

static void a_deleted_stream_takes_its_events_and_bytes(void **state)
{
    (void)state;
    int64_t group = make_group("g");
    int64_t gone = make_stream(group, "gone");
    int64_t kept = make_stream(group, "kept");
    add_event(group, gone, 10, "12345");
    add_event(group, kept, 10, "123");

    assert_ok(log_stream_delete(db, group, gone));

    struct log_group_row row;
    struct log_stream_row stream;
    assert_ok(log_group_find(db, &owner, SLICE("g"), &arena, &row));
    assert_int_equal(row.stored_bytes, 3 + LOG_EVENT_OVERHEAD_BYTES);
    sweep_all();
    assert_int_equal(count_rows("events"), 1);
    assert_status(log_stream_find(db, group, SLICE("gone"), &arena, &stream), STATUS_NOT_FOUND);
    assert_ok(log_stream_find(db, group, SLICE("kept"), &arena, &stream));
    assert_int_equal(stream.id, kept);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(a_group_is_found_with_all_it_was_made_with),
        T(a_name_is_taken_once_per_region),
        T(groups_are_listed_by_name_prefix_and_place),
        T(retention_and_protection_are_kept),
        T(a_deleted_group_takes_everything_of_its_own),
        T(tags_are_replaced_removed_and_counted),
        T(streams_are_listed_by_name_both_ways),
        T(streams_are_listed_by_their_last_event),
        T(a_deleted_stream_takes_its_events_and_bytes),
        T(events_of_deleted_streams_are_swept_in_pieces),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

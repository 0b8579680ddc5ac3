#include "emulator/base/arena.h"
#include "emulator/base/text.h"
#include "storage/log_document_store.h"
#include "storage/log_filter_store.h"
#include "storage/log_retention_store.h"
#include "tests/lib/asserts.h"
#include "tests/unit/store_fixture.h"

#define DAY LOG_RETENTION_DAY_MS

static const struct log_owner owner = {SLICE_INIT("000000000000"), SLICE_INIT("us-east-1")};
static const struct log_owner other = {SLICE_INIT("111111111111"), SLICE_INIT("us-east-1")};
static struct arena arena;
static struct db *db;
static int64_t group;
static int64_t stream;

static int set_up(void **state)
{
    const struct log_group_row row = {.name = SLICE("g"), .class = SLICE("STANDARD")};
    if (store_fixture_set_up(state) != 0)
        return -1;
    db = ((struct store_fixture *)*state)->db;
    arena_init(&arena, (size_t)1024 * 1024);
    assert_ok(log_group_create(db, &owner, &row, &group));
    assert_ok(log_stream_create(db, group, SLICE("s"), 1, &stream));
    return 0;
}

static int tear_down(void **state)
{
    arena_clear(&arena);
    return store_fixture_tear_down(state);
}

static struct log_filter_row put(const char *name, const char *pattern)
{
    struct log_filter_row row = {.group_id = group,
                                 .kind = LOG_FILTER_METRIC,
                                 .name = slice_of(name),
                                 .pattern = slice_of(pattern),
                                 .settings = SLICE("{}"),
                                 .created_ms = 7};
    assert_ok(log_filter_put(db, &row));
    assert_ok(log_filter_find(db, group, LOG_FILTER_METRIC, row.name, &arena, &row));
    return row;
}

static void add(int64_t at_ms, size_t count)
{
    struct log_line lines[8];
    for (size_t i = 0; i < count; i++)
        lines[i] = (struct log_line){at_ms, SLICE("1234")};
    struct log_batch batch = {group, stream, at_ms, lines, count};
    assert_ok(log_events_append(db, &batch));
}

static void a_filter_is_replaced_under_its_id(void **state)
{
    (void)state;
    struct log_filter_row made = put("f", "a");
    made.failures = 3;
    made.next_ms = 99;
    assert_ok(log_filter_set_health(db, &made));
    struct log_filter_row changed = put("f", "b");
    assert_int_equal(changed.id, made.id);
    assert_int_equal(changed.created_ms, 7);
    assert_int_equal(changed.failures, 0);
    assert_int_equal(changed.next_ms, 0);
    assert_slice(changed.pattern, "b");
    assert_slice(changed.group, "g");
    assert_slice(changed.account, "000000000000");
    assert_status(log_filter_find(db, group, LOG_FILTER_SUBSCRIPTION, SLICE("f"), &arena, &changed),
                  STATUS_NOT_FOUND);
}

static void what_is_appended_is_noted_for_each_filter(void **state)
{
    (void)state;
    struct log_forward_row note;
    int64_t next = 0;
    add(10, 2);
    int64_t first = put("f", "").id;
    int64_t second = put("g", "").id;
    add(10, 3);
    assert_ok(log_forward_next_filter(db, 0, &next));
    assert_int_equal(next, first);
    assert_ok(log_forward_next_filter(db, first, &next));
    assert_int_equal(next, second);
    assert_status(log_forward_next_filter(db, second, &next), STATUS_NOT_FOUND);
    assert_ok(log_forward_first(db, first, &note));
    assert_int_equal(note.stream_id, stream);
    assert_int_equal(note.next_event, 3);
    assert_int_equal(note.last_event, 5);
}

static void a_note_is_moved_forward_until_it_is_gone(void **state)
{
    (void)state;
    struct log_cursor cursor;
    struct log_event_row event;
    struct log_forward_row note;
    int64_t filter = put("f", "").id;
    add(10, 3);
    add(11, 1);
    assert_ok(log_forward_first(db, filter, &note));
    assert_ok(log_forward_move(db, &note, 3));
    assert_ok(log_forward_first(db, filter, &note));
    log_forward_events_begin(&cursor, db, &note);
    assert_true(log_forward_events_next(&cursor, &event));
    assert_int_equal(event.id, 3);
    assert_slice(event.stream_name, "s");
    assert_false(log_forward_events_next(&cursor, &event));
    assert_ok(log_cursor_end(&cursor));
    assert_ok(log_forward_move(db, &note, 4));
    assert_ok(log_forward_first(db, filter, &note));
    assert_int_equal(note.next_event, 4);
    assert_ok(log_forward_drop(db, filter, 10));
    assert_status(log_forward_first(db, filter, &note), STATUS_NOT_FOUND);
}

static void a_group_takes_its_filters_along(void **state)
{
    (void)state;
    struct log_filter_row row = put("f", "");
    struct log_filter_counts counts;
    assert_ok(log_filter_count(db, group, &counts));
    assert_int_equal(counts.metric_filters, 1);
    assert_ok(log_group_delete(db, group));
    assert_status(log_filter_get(db, row.id, &arena, &row), STATUS_NOT_FOUND);
}

static void only_what_has_expired_is_removed_a_portion_at_a_time(void **state)
{
    (void)state;
    struct log_group_row row;
    int64_t next_ms = 0;
    bool has_more = false;
    add(10, 5);
    add(20, 2);
    assert_status(log_retention_next_ms(db, &next_ms), STATUS_NOT_FOUND);
    assert_ok(log_group_set_retention(db, group, 1));
    assert_ok(log_retention_next_ms(db, &next_ms));
    assert_int_equal(next_ms, 10 + DAY + 1);
    assert_ok(log_retention_sweep(db, next_ms - 1, 3, &has_more));
    assert_false(has_more);
    for (int64_t left = 4; left >= 2; left -= 2) {
        assert_ok(log_retention_sweep(db, next_ms, 3, &has_more));
        assert_true(has_more);
        assert_ok(log_group_find(db, &owner, SLICE("g"), &arena, &row));
        assert_int_equal(row.stored_bytes, left * 30);
    }
    assert_ok(log_retention_sweep(db, next_ms, 3, &has_more));
    assert_false(has_more);
    assert_ok(log_retention_next_ms(db, &next_ms));
    assert_int_equal(next_ms, 20 + DAY + 1);
}

static void documents_are_kept_by_owner_kind_and_name(void **state)
{
    (void)state;
    struct log_document document = {SLICE("n"), 1, SLICE("{\"a\":1}")};
    int64_t count = 0;
    assert_ok(log_document_put(db, &owner, SLICE("k"), &document));
    document.body = SLICE("{}");
    document.changed_ms = 2;
    assert_ok(log_document_put(db, &owner, SLICE("k"), &document));
    assert_ok(log_document_count(db, &owner, SLICE("k"), &count));
    assert_int_equal(count, 1);
    assert_ok(log_document_find(db, &owner, SLICE("k"), SLICE("n"), &arena, &document));
    assert_slice(document.body, "{}");
    assert_int_equal(document.changed_ms, 2);
    assert_status(log_document_find(db, &other, SLICE("k"), SLICE("n"), &arena, &document),
                  STATUS_NOT_FOUND);
    assert_status(log_document_remove(db, &owner, SLICE("x"), SLICE("n")), STATUS_NOT_FOUND);
    assert_ok(log_document_remove(db, &owner, SLICE("k"), SLICE("n")));
    assert_status(log_document_remove(db, &owner, SLICE("k"), SLICE("n")), STATUS_NOT_FOUND);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(a_filter_is_replaced_under_its_id),
        T(what_is_appended_is_noted_for_each_filter),
        T(a_note_is_moved_forward_until_it_is_gone),
        T(a_group_takes_its_filters_along),
        T(only_what_has_expired_is_removed_a_portion_at_a_time),
        T(documents_are_kept_by_owner_kind_and_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

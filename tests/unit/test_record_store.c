#include <string.h>

#include "storage/record_store.h"
#include "tests/lib/asserts.h"
#include "tests/unit/store_fixture.h"

static int64_t id_of(int64_t stream, unsigned lane, int64_t sequence)
{
    return record_store_first_id(record_store_buffer(stream, lane)) + sequence;
}

static void append(struct db *db, int64_t id, const char *packed)
{
    const struct record_store_chunk chunk = {.id = id,
                                             .records = 2,
                                             .bytes = (int64_t)strlen(packed),
                                             .oldest_ms = 1000 + id % 100,
                                             .queued_ms = 2000 + id % 100,
                                             .packed = slice_of(packed)};
    assert_ok(record_store_append(db, &chunk));
}

struct seen {
    char text[256];
    int stop_after;
};

static bool see(void *arg, const struct record_store_chunk *chunk)
{
    struct seen *seen = arg;
    size_t len = strlen(seen->text);
    assert_int_equal(chunk->records, 2);
    assert_int_equal(chunk->oldest_ms + 1000, chunk->queued_ms);
    (void)snprintf(seen->text + len, sizeof(seen->text) - len, "%.*s;", SLICE_ARG(chunk->packed));
    return --seen->stop_after != 0;
}

static void a_buffer_is_its_own_run_of_ids(void **state)
{
    (void)state;
    int64_t buffer = record_store_buffer(2097151, 1023);
    assert_int_equal(record_store_buffer_stream(buffer), 2097151);
    assert_int_equal(record_store_buffer_lane(buffer), 1023);
    assert_true(record_store_first_id(buffer) > 0);
    assert_true(id_of(1, 2, RECORD_STORE_MAX_SEQUENCE) < id_of(1, 3, 1));
    assert_true(id_of(1, 1023, RECORD_STORE_MAX_SEQUENCE) < id_of(2, 0, 1));
}

static void chunks_are_read_in_order_and_only_those_asked_for(void **state)
{
    struct store_fixture *f = *state;
    append(f->db, id_of(1, 0, 2), "b");
    append(f->db, id_of(1, 0, 1), "a");
    append(f->db, id_of(1, 0, 3), "c");
    append(f->db, id_of(1, 1, 1), "other lane");
    append(f->db, id_of(2, 0, 1), "other stream");
    struct seen all = {.stop_after = -1};
    struct seen two = {.stop_after = 2};
    struct seen part = {.stop_after = -1};

    assert_ok(record_store_read(f->db, id_of(1, 0, 0), id_of(1, 0, 99), see, &all));
    assert_ok(record_store_read(f->db, id_of(1, 0, 0), id_of(1, 0, 99), see, &two));
    assert_ok(record_store_read(f->db, id_of(1, 0, 1), id_of(1, 0, 2), see, &part));

    assert_string_equal(all.text, "a;b;c;");
    assert_string_equal(two.text, "a;b;");
    assert_string_equal(part.text, "b;");
}

static void a_scan_gives_amounts_without_data(void **state)
{
    struct store_fixture *f = *state;
    append(f->db, id_of(1, 0, 1), "a");
    struct seen seen = {.stop_after = -1};
    assert_ok(record_store_scan(f->db, id_of(1, 0, 0), id_of(1, 0, 9), see, &seen));
    assert_string_equal(seen.text, ";");
}

static void deleting_takes_a_run_and_nothing_else(void **state)
{
    struct store_fixture *f = *state;
    for (int i = 1; i <= 5; i++)
        append(f->db, id_of(1, 0, i), (const char *[]){"", "1", "2", "3", "4", "5"}[i]);
    struct seen seen = {.stop_after = -1};

    assert_ok(record_store_delete(f->db, id_of(1, 0, 2), id_of(1, 0, 4)));

    assert_ok(record_store_read(f->db, 0, INT64_MAX, see, &seen));
    assert_string_equal(seen.text, "1;5;");
}

static void see_totals(void *arg, const struct record_store_totals *totals)
{
    struct seen *seen = arg;
    size_t len = strlen(seen->text);
    (void)snprintf(seen->text + len, sizeof(seen->text) - len, "%d/%u:%d,%d,%d;",
                   (int)record_store_buffer_stream(totals->buffer),
                   record_store_buffer_lane(totals->buffer), (int)totals->records,
                   (int)totals->bytes,
                   (int)(totals->last_id - record_store_first_id(totals->buffer)));
}

static void what_is_discarded_counts_no_more_and_goes_in_portions(void **state)
{
    struct store_fixture *f = *state;
    for (int i = 1; i <= 700; i++)
        append(f->db, id_of(1, 0, i), "x");
    append(f->db, id_of(1, 1, 1), "y");
    append(f->db, id_of(2, 0, 1), "z");
    assert_ok(record_store_discard(f->db, id_of(1, 0, 2), id_of(1, 0, 699)));
    struct seen before = {.stop_after = -1};
    assert_ok(record_store_scan(f->db, 0, INT64_MAX, see, &before));
    assert_string_equal(before.text, ";;;;"); /* 1, 700 and the other buffers' */
    struct seen totals = {0};
    assert_ok(record_store_totals(f->db, see_totals, &totals));
    assert_string_equal(totals.text, "1/0:4,2,700;1/1:2,1,1;2/0:2,1,1;");

    bool more = true;
    int portions = 0;
    for (; more; portions++)
        assert_ok(record_store_purge(f->db, &more));

    assert_int_equal(portions, 3 + 1 + 1); /* chunks, the run, nothing left */
    struct seen after = {.stop_after = -1};
    assert_ok(record_store_read(f->db, 0, INT64_MAX, see, &after));
    assert_string_equal(after.text, "x;x;y;z;");
}

static void a_run_swallows_those_it_holds(void **state)
{
    struct store_fixture *f = *state;
    for (int i = 1; i <= 9; i++)
        append(f->db, id_of(1, 0, i), "x");
    append(f->db, id_of(2, 0, 1), "z");
    assert_ok(record_store_discard(f->db, id_of(1, 0, 3), id_of(1, 0, 4)));
    assert_ok(record_store_discard(f->db, id_of(1, 0, 1), id_of(2, 0, 0)));
    struct seen left = {.stop_after = -1};
    assert_ok(record_store_scan(f->db, 0, INT64_MAX, see, &left));
    assert_string_equal(left.text, ";");
}

static void totals_are_per_buffer(void **state)
{
    struct store_fixture *f = *state;
    append(f->db, id_of(1, 0, 1), "ab");
    append(f->db, id_of(1, 0, 7), "c");
    append(f->db, id_of(1, 2, 1), "d");
    append(f->db, id_of(9, 1, 4), "efg");
    struct seen seen = {0};
    assert_ok(record_store_totals(f->db, see_totals, &seen));
    assert_string_equal(seen.text, "1/0:4,3,7;1/2:2,1,1;9/1:2,3,4;");
}

int main(void)
{
#define TEST(test) \
    cmocka_unit_test_setup_teardown(test, store_fixture_set_up, store_fixture_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_buffer_is_its_own_run_of_ids),
        TEST(chunks_are_read_in_order_and_only_those_asked_for),
        TEST(a_scan_gives_amounts_without_data),
        TEST(deleting_takes_a_run_and_nothing_else),
        TEST(what_is_discarded_counts_no_more_and_goes_in_portions),
        TEST(a_run_swallows_those_it_holds),
        TEST(totals_are_per_buffer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

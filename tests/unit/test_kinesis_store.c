/*
 * test_kinesis_store.c -- Kinesis streams, their records and tags as rows.
 */
#include "emulator/base/arena.h"
#include "storage/kinesis_store.h"
#include "tests/lib/asserts.h"
#include "tests/unit/store_fixture.h"

#define HOUR_MS INT64_C(3600000)

static const struct kinesis_owner owner = {SLICE_INIT("111122223333"), SLICE_INIT("us-east-1")};
static const struct kinesis_owner stranger = {SLICE_INIT("999999999999"), SLICE_INIT("us-east-1")};

static struct db *db_of(void **state)
{
    return ((struct store_fixture *)*state)->db;
}

static struct kinesis_stream_row make_stream(struct db *db, const char *name, int64_t shards)
{
    struct kinesis_stream_row row = {
        .name = slice_of(name), .shards = shards, .retention_hours = 24, .created_ms = 1000};
    assert_int_equal(kinesis_stream_create(db, &owner, &row), STATUS_OK);
    return row;
}

static struct kinesis_shard_row find_shard(struct db *db, int64_t stream, int64_t number)
{
    struct kinesis_shard_row shard = {0};
    assert_int_equal(kinesis_shard_find(db, stream, number, &shard), STATUS_OK);
    return shard;
}

static int64_t append(struct db *db, int64_t stream, int64_t number, int64_t arrival_ms)
{
    struct kinesis_shard_row shard = find_shard(db, stream, number);
    struct kinesis_record record = {.arrival_ms = arrival_ms,
                                    .partition_key = SLICE("key"),
                                    .data = slice_make(&arrival_ms, sizeof(arrival_ms))};
    assert_int_equal(kinesis_record_append(db, &shard, arrival_ms - 24 * HOUR_MS, &record),
                     STATUS_OK);
    return record.place;
}

/* Places of all records behind `after`, as text. */
static const char *places(struct db *db, int64_t shard, int64_t after)
{
    static char text[200];
    size_t len = 0;
    struct kinesis_cursor cursor;
    struct kinesis_record record;
    text[0] = '\0';
    kinesis_records_begin(&cursor, db, shard, after);
    while (kinesis_records_next(&cursor, &record) && len < sizeof(text) - 20)
        len += (size_t)snprintf(text + len, sizeof(text) - len, "%lld ", (long long)record.place);
    assert_int_equal(kinesis_cursor_end(&cursor), STATUS_OK);
    return text;
}

static void a_stream_is_found_by_its_name_and_owner(void **state)
{
    struct db *db = db_of(state);
    struct arena arena;
    struct kinesis_stream_row found;
    struct kinesis_stream_row made = make_stream(db, "s", 3);
    arena_init(&arena, 4096);
    assert_int_equal(kinesis_stream_find(db, &owner, SLICE("s"), &arena, &found), STATUS_OK);
    assert_int_equal(found.id, made.id);
    assert_true(slice_equal(found.name, SLICE("s")));
    assert_int_equal(found.shards, 3);
    assert_int_equal(found.retention_hours, 24);
    assert_int_equal(found.created_ms, 1000);
    assert_int_equal(kinesis_stream_find(db, &owner, SLICE("t"), &arena, &found), STATUS_NOT_FOUND);
    assert_int_equal(kinesis_stream_find(db, &stranger, SLICE("s"), &arena, &found),
                     STATUS_NOT_FOUND);
    assert_int_equal(kinesis_stream_get(db, &owner, made.id, &arena, &found), STATUS_OK);
    assert_int_equal(kinesis_stream_get(db, &stranger, made.id, &arena, &found), STATUS_NOT_FOUND);
    assert_int_equal(kinesis_stream_create(db, &owner, &made), STATUS_EXISTS);
    arena_clear(&arena);
}

static void places_count_up_in_each_shard_by_itself(void **state)
{
    struct db *db = db_of(state);
    struct kinesis_stream_row stream = make_stream(db, "s", 2);
    assert_int_equal(append(db, stream.id, 0, 10), 1);
    assert_int_equal(append(db, stream.id, 0, 11), 2);
    assert_int_equal(append(db, stream.id, 1, 12), 1);
    assert_int_equal(append(db, stream.id, 0, 13), 3);
    struct kinesis_shard_row first = find_shard(db, stream.id, 0);
    struct kinesis_shard_row second = find_shard(db, stream.id, 1);
    assert_int_equal(first.last_place, 3);
    assert_string_equal(places(db, first.id, 0), "1 2 3 ");
    assert_string_equal(places(db, first.id, 2), "3 ");
    assert_string_equal(places(db, first.id, 3), "");
    assert_string_equal(places(db, second.id, 0), "1 ");
}

static void a_record_keeps_its_bytes_key_and_time(void **state)
{
    struct db *db = db_of(state);
    struct kinesis_stream_row stream = make_stream(db, "s", 1);
    struct kinesis_shard_row shard = find_shard(db, stream.id, 0);
    struct kinesis_record given = {
        .arrival_ms = 77, .partition_key = SLICE("k\"\n"), .data = SLICE("a\0b")};
    assert_int_equal(kinesis_record_append(db, &shard, 0, &given), STATUS_OK);
    struct kinesis_cursor cursor;
    struct kinesis_record read;
    kinesis_records_begin(&cursor, db, shard.id, 0);
    assert_true(kinesis_records_next(&cursor, &read));
    assert_int_equal(read.arrival_ms, 77);
    assert_true(slice_equal(read.partition_key, given.partition_key));
    assert_true(slice_equal(read.data, given.data));
    assert_int_equal(kinesis_cursor_end(&cursor), STATUS_OK);
}

static void a_time_is_found_between_the_records_around_it(void **state)
{
    struct db *db = db_of(state);
    struct kinesis_stream_row stream = make_stream(db, "s", 1);
    static const int64_t arrivals[] = {10, 20, 20, 20, 30};
    for (size_t i = 0; i < 5; i++)
        append(db, stream.id, 0, arrivals[i]);
    struct kinesis_shard_row shard = find_shard(db, stream.id, 0);
    static const int64_t expected[][2] = {{0, 0},  {10, 0}, {11, 1}, {20, 1},
                                          {21, 4}, {30, 4}, {31, 5}};
    for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
        int64_t place = -1;
        assert_int_equal(kinesis_shard_before(db, &shard, expected[i][0], &place), STATUS_OK);
        assert_int_equal(place, expected[i][1]);
    }
}

static void old_records_are_removed_as_new_ones_come(void **state)
{
    struct db *db = db_of(state);
    struct kinesis_stream_row stream = make_stream(db, "s", 1);
    for (int i = 0; i < 60; i++)
        append(db, stream.id, 0, 1000);
    for (int i = 0; i < 4; i++)
        append(db, stream.id, 0, 1001 + 24 * HOUR_MS);
    struct kinesis_shard_row shard = find_shard(db, stream.id, 0);
    assert_string_equal(places(db, shard.id, 0), "61 62 63 64 ");
    int64_t before = -1;
    assert_int_equal(kinesis_shard_before(db, &shard, 1001, &before), STATUS_OK);
    assert_true(before < 61);
    assert_int_equal(append(db, stream.id, 0, 1001 + 24 * HOUR_MS), 65);
}

static void a_deleted_stream_takes_its_shards_along_and_its_records_later(void **state)
{
    struct db *db = db_of(state);
    struct kinesis_stream_row gone = make_stream(db, "s", 1);
    struct kinesis_shard_row shard = find_shard(db, gone.id, 0);
    struct kinesis_shard_row found;
    append(db, gone.id, 0, 10);
    append(db, gone.id, 0, 11);
    assert_int_equal(kinesis_tag_put(db, gone.id, SLICE("k"), SLICE("v")), STATUS_OK);
    assert_int_equal(kinesis_stream_delete(db, gone.id), STATUS_OK);
    assert_int_equal(kinesis_shard_find(db, gone.id, 0, &found), STATUS_NOT_FOUND);
    assert_int_equal(kinesis_shard_get(db, shard.id, &found), STATUS_NOT_FOUND);
    int64_t tags = -1;
    assert_int_equal(kinesis_tag_count(db, gone.id, &tags), STATUS_OK);
    assert_int_equal(tags, 0);

    struct kinesis_stream_row again = make_stream(db, "s", 1);
    assert_true(find_shard(db, again.id, 0).id != shard.id);
    append(db, again.id, 0, 20);
    bool has_dropped = false;
    bool has_more = true;
    assert_int_equal(kinesis_store_has_dropped(db, &has_dropped), STATUS_OK);
    assert_true(has_dropped);
    assert_int_equal(kinesis_store_sweep(db, 1, &has_more), STATUS_OK);
    assert_true(has_more);
    assert_string_equal(places(db, shard.id, 0), "2 ");
    assert_int_equal(kinesis_store_sweep(db, 100, &has_more), STATUS_OK);
    assert_false(has_more);
    assert_string_equal(places(db, shard.id, 0), "");
    assert_int_equal(kinesis_store_has_dropped(db, &has_dropped), STATUS_OK);
    assert_false(has_dropped);
    assert_string_equal(places(db, find_shard(db, again.id, 0).id, 0), "1 ");
}

static void totals_count_an_owners_streams_and_shards(void **state)
{
    struct db *db = db_of(state);
    struct kinesis_stream_row row = {
        .name = SLICE("o"), .is_on_demand = true, .shards = 4, .retention_hours = 24};
    make_stream(db, "a", 2);
    make_stream(db, "b", 3);
    assert_int_equal(kinesis_stream_create(db, &owner, &row), STATUS_OK);
    struct kinesis_totals totals;
    assert_int_equal(kinesis_store_totals(db, &owner, &totals), STATUS_OK);
    assert_int_equal(totals.streams, 3);
    assert_int_equal(totals.on_demand_streams, 1);
    assert_int_equal(totals.shards, 9);
    assert_int_equal(totals.provisioned_shards, 5);
    assert_int_equal(kinesis_store_totals(db, &stranger, &totals), STATUS_OK);
    assert_int_equal(totals.streams, 0);
    assert_int_equal(totals.shards, 0);
}

static void streams_are_listed_by_name_behind_a_name(void **state)
{
    struct db *db = db_of(state);
    make_stream(db, "b", 1);
    make_stream(db, "a", 1);
    make_stream(db, "c", 1);
    struct kinesis_cursor cursor;
    struct kinesis_stream_row row;
    kinesis_streams_begin(&cursor, db, &owner, SLICE("a"));
    assert_true(kinesis_streams_next(&cursor, &row));
    assert_true(slice_equal(row.name, SLICE("b")));
    assert_true(kinesis_streams_next(&cursor, &row));
    assert_true(slice_equal(row.name, SLICE("c")));
    assert_false(kinesis_streams_next(&cursor, &row));
    assert_int_equal(kinesis_cursor_end(&cursor), STATUS_OK);
}

static void a_tag_is_replaced_listed_and_removed(void **state)
{
    struct db *db = db_of(state);
    struct kinesis_stream_row stream = make_stream(db, "s", 1);
    assert_int_equal(kinesis_tag_put(db, stream.id, SLICE("b"), SLICE("1")), STATUS_OK);
    assert_int_equal(kinesis_tag_put(db, stream.id, SLICE("a"), SLICE("")), STATUS_OK);
    assert_int_equal(kinesis_tag_put(db, stream.id, SLICE("b"), SLICE("2")), STATUS_OK);
    struct kinesis_cursor cursor;
    struct slice key;
    struct slice value;
    kinesis_tags_begin(&cursor, db, stream.id, SLICE("a"));
    assert_true(kinesis_tags_next(&cursor, &key, &value));
    assert_true(slice_equal(key, SLICE("b")) && slice_equal(value, SLICE("2")));
    assert_false(kinesis_tags_next(&cursor, &key, &value));
    assert_int_equal(kinesis_cursor_end(&cursor), STATUS_OK);
    assert_int_equal(kinesis_tag_remove(db, stream.id, SLICE("b")), STATUS_OK);
    int64_t count = 0;
    assert_int_equal(kinesis_tag_count(db, stream.id, &count), STATUS_OK);
    assert_int_equal(count, 1);
}

#define TEST(name) \
    cmocka_unit_test_setup_teardown(name, store_fixture_set_up, store_fixture_tear_down)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(a_stream_is_found_by_its_name_and_owner),
        TEST(places_count_up_in_each_shard_by_itself),
        TEST(a_record_keeps_its_bytes_key_and_time),
        TEST(a_time_is_found_between_the_records_around_it),
        TEST(old_records_are_removed_as_new_ones_come),
        TEST(a_deleted_stream_takes_its_shards_along_and_its_records_later),
        TEST(totals_count_an_owners_streams_and_shards),
        TEST(streams_are_listed_by_name_behind_a_name),
        TEST(a_tag_is_replaced_listed_and_removed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

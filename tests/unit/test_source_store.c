/*
 * test_source_store.c -- how far delivery streams have read Kinesis streams.
 */
#include "emulator/base/arena.h"
#include "storage/delivery_stream_store.h"
#include "storage/source_store.h"
#include "tests/lib/asserts.h"
#include "tests/unit/store_fixture.h"

static const struct kinesis_owner owner = {SLICE_INIT("1"), SLICE_INIT("r")};

static struct db *db_of(void **state)
{
    return ((struct store_fixture *)*state)->db;
}

static int64_t make_delivery_stream(struct db *db)
{
    struct delivery_stream_row row = {.account = SLICE("1"),
                                      .region = SLICE("r"),
                                      .name = SLICE("f"),
                                      .configuration = SLICE("{}")};
    assert_ok(delivery_stream_store_insert(db, &row));
    return row.id;
}

static struct kinesis_stream_row make_kinesis_stream(struct db *db)
{
    struct kinesis_stream_row row = {.name = SLICE("k"), .shards = 2, .retention_hours = 24};
    assert_ok(kinesis_stream_create(db, &owner, &row));
    return row;
}

static void append(struct db *db, const struct kinesis_stream_row *stream, int64_t number)
{
    struct kinesis_shard_row shard;
    struct kinesis_record record = {.partition_key = SLICE("k"), .data = SLICE("x")};
    assert_ok(kinesis_shard_find(db, stream->id, number, &shard));
    assert_ok(kinesis_record_append(db, &shard, 0, &record));
}

static void a_source_is_kept_beside_its_delivery_stream(void **state)
{
    struct db *db = db_of(state);
    struct arena arena;
    struct slice source = {NULL, 0};
    int64_t id = make_delivery_stream(db);
    arena_init(&arena, 4096);
    assert_int_equal(source_store_get(db, id, &arena, &source), STATUS_NOT_FOUND);
    assert_ok(source_store_set(db, id, SLICE("{\"a\":1}")));
    assert_ok(source_store_get(db, id, &arena, &source));
    assert_slice(source, "{\"a\":1}");
    arena_clear(&arena);
}

static void what_was_there_before_the_beginning_is_not_unread(void **state)
{
    struct db *db = db_of(state);
    int64_t id = make_delivery_stream(db);
    struct kinesis_stream_row stream = make_kinesis_stream(db);
    struct kinesis_shard_row shard;
    int64_t position = -1;
    bool has_begun = true;
    append(db, &stream, 0);
    assert_ok(source_store_has_begun(db, id, &has_begun));
    assert_false(has_begun);
    assert_ok(source_store_begin(db, id, stream.id));
    assert_ok(source_store_has_begun(db, id, &has_begun));
    assert_true(has_begun);
    assert_int_equal(source_store_unread(db, id, stream.id, &shard, &position), STATUS_NOT_FOUND);

    append(db, &stream, 0);
    assert_ok(source_store_unread(db, id, stream.id, &shard, &position));
    assert_int_equal(shard.number, 0);
    assert_int_equal(shard.last_place, 2);
    assert_int_equal(position, 1);
    assert_ok(source_store_move(db, id, shard.id, 2));
    assert_int_equal(source_store_unread(db, id, stream.id, &shard, &position), STATUS_NOT_FOUND);
}

static void shards_that_come_later_are_read_from_their_first_record(void **state)
{
    struct db *db = db_of(state);
    int64_t id = make_delivery_stream(db);
    struct kinesis_shard_row shard;
    int64_t position = -1;
    assert_ok(source_store_begin(db, id, 0));
    struct kinesis_stream_row stream = make_kinesis_stream(db);
    append(db, &stream, 1);
    assert_ok(source_store_unread(db, id, stream.id, &shard, &position));
    assert_int_equal(shard.number, 1);
    assert_int_equal(position, 0);
}

static void positions_go_with_the_delivery_stream(void **state)
{
    struct db *db = db_of(state);
    int64_t id = make_delivery_stream(db);
    bool has_begun = true;
    assert_ok(source_store_begin(db, id, make_kinesis_stream(db).id));
    assert_ok(delivery_stream_store_delete(db, id));
    assert_ok(source_store_has_begun(db, id, &has_begun));
    assert_false(has_begun);
}

#define TEST(name) \
    cmocka_unit_test_setup_teardown(name, store_fixture_set_up, store_fixture_tear_down)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(a_source_is_kept_beside_its_delivery_stream),
        TEST(what_was_there_before_the_beginning_is_not_unread),
        TEST(shards_that_come_later_are_read_from_their_first_record),
        TEST(positions_go_with_the_delivery_stream),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

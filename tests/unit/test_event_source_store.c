#include "emulator/base/arena.h"
#include "storage/event_source_store.h"
#include "tests/lib/asserts.h"
#include "tests/unit/store_fixture.h"

static struct event_source_row make(const char *uuid)
{
    return (struct event_source_row){
        .uuid = slice_of(uuid),
        .account = SLICE("1"),
        .region = SLICE("r"),
        .function = SLICE("f:prod"),
        .source_arn = SLICE("arn"),
        .batch_size = 10,
        .window_s = 11,
        .max_age_s = -1,
        .max_retries = 12,
        .bisects = true,
        .reports_failures = false,
        .starting_position = SLICE("LATEST"),
        .starting_ms = 13,
        .is_enabled = true,
        .change = SLICE("Creating"),
        .ready_ms = 14,
        .modified_ms = 15,
        .last_result = SLICE("none"),
        .tags = SLICE("{}"),
    };
}

static struct db *db_of(void **state)
{
    return ((struct store_fixture *)*state)->db;
}

static void a_mapping_is_found_again_whole_by_its_owner(void **state)
{
    struct db *db = db_of(state);
    struct event_source_row row = make("u");
    struct event_source_row got;
    struct arena arena;
    arena_init(&arena, 4096);
    assert_ok(event_source_store_insert(db, &row));

    assert_ok(event_source_store_find(db, SLICE("1"), SLICE("r"), SLICE("u"), &arena, &got));

    assert_int_equal(got.id, row.id);
    assert_slice(got.uuid, "u");
    assert_slice(got.account, "1");
    assert_slice(got.region, "r");
    assert_slice(got.function, "f:prod");
    assert_slice(got.source_arn, "arn");
    assert_int_equal(got.batch_size, 10);
    assert_int_equal(got.window_s, 11);
    assert_int_equal(got.max_age_s, -1);
    assert_int_equal(got.max_retries, 12);
    assert_true(got.bisects);
    assert_false(got.reports_failures);
    assert_slice(got.starting_position, "LATEST");
    assert_int_equal(got.starting_ms, 13);
    assert_true(got.is_enabled);
    assert_slice(got.change, "Creating");
    assert_int_equal(got.ready_ms, 14);
    assert_int_equal(got.modified_ms, 15);
    assert_slice(got.last_result, "none");
    assert_slice(got.tags, "{}");
    assert_status(event_source_store_find(db, SLICE("2"), SLICE("r"), SLICE("u"), &arena, &got),
                  STATUS_NOT_FOUND);
    arena_clear(&arena);
}

static void an_update_and_a_result_change_one_mapping(void **state)
{
    struct db *db = db_of(state);
    struct event_source_row row = make("u");
    struct event_source_row other = make("v");
    struct event_source_row got;
    struct arena arena;
    arena_init(&arena, 4096);
    assert_ok(event_source_store_insert(db, &row));
    assert_ok(event_source_store_insert(db, &other));
    row.batch_size = 99;
    row.is_enabled = false;

    assert_ok(event_source_store_update(db, &row));
    assert_ok(event_source_store_set_result(db, row.id, SLICE("OK")));

    assert_ok(event_source_store_next(db, 0, &arena, &got));
    assert_int_equal(got.batch_size, 99);
    assert_false(got.is_enabled);
    assert_slice(got.last_result, "OK");
    assert_ok(event_source_store_next(db, got.id, &arena, &got));
    assert_int_equal(got.batch_size, 10);
    assert_slice(got.last_result, "none");
    assert_status(event_source_store_next(db, got.id, &arena, &got), STATUS_NOT_FOUND);
    assert_status(event_source_store_set_result(db, 77, SLICE("OK")), STATUS_NOT_FOUND);
    arena_clear(&arena);
}

static void a_position_goes_with_its_mapping(void **state)
{
    struct db *db = db_of(state);
    struct event_source_row row = make("u");
    assert_ok(event_source_store_insert(db, &row));
    struct event_source_lane lane = {row.id, 3, 4, 5, 6, 7, 8};
    struct event_source_lane got;
    assert_status(event_source_store_lane(db, row.id, 3, &got), STATUS_NOT_FOUND);
    assert_ok(event_source_store_put_lane(db, &lane));
    lane.position = 40;
    assert_ok(event_source_store_put_lane(db, &lane));

    assert_ok(event_source_store_lane(db, row.id, 3, &got));
    assert_int_equal(got.source, row.id);
    assert_int_equal(got.shard, 3);
    assert_int_equal(got.position, 40);
    assert_int_equal(got.failures, 5);
    assert_int_equal(got.next_ms, 6);
    assert_int_equal(got.piece, 7);
    assert_int_equal(got.piece_end, 8);

    assert_ok(event_source_store_delete(db, row.id));
    assert_status(event_source_store_lane(db, row.id, 3, &got), STATUS_NOT_FOUND);
    assert_status(event_source_store_delete(db, row.id), STATUS_NOT_FOUND);
}

#define T(name) cmocka_unit_test_setup_teardown(name, store_fixture_set_up, store_fixture_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(a_mapping_is_found_again_whole_by_its_owner),
        T(an_update_and_a_result_change_one_mapping),
        T(a_position_goes_with_its_mapping),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

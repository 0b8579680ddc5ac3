#include "emulator/base/arena.h"
#include "storage/function_event_store.h"
#include "tests/lib/asserts.h"
#include "tests/unit/store_fixture.h"

static const struct function_event event = {
    .account = SLICE_INIT("1"),
    .region = SLICE_INIT("r"),
    .function = SLICE_INIT("f"),
    .qualifier = SLICE_INIT("prod"),
    .request_id = SLICE_INIT("id"),
    .payload = SLICE_INIT("{\"a\":1}"),
    .accepted_ms = 5,
    .due_ms = 7,
    .failures = 1,
    .refusals = 2,
};

static struct db *db_of(void **state)
{
    return ((struct store_fixture *)*state)->db;
}

static int64_t add(struct db *db, int64_t due_ms)
{
    struct function_event one = event;
    int64_t id = 0;
    one.due_ms = due_ms;
    assert_ok(function_event_store_add(db, &one, &id));
    return id;
}

static void an_event_is_found_again_whole(void **state)
{
    struct db *db = db_of(state);
    struct function_event_place place = {INT64_MIN, INT64_MIN};
    struct function_event got;
    struct arena arena;
    arena_init(&arena, 4096);
    int64_t id = add(db, 7);

    assert_ok(function_event_store_next(db, &place, &arena, &got));

    assert_int_equal(got.id, id);
    assert_slice(got.account, "1");
    assert_slice(got.region, "r");
    assert_slice(got.function, "f");
    assert_slice(got.qualifier, "prod");
    assert_slice(got.request_id, "id");
    assert_slice(got.payload, "{\"a\":1}");
    assert_int_equal(got.accepted_ms, 5);
    assert_int_equal(got.due_ms, 7);
    assert_int_equal(got.failures, 1);
    assert_int_equal(got.refusals, 2);
    arena_clear(&arena);
}

static void events_are_walked_as_they_are_due(void **state)
{
    struct db *db = db_of(state);
    struct function_event_place place = {INT64_MIN, INT64_MIN};
    struct function_event got;
    struct arena arena;
    arena_init(&arena, 65536);
    const int64_t ids[] = {add(db, 30), add(db, 10), add(db, 20), add(db, 10)};
    const int64_t order[] = {ids[1], ids[3], ids[2], ids[0]};
    for (size_t i = 0; i < 4; i++) {
        assert_ok(function_event_store_next(db, &place, &arena, &got));
        assert_int_equal(got.id, order[i]);
        place = (struct function_event_place){got.due_ms, got.id};
    }
    assert_status(function_event_store_next(db, &place, &arena, &got), STATUS_NOT_FOUND);
    arena_clear(&arena);
}

static void an_event_that_is_put_off_comes_later_and_one_that_is_removed_never(void **state)
{
    struct db *db = db_of(state);
    struct function_event_place place = {INT64_MIN, INT64_MIN};
    struct function_event got;
    struct arena arena;
    arena_init(&arena, 65536);
    struct function_event later = event;
    later.id = add(db, 10);
    later.due_ms = 50;
    later.failures = 9;
    later.refusals = 0;
    int64_t other = add(db, 20);

    assert_ok(function_event_store_put_off(db, &later));
    assert_ok(function_event_store_next(db, &place, &arena, &got));
    assert_int_equal(got.id, other);
    assert_ok(function_event_store_remove(db, other));

    assert_ok(function_event_store_next(db, &place, &arena, &got));
    assert_int_equal(got.id, later.id);
    assert_int_equal(got.failures, 9);
    assert_int_equal(got.refusals, 0);
    assert_status(function_event_store_remove(db, other), STATUS_NOT_FOUND);
    later.id = other;
    assert_status(function_event_store_put_off(db, &later), STATUS_NOT_FOUND);
    arena_clear(&arena);
}

static void what_a_configuration_does_not_say_is_known_as_not_said(void **state)
{
    struct db *db = db_of(state);
    const struct function_event_key key = {SLICE("1"), SLICE("r"), SLICE("f"), SLICE("$LATEST")};
    const struct function_event_config config = {
        .has_max_age = true, .max_age_s = 60, .modified_ms = 3};
    struct function_event_config got;
    assert_status(function_event_store_config(db, &key, &got), STATUS_NOT_FOUND);

    assert_ok(function_event_store_configure(db, &key, &config));

    assert_ok(function_event_store_config(db, &key, &got));
    assert_false(got.has_max_retries);
    assert_true(got.has_max_age);
    assert_int_equal(got.max_age_s, 60);
    assert_int_equal(got.modified_ms, 3);
    assert_ok(function_event_store_unconfigure(db, &key));
    assert_status(function_event_store_unconfigure(db, &key), STATUS_NOT_FOUND);
}

#define T(name) cmocka_unit_test_setup_teardown(name, store_fixture_set_up, store_fixture_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(an_event_is_found_again_whole),
        T(events_are_walked_as_they_are_due),
        T(an_event_that_is_put_off_comes_later_and_one_that_is_removed_never),
        T(what_a_configuration_does_not_say_is_known_as_not_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

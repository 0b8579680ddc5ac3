#include "storage/access_key_store.h"

#include "emulator/base/arena.h"
#include "tests/lib/asserts.h"
#include "tests/unit/store_fixture.h"

static struct arena arena;

static struct db *db_of(void **state)
{
    return ((struct store_fixture *)*state)->db;
}

static int set_up(void **state)
{
    arena_init(&arena, 65536);
    return store_fixture_set_up(state);
}

static int tear_down(void **state)
{
    arena_clear(&arena);
    return store_fixture_tear_down(state);
}

static enum status add(struct db *db, const char *id, int64_t user)
{
    const struct access_key key = {slice_of(id), user, SLICE("secret"), true, 5};
    return access_key_store_insert(db, &key);
}

static void a_key_is_found_again_whole(void **state)
{
    struct db *db = db_of(state);
    struct access_key got;
    assert_ok(add(db, "AKIA1", 7));
    assert_status(add(db, "AKIA1", 8), STATUS_EXISTS);
    assert_ok(access_key_store_find(db, SLICE("AKIA1"), &arena, &got));
    assert_slice(got.id, "AKIA1");
    assert_int_equal(got.user, 7);
    assert_slice(got.secret, "secret");
    assert_true(got.is_active);
    assert_int_equal(got.created_ms, 5);
    assert_ok(access_key_store_activate(db, SLICE("AKIA1"), false));
    assert_ok(access_key_store_find(db, SLICE("AKIA1"), &arena, &got));
    assert_false(got.is_active);
    assert_ok(access_key_store_delete(db, SLICE("AKIA1")));
    assert_status(access_key_store_find(db, SLICE("AKIA1"), &arena, &got), STATUS_NOT_FOUND);
}

static void keys_are_walked_and_counted_by_user(void **state)
{
    struct db *db = db_of(state);
    struct access_key at = {.id = SLICE("")};
    int64_t count = 0;
    assert_ok(add(db, "AKIA2", 7));
    assert_ok(add(db, "AKIA1", 7));
    assert_ok(add(db, "AKIA3", 8));
    assert_ok(access_key_store_count(db, 7, &count));
    assert_int_equal(count, 2);
    assert_ok(access_key_store_next(db, 7, at.id, &arena, &at));
    assert_slice(at.id, "AKIA1");
    assert_ok(access_key_store_next(db, 7, at.id, &arena, &at));
    assert_slice(at.id, "AKIA2");
    assert_status(access_key_store_next(db, 7, at.id, &arena, &at), STATUS_NOT_FOUND);
}

#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(a_key_is_found_again_whole),
        T(keys_are_walked_and_counted_by_user),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

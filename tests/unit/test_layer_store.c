#include "emulator/base/arena.h"
#include "storage/layer_store.h"
#include "tests/lib/asserts.h"
#include "tests/unit/store_fixture.h"

static const struct layer_row row = {
    .description = SLICE_INIT("d"),
    .runtimes = SLICE_INIT("[\"python3.12\"]"),
    .architectures = SLICE_INIT("[\"arm64\"]"),
    .license = SLICE_INIT("MIT"),
    .code_sha256 = SLICE_INIT("sha"),
    .code_size = 3,
    .unzipped_bytes = 4,
    .code_revision = SLICE_INIT("rev"),
    .created_ms = 5,
};

static struct db *db_of(void **state)
{
    return ((struct store_fixture *)*state)->db;
}

static struct layer_key add(struct db *db, const char *name)
{
    struct layer_key key = {SLICE("1"), SLICE("r"), slice_of(name), 0};
    assert_ok(layer_store_add(db, &key, &row));
    return key;
}

static void a_version_is_found_again_whole(void **state)
{
    struct db *db = db_of(state);
    struct layer_row got;
    struct arena arena;
    arena_init(&arena, 4096);
    struct layer_key key = add(db, "l");

    assert_ok(layer_store_find(db, &key, &arena, &got));

    assert_int_equal(key.version, 1);
    assert_slice(got.description, "d");
    assert_slice(got.runtimes, "[\"python3.12\"]");
    assert_slice(got.architectures, "[\"arm64\"]");
    assert_slice(got.license, "MIT");
    assert_slice(got.code_sha256, "sha");
    assert_int_equal(got.code_size, 3);
    assert_int_equal(got.unzipped_bytes, 4);
    assert_slice(got.code_revision, "rev");
    assert_int_equal(got.created_ms, 5);
    arena_clear(&arena);
}

static void a_number_is_not_used_again(void **state)
{
    struct db *db = db_of(state);
    struct layer_key first = add(db, "l");
    struct layer_key second = add(db, "l");
    assert_int_equal(second.version, 2);
    assert_ok(layer_store_delete(db, &second));
    assert_status(layer_store_delete(db, &second), STATUS_NOT_FOUND);
    assert_ok(layer_store_delete(db, &first));
    assert_int_equal(add(db, "l").version, 3);
    assert_int_equal(add(db, "m").version, 1);
}

static void versions_are_walked_from_the_newest_down(void **state)
{
    struct db *db = db_of(state);
    struct layer_row got;
    struct arena arena;
    arena_init(&arena, 65536);
    (void)add(db, "l");
    struct layer_key gone = add(db, "l");
    (void)add(db, "l");
    assert_ok(layer_store_delete(db, &gone));

    struct layer_key at = gone;
    at.version = INT64_MAX;
    assert_ok(layer_store_before(db, &at, &arena, &got));
    assert_int_equal(at.version, 3);
    assert_ok(layer_store_before(db, &at, &arena, &got));
    assert_int_equal(at.version, 1);
    assert_status(layer_store_before(db, &at, &arena, &got), STATUS_NOT_FOUND);
    arena_clear(&arena);
}

static void layers_without_a_version_are_not_listed(void **state)
{
    struct db *db = db_of(state);
    struct arena arena;
    arena_init(&arena, 4096);
    struct layer_key a = add(db, "a");
    (void)add(db, "b");
    assert_ok(layer_store_delete(db, &a));
    struct layer_key at = {SLICE("1"), SLICE("r"), SLICE(""), 0};
    assert_ok(layer_store_next_name(db, &at, &arena, &at.name));
    assert_slice(at.name, "b");
    assert_status(layer_store_next_name(db, &at, &arena, &at.name), STATUS_NOT_FOUND);
    arena_clear(&arena);
}

static void code_is_in_use_while_its_version_is_there(void **state)
{
    struct db *db = db_of(state);
    bool uses = false;
    struct layer_key key = add(db, "l");
    assert_ok(layer_store_uses_code(db, SLICE("rev"), &uses));
    assert_true(uses);
    assert_ok(layer_store_delete(db, &key));
    assert_ok(layer_store_uses_code(db, SLICE("rev"), &uses));
    assert_false(uses);
}

#define T(name) cmocka_unit_test_setup_teardown(name, store_fixture_set_up, store_fixture_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(a_version_is_found_again_whole),
        T(a_number_is_not_used_again),
        T(versions_are_walked_from_the_newest_down),
        T(layers_without_a_version_are_not_listed),
        T(code_is_in_use_while_its_version_is_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

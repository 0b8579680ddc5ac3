#include "emulator/base/arena.h"
#include "emulator/base/text.h"
#include "storage/function_alias_store.h"
#include "storage/function_event_store.h"
#include "storage/function_permission_store.h"
#include "tests/lib/asserts.h"
#include "tests/unit/store_fixture.h"

static const struct function_alias_key prod = {SLICE_INIT("1"), SLICE_INIT("r"), SLICE_INIT("f"),
                                               SLICE_INIT("prod")};
static const struct function_alias_row row = {SLICE_INIT("1"), SLICE_INIT("d"), SLICE_INIT("2"),
                                              0.25, SLICE_INIT("rev")};

static struct db *db_of(void **state)
{
    return ((struct store_fixture *)*state)->db;
}

static void an_alias_is_found_again_whole_and_its_name_taken_once(void **state)
{
    struct db *db = db_of(state);
    struct function_alias_row got;
    struct arena arena;
    arena_init(&arena, 4096);
    assert_ok(function_alias_store_insert(db, &prod, &row));
    assert_status(function_alias_store_insert(db, &prod, &row), STATUS_EXISTS);

    assert_ok(function_alias_store_find(db, &prod, &arena, &got));

    assert_slice(got.version, "1");
    assert_slice(got.description, "d");
    assert_slice(got.other_version, "2");
    assert_true(got.weight > 0.24 && got.weight < 0.26);
    assert_slice(got.revision_id, "rev");
    arena_clear(&arena);
}

static void an_update_changes_one_alias(void **state)
{
    struct db *db = db_of(state);
    struct function_alias_key other = prod;
    struct function_alias_row changed = row;
    struct function_alias_row got;
    struct arena arena;
    arena_init(&arena, 4096);
    other.name = SLICE("test");
    changed.version = SLICE("$LATEST");
    assert_status(function_alias_store_update(db, &prod, &changed), STATUS_NOT_FOUND);
    assert_ok(function_alias_store_insert(db, &prod, &row));
    assert_ok(function_alias_store_insert(db, &other, &row));

    assert_ok(function_alias_store_update(db, &prod, &changed));

    assert_ok(function_alias_store_find(db, &prod, &arena, &got));
    assert_slice(got.version, "$LATEST");
    assert_ok(function_alias_store_find(db, &other, &arena, &got));
    assert_slice(got.version, "1");
    arena_clear(&arena);
}

static void aliases_of_one_function_are_walked_in_name_order(void **state)
{
    struct db *db = db_of(state);
    struct function_alias_key key = prod;
    struct function_alias_row got;
    struct arena arena;
    arena_init(&arena, 4096);
    assert_ok(function_alias_store_insert(db, &key, &row));
    key.name = SLICE("beta");
    assert_ok(function_alias_store_insert(db, &key, &row));
    key.function = SLICE("g");
    key.name = SLICE("alpha");
    assert_ok(function_alias_store_insert(db, &key, &row));

    struct function_alias_key at = prod;
    at.name = SLICE("");
    assert_ok(function_alias_store_next(db, &at, &arena, &at.name, &got));
    assert_slice(at.name, "beta");
    assert_ok(function_alias_store_next(db, &at, &arena, &at.name, &got));
    assert_slice(at.name, "prod");
    assert_status(function_alias_store_next(db, &at, &arena, &at.name, &got), STATUS_NOT_FOUND);
    arena_clear(&arena);
}

/* A policy's statements, as they stand in its array. */
static void assert_policy(struct db *db, const struct function_policy_key *key, const char *want)
{
    struct text statements;
    text_init(&statements, 4096);
    assert_ok(function_permission_store_list(db, key, &statements));
    assert_slice(text_slice(&statements), want);
    text_close(&statements);
}

static void what_was_said_of_an_alias_goes_with_it(void **state)
{
    struct db *db = db_of(state);
    const struct function_policy_key policy = {prod.account, prod.region, prod.function, prod.name};
    const struct function_policy_key whole = {prod.account, prod.region, prod.function, SLICE("")};
    const struct function_event_key events = {prod.account, prod.region, prod.function, prod.name};
    const struct function_event_config config = {.has_max_retries = true, .max_retries = 1};
    struct function_event_config got;
    assert_ok(function_alias_store_insert(db, &prod, &row));
    assert_ok(function_permission_store_insert(db, &policy, SLICE("s"), SLICE("{\"a\":1}")));
    assert_ok(function_permission_store_insert(db, &whole, SLICE("s"), SLICE("{\"b\":1}")));
    assert_ok(function_event_store_configure(db, &events, &config));

    assert_ok(function_alias_store_delete(db, &prod));

    assert_policy(db, &policy, "");
    assert_policy(db, &whole, "{\"b\":1}");
    assert_status(function_event_store_config(db, &events, &got), STATUS_NOT_FOUND);
    assert_status(function_alias_store_delete(db, &prod), STATUS_NOT_FOUND);
}

static void statements_keep_their_order_and_sids_are_taken_once(void **state)
{
    struct db *db = db_of(state);
    const struct function_policy_key key = {SLICE("1"), SLICE("r"), SLICE("f"), SLICE("")};
    assert_ok(function_permission_store_insert(db, &key, SLICE("z"), SLICE("1")));
    assert_ok(function_permission_store_insert(db, &key, SLICE("a"), SLICE("2")));
    assert_status(function_permission_store_insert(db, &key, SLICE("z"), SLICE("3")),
                  STATUS_EXISTS);
    assert_policy(db, &key, "1,2");
    assert_ok(function_permission_store_delete(db, &key, SLICE("z")));
    assert_policy(db, &key, "2");
    assert_status(function_permission_store_delete(db, &key, SLICE("z")), STATUS_NOT_FOUND);
}

#define T(name) cmocka_unit_test_setup_teardown(name, store_fixture_set_up, store_fixture_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(an_alias_is_found_again_whole_and_its_name_taken_once),
        T(an_update_changes_one_alias),
        T(aliases_of_one_function_are_walked_in_name_order),
        T(what_was_said_of_an_alias_goes_with_it),
        T(statements_keep_their_order_and_sids_are_taken_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

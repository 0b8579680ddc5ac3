#include "storage/iam_policy_store.h"

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

static struct iam_policy add(struct db *db, const char *name)
{
    struct iam_policy policy = {
        .account = SLICE("1"),
        .name = slice_of(name),
        .path = SLICE("/p/"),
        .unique_id = SLICE("ANPA1"),
        .description = SLICE("d"),
        .tags = SLICE("[]"),
        .default_version = 1,
        .last_version = 1,
        .created_ms = 5,
        .updated_ms = 6,
    };
    assert_ok(iam_policy_store_insert(db, &policy, &policy.id));
    return policy;
}

static void add_version(struct db *db, int64_t policy, int64_t number, const char *document)
{
    const struct iam_policy_version version = {number, slice_of(document), number * 10};
    assert_ok(iam_policy_store_add_version(db, policy, &version));
}

static void a_policy_is_found_again_whole(void **state)
{
    struct db *db = db_of(state);
    struct iam_policy got;
    struct iam_policy policy = add(db, "p");
    assert_ok(iam_policy_store_find(db, &policy, &arena, &got));
    assert_int_equal(got.id, policy.id);
    assert_slice(got.account, "1");
    assert_slice(got.name, "p");
    assert_slice(got.path, "/p/");
    assert_slice(got.unique_id, "ANPA1");
    assert_slice(got.description, "d");
    assert_slice(got.tags, "[]");
    assert_int_equal(got.default_version, 1);
    assert_int_equal(got.last_version, 1);
    assert_int_equal(got.created_ms, 5);
    assert_int_equal(got.updated_ms, 6);
    policy.name = SLICE("P");
    assert_status(iam_policy_store_insert(db, &policy, &policy.id), STATUS_EXISTS);
    assert_status(iam_policy_store_find(db, &policy, &arena, &got), STATUS_NOT_FOUND);
}

static void an_update_changes_tags_and_versions(void **state)
{
    struct db *db = db_of(state);
    struct iam_policy got;
    struct iam_policy policy = add(db, "p");
    policy.tags = SLICE("");
    policy.default_version = 2;
    policy.last_version = 3;
    policy.updated_ms = 9;
    policy.description = SLICE("not this");
    assert_ok(iam_policy_store_update(db, &policy));
    assert_ok(iam_policy_store_find(db, &policy, &arena, &got));
    assert_slice(got.tags, "");
    assert_int_equal(got.default_version, 2);
    assert_int_equal(got.last_version, 3);
    assert_int_equal(got.updated_ms, 9);
    assert_slice(got.description, "d");
}

static void policies_are_walked_by_name(void **state)
{
    struct db *db = db_of(state);
    struct iam_policy at = {.account = SLICE("1"), .name = SLICE("")};
    (void)add(db, "b");
    (void)add(db, "A");
    assert_ok(iam_policy_store_next(db, &at, &arena, &at));
    assert_slice(at.name, "A");
    assert_ok(iam_policy_store_next(db, &at, &arena, &at));
    assert_slice(at.name, "b");
    assert_status(iam_policy_store_next(db, &at, &arena, &at), STATUS_NOT_FOUND);
}

static void versions_are_walked_from_the_newest_down(void **state)
{
    struct db *db = db_of(state);
    struct iam_policy_version at = {.number = INT64_MAX};
    int64_t id = add(db, "p").id;
    for (int64_t n = 1; n <= 3; n++)
        add_version(db, id, n, n == 3 ? "three" : "{}");
    assert_ok(iam_policy_store_delete_version(db, id, 2));
    assert_status(iam_policy_store_delete_version(db, id, 2), STATUS_NOT_FOUND);
    assert_ok(iam_policy_store_version_before(db, id, at.number, &arena, &at));
    assert_int_equal(at.number, 3);
    assert_slice(at.document, "three");
    assert_int_equal(at.created_ms, 30);
    assert_ok(iam_policy_store_version_before(db, id, at.number, &arena, &at));
    assert_int_equal(at.number, 1);
    assert_status(iam_policy_store_version_before(db, id, at.number, &arena, &at),
                  STATUS_NOT_FOUND);
    assert_ok(iam_policy_store_find_version(db, id, 3, &arena, &at));
    assert_slice(at.document, "three");
    assert_status(iam_policy_store_find_version(db, id, 2, &arena, &at), STATUS_NOT_FOUND);
}

static void a_policy_goes_with_its_versions(void **state)
{
    struct db *db = db_of(state);
    struct iam_policy_counts counts;
    int64_t versions = 0;
    int64_t id = add(db, "p").id;
    int64_t other = add(db, "q").id;
    add_version(db, id, 1, "{}");
    add_version(db, id, 2, "{}");
    add_version(db, other, 1, "{}");
    assert_ok(iam_policy_store_count(db, SLICE("1"), &counts));
    assert_int_equal(counts.policies, 2);
    assert_int_equal(counts.versions, 3);
    assert_ok(iam_policy_store_delete(db, id));
    assert_ok(iam_policy_store_count_versions(db, id, &versions));
    assert_int_equal(versions, 0);
    assert_ok(iam_policy_store_count(db, SLICE("1"), &counts));
    assert_int_equal(counts.policies, 1);
    assert_int_equal(counts.versions, 1);
    assert_true(add(db, "p").id > other);
}

#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(a_policy_is_found_again_whole),   T(an_update_changes_tags_and_versions),
        T(policies_are_walked_by_name),     T(versions_are_walked_from_the_newest_down),
        T(a_policy_goes_with_its_versions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "storage/iam_grant_store.h"

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

static struct iam_entity add(struct db *db, const char *name, const char *boundary)
{
    struct iam_entity entity = {.account = SLICE("1"),
                                .kind = IAM_ROLE,
                                .name = slice_of(name),
                                .boundary = slice_of(boundary)};
    assert_ok(iam_entity_store_insert(db, &entity, &entity.id));
    return entity;
}

static void put(struct db *db, int64_t entity, const char *name, const char *document)
{
    const struct iam_inline_policy policy = {slice_of(name), slice_of(document)};
    assert_ok(iam_grant_store_put(db, entity, &policy));
}

static void an_inline_policy_takes_the_place_of_its_namesake(void **state)
{
    struct db *db = db_of(state);
    struct iam_inline_policy got;
    put(db, 1, "p", "{}");
    put(db, 1, "p", "[]");
    put(db, 2, "p", "other");
    assert_ok(iam_grant_store_find(db, 1, SLICE("p"), &arena, &got));
    assert_slice(got.name, "p");
    assert_slice(got.document, "[]");
    assert_ok(iam_grant_store_delete(db, 1, SLICE("p")));
    assert_status(iam_grant_store_delete(db, 1, SLICE("p")), STATUS_NOT_FOUND);
    assert_status(iam_grant_store_find(db, 1, SLICE("p"), &arena, &got), STATUS_NOT_FOUND);
    assert_ok(iam_grant_store_find(db, 2, SLICE("p"), &arena, &got));
    assert_slice(got.document, "other");
}

static void inline_policies_are_walked_by_name(void **state)
{
    struct db *db = db_of(state);
    struct iam_inline_policy at = {.name = SLICE("")};
    put(db, 1, "b", "2");
    put(db, 1, "a", "1");
    put(db, 2, "c", "3");
    assert_ok(iam_grant_store_next(db, 1, at.name, &arena, &at));
    assert_slice(at.document, "1");
    assert_ok(iam_grant_store_next(db, 1, at.name, &arena, &at));
    assert_slice(at.document, "2");
    assert_status(iam_grant_store_next(db, 1, at.name, &arena, &at), STATUS_NOT_FOUND);
}

static void attaching_twice_is_attaching_once(void **state)
{
    struct db *db = db_of(state);
    struct slice arn = SLICE("");
    int64_t count = 0;
    struct iam_entity role = add(db, "r", "");
    assert_ok(iam_grant_store_attach(db, &role, SLICE("arn:b")));
    assert_ok(iam_grant_store_attach(db, &role, SLICE("arn:b")));
    assert_ok(iam_grant_store_attach(db, &role, SLICE("arn:a")));
    assert_ok(iam_grant_store_count_attached(db, role.id, &count));
    assert_int_equal(count, 2);
    assert_ok(iam_grant_store_next_attached(db, role.id, arn, &arena, &arn));
    assert_slice(arn, "arn:a");
    assert_ok(iam_grant_store_next_attached(db, role.id, arn, &arena, &arn));
    assert_slice(arn, "arn:b");
    assert_status(iam_grant_store_next_attached(db, role.id, arn, &arena, &arn), STATUS_NOT_FOUND);
    assert_ok(iam_grant_store_detach(db, role.id, SLICE("arn:b")));
    assert_status(iam_grant_store_detach(db, role.id, SLICE("arn:b")), STATUS_NOT_FOUND);
}

static void uses_are_counted_within_the_account(void **state)
{
    struct db *db = db_of(state);
    struct iam_policy_use use;
    struct iam_entity first = add(db, "a", "arn:p");
    struct iam_entity second = add(db, "b", "");
    assert_ok(iam_grant_store_attach(db, &first, SLICE("arn:p")));
    assert_ok(iam_grant_store_attach(db, &second, SLICE("arn:p")));
    assert_ok(iam_grant_store_use(db, SLICE("1"), SLICE("arn:p"), &use));
    assert_int_equal(use.attachments, 2);
    assert_int_equal(use.boundaries, 1);
    assert_ok(iam_grant_store_use(db, SLICE("2"), SLICE("arn:p"), &use));
    assert_int_equal(use.attachments, 0);
    assert_int_equal(use.boundaries, 0);
}

static void who_has_a_policy_is_walked_in_the_order_they_were_made(void **state)
{
    struct db *db = db_of(state);
    struct iam_entity got;
    struct iam_policy_place attached = {SLICE("1"), SLICE("arn:p"), false};
    struct iam_policy_place bounded = {SLICE("1"), SLICE("arn:p"), true};
    struct iam_entity first = add(db, "b", "");
    struct iam_entity second = add(db, "a", "arn:p");
    assert_ok(iam_grant_store_attach(db, &second, SLICE("arn:p")));
    assert_ok(iam_grant_store_attach(db, &first, SLICE("arn:p")));
    assert_ok(iam_grant_store_next_user(db, &attached, 0, &arena, &got));
    assert_slice(got.name, "b");
    assert_ok(iam_grant_store_next_user(db, &attached, got.id, &arena, &got));
    assert_slice(got.name, "a");
    assert_status(iam_grant_store_next_user(db, &attached, got.id, &arena, &got), STATUS_NOT_FOUND);
    assert_ok(iam_grant_store_next_user(db, &bounded, 0, &arena, &got));
    assert_slice(got.name, "a");
    assert_status(iam_grant_store_next_user(db, &bounded, got.id, &arena, &got), STATUS_NOT_FOUND);
}

#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(an_inline_policy_takes_the_place_of_its_namesake),
        T(inline_policies_are_walked_by_name),
        T(attaching_twice_is_attaching_once),
        T(uses_are_counted_within_the_account),
        T(who_has_a_policy_is_walked_in_the_order_they_were_made),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

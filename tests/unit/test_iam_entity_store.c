#include "storage/iam_entity_store.h"

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

static struct iam_entity named(const char *name, enum iam_kind kind)
{
    return (struct iam_entity){
        .account = SLICE("1"),
        .kind = kind,
        .name = slice_of(name),
        .path = SLICE("/p/"),
        .unique_id = SLICE("AROA1"),
        .description = SLICE("d"),
        .trust_policy = SLICE("{}"),
        .max_session_s = 3600,
        .boundary = SLICE("arn:b"),
        .tags = SLICE("[]"),
        .created_ms = 5,
    };
}

static int64_t insert(struct db *db, const char *name, enum iam_kind kind)
{
    int64_t id = 0;
    struct iam_entity entity = named(name, kind);
    assert_ok(iam_entity_store_insert(db, &entity, &id));
    return id;
}

static void an_entity_is_found_again_whole(void **state)
{
    struct db *db = db_of(state);
    struct iam_entity key = named("r", IAM_ROLE);
    struct iam_entity got;
    int64_t id = insert(db, "r", IAM_ROLE);

    assert_ok(iam_entity_store_find(db, &key, &arena, &got));

    assert_int_equal(got.id, id);
    assert_slice(got.account, "1");
    assert_int_equal(got.kind, IAM_ROLE);
    assert_slice(got.name, "r");
    assert_slice(got.path, "/p/");
    assert_slice(got.unique_id, "AROA1");
    assert_slice(got.description, "d");
    assert_slice(got.trust_policy, "{}");
    assert_int_equal(got.max_session_s, 3600);
    assert_slice(got.boundary, "arn:b");
    assert_int_equal(got.role, 0);
    assert_slice(got.tags, "[]");
    assert_int_equal(got.created_ms, 5);
    assert_ok(iam_entity_store_find_id(db, id, &arena, &got));
    assert_slice(got.name, "r");
}

static void a_name_is_taken_whatever_its_case_but_found_as_it_is(void **state)
{
    struct db *db = db_of(state);
    struct iam_entity other = named("ROLE", IAM_ROLE);
    struct iam_entity got;
    int64_t id = 0;
    (void)insert(db, "Role", IAM_ROLE);
    assert_status(iam_entity_store_insert(db, &other, &id), STATUS_EXISTS);
    assert_status(iam_entity_store_find(db, &other, &arena, &got), STATUS_NOT_FOUND);
    (void)insert(db, "ROLE", IAM_USER);
    other.account = SLICE("2");
    assert_ok(iam_entity_store_insert(db, &other, &id));
}

static void an_update_changes_all_but_what_an_entity_is(void **state)
{
    struct db *db = db_of(state);
    struct iam_entity changed = named("other", IAM_ROLE);
    struct iam_entity got;
    changed.id = insert(db, "r", IAM_ROLE);
    changed.unique_id = SLICE("AROA2");
    changed.tags = SLICE("");
    changed.boundary = SLICE("");
    assert_ok(iam_entity_store_update(db, &changed));
    assert_ok(iam_entity_store_find_id(db, changed.id, &arena, &got));
    assert_slice(got.name, "other");
    assert_slice(got.unique_id, "AROA1");
    assert_slice(got.tags, "");
    assert_slice(got.boundary, "");
    (void)insert(db, "taken", IAM_ROLE);
    changed.name = SLICE("TAKEN");
    assert_status(iam_entity_store_update(db, &changed), STATUS_EXISTS);
}

static void entities_are_walked_by_name(void **state)
{
    struct db *db = db_of(state);
    struct iam_entity at = named("", IAM_ROLE);
    static const char *const names[] = {"c", "B", "a"};
    for (size_t i = 0; i < 3; i++)
        (void)insert(db, names[i], IAM_ROLE);
    (void)insert(db, "user", IAM_USER);
    assert_ok(iam_entity_store_next(db, &at, &arena, &at));
    assert_slice(at.name, "a");
    assert_ok(iam_entity_store_next(db, &at, &arena, &at));
    assert_slice(at.name, "B");
    assert_ok(iam_entity_store_next(db, &at, &arena, &at));
    assert_slice(at.name, "c");
    assert_status(iam_entity_store_next(db, &at, &arena, &at), STATUS_NOT_FOUND);
}

static void profiles_are_walked_by_role(void **state)
{
    struct db *db = db_of(state);
    struct iam_entity profile = named("p", IAM_INSTANCE_PROFILE);
    struct iam_entity got;
    int64_t role = insert(db, "r", IAM_ROLE);
    (void)insert(db, "none", IAM_INSTANCE_PROFILE);
    profile.role = role;
    assert_ok(iam_entity_store_insert(db, &profile, &profile.id));
    assert_ok(iam_entity_store_next_profile(db, role, SLICE(""), &arena, &got));
    assert_slice(got.name, "p");
    assert_int_equal(got.role, role);
    assert_status(iam_entity_store_next_profile(db, role, SLICE("p"), &arena, &got),
                  STATUS_NOT_FOUND);
    assert_status(iam_entity_store_next_profile(db, role + 100, SLICE(""), &arena, &got),
                  STATUS_NOT_FOUND);
}

static void entities_are_counted_by_kind(void **state)
{
    struct db *db = db_of(state);
    int64_t count = 0;
    int64_t id = insert(db, "a", IAM_ROLE);
    (void)insert(db, "b", IAM_ROLE);
    (void)insert(db, "c", IAM_USER);
    assert_ok(iam_entity_store_count(db, SLICE("1"), IAM_ROLE, &count));
    assert_int_equal(count, 2);
    assert_ok(iam_entity_store_delete(db, id));
    assert_ok(iam_entity_store_count(db, SLICE("1"), IAM_ROLE, &count));
    assert_int_equal(count, 1);
    assert_ok(iam_entity_store_count(db, SLICE("2"), IAM_ROLE, &count));
    assert_int_equal(count, 0);
    assert_true(insert(db, "a", IAM_ROLE) > id);
}

#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(an_entity_is_found_again_whole),
        T(a_name_is_taken_whatever_its_case_but_found_as_it_is),
        T(an_update_changes_all_but_what_an_entity_is),
        T(entities_are_walked_by_name),
        T(profiles_are_walked_by_role),
        T(entities_are_counted_by_kind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

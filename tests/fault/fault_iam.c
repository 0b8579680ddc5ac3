/*
 * Policies checked and rows read in an arena that ends earlier and earlier: either it is said that
 * memory is out, or the result is the usual one. No policy is refused for want of memory.
 */
#include "emulator/base/arena.h"
#include "handlers/iam/policy_document.h"
#include "storage/iam_entity_store.h"
#include "storage/session_store.h"
#include "tests/lib/asserts.h"
#include "tests/unit/store_fixture.h"

#define ARENA_MAX_BYTES ((size_t)1024 * 1024)
#define STEP_BYTES 24

/* One read or check in this arena. */
typedef enum status step_fn(struct db *db, struct arena *arena);

static void sweep(struct db *db, step_fn *step)
{
    enum status status = STATUS_NO_MEMORY;
    for (size_t max = 0; status == STATUS_NO_MEMORY; max += STEP_BYTES) {
        struct arena arena;
        assert_true(max < ARENA_MAX_BYTES);
        arena_init(&arena, max);
        status = step(db, &arena);
        arena_clear(&arena);
    }
    assert_ok(status);
}

/* ---- policies ---- */

#define POLICY(resource)                                                                         \
    "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Sid\":\"a\",\"Effect\":\"Allow\",\"Action\":" \
    "[\"s3:GetObject\",\"s3:*\"],\"Resource\":[\"arn:aws:s3:::b\",\"" resource "\"]}]}"

static enum status check(const char *document, enum policy_kind kind, struct arena *arena,
                         const char *expected)
{
    const char *problem = NULL;
    enum status status = policy_document_check(slice_of(document), kind, arena, &problem);
    if (status != STATUS_INVALID)
        return status == STATUS_OK && expected != NULL ? STATUS_CORRUPT : status;
    assert_non_null(expected);
    assert_string_equal(problem, expected);
    return STATUS_OK;
}

static enum status check_right(struct db *db, struct arena *arena)
{
    (void)db;
    return check(POLICY("*"), POLICY_MANAGED, arena, NULL);
}

static enum status check_wrong(struct db *db, struct arena *arena)
{
    (void)db;
    return check(POLICY("a:x:s3"), POLICY_MANAGED, arena,
                 "Partition \"x\" is not valid for resource \"arn:x:s3:*:*:*\".");
}

static enum status check_trust(struct db *db, struct arena *arena)
{
    (void)db;
    return check("{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"sts:AssumeRole\",\"Principal\":"
                 "{\"AWS\":\"bob\"}}}",
                 POLICY_TRUST, arena, "Invalid principal in policy: \"AWS\":\"bob\"");
}

static void no_policy_is_refused_for_want_of_memory(void **state)
{
    (void)state;
    sweep(NULL, check_right);
    sweep(NULL, check_wrong);
    sweep(NULL, check_trust);
}

/* ---- rows ---- */

static const struct iam_entity role = {
    .account = SLICE_INIT("1"),
    .kind = IAM_ROLE,
    .name = SLICE_INIT("role"),
    .path = SLICE_INIT("/"),
    .unique_id = SLICE_INIT("AROA1"),
    .trust_policy = SLICE_INIT("{\"Version\":\"2012-10-17\",\"Statement\":[]}"),
};

static enum status find_role(struct db *db, struct arena *arena)
{
    struct iam_entity found;
    enum status status = iam_entity_store_find(db, &role, arena, &found);
    if (status == STATUS_OK)
        assert_slices_equal(found.trust_policy, role.trust_policy);
    return status;
}

static const struct session session = {
    .access_key = SLICE_INIT("ASIA1"),
    .account = SLICE_INIT("1"),
    .arn = SLICE_INIT("arn:aws:sts::1:assumed-role/role/s"),
    .token = SLICE_INIT("a token that is longer than others"),
};

static enum status find_session(struct db *db, struct arena *arena)
{
    struct session found;
    enum status status = session_store_find(db, session.access_key, arena, &found);
    if (status == STATUS_OK)
        assert_slices_equal(found.token, session.token);
    return status;
}

static void rows_are_read_whole_or_not_at_all(void **state)
{
    struct db *db = ((struct store_fixture *)*state)->db;
    int64_t id = 0;
    assert_ok(iam_entity_store_insert(db, &role, &id));
    assert_ok(session_store_insert(db, &session));
    sweep(db, find_role);
    sweep(db, find_session);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_policy_is_refused_for_want_of_memory),
        cmocka_unit_test_setup_teardown(rows_are_read_whole_or_not_at_all, store_fixture_set_up,
                                        store_fixture_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

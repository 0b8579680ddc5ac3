#include "storage/session_store.h"

#include "emulator/base/arena.h"
#include "storage/query.h"
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

static enum status add(struct db *db, const char *key, int64_t expires_ms)
{
    const struct session session = {
        .access_key = slice_of(key),
        .account = SLICE("1"),
        .arn = SLICE("arn"),
        .user_id = SLICE("id"),
        .secret = SLICE("secret"),
        .token = SLICE("token"),
        .expires_ms = expires_ms,
        .policy = SLICE("{}"),
        .policy_arns = SLICE("[1]"),
        .tags = SLICE("[2]"),
        .source_identity = SLICE("who"),
    };
    return session_store_insert(db, &session);
}

static void a_session_is_found_again_whole(void **state)
{
    struct db *db = db_of(state);
    struct session got;
    assert_ok(add(db, "ASIA1", 9));
    assert_status(add(db, "ASIA1", 10), STATUS_EXISTS);
    assert_ok(session_store_find(db, SLICE("ASIA1"), &arena, &got));
    assert_slice(got.access_key, "ASIA1");
    assert_slice(got.account, "1");
    assert_slice(got.arn, "arn");
    assert_slice(got.user_id, "id");
    assert_slice(got.secret, "secret");
    assert_slice(got.token, "token");
    assert_int_equal(got.expires_ms, 9);
    assert_slice(got.policy, "{}");
    assert_slice(got.policy_arns, "[1]");
    assert_slice(got.tags, "[2]");
    assert_slice(got.source_identity, "who");
    assert_status(session_store_find(db, SLICE("ASIA2"), &arena, &got), STATUS_NOT_FOUND);
}

static void those_that_ended_are_forgotten(void **state)
{
    struct db *db = db_of(state);
    struct session got;
    assert_ok(add(db, "ASIA1", 9));
    assert_ok(add(db, "ASIA2", 10));
    assert_ok(session_store_sweep(db, 10));
    assert_status(session_store_find(db, SLICE("ASIA1"), &arena, &got), STATUS_NOT_FOUND);
    assert_ok(session_store_find(db, SLICE("ASIA2"), &arena, &got));
}

/* One less than the most. */
static void fill(struct db *db)
{
    static const char sql[] =
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ? - 1) "
        "INSERT INTO sts_session SELECT 'ASIA' || i, '', '', '', '', '', i, '', '', '', '' FROM n";
    struct query q;
    assert_ok(db_write(db));
    query_begin(&q, db, sql);
    query_bind_integer(&q, SESSION_STORE_MAX);
    assert_ok(query_run(&q));
}

static void there_is_a_most(void **state)
{
    struct db *db = db_of(state);
    fill(db);
    assert_ok(add(db, "last", 1));
    assert_status(add(db, "too many", 1), STATUS_TOO_LARGE);
    assert_ok(session_store_sweep(db, 2));
    assert_ok(add(db, "again", 1));
}

#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(a_session_is_found_again_whole),
        T(those_that_ended_are_forgotten),
        T(there_is_a_most),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "emulator/key_finder.h"

#include "emulator/base/arena.h"
#include "emulator/loop/loop.h"
#include "emulator/loop/sim_clock.h"
#include "storage/access_key_store.h"
#include "storage/iam_entity_store.h"
#include "storage/session_store.h"
#include "tests/lib/asserts.h"
#include "tests/unit/store_fixture.h"

#define USER_KEY "AKIA0123456789ABCDEF"
#define SESSION_KEY "ASIA0123456789ABCDEF"

struct fixture {
    struct store_fixture *store;
    struct loop *loop;
    struct sim_clock clock;
    struct key_finder finder;
    struct arena arena;
};

static struct fixture f;

static void add_keys(struct db *db)
{
    struct iam_entity user = {.account = SLICE("111122223333"),
                              .kind = IAM_USER,
                              .name = SLICE("u"),
                              .path = SLICE("/x/"),
                              .unique_id = SLICE("AIDA1")};
    struct access_key key = {.id = SLICE(USER_KEY), .is_active = true};
    const struct session session = {
        .access_key = SLICE(SESSION_KEY),
        .account = SLICE("444455556666"),
        .arn = SLICE("arn:aws:sts::444455556666:assumed-role/r/s"),
        .user_id = SLICE("AROA1:s"),
        .token = SLICE("token"),
        .expires_ms = sim_clock_now_ms(&f.clock) + 3600000,
    };
    assert_ok(iam_entity_store_insert(db, &user, &key.user));
    assert_ok(access_key_store_insert(db, &key));
    assert_ok(session_store_insert(db, &session));
}

static int set_up(void **state)
{
    void *store = NULL;
    (void)state;
    if (store_fixture_set_up(&store) != 0 || loop_create(&f.loop) != STATUS_OK ||
        sim_clock_init(&f.clock, f.loop) != STATUS_OK)
        return -1;
    f.store = store;
    arena_init(&f.arena, 65536);
    key_finder_init(&f.finder, f.store->db, &f.clock);
    add_keys(f.store->db);
    return 0;
}

static int tear_down(void **state)
{
    void *store = f.store;
    (void)state;
    arena_clear(&f.arena);
    sim_clock_close(&f.clock);
    loop_destroy(f.loop);
    return store_fixture_tear_down(&store);
}

static enum status find(const char *key, const char *token, struct key_owner *ret_owner)
{
    const struct key_port *port = &f.finder.port;
    return port->find(port->ctx, slice_of(key), slice_of(token), &f.arena, ret_owner);
}

static void a_users_key_is_the_users_until_it_is_switched_off(void **state)
{
    struct key_owner owner;
    (void)state;
    assert_ok(find(USER_KEY, "", &owner));
    assert_int_equal(owner.state, KEY_VALID);
    assert_slice(owner.account, "111122223333");
    assert_slice(owner.arn, "arn:aws:iam::111122223333:user/x/u");
    assert_slice(owner.user_id, "AIDA1");
    assert_ok(access_key_store_activate(f.store->db, SLICE(USER_KEY), false));
    assert_ok(find(USER_KEY, "", &owner));
    assert_int_equal(owner.state, KEY_INVALID);
}

static void a_sessions_key_needs_its_token(void **state)
{
    struct key_owner owner;
    (void)state;
    assert_ok(find(SESSION_KEY, "token", &owner));
    assert_int_equal(owner.state, KEY_VALID);
    assert_slice(owner.account, "444455556666");
    assert_slice(owner.arn, "arn:aws:sts::444455556666:assumed-role/r/s");
    assert_slice(owner.user_id, "AROA1:s");
    assert_ok(find(SESSION_KEY, "other", &owner));
    assert_int_equal(owner.state, KEY_INVALID);
    assert_ok(find(SESSION_KEY, "", &owner));
    assert_int_equal(owner.state, KEY_INVALID);
}

static void a_session_that_ended_has_expired(void **state)
{
    struct key_owner owner;
    const struct session ended = {.access_key = SLICE("ASIA0000000000000000"),
                                  .token = SLICE("token"),
                                  .expires_ms = sim_clock_now_ms(&f.clock)};
    (void)state;
    assert_ok(session_store_insert(f.store->db, &ended));
    assert_ok(find("ASIA0000000000000000", "token", &owner));
    assert_int_equal(owner.state, KEY_EXPIRED);
}

static void other_keys_are_not_known(void **state)
{
    static const char *const others[] = {
        "test",      "AKIA", "AKIAIOSFODNN7EXAMPLE", "ASIAIOSFODNN7EXAMPLE", "AROA0123456789ABCDEF",
        USER_KEY "0"};
    struct key_owner owner;
    (void)state;
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        assert_status(find(others[i], "token", &owner), STATUS_NOT_FOUND);
}

#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(a_users_key_is_the_users_until_it_is_switched_off),
        T(a_sessions_key_needs_its_token),
        T(a_session_that_ended_has_expired),
        T(other_keys_are_not_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

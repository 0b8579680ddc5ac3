#include "handlers/s3/s3_upkeep.h"

#include <fcntl.h>

#include "emulator/base/list.h"
#include "emulator/loop/loop.h"
#include "tests/unit/s3_fixture.h"

#define LARGE_BYTES ((size_t)40 * 1000)

/* Plays the server: commits at the end of a turn, after the upkeep's own hook. */
struct turn {
    struct loop_hook hook;
    struct loop *loop;
    struct s3_fixture *f;
    struct s3_upkeep *upkeep;
    bool is_held; /* then it is never idle: one turn is enough */
};

static bool on_turn(struct loop_hook *hook)
{
    struct turn *turn = list_entry(hook, struct turn, hook);
    if (db_is_dirty(turn->f->db))
        assert_ok(db_commit(turn->f->db));
    if (s3_upkeep_is_idle(turn->upkeep) || turn->is_held)
        loop_stop(turn->loop);
    return false;
}

/* Run the loop until the upkeep has nothing more to do. */
static void run(struct turn *turn)
{
    loop_run(turn->loop);
}

static void start(struct turn *turn, struct s3_fixture *f, const char *tree)
{
    *turn = (struct turn){.hook.fn = on_turn, .f = f};
    assert_ok(loop_create(&turn->loop));
    assert_ok(db_unit_end(f->db, true));
    assert_ok(db_commit(f->db));
    assert_ok(s3_upkeep_create(turn->loop, f->db, f->blobs, tree, &turn->upkeep));
    loop_add_hook(turn->loop, &turn->hook);
}

static void stop(struct turn *turn)
{
    loop_remove_hook(&turn->hook);
    s3_upkeep_destroy(turn->upkeep);
    loop_destroy(turn->loop);
    db_unit_begin(turn->f->db);
}

static void wake(struct loop_task *task)
{
    (void)task;
}

static void put(struct turn *turn, const char *key, struct slice bytes)
{
    db_unit_begin(turn->f->db);
    s3_fixture_put(turn->f, key, bytes);
    assert_ok(db_unit_end(turn->f->db, true));
}

static void run_soon(struct turn *turn)
{
    struct loop_task task;
    loop_task_init(&task, wake);
    loop_defer(turn->loop, &task);
    run(turn);
}

static void bodies_nobody_refers_to_are_removed(void **state)
{
    struct s3_fixture *f = *state;
    struct turn turn;
    start(&turn, f, NULL);
    for (unsigned i = 0; i < 200; i++)
        put(&turn, "k", s3_fixture_bytes(f, LARGE_BYTES, i));
    assert_int_equal(s3_fixture_blobs(f), 200);
    assert_false(s3_upkeep_is_idle(turn.upkeep));
    run_soon(&turn);
    assert_int_equal(s3_fixture_blobs(f), 1);
    stop(&turn);
}

static void what_a_reader_has_yet_to_open_stays_until_he_is_done(void **state)
{
    struct s3_fixture *f = *state;
    struct turn turn;
    start(&turn, f, NULL);
    put(&turn, "k", s3_fixture_bytes(f, LARGE_BYTES, 1));
    put(&turn, "k", s3_fixture_bytes(f, LARGE_BYTES, 2));
    blob_store_hold(f->blobs);
    assert_ok(db_commit(f->db));
    turn.is_held = true;
    run_soon(&turn);
    assert_false(s3_upkeep_is_idle(turn.upkeep));
    assert_int_equal(s3_fixture_blobs(f), 2);

    blob_store_release(f->blobs);
    turn.is_held = false;
    run_soon(&turn);
    assert_int_equal(s3_fixture_blobs(f), 1);
    stop(&turn);
}

static void the_tree_follows(void **state)
{
    struct s3_fixture *f = *state;
    struct turn turn;
    start(&turn, f, s3_fixture_path(f, "s3"));
    put(&turn, "a/b", SLICE("v"));
    run_soon(&turn);
    int file = open(s3_fixture_path(f, "s3/photos/a/b"), O_RDONLY | O_CLOEXEC);
    assert_true(file >= 0);
    assert_slice(s3_fixture_read(f, file), "v");
    stop(&turn);
}

static void when_stopped_it_ends_soon_and_the_next_start_does_the_rest(void **state)
{
    struct s3_fixture *f = *state;
    struct turn turn;
    start(&turn, f, s3_fixture_path(f, "s3"));
    run_soon(&turn);
    for (unsigned i = 0; i < 5000; i++)
        put(&turn, arena_printf(&f->arena, "k%u", i), SLICE("v"));
    s3_upkeep_stop(turn.upkeep);
    run_soon(&turn);
    assert_int_not_equal(access(s3_fixture_path(f, "s3/photos/k999"), F_OK), 0);
    stop(&turn);

    start(&turn, f, s3_fixture_path(f, "s3"));
    run_soon(&turn);
    assert_int_equal(access(s3_fixture_path(f, "s3/photos/k999"), F_OK), 0);
    stop(&turn);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, s3_fixture_set_up, s3_fixture_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(bodies_nobody_refers_to_are_removed),
        TEST(what_a_reader_has_yet_to_open_stays_until_he_is_done),
        TEST(the_tree_follows),
        TEST(when_stopped_it_ends_soon_and_the_next_start_does_the_rest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

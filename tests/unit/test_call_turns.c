#include "emulator/http/call_turns.h"

#include "emulator/http/call.h"
#include "tests/lib/asserts.h"

struct fixture {
    struct call call;
    struct loop *loop;
    struct call_turns turns;
    struct loop_task other; /* of somebody else */
    char order[16];         /* s: a step, o: the other */
    size_t count;
    size_t steps_wanted;
};

static int set_up(void **state)
{
    static struct fixture f;
    f = (struct fixture){.count = 0};
    call_init(&f.call);
    *state = &f;
    return loop_create(&f.loop) == STATUS_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    call_close(&f->call);
    loop_destroy(f->loop);
    return 0;
}

static bool step(struct call_turns *turns)
{
    struct fixture *f = list_entry(turns, struct fixture, turns);
    f->order[f->count++] = 's';
    return f->count < f->steps_wanted;
}

static void other(struct loop_task *task)
{
    struct fixture *f = list_entry(task, struct fixture, other);
    f->order[f->count++] = 'o';
    if (f->count < f->steps_wanted)
        loop_defer_turn(f->loop, &f->other);
    else
        loop_stop(f->loop);
}

static void others_run_between_two_steps(void **state)
{
    struct fixture *f = *state;
    f->steps_wanted = 6;
    loop_task_init(&f->other, other);
    assert_ok(call_turns_run(&f->call, f->loop, &f->turns, step));
    loop_defer(f->loop, &f->other);
    loop_run(f->loop);
    assert_slice(slice_make(f->order, f->count), "sososos");
}

static void a_call_that_is_gone_takes_no_further_step(void **state)
{
    struct fixture *f = *state;
    f->steps_wanted = 2;
    loop_task_init(&f->other, other);
    assert_ok(call_turns_run(&f->call, f->loop, &f->turns, step));
    call_close(&f->call);
    call_init(&f->call);
    loop_defer(f->loop, &f->other);
    loop_run(f->loop);
    assert_slice(slice_make(f->order, f->count), "so");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(others_run_between_two_steps),
        TEST(a_call_that_is_gone_takes_no_further_step),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

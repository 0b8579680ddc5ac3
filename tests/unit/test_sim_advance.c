#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "emulator/loop/random.h"
#include "sim_clock_world.h"

/* Advancing a frozen clock */

static void an_advance_runs_timers_in_order_each_at_its_time(void **state)
{
    (void)state;
    static struct letter_timer a = {0}, b = {0}, c = {0}, d = {0};
    struct sim_advance advance;
    start(&c, 'c', T0 + 300);
    start(&a, 'a', T0 + 100);
    start(&d, 'd', T0 + 301);
    start(&b, 'b', T0 + 200);
    assert_true(sim_clock_next_due_ms(&sim) == T0 + 100);

    sim_clock_advance(&sim, &advance, T0 + 300, on_advanced);
    assert_string_equal(seen, "");
    run_until(4);

    assert_string_equal(seen, "abc.");
    assert_true(seen_at[0] == T0 + 100 && seen_at[1] == T0 + 200 && seen_at[2] == T0 + 300);
    assert_int_equal(advance.timers_run, 3);
    assert_true(sim_clock_now_ms(&sim) == T0 + 300);
    assert_true(sim_clock_next_due_ms(&sim) == T0 + 301);
}

static void timers_due_together_fire_in_the_order_started(void **state)
{
    (void)state;
    static struct letter_timer a = {0}, b = {0}, c = {0};
    struct sim_advance advance;
    start(&a, 'a', T0 + 7);
    start(&b, 'b', T0 + 7);
    start(&c, 'c', T0 + 7);
    sim_timer_start(&sim, &a.timer, T0 + 7); /* started again: the last now */

    sim_clock_advance(&sim, &advance, T0 + 7, on_advanced);
    run_until(4);

    assert_string_equal(seen, "bca.");
}

static void hooks_run_between_two_timers_and_before_done(void **state)
{
    (void)state;
    static struct letter_timer a = {0}, b = {0};
    struct loop_hook hook = {.fn = note_hook};
    struct sim_advance advance;
    start(&a, 'a', T0 + 1);
    start(&b, 'b', T0 + 1);
    loop_add_hook(loop, &hook);

    sim_clock_advance(&sim, &advance, T0 + 1, on_advanced);
    run_what_is_ready();

    const char *from_a = strchr(seen, 'a');
    const char *from_b = strchr(seen, 'b');
    assert_non_null(from_a);
    assert_non_null(from_b);
    assert_true(strchr(from_a, '|') < from_b);
    assert_true(strchr(from_b, '|') < strchr(seen, '.'));
    loop_remove_hook(&hook);
}

static struct loop_task deferred;

static void on_deferred(struct loop_task *task)
{
    (void)task;
    note('d');
}

static void defer_task(struct letter_timer *t)
{
    (void)t;
    loop_defer(loop, &deferred);
}

static void a_task_of_a_timer_and_its_commit_come_before_the_next_timer(void **state)
{
    (void)state;
    static struct letter_timer a = {.then = defer_task}, b = {0};
    struct loop_hook hook = {.fn = note_hook};
    struct sim_advance advance;
    loop_task_init(&deferred, on_deferred);
    start(&a, 'a', T0 + 1);
    start(&b, 'b', T0 + 1);
    loop_add_hook(loop, &hook);

    sim_clock_advance(&sim, &advance, T0 + 1, on_advanced);
    run_what_is_ready();

    assert_non_null(strstr(seen, "a|d|b"));
    loop_remove_hook(&hook);
}

static void a_timer_set_during_an_advance_runs_in_it_when_due(void **state)
{
    (void)state;
    static struct letter_timer b = {.letter = 'b'}, d = {.letter = 'd'}, f = {0};
    static struct letter_timer a = {.then = start_other, .other = &b, .due_ms = T0 + 50};
    static struct letter_timer c = {.then = start_other, .other = &d, .due_ms = T0 + 101};
    struct sim_advance advance;
    start(&a, 'a', T0 + 40);
    start(&c, 'c', T0 + 60);
    start(&f, 'f', T0 + 100);

    sim_clock_advance(&sim, &advance, T0 + 100, on_advanced);
    run_until(5);

    assert_string_equal(seen, "abcf.");
    assert_true(seen_at[1] == T0 + 50);
    assert_true(d.timer.running);
}

static void a_timer_may_stop_another_that_is_due_with_it(void **state)
{
    (void)state;
    static struct letter_timer b = {0}, c = {0};
    static struct letter_timer a = {.then = stop_other, .other = &b};
    struct sim_advance advance;
    start(&a, 'a', T0 + 1);
    start(&b, 'b', T0 + 1);
    start(&c, 'c', T0 + 1);

    sim_clock_advance(&sim, &advance, T0 + 1, on_advanced);
    run_until(3);

    assert_string_equal(seen, "ac.");
    assert_false(b.timer.running);
    sim_timer_stop(&sim, &b.timer);
}

static void a_timer_may_start_itself_again(void **state)
{
    (void)state;
    static struct letter_timer a = {.then = start_again, .due_ms = 10, .repeats = 100};
    struct sim_advance advance;
    start(&a, 'a', T0 + 10);

    sim_clock_advance(&sim, &advance, T0 + 35, on_advanced);
    run_until(4);

    assert_string_equal(seen, "aaa.");
    assert_true(seen_at[2] == T0 + 30);
    assert_true(sim_clock_next_due_ms(&sim) == T0 + 40);
}

static void a_timer_may_free_itself(struct sim_timer *timer)
{
    note('f');
    free(timer);
}

static void the_clock_does_not_touch_a_timer_after_its_callback(void **state)
{
    (void)state;
    struct sim_advance advance;
    for (int i = 0; i < 3; i++) {
        struct sim_timer *timer = malloc(sizeof(*timer));
        assert_non_null(timer);
        sim_timer_init(timer, a_timer_may_free_itself);
        sim_timer_start(&sim, timer, T0 + i);
    }

    sim_clock_advance(&sim, &advance, T0 + 2, on_advanced);
    run_until(4);

    assert_string_equal(seen, "fff.");
}

static void queued_advances_are_served_in_order(void **state)
{
    (void)state;
    static struct letter_timer a = {0}, b = {0};
    struct sim_advance first, second, past;
    start(&a, 'a', T0 + 10);
    start(&b, 'b', T0 + 20);

    sim_clock_advance(&sim, &first, T0 + 15, on_advanced);
    sim_clock_advance(&sim, &second, T0 + 25, on_advanced);
    sim_clock_advance(&sim, &past, T0 + 5, on_advanced);
    run_until(5);

    assert_string_equal(seen, "a.b..");
    assert_true(seen_at[1] == T0 + 15 && seen_at[3] == T0 + 25 && seen_at[4] == T0 + 25);
    assert_int_equal(first.timers_run, 1);
    assert_int_equal(second.timers_run, 1);
    assert_int_equal(past.timers_run, 0);
}

static struct sim_advance chained;

static void advance_further(struct sim_advance *advance)
{
    note(',');
    sim_clock_advance(&sim, &chained, advance->target_ms + 10, on_advanced);
}

static void done_may_advance_again(void **state)
{
    (void)state;
    static struct letter_timer a = {0};
    struct sim_advance advance;
    start(&a, 'a', T0 + 15);

    sim_clock_advance(&sim, &advance, T0 + 10, advance_further);
    run_until(3);

    assert_string_equal(seen, ",a.");
    assert_true(sim_clock_now_ms(&sim) == T0 + 20);
}

static void a_target_in_the_past_runs_what_is_due_and_does_not_go_back(void **state)
{
    (void)state;
    static struct letter_timer a = {0}, b = {0}, c = {0};
    struct sim_advance advance;
    start(&b, 'b', T0 - 1);
    start(&a, 'a', T0 - 1000);
    start(&c, 'c', T0 + 1);

    sim_clock_advance(&sim, &advance, INT64_MIN, on_advanced);
    run_until(3);

    assert_string_equal(seen, "ab.");
    assert_true(seen_at[0] == T0 && seen_at[2] == T0);
}

static void a_huge_target_ends_with_the_calendar(void **state)
{
    (void)state;
    static struct letter_timer a = {0}, never = {0};
    struct sim_advance advance;
    start(&a, 'a', SIM_CLOCK_MAX_MS);
    start(&never, 'n', INT64_MAX);

    sim_clock_advance(&sim, &advance, INT64_MAX, on_advanced);
    run_until(2);

    assert_string_equal(seen, "a.");
    assert_true(sim_clock_now_ms(&sim) == SIM_CLOCK_MAX_MS);
    sim_clock_set_mode(&sim, SIM_CLOCK_REAL);
    assert_true(sim_clock_now_ms(&sim) >= SIM_CLOCK_MAX_MS);
    assert_true(never.timer.running);
}

static void many_random_timers_fire_sorted(void **state)
{
    (void)state;

    enum { COUNT = 1000 };
    static struct letter_timer timers[COUNT];
    struct sim_advance advance;
    struct random r;
    random_init_seeded(&r, 11);
    memset(timers, 0, sizeof(timers));
    for (int i = 0; i < COUNT; i++)
        start(&timers[i], 't', T0 + 1 + (int64_t)random_below(&r, 3000));

    sim_clock_advance(&sim, &advance, T0 + 3000, on_advanced);
    run_until(COUNT + 1);

    for (int i = 1; i < COUNT; i++)
        assert_true(seen_at[i - 1] <= seen_at[i]);
    for (int i = 0; i < COUNT; i++)
        assert_false(timers[i].timer.running);
    assert_int_equal(advance.timers_run, COUNT);
}

/* Holds */

static void an_advance_waits_for_the_workers_a_timer_started(void **state)
{
    (void)state;
    static struct letter_timer a = {.then = hold_with_worker}, b = {0};
    struct sim_advance advance;
    held_job.more = 2;
    start(&a, 'a', T0 + 1);
    start(&b, 'b', T0 + 1);

    sim_clock_advance(&sim, &advance, T0 + 60000, on_advanced);
    run_until(6);

    assert_string_equal(seen, "awwwb.");
    assert_true(seen_at[3] == T0 + 1); /* the clock stood still meanwhile */
}

static void an_advance_waits_for_workers_of_its_last_timer(void **state)
{
    (void)state;
    static struct letter_timer a = {.then = hold_with_worker};
    struct sim_advance advance;
    held_job.more = 0;
    start(&a, 'a', T0 + 1);

    sim_clock_advance(&sim, &advance, T0 + 1, on_advanced);
    run_until(3);

    assert_string_equal(seen, "aw.");
}

static void what_a_release_wrote_is_committed_before_the_next_timer(void **state)
{
    (void)state;
    static struct letter_timer a = {.then = hold_with_worker}, b = {0};
    struct loop_hook hook = {.fn = note_hook};
    struct sim_advance advance;
    held_job.more = 0;
    start(&a, 'a', T0 + 1);
    start(&b, 'b', T0 + 1);
    loop_add_hook(loop, &hook);

    sim_clock_advance(&sim, &advance, T0 + 1, on_advanced);
    stop_at = '.';
    run_until(0);

    assert_non_null(strstr(seen, "w|"));
    assert_null(strstr(seen, "wb"));
    assert_true(strchr(seen, 'w') < strchr(seen, 'b'));
    loop_remove_hook(&hook);
}

static void an_advance_asked_while_held_waits_for_every_release(void **state)
{
    (void)state;
    static struct letter_timer a = {0};
    struct sim_advance advance;
    start(&a, 'a', T0 + 1);
    sim_clock_hold(&sim);
    sim_clock_hold(&sim);

    sim_clock_advance(&sim, &advance, T0 + 1, on_advanced);
    run_what_is_ready();
    sim_clock_release(&sim);
    run_what_is_ready();
    assert_string_equal(seen, "");

    sim_clock_release(&sim);
    run_until(2);
    assert_string_equal(seen, "a.");
}

static void a_hold_taken_again_before_the_step_still_holds(void **state)
{
    (void)state;
    static struct letter_timer a = {0};
    struct sim_advance advance;
    start(&a, 'a', T0 + 1);
    sim_clock_hold(&sim);
    sim_clock_advance(&sim, &advance, T0 + 1, on_advanced);

    sim_clock_release(&sim);
    sim_clock_hold(&sim);
    run_what_is_ready();
    assert_string_equal(seen, "");

    sim_clock_release(&sim);
    run_until(2);
    assert_string_equal(seen, "a.");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FROZEN_TEST(an_advance_runs_timers_in_order_each_at_its_time),
        FROZEN_TEST(timers_due_together_fire_in_the_order_started),
        FROZEN_TEST(hooks_run_between_two_timers_and_before_done),
        FROZEN_TEST(a_task_of_a_timer_and_its_commit_come_before_the_next_timer),
        FROZEN_TEST(a_timer_set_during_an_advance_runs_in_it_when_due),
        FROZEN_TEST(a_timer_may_stop_another_that_is_due_with_it),
        FROZEN_TEST(a_timer_may_start_itself_again),
        FROZEN_TEST(the_clock_does_not_touch_a_timer_after_its_callback),
        FROZEN_TEST(queued_advances_are_served_in_order),
        FROZEN_TEST(done_may_advance_again),
        FROZEN_TEST(a_target_in_the_past_runs_what_is_due_and_does_not_go_back),
        FROZEN_TEST(a_huge_target_ends_with_the_calendar),
        FROZEN_TEST(many_random_timers_fire_sorted),
        FROZEN_TEST(an_advance_waits_for_the_workers_a_timer_started),
        FROZEN_TEST(an_advance_waits_for_workers_of_its_last_timer),
        FROZEN_TEST(what_a_release_wrote_is_committed_before_the_next_timer),
        FROZEN_TEST(an_advance_asked_while_held_waits_for_every_release),
        FROZEN_TEST(a_hold_taken_again_before_the_step_still_holds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

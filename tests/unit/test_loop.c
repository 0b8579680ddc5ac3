#include "loop_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void tasks_run_in_the_order_asked_and_once(void **state)
{
    (void)state;
    struct letter_task a, b, c;
    letter_task_init(&a, 'a');
    letter_task_init(&b, 'b');
    letter_task_init(&c, 'c');

    loop_defer(seen.loop, &b.task);
    loop_defer(seen.loop, &a.task);
    loop_defer(seen.loop, &b.task);
    loop_defer(seen.loop, &c.task);
    assert_int_equal(seen.len, 0);
    run_until(3);

    assert_string_equal(seen.log, "bac");
    assert_false(b.task.waiting);
}

static void a_cancelled_task_does_not_run(void **state)
{
    (void)state;
    struct letter_task a, b, c;
    letter_task_init(&a, 'a');
    letter_task_init(&b, 'b');
    letter_task_init(&c, 'c');
    a.cancels = &b.task;

    loop_defer(seen.loop, &a.task);
    loop_defer(seen.loop, &b.task);
    loop_defer(seen.loop, &c.task);
    run_until(2);
    loop_task_cancel(&b.task);

    assert_string_equal(seen.log, "ac");
}

static void hooks_run_between_a_task_and_the_task_it_asked_for(void **state)
{
    (void)state;
    struct letter_task a, b, c;
    struct letter_hook h;
    letter_task_init(&a, 'a');
    letter_task_init(&b, 'b');
    letter_task_init(&c, 'c');
    add_letter_hook(&h, 'H');
    a.defers = &b.task;

    loop_defer(seen.loop, &a.task);
    loop_defer(seen.loop, &c.task);
    run_until(5);

    assert_memory_equal(seen.log, "acHbH", 5);
}

static void a_hook_that_made_work_has_all_hooks_run_again(void **state)
{
    (void)state;
    struct letter_hook g, h;
    add_letter_hook(&g, 'g');
    add_letter_hook(&h, 'h');
    h.more = 2;

    run_until(6); /* nothing else would wake the loop */

    assert_memory_equal(seen.log, "ghghgh", 6);
}

static void a_task_asked_for_by_a_hook_runs_before_the_loop_sleeps(void **state)
{
    (void)state;
    struct letter_task a;
    struct letter_hook h;
    letter_task_init(&a, 'a');
    add_letter_hook(&h, 'h');
    h.defers = &a.task;

    run_until(3);

    assert_memory_equal(seen.log, "hah", 3);
}

static void a_hook_may_remove_itself_and_others(void **state)
{
    (void)state;
    struct letter_hook a, b, c, d;
    add_letter_hook(&a, 'a');
    add_letter_hook(&b, 'b');
    add_letter_hook(&c, 'c');
    add_letter_hook(&d, 'd');
    a.more = 1;
    b.removes = &c.hook;
    d.removes = &d.hook;

    run_until(5);

    assert_memory_equal(seen.log, "abdab", 5);
}

static void a_task_for_the_next_turn_lets_the_tasks_of_this_one_pass(void **state)
{
    (void)state;
    struct letter_task a;
    struct letter_task b;
    struct letter_task c;
    letter_task_init(&a, 'a');
    letter_task_init(&b, 'b');
    letter_task_init(&c, 'c');
    a.defers_turn = &b.task;
    a.defers = &c.task;

    loop_defer(seen.loop, &a.task);
    run_until(3);

    assert_string_equal(seen.log, "acb");
}

/* Timers */

struct letter_timer {
    struct loop_timer timer;
    char letter;
    int repeats;
    struct loop_timer *stops;
};

static void on_letter_timer(struct loop_timer *timer)
{
    struct letter_timer *t = list_entry(timer, struct letter_timer, timer);
    note(t->letter);
    if (t->stops != NULL)
        loop_timer_stop(t->stops);
    if (t->repeats-- > 0)
        assert_int_equal(loop_timer_start(seen.loop, timer, 0, on_letter_timer), STATUS_OK);
}

static void start_letter_timer(struct letter_timer *t, char letter, int64_t delay_ms)
{
    t->letter = letter;
    assert_int_equal(loop_timer_start(seen.loop, &t->timer, delay_ms, on_letter_timer), STATUS_OK);
}

static void timers_fire_by_delay_and_never_early(void **state)
{
    (void)state;
    struct letter_timer a = {0}, b = {0}, c = {0};
    int64_t before_us = loop_monotonic_us();

    start_letter_timer(&a, 'a', 100); /* far apart: a busy machine may stop us between two starts */
    start_letter_timer(&b, 'b', 2);
    start_letter_timer(&c, 'c', 1);
    start_letter_timer(&c, 'c', 200); /* moved */
    run_until(3);

    assert_string_equal(seen.log, "bac");
    assert_true(loop_monotonic_us() - before_us >= 199000);
    loop_timer_close(&a.timer);
    loop_timer_close(&b.timer);
    loop_timer_close(&c.timer);
}

static struct letter_timer late_timer;
static int64_t late_started_us;

static void start_timer_late_in_the_turn(struct loop_task *task)
{
    (void)task;
    late_started_us = loop_monotonic_us();
    while (loop_monotonic_us() < late_started_us + 10000)
        ;
    late_started_us = loop_monotonic_us();
    start_letter_timer(&late_timer, 't', 6);
}

static void a_delay_counts_from_the_start_not_from_the_turn(void **state)
{
    (void)state;
    struct loop_task task;
    struct letter_timer other = {0};
    loop_task_init(&task, start_timer_late_in_the_turn);

    start_letter_timer(&other, 'o', 2); /* due during the long task: the loop will not wait */
    loop_defer(seen.loop, &task);
    run_until(2);

    assert_string_equal(seen.log, "ot");
    assert_true(loop_monotonic_us() - late_started_us >= 5000); /* libuv counts milliseconds */
    loop_timer_close(&other.timer);
    loop_timer_close(&late_timer.timer);
}

static void a_timer_stopped_by_another_does_not_fire(void **state)
{
    (void)state;
    struct letter_timer a = {0}, b = {0}, c = {0};
    a.stops = &b.timer;

    start_letter_timer(&a, 'a', -5);
    start_letter_timer(&b, 'b', 0);
    start_letter_timer(&c, 'c', 5);
    run_until(2);

    assert_string_equal(seen.log, "ac");
    loop_timer_close(&a.timer);
    loop_timer_close(&b.timer);
    loop_timer_close(&c.timer);
    loop_timer_close(&c.timer);
}

static void a_timer_may_start_itself_again(void **state)
{
    (void)state;
    struct letter_timer a = {.repeats = 3};

    start_letter_timer(&a, 'a', 0);
    run_until(4);

    assert_string_equal(seen.log, "aaaa");
    loop_timer_close(&a.timer);
}

static void a_timer_never_started_can_be_stopped_and_closed(void **state)
{
    (void)state;
    struct loop_timer timer = {0};

    loop_timer_stop(&timer);
    loop_timer_close(&timer);

    assert_null(timer.handle);
}

/* The world is looked at although a task is always waiting. */
static void a_task_that_always_asks_again_does_not_starve_timers(void **state)
{
    (void)state;
    struct letter_task a;
    struct letter_timer t = {0};
    letter_task_init(&a, 'a');
    a.defers = &a.task;

    loop_defer(seen.loop, &a.task);
    run_until(2);
    start_letter_timer(&t, 'T', 0);
    run_until(seen.len + 40);

    assert_non_null(strchr(seen.log, 'T'));
    loop_task_cancel(&a.task);
    loop_timer_close(&t.timer);
}

static void the_clocks_of_the_loop_agree(void **state)
{
    (void)state;
    int64_t us = loop_monotonic_us();
    int64_t ms = loop_monotonic_ms();

    assert_in_range(ms, us / 1000, us / 1000 + 1000);
    assert_true(loop_wall_ms() > 1600000000000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        LOOP_TEST(tasks_run_in_the_order_asked_and_once),
        LOOP_TEST(a_cancelled_task_does_not_run),
        LOOP_TEST(hooks_run_between_a_task_and_the_task_it_asked_for),
        LOOP_TEST(a_hook_that_made_work_has_all_hooks_run_again),
        LOOP_TEST(a_task_asked_for_by_a_hook_runs_before_the_loop_sleeps),
        LOOP_TEST(a_hook_may_remove_itself_and_others),
        LOOP_TEST(timers_fire_by_delay_and_never_early),
        LOOP_TEST(a_delay_counts_from_the_start_not_from_the_turn),
        LOOP_TEST(a_timer_stopped_by_another_does_not_fire),
        LOOP_TEST(a_timer_may_start_itself_again),
        LOOP_TEST(a_timer_never_started_can_be_stopped_and_closed),
        LOOP_TEST(a_task_that_always_asks_again_does_not_starve_timers),
        LOOP_TEST(a_task_for_the_next_turn_lets_the_tasks_of_this_one_pass),
        LOOP_TEST(the_clocks_of_the_loop_agree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

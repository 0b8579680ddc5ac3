#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim_clock_world.h"

/* Auto mode */

static void an_auto_clock_jumps_from_timer_to_timer(void **state)
{
    (void)state;
    static struct letter_timer b = {.letter = 'b'};
    static struct letter_timer a = {.then = start_other, .other = &b, .due_ms = T0 + 900000};
    sim_clock_set_mode(&sim, SIM_CLOCK_AUTO);
    start(&a, 'a', T0 + 300000);

    run_until(2);

    assert_string_equal(seen, "ab");
    assert_true(seen_at[0] == T0 + 300000);
    assert_true(seen_at[1] == T0 + 900000);
    run_what_is_ready();
    assert_true(sim_clock_now_ms(&sim) == T0 + 900000); /* none is left: it stands */
}

static void an_auto_clock_does_not_jump_while_held(void **state)
{
    (void)state;
    static struct letter_timer a = {.then = hold_with_worker}, b = {0};
    sim_clock_set_mode(&sim, SIM_CLOCK_AUTO);
    held_job.more = 3;
    start(&a, 'a', T0 + 1000);
    start(&b, 'b', T0 + 2000);
    sim_clock_hold(&sim);
    run_what_is_ready();
    assert_string_equal(seen, "");

    sim_clock_release(&sim);
    run_until(6);

    assert_string_equal(seen, "awwwwb");
    assert_true(seen_at[4] == T0 + 1000);
    assert_true(seen_at[5] == T0 + 2000);
}

static void an_auto_clock_never_jumps_past_the_calendar(void **state)
{
    (void)state;
    static struct letter_timer a = {0}, never = {0};
    sim_clock_set_mode(&sim, SIM_CLOCK_AUTO);
    start(&a, 'a', T0 + 5);
    start(&never, 'n', INT64_MAX);
    sim_timer_stop(&sim, &a.timer);

    run_what_is_ready();

    assert_string_equal(seen, "");
    assert_true(sim_clock_now_ms(&sim) == T0);
}

/* The guard is a real timer: it gets its turn between endless jumps. */
static void an_auto_clock_leaves_the_loop_time_for_the_world(void **state)
{
    (void)state;
    static struct letter_timer a = {.then = start_again, .due_ms = 60000, .repeats = 1000000};
    sim_clock_set_mode(&sim, SIM_CLOCK_AUTO);
    start(&a, 'a', T0);

    run_for_ms(30);

    assert_true(timed_out);
    assert_in_range(seen_len, 2, 40);
}

static void an_advance_in_auto_mode_serves_its_target_first(void **state)
{
    (void)state;
    static struct letter_timer a = {0}, b = {0};
    struct sim_advance advance;
    sim_clock_set_mode(&sim, SIM_CLOCK_AUTO);
    start(&a, 'a', T0 + 5);
    start(&b, 'b', T0 + 500);

    sim_clock_advance(&sim, &advance, T0 + 10, on_advanced);
    run_until(3);

    assert_string_equal(seen, "a.b");
    assert_true(seen_at[1] == T0 + 10);
    assert_true(seen_at[2] == T0 + 500);
}

/* Closing */

static void closing_answers_pending_advances_and_forgets_timers(void **state)
{
    (void)state;
    static struct letter_timer a = {0}, b = {0};
    struct sim_advance first, second;
    start(&a, 'a', T0 + 1);
    start(&b, 'b', T0 + 2);
    sim_clock_hold(&sim);
    sim_clock_advance(&sim, &first, T0 + 10, on_advanced);
    sim_clock_advance(&sim, &second, T0 + 20, on_advanced);

    sim_clock_close(&sim);

    assert_string_equal(seen, "..");
    assert_false(a.timer.running);
    assert_false(b.timer.running);
    sim_clock_release(&sim);
    sim_timer_start(&sim, &a.timer, T0);
    assert_false(a.timer.running);
    run_what_is_ready();
    assert_string_equal(seen, "..");
    sim_clock_close(&sim);
}

static void close_clock(struct letter_timer *t)
{
    (void)t;
    sim_clock_close(&sim);
}

static void a_timer_may_close_the_clock(void **state)
{
    (void)state;
    static struct letter_timer a = {.then = close_clock}, b = {0};
    start(&a, 'a', T0 - 2);
    start(&b, 'b', T0 - 1);

    run_what_is_ready();

    assert_string_equal(seen, "a");
}

static void a_timer_may_close_the_clock_during_an_advance(void **state)
{
    (void)state;
    static struct letter_timer a = {.then = close_clock}, b = {0};
    struct sim_advance advance;
    start(&a, 'a', T0 + 1);
    start(&b, 'b', T0 + 1);

    sim_clock_advance(&sim, &advance, T0 + 1, on_advanced);
    run_what_is_ready();

    assert_string_equal(seen, "a.");
}

static void closing_a_zeroed_clock_does_nothing(void **state)
{
    (void)state;
    struct sim_clock zeroed = {0};

    sim_clock_close(&zeroed);

    assert_null(zeroed.loop);
}

struct heap_clock {
    struct sim_advance advance;
    struct sim_clock clock;
};

static void close_and_free(struct sim_advance *advance)
{
    struct heap_clock *h = (struct heap_clock *)advance;
    note('x');
    sim_clock_close(&h->clock);
    free(h);
}

static void done_may_close_and_free_the_clock(void **state)
{
    (void)state;
    struct heap_clock *h = calloc(1, sizeof(*h));
    assert_non_null(h);
    assert_int_equal(sim_clock_init(&h->clock, loop), STATUS_OK);

    sim_clock_advance(&h->clock, &h->advance, INT64_MAX, close_and_free);
    run_what_is_ready();

    assert_string_equal(seen, "x");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FROZEN_TEST(an_auto_clock_jumps_from_timer_to_timer),
        FROZEN_TEST(an_auto_clock_does_not_jump_while_held),
        FROZEN_TEST(an_auto_clock_never_jumps_past_the_calendar),
        FROZEN_TEST(an_auto_clock_leaves_the_loop_time_for_the_world),
        FROZEN_TEST(an_advance_in_auto_mode_serves_its_target_first),
        FROZEN_TEST(closing_answers_pending_advances_and_forgets_timers),
        FROZEN_TEST(a_timer_may_close_the_clock),
        FROZEN_TEST(a_timer_may_close_the_clock_during_an_advance),
        FROZEN_TEST(closing_a_zeroed_clock_does_nothing),
        FROZEN_TEST(done_may_close_and_free_the_clock),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim_clock_world.h"

/* Frozen, without an advance */

static void a_frozen_clock_stands_still(void **state)
{
    (void)state;
    static struct letter_timer a = {0};
    start(&a, 'a', T0 + 1);

    wall_shift_ms = 3600000;
    run_what_is_ready();

    assert_string_equal(seen, "");
    assert_true(sim_clock_now_ms(&sim) == T0);
}

static void a_timer_in_the_past_fires_on_the_next_turn(void **state)
{
    (void)state;
    static struct letter_timer a = {0}, b = {0}, c = {0};
    start(&b, 'b', T0);
    start(&a, 'a', INT64_MIN);
    start(&c, 'c', T0 + 1);
    sim_clock_hold(&sim); /* no matter: holds are for advances */
    assert_string_equal(seen, "");

    run_what_is_ready();

    assert_string_equal(seen, "ab");
    sim_clock_release(&sim);
}

/* One that always restarts itself leaves the turn to others. */
static void a_timer_that_is_always_due_does_not_starve_the_loop(void **state)
{
    (void)state;
    static struct letter_timer a = {.then = start_again, .repeats = 100};
    start(&a, 'a', T0);

    run_until(2);

    assert_in_range(seen_len, 2, 50);
    sim_timer_stop(&sim, &a.timer);
}

static void showing_another_time_fires_what_is_due_then(void **state)
{
    (void)state;
    static struct letter_timer a = {0}, b = {0};
    start(&a, 'a', T0 + 10);
    start(&b, 'b', T0 + 20);

    sim_clock_set_now_ms(&sim, T0 + 15);
    run_what_is_ready();

    assert_string_equal(seen, "a");
    assert_true(sim_clock_now_ms(&sim) == T0 + 15);
}

/* Real mode */

static void a_real_clock_shows_the_wall_clock(void **state)
{
    (void)state;
    int64_t before = loop_wall_ms();
    int64_t now = sim_clock_now_ms(&sim);
    assert_true(before <= now && now <= before + 1000);

    wall_shift_ms += 3600000; /* also after a sleep of the machine */

    assert_true(sim_clock_now_ms(&sim) >= before + 3600000);
}

static void a_wall_clock_set_back_does_not_set_the_clock_back(void **state)
{
    (void)state;
    static struct letter_timer a = {0};
    wall_shift_ms = 7200000;
    int64_t shown = sim_clock_now_ms(&sim);

    wall_shift_ms = 0;
    start(&a, 'a', shown + 5);
    assert_true(sim_clock_now_ms(&sim) >= shown);
    run_until(1); /* time goes on, or this would take two hours */

    assert_string_equal(seen, "a");
    assert_in_range(seen_at[0] - shown, 5, 5000);
}

static void real_timers_fire_in_order_and_not_early(void **state)
{
    (void)state;
    static struct letter_timer a = {0}, b = {0}, c = {0}, d = {0}, e = {0};
    int64_t now = sim_clock_now_ms(&sim);
    start(&d, 'd', now + 8);
    start(&b, 'b', now + 4);
    start(&c, 'c', now + 4);
    start(&a, 'a', now + 2);
    start(&e, 'e', now + 3);
    sim_timer_stop(&sim, &e.timer);

    run_until(4);

    assert_string_equal(seen, "abcd");
    assert_true(seen_at[0] >= now + 2);
    assert_true(seen_at[1] >= now + 4);
    assert_true(seen_at[3] >= now + 8);
}

static void an_earlier_timer_shortens_the_wait(void **state)
{
    (void)state;
    static struct letter_timer a = {0}, b = {0};
    int64_t now = sim_clock_now_ms(&sim);
    start(&b, 'b', now + 3600000);
    start(&a, 'a', now + 3);

    run_until(1);

    assert_string_equal(seen, "a");
}

static void a_real_clock_stands_while_advancing_and_goes_on_from_the_target(void **state)
{
    (void)state;
    static struct letter_timer a = {.then = hold_with_worker}, b = {0}, c = {0};
    struct sim_advance advance;
    int64_t now = sim_clock_now_ms(&sim);
    held_job.more = 0;
    start(&a, 'a', now + 60000);
    start(&b, 'b', now + 90000);
    start(&c, 'c', now + 100004);

    sim_clock_advance(&sim, &advance, now + 100000, on_advanced);
    run_until(4);
    assert_string_equal(seen, "awb.");
    assert_true(seen_at[0] == now + 60000);
    assert_true(seen_at[1] == now + 60000);
    assert_true(seen_at[2] == now + 90000);
    assert_in_range(seen_at[3] - now, 100000, 101000);

    run_until(5); /* in real time */
    assert_string_equal(seen, "awb.c");
    assert_in_range(sim_clock_now_ms(&sim) - now, 100004, 110000);
}

/* However long it took to come here from what is in flight now. */
static void start_b_in_an_hour(struct letter_timer *t)
{
    start(t->other, 'b', sim_clock_now_ms(&sim) + 3600000);
}

static void
what_begins_when_the_clock_stops_is_due_by_the_end_of_an_advance_by_as_much(void **state)
{
    (void)state;
    static struct letter_timer b, a = {.then = start_b_in_an_hour, .other = &b};
    struct sim_advance advance;
    start(&a, 'a', sim_clock_now_ms(&sim));

    sim_clock_advance_by(&sim, &advance, 3600000, on_advanced);
    run_until(3);

    assert_string_equal(seen, "ab.");
    assert_true(seen_at[1] == seen_at[0] + 3600000);
}

static void real_time_that_overtook_a_target_is_shown(void **state)
{
    (void)state;
    static struct letter_timer a = {.then = hold_with_worker};
    struct sim_advance advance;
    int64_t now = sim_clock_now_ms(&sim);
    held_job.more = 0;
    start(&a, 'a', now + 1);

    sim_clock_advance(&sim, &advance, now + 1, on_advanced);
    run_until(3);

    assert_string_equal(seen, "aw.");
    assert_true(seen_at[2] >= now + 3);
    int64_t before = loop_wall_ms();
    int64_t shown = sim_clock_now_ms(&sim);
    assert_true(before <= shown && shown <= loop_wall_ms() + 1);
}

static void freezing_and_running_on_keep_the_time_shown(void **state)
{
    (void)state;
    int64_t before = sim_clock_now_ms(&sim);
    sim_clock_set_mode(&sim, SIM_CLOCK_FROZEN);
    int64_t frozen = sim_clock_now_ms(&sim);
    assert_in_range(frozen - before, 0, 1000);

    wall_shift_ms += 3600000;
    assert_true(sim_clock_now_ms(&sim) == frozen);
    sim_clock_set_mode(&sim, SIM_CLOCK_REAL);

    assert_in_range(sim_clock_now_ms(&sim) - frozen, 0, 1000);
}

static void freeze(struct letter_timer *t)
{
    (void)t;
    sim_clock_set_mode(&sim, SIM_CLOCK_FROZEN);
}

static void a_mode_set_during_an_advance_holds_from_its_target(void **state)
{
    (void)state;
    static struct letter_timer a = {.then = freeze};
    struct sim_advance advance;
    int64_t now = sim_clock_now_ms(&sim);
    start(&a, 'a', now + 10000);

    sim_clock_advance(&sim, &advance, now + 20000, on_advanced);
    run_until(2);
    run_what_is_ready();

    assert_string_equal(seen, "a.");
    assert_true(sim_clock_now_ms(&sim) == now + 20000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FROZEN_TEST(a_frozen_clock_stands_still),
        FROZEN_TEST(a_timer_in_the_past_fires_on_the_next_turn),
        FROZEN_TEST(a_timer_that_is_always_due_does_not_starve_the_loop),
        FROZEN_TEST(showing_another_time_fires_what_is_due_then),
        REAL_TEST(a_real_clock_shows_the_wall_clock),
        REAL_TEST(a_wall_clock_set_back_does_not_set_the_clock_back),
        REAL_TEST(real_timers_fire_in_order_and_not_early),
        REAL_TEST(an_earlier_timer_shortens_the_wait),
        REAL_TEST(a_real_clock_stands_while_advancing_and_goes_on_from_the_target),
        REAL_TEST(what_begins_when_the_clock_stops_is_due_by_the_end_of_an_advance_by_as_much),
        REAL_TEST(real_time_that_overtook_a_target_is_shown),
        REAL_TEST(freezing_and_running_on_keep_the_time_shown),
        REAL_TEST(a_mode_set_during_an_advance_holds_from_its_target),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

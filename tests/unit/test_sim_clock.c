#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "emulator/loop/loop.h"
#include "emulator/loop/random.h"
#include "emulator/loop/sim_clock.h"
#include "emulator/loop/worker.h"

/* A frozen world starts here. */
#define T0 INT64_C(1700000000000)

/* The wall clock the clock under test sees: the real one, set by the test (linked with --wrap). */
static int64_t wall_shift_ms;
/* NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp,readability-identifier-naming)
 */
int64_t __real_loop_wall_ms(void);
int64_t __wrap_loop_wall_ms(void);

/* NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp,readability-identifier-naming)
 */

int64_t __wrap_loop_wall_ms(void)
{
    return __real_loop_wall_ms() + wall_shift_ms;
}

static struct loop *loop;
static struct sim_clock sim;
static struct loop_timer guard; /* ends a test that would wait for ever */
static bool timed_out;

/* What happened, one letter each; for timers also when. */
static char seen[2048];
static size_t seen_len;
static int64_t seen_at[2048];
static size_t stop_after;
static char stop_at;

static void note(char letter)
{
    assert_true(seen_len + 1 < sizeof(seen));
    seen_at[seen_len] = sim_clock_now_ms(&sim);
    seen[seen_len++] = letter;
    seen[seen_len] = '\0';
    if (seen_len == stop_after || letter == stop_at)
        loop_stop(loop);
}

static void on_guard(struct loop_timer *timer)
{
    (void)timer;
    timed_out = true;
    loop_stop(loop);
}

static void run_for_ms(int64_t ms)
{
    timed_out = false;
    assert_int_equal(loop_timer_start(loop, &guard, ms, on_guard), STATUS_OK);
    loop_run(loop);
    loop_timer_stop(&guard);
}

static void run_until(size_t letters)
{
    stop_after = letters;
    run_for_ms(10000);
    assert_false(timed_out);
}

/* Nothing is left to do at once after that. */
static void run_what_is_ready(void)
{
    stop_after = 0;
    run_for_ms(5);
    assert_true(timed_out);
}

static int set_up_frozen(void **state)
{
    (void)state;
    seen_len = 0;
    seen[0] = '\0';
    stop_after = 0;
    stop_at = '\0';
    wall_shift_ms = 0;
    memset(&guard, 0, sizeof(guard));
    if (loop_create(&loop) || sim_clock_init(&sim, loop))
        return -1;
    sim_clock_set_mode(&sim, SIM_CLOCK_FROZEN);
    sim_clock_set_now_ms(&sim, T0);
    return 0;
}

static int set_up_real(void **state)
{
    int result = set_up_frozen(state);
    sim_clock_close(&sim);
    return result || sim_clock_init(&sim, loop) ? -1 : 0;
}

static int tear_down(void **state)
{
    (void)state;
    sim_clock_close(&sim);
    loop_timer_close(&guard);
    loop_destroy(loop);
    return 0;
}

/* A timer with a letter, and what it does when it fires. */
struct letter_timer {
    struct sim_timer timer;
    void (*then)(struct letter_timer *t);
    struct letter_timer *other;
    int64_t due_ms;
    int repeats;
    char letter;
};

static void on_timer(struct sim_timer *timer)
{
    struct letter_timer *t = list_entry(timer, struct letter_timer, timer);
    assert_false(timer->running);
    note(t->letter);
    if (t->then != NULL)
        t->then(t);
}

static void start(struct letter_timer *t, char letter, int64_t due_ms)
{
    sim_timer_init(&t->timer, on_timer);
    t->letter = letter;
    sim_timer_start(&sim, &t->timer, due_ms);
}

static void start_other(struct letter_timer *t)
{
    start(t->other, t->other->letter, t->due_ms);
}

static void stop_other(struct letter_timer *t)
{
    sim_timer_stop(&sim, &t->other->timer);
}

static void start_again(struct letter_timer *t)
{
    if (t->repeats-- > 0)
        sim_timer_start(&sim, &t->timer, t->timer.due_ms + t->due_ms);
}

static void on_advanced(struct sim_advance *advance)
{
    (void)advance;
    note('.');
}

static bool note_hook(struct loop_hook *hook)
{
    (void)hook;
    note('|');
    return false;
}

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

struct held_job {
    struct worker_job job;
    int64_t until_us;
    int more; /* jobs to follow this one, held without a gap */
};

static void spin(struct worker_job *job)
{
    struct held_job *held = (struct held_job *)job;
    while (loop_monotonic_us() < held->until_us)
        ;
}

static void release_hold(struct worker_job *job)
{
    struct held_job *held = (struct held_job *)job;
    note('w');
    if (held->more-- > 0) {
        sim_clock_hold(&sim);
        assert_int_equal(worker_submit(loop, job), STATUS_OK);
    }
    sim_clock_release(&sim);
}

static struct held_job held_job;

static void hold_with_worker(struct letter_timer *t)
{
    (void)t;
    held_job.job = (struct worker_job){spin, release_hold};
    held_job.until_us = loop_monotonic_us() + 3000;
    sim_clock_hold(&sim);
    assert_int_equal(worker_submit(loop, &held_job.job), STATUS_OK);
}

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

#define FROZEN_TEST(name) cmocka_unit_test_setup_teardown(name, set_up_frozen, tear_down)
#define REAL_TEST(name) cmocka_unit_test_setup_teardown(name, set_up_real, tear_down)

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

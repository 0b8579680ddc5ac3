#include "sim_clock_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

int64_t wall_shift_ms;
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

struct loop *loop;
struct sim_clock sim;
static struct loop_timer guard; /* ends a test that would wait for ever */
bool timed_out;

char seen[2048];
size_t seen_len;
int64_t seen_at[2048];
size_t stop_after;
char stop_at;

void note(char letter)
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

void run_for_ms(int64_t ms)
{
    timed_out = false;
    assert_int_equal(loop_timer_start(loop, &guard, ms, on_guard), STATUS_OK);
    loop_run(loop);
    loop_timer_stop(&guard);
}

void run_until(size_t letters)
{
    stop_after = letters;
    run_for_ms(10000);
    assert_false(timed_out);
}

void run_what_is_ready(void)
{
    stop_after = 0;
    run_for_ms(5);
    assert_true(timed_out);
}

int set_up_frozen(void **state)
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

int set_up_real(void **state)
{
    int result = set_up_frozen(state);
    sim_clock_close(&sim);
    return result || sim_clock_init(&sim, loop) ? -1 : 0;
}

int tear_down(void **state)
{
    (void)state;
    sim_clock_close(&sim);
    loop_timer_close(&guard);
    loop_destroy(loop);
    return 0;
}

static void on_timer(struct sim_timer *timer)
{
    struct letter_timer *t = list_entry(timer, struct letter_timer, timer);
    assert_false(timer->running);
    note(t->letter);
    if (t->then != NULL)
        t->then(t);
}

void start(struct letter_timer *t, char letter, int64_t due_ms)
{
    sim_timer_init(&t->timer, on_timer);
    t->letter = letter;
    sim_timer_start(&sim, &t->timer, due_ms);
}

void start_other(struct letter_timer *t)
{
    start(t->other, t->other->letter, t->due_ms);
}

void stop_other(struct letter_timer *t)
{
    sim_timer_stop(&sim, &t->other->timer);
}

void start_again(struct letter_timer *t)
{
    if (t->repeats-- > 0)
        sim_timer_start(&sim, &t->timer, t->timer.due_ms + t->due_ms);
}

void on_advanced(struct sim_advance *advance)
{
    (void)advance;
    note('.');
}

bool note_hook(struct loop_hook *hook)
{
    (void)hook;
    note('|');
    return false;
}

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

struct held_job held_job;

void hold_with_worker(struct letter_timer *t)
{
    (void)t;
    held_job.job = (struct worker_job){spin, release_hold};
    held_job.until_us = loop_monotonic_us() + 3000;
    sim_clock_hold(&sim);
    assert_int_equal(worker_submit(loop, &held_job.job), STATUS_OK);
}

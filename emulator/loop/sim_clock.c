/*
 * One task, `step`, does everything that runs timers:
 *
 *     no advance pending   all that is due, in one go (also from `wake`, the real-time timer)
 *     advance pending      one timer per step, then proceed() to the next
 *
 * proceed() lets a whole turn of the loop pass first (`settling`): tasks that a timer or a
 * release asked for run, then the hooks commit, and only then the next timer sees the world.
 */
#include "emulator/loop/sim_clock.h"

#include <assert.h>
#include <string.h>

#include "emulator/loop/sim_timer_heap.h"

enum {
    /* The longest real sleep: the wall clock may be set forward while the loop waits. */
    MAX_NAP_MS = 10000,
    /* Auto mode: how long nothing must be in flight before a jump. The sockets are looked at
     * meanwhile, and timers that start each other do not keep a processor busy. */
    AUTO_PAUSE_MS = 1
};

static int64_t later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static bool is_stepping(const struct sim_clock *clock)
{
    return !list_is_empty(&clock->advances);
}

/*
 * The wall clock, but never earlier than shown before: where that was set back, time goes on
 * with the monotonic clock until the wall clock has caught up. What was shown is remembered
 * in `ahead_ms`; a clock is never a constant object, so the cast is sound.
 */
static int64_t real_now_ms(const struct sim_clock *clock)
{
    int64_t monotonic = loop_monotonic_ms();
    int64_t now = later(loop_wall_ms() + clock->offset_ms, monotonic + clock->ahead_ms);
    ((struct sim_clock *)clock)->ahead_ms = now - monotonic;
    return now;
}

/* In real mode, run on from `now_ms`. */
static void resume_at(struct sim_clock *clock, int64_t now_ms)
{
    clock->offset_ms = now_ms - loop_wall_ms();
    clock->ahead_ms = now_ms - loop_monotonic_ms();
}

int64_t sim_clock_now_ms(const struct sim_clock *clock)
{
    if (clock->mode == SIM_CLOCK_REAL && !is_stepping(clock))
        return real_now_ms(clock);
    return clock->frozen_ms;
}

int64_t sim_clock_next_due_ms(const struct sim_clock *clock)
{
    return clock->heap == NULL ? INT64_MAX : clock->heap->due_ms;
}

static void remove_timer(struct sim_clock *clock, struct sim_timer *timer)
{
    clock->heap = sim_timer_heap_remove(clock->heap, timer);
    timer->running = false;
}

static void on_wake(struct loop_timer *wake);

static void set_wake(struct sim_clock *clock, int64_t delay_ms)
{
    enum status status = loop_timer_start(clock->loop, &clock->wake, delay_ms, on_wake);
    assert(status == STATUS_OK); /* sim_clock_init() has made the handle */
    (void)status;
}

/* Without an advance: see to it that the earliest timer fires when it is due. */
static void schedule(struct sim_clock *clock)
{
    if (clock->loop == NULL)
        return;
    loop_timer_stop(&clock->wake);
    if (is_stepping(clock) || clock->heap == NULL)
        return;
    int64_t now = sim_clock_now_ms(clock);
    int64_t due = clock->heap->due_ms;
    if (due <= now)
        loop_defer(clock->loop, &clock->step);
    else if (clock->mode == SIM_CLOCK_REAL)
        set_wake(clock, due < now + MAX_NAP_MS ? due - now : MAX_NAP_MS);
    else if (clock->mode == SIM_CLOCK_AUTO && clock->held == 0 && due <= SIM_CLOCK_MAX_MS)
        set_wake(clock, AUTO_PAUSE_MS);
}

static void proceed(struct sim_clock *clock)
{
    clock->settling = true;
    loop_defer(clock->loop, &clock->step);
}

/* Timers started meanwhile wait for the next turn, or one that restarts itself never ends. */
static void run_due(struct sim_clock *clock)
{
    int64_t now = sim_clock_now_ms(clock);
    uint64_t started_before = clock->next_sequence;
    while (clock->heap != NULL && !is_stepping(clock)) {
        struct sim_timer *timer = clock->heap;
        if (timer->due_ms > now || timer->sequence >= started_before)
            break;
        remove_timer(clock, timer);
        timer->fn(timer);
    }
    schedule(clock);
}

/* `done` comes last: it may close the clock. */
static void finish_advance(struct sim_clock *clock, struct sim_advance *advance, int64_t now_ms)
{
    clock->frozen_ms = now_ms;
    list_remove(&advance->link);
    if (is_stepping(clock)) {
        proceed(clock);
    } else {
        if (clock->mode == SIM_CLOCK_REAL && real_now_ms(clock) < now_ms)
            resume_at(clock, now_ms);
        schedule(clock);
    }
    advance->done(advance);
}

static void step_advance(struct sim_clock *clock)
{
    struct sim_advance *advance = list_entry(clock->advances.next, struct sim_advance, link);
    int64_t limit = later(advance->target_ms, clock->frozen_ms);
    struct sim_timer *timer = clock->heap;
    if (timer == NULL || timer->due_ms > limit) {
        finish_advance(clock, advance, limit);
        return;
    }
    clock->frozen_ms = later(clock->frozen_ms, timer->due_ms);
    advance->timers_run++;
    remove_timer(clock, timer);
    proceed(clock);
    timer->fn(timer);
}

static void on_step(struct loop_task *task)
{
    struct sim_clock *clock = list_entry(task, struct sim_clock, step);
    if (!is_stepping(clock)) {
        run_due(clock);
    } else if (clock->held > 0) {
        return; /* the last release proceeds */
    } else if (clock->settling) {
        clock->settling = false;
        loop_defer(clock->loop, task);
    } else {
        step_advance(clock);
    }
}

static void on_wake(struct loop_timer *wake)
{
    struct sim_clock *clock = list_entry(wake, struct sim_clock, wake);
    int64_t due = sim_clock_next_due_ms(clock);
    if (clock->mode == SIM_CLOCK_AUTO && due <= SIM_CLOCK_MAX_MS)
        clock->frozen_ms = later(clock->frozen_ms, due);
    run_due(clock);
}

enum status sim_clock_init(struct sim_clock *clock, struct loop *loop)
{
    memset(clock, 0, sizeof(*clock));
    list_init(&clock->advances);
    loop_task_init(&clock->step, on_step);
    enum status status = loop_timer_start(loop, &clock->wake, 0, on_wake);
    if (status)
        return status;
    loop_timer_stop(&clock->wake); /* only its handle was wanted: starting cannot fail now */
    clock->loop = loop;
    clock->mode = SIM_CLOCK_REAL;
    resume_at(clock, loop_wall_ms());
    return STATUS_OK;
}

void sim_clock_close(struct sim_clock *clock)
{
    if (clock->loop == NULL)
        return;
    loop_task_cancel(&clock->step);
    loop_timer_close(&clock->wake);
    while (clock->heap != NULL)
        remove_timer(clock, clock->heap);
    clock->loop = NULL;
    struct list pending;
    list_init(&pending);
    list_move_all(&pending, &clock->advances);
    struct list *link = NULL;
    while ((link = list_take_first(&pending)) != NULL) {
        struct sim_advance *advance = list_entry(link, struct sim_advance, link);
        advance->done(advance);
    }
}

void sim_clock_set_mode(struct sim_clock *clock, enum sim_clock_mode mode)
{
    int64_t now = sim_clock_now_ms(clock);
    clock->mode = mode;
    if (mode == SIM_CLOCK_REAL)
        resume_at(clock, now);
    else
        clock->frozen_ms = now;
    schedule(clock);
}

void sim_clock_set_now_ms(struct sim_clock *clock, int64_t now_ms)
{
    assert(!is_stepping(clock));
    int64_t now = now_ms < SIM_CLOCK_MAX_MS ? now_ms : SIM_CLOCK_MAX_MS;
    clock->frozen_ms = now;
    resume_at(clock, now);
    schedule(clock);
}

void sim_timer_init(struct sim_timer *timer, void (*fn)(struct sim_timer *timer))
{
    memset(timer, 0, sizeof(*timer));
    timer->fn = fn;
}

void sim_timer_start(struct sim_clock *clock, struct sim_timer *timer, int64_t due_ms)
{
    if (clock->loop == NULL)
        return;
    bool was_first = clock->heap == timer;
    if (timer->running)
        remove_timer(clock, timer);
    timer->due_ms = due_ms;
    timer->sequence = clock->next_sequence++;
    timer->running = true;
    clock->heap = sim_timer_heap_push(clock->heap, timer);
    if (was_first || clock->heap == timer)
        schedule(clock);
}

void sim_timer_stop(struct sim_clock *clock, struct sim_timer *timer)
{
    if (timer->running)
        remove_timer(clock, timer);
}

void sim_clock_hold(struct sim_clock *clock)
{
    clock->held++;
    if (clock->mode == SIM_CLOCK_AUTO)
        schedule(clock); /* no jump now */
}

void sim_clock_release(struct sim_clock *clock)
{
    assert(clock->held > 0);
    if (--clock->held > 0 || clock->loop == NULL)
        return;
    if (is_stepping(clock))
        proceed(clock);
    else if (clock->mode == SIM_CLOCK_AUTO)
        schedule(clock);
}

/* Until the advances are over the clock moves from timer to timer only. */
static void stop_running(struct sim_clock *clock)
{
    assert(clock->loop != NULL);
    if (!is_stepping(clock))
        clock->frozen_ms = sim_clock_now_ms(clock);
    loop_timer_stop(&clock->wake);
}

static void queue_advance(struct sim_clock *clock, struct sim_advance *advance, int64_t target_ms,
                          void (*done)(struct sim_advance *advance))
{
    advance->target_ms = target_ms < SIM_CLOCK_MAX_MS ? target_ms : SIM_CLOCK_MAX_MS;
    advance->timers_run = 0;
    advance->done = done;
    list_append(&clock->advances, &advance->link);
    proceed(clock);
}

void sim_clock_advance(struct sim_clock *clock, struct sim_advance *advance, int64_t target_ms,
                       void (*done)(struct sim_advance *advance))
{
    stop_running(clock);
    queue_advance(clock, advance, target_ms, done);
}

void sim_clock_advance_by(struct sim_clock *clock, struct sim_advance *advance, int64_t by_ms,
                          void (*done)(struct sim_advance *advance))
{
    stop_running(clock);
    int64_t room_ms = SIM_CLOCK_MAX_MS - clock->frozen_ms;
    queue_advance(clock, advance, clock->frozen_ms + (by_ms < room_ms ? by_ms : room_ms), done);
}

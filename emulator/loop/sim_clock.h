/*
 * sim_clock.h -- a sandbox's virtual time, its timers, and advancing it to quiescence.
 *
 * Buffer intervals, retry back-off, token expiry, object dates: all run on this clock. Modes:
 *
 *     real     now = wall clock + offset (offset 0 until advanced)
 *     frozen   now stands still until advanced
 *     auto     as frozen, but jumps to the next due timer when nothing is in flight
 *
 * Advancing: timers due up to the target run in the order (due, asked), each with the clock
 * standing exactly at its due time. What a timer starts and is not finished when its callback
 * returns (a transform on a worker) holds the clock: sim_clock_hold() ... sim_clock_release().
 * While anything is held the advance waits, so the next timer sees a quiet world. A timer
 * set during the advance and due by the target runs in it too. Then the clock stands at
 * the target and `done` is called.
 *
 *     IDLE ----sim_clock_advance----> STEPPING --timer due--> run it, still STEPPING
 *                                      |  ^  held > 0: wait for the last release
 *                                      |  '------ further advances are queued
 *     IDLE <-----none due, done()------'
 *
 * Between two timers of an advance a turn of the loop passes, so the hooks of the loop have
 * committed what the first one wrote. What is deferred over more than one task must hold the clock.
 * A timer that restarts itself for the same time never lets an advance end.
 *
 * Without an advance, timers fire when real time reaches them (real mode), in the same order,
 * and the clock shows the real time then; holds do not delay them. Those due together run in
 * one turn. In real mode the clock never goes backwards, also when the wall clock is set back:
 * it then runs on with the monotonic clock. In auto mode a jump comes after nothing was in flight
 * for a real millisecond, so that requests are read in between.
 *
 * Embed it; loop thread only. Timers are embedded by their owners: starting one cannot fail.
 */
#ifndef EMULATOR_LOOP_SIM_CLOCK_H
#define EMULATOR_LOOP_SIM_CLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "emulator/base/list.h"
#include "emulator/base/status.h"
#include "emulator/loop/loop.h"

/* The last moment of the year 9999: no clock is moved past it, and what is due later never is. */
#define SIM_CLOCK_MAX_MS INT64_C(253402300799999)

enum sim_clock_mode { SIM_CLOCK_REAL, SIM_CLOCK_FROZEN, SIM_CLOCK_AUTO };

struct sim_timer {
    int64_t due_ms; /* virtual milliseconds since the epoch */
    void (*fn)(struct sim_timer *timer);
    /* the clock's: a pairing heap ordered by (due_ms, sequence) */
    uint64_t sequence;
    struct sim_timer *child;
    struct sim_timer *sibling;
    struct sim_timer *previous; /* parent or left sibling */
    bool running;
};

/* One pending request to move the clock. Embed it; keep it until `done` ran. */
struct sim_advance {
    struct list link;
    int64_t target_ms;
    size_t timers_run; /* filled in */
    void (*done)(struct sim_advance *advance);
};

struct sim_clock {
    struct loop *loop; /* borrowed */
    enum sim_clock_mode mode;
    int64_t offset_ms; /* real mode: added to the wall clock */
    int64_t ahead_ms;  /* real mode: what was shown last, less the monotonic clock */
    int64_t frozen_ms; /* other modes, and while stepping: what the clock shows */
    struct sim_timer *heap;
    uint64_t next_sequence;
    unsigned held;
    bool settling;        /* the step to come only waits for one more turn */
    struct list advances; /* struct sim_advance, first one is being served */
    struct loop_timer wake;
    struct loop_task step;
};

NODISCARD enum status sim_clock_init(struct sim_clock *clock, struct loop *loop);

/*
 * Forget all timers; `done` of pending advances runs inside this call, last. May be called from a
 * callback of the clock, which must then stay in memory until the callback returned. On a closed
 * clock holds may still be released and starting a timer does nothing. Safe on a zeroed clock.
 */
void sim_clock_close(struct sim_clock *clock);

int64_t sim_clock_now_ms(const struct sim_clock *clock);

/* frozen: stand still at now. real: run on from now. */
void sim_clock_set_mode(struct sim_clock *clock, enum sim_clock_mode mode);

/*
 * Show `now_ms` from now on, without running the time between: where a sandbox begins. The one
 * way to go back. Not while an advance is pending.
 */
void sim_clock_set_now_ms(struct sim_clock *clock, int64_t now_ms);

/* Fire at `due_ms`; one already in the past fires on the next turn. Moves a running timer. */
void sim_timer_init(struct sim_timer *timer, void (*fn)(struct sim_timer *timer));
void sim_timer_start(struct sim_clock *clock, struct sim_timer *timer, int64_t due_ms);
void sim_timer_stop(struct sim_clock *clock, struct sim_timer *timer); /* no-op when not running */

/* Something is in flight until the matching release. */
void sim_clock_hold(struct sim_clock *clock);
void sim_clock_release(struct sim_clock *clock);

/* The earliest due time; INT64_MAX when no timer runs. */
int64_t sim_clock_next_due_ms(const struct sim_clock *clock);

/*
 * A target in the past only runs what is already due; one past SIM_CLOCK_MAX_MS means that.
 * `done` runs on a later turn, with nothing of the clock touched after it.
 */
void sim_clock_advance(struct sim_clock *clock, struct sim_advance *advance, int64_t target_ms,
                       void (*done)(struct sim_advance *advance));

/* To `by_ms` behind the very moment the clock stops at: what is in flight now is due by then. */
void sim_clock_advance_by(struct sim_clock *clock, struct sim_advance *advance, int64_t by_ms,
                          void (*done)(struct sim_advance *advance));

#endif

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
 * Without an advance, timers fire when real time reaches them (real mode), in the same order,
 * and the clock shows the real time then.
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
    int64_t frozen_ms; /* other modes, and while stepping: what the clock shows */
    struct sim_timer *heap;
    uint64_t next_sequence;
    unsigned held;
    struct list advances; /* struct sim_advance, first one is being served */
    struct loop_timer wake;
    struct loop_task step;
};

NODISCARD enum status sim_clock_init(struct sim_clock *clock, struct loop *loop);

/* Forget all timers; pending advances are answered. Safe on a zeroed clock. */
void sim_clock_close(struct sim_clock *clock);

int64_t sim_clock_now_ms(const struct sim_clock *clock);

/* frozen: stand still at now. real: run on from now. */
void sim_clock_set_mode(struct sim_clock *clock, enum sim_clock_mode mode);

/* Fire at `due_ms`; one already in the past fires on the next turn. Moves a running timer. */
void sim_timer_init(struct sim_timer *timer, void (*fn)(struct sim_timer *timer));
void sim_timer_start(struct sim_clock *clock, struct sim_timer *timer, int64_t due_ms);
void sim_timer_stop(struct sim_clock *clock, struct sim_timer *timer); /* no-op when not running */

/* Something is in flight until the matching release. */
void sim_clock_hold(struct sim_clock *clock);
void sim_clock_release(struct sim_clock *clock);

/* The earliest due time; INT64_MAX when no timer runs. */
int64_t sim_clock_next_due_ms(const struct sim_clock *clock);

/* A target in the past only runs what is already due. `done` runs on a later turn. */
void sim_clock_advance(struct sim_clock *clock, struct sim_advance *advance, int64_t target_ms,
                       void (*done)(struct sim_advance *advance));

#endif

/*
 * sim_clock_world.h -- a loop with a clock on it, timers that leave a letter each, and a worker
 * that holds the clock. For the tests of sim_clock.h; one thread.
 */
#ifndef TESTS_UNIT_SIM_CLOCK_WORLD_H
#define TESTS_UNIT_SIM_CLOCK_WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "emulator/loop/loop.h"
#include "emulator/loop/sim_clock.h"
#include "emulator/loop/worker.h"

/* A frozen world starts here. */
#define T0 INT64_C(1700000000000)

#define FROZEN_TEST(name) cmocka_unit_test_setup_teardown(name, set_up_frozen, tear_down)
#define REAL_TEST(name) cmocka_unit_test_setup_teardown(name, set_up_real, tear_down)

/* A timer with a letter, and what it does when it fires. */
struct letter_timer {
    struct sim_timer timer;
    void (*then)(struct letter_timer *t);
    struct letter_timer *other;
    int64_t due_ms;
    int repeats;
    char letter;
};

struct held_job {
    struct worker_job job;
    int64_t until_us;
    int more; /* jobs to follow this one, held without a gap */
};

extern struct loop *loop;
extern struct sim_clock sim;

/* The wall clock the clock under test sees: the real one, set by the test (linked with --wrap). */
extern int64_t wall_shift_ms;

/* What happened, one letter each; for timers also when. */
extern char seen[2048];
extern size_t seen_len;
extern int64_t seen_at[2048];

/* The loop ends with the letter `stop_at`, or when so many have been seen; 0: neither. */
extern size_t stop_after;
extern char stop_at;
extern bool timed_out;

extern struct held_job held_job;

int set_up_frozen(void **state);
int set_up_real(void **state);
int tear_down(void **state);

void note(char letter);
void run_for_ms(int64_t ms);
void run_until(size_t letters);

/* Nothing is left to do at once after that. */
void run_what_is_ready(void);

void start(struct letter_timer *t, char letter, int64_t due_ms);

/* For `then`. */
void start_other(struct letter_timer *t);
void stop_other(struct letter_timer *t);
void start_again(struct letter_timer *t);
void hold_with_worker(struct letter_timer *t);

void on_advanced(struct sim_advance *advance); /* leaves a dot */
bool note_hook(struct loop_hook *hook);        /* ... a bar */

#endif

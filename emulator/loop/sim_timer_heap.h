/*
 * sim_timer_heap.h -- a pairing heap of sim_timers by (due_ms, sequence); the clock's own.
 *
 * The links are in the timers: nothing is allocated, nothing can fail. NULL is the empty heap.
 *
 *     root        child: its first child        sibling: the next child of the same parent
 *                 previous: parent of a first child, else the sibling to the left
 */
#ifndef EMULATOR_LOOP_SIM_TIMER_HEAP_H
#define EMULATOR_LOOP_SIM_TIMER_HEAP_H

#include "emulator/loop/sim_clock.h"

/* The new root. `timer` is in no heap; its due_ms and sequence stand while it is in one. */
struct sim_timer *sim_timer_heap_push(struct sim_timer *root, struct sim_timer *timer);

/* The new root. `timer` is in this heap, at any place. */
struct sim_timer *sim_timer_heap_remove(struct sim_timer *root, struct sim_timer *timer);

#endif

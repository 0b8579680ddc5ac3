/*
 * fault.h -- one thing that goes wrong on command: the n-th time somebody asks.
 *
 * Code under test asks through a hook (mem_fault.h, a wrapped system call) with fault_tick().
 * FAULT_SWEEP runs its body with the 1st, 2nd, 3rd ... time failing, until a run ends
 * in which the fault did not fire: that one was untouched, and so every place had its turn.
 * Thread-safe.
 */
#ifndef TESTS_LIB_FAULT_H
#define TESTS_LIB_FAULT_H

#include <stdbool.h>

struct fault {
    unsigned countdown; /* fires when it reaches 0; 0 is "not armed" */
    bool sticky;        /* once fired, keep failing until disarmed */
    bool fired;         /* since it was last armed; survives fault_disarm() */
};

/* Let the n-th fault_tick() from now on fail. */
void fault_arm(struct fault *f, unsigned n, bool sticky);

/* Nothing fails any more. `fired` can still be read. */
void fault_disarm(struct fault *f);

/* Does this one fail? */
bool fault_tick(struct fault *f);

/*
 * for every n: arm `f` and run the body. The body calls fault_disarm() before it checks, and
 * must leave things as it found them. A sweep of more than 1,000,000 runs aborts.
 */
#define FAULT_SWEEP(f, n, is_sticky) \
    for (unsigned n = 1; fault_sweep_next((f), (n), (is_sticky)); (n)++)

/* For FAULT_SWEEP only. */
bool fault_sweep_next(struct fault *f, unsigned n, bool sticky);

#endif

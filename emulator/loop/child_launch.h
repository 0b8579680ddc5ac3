/*
 * child_launch.h -- what a started process does to itself before it becomes somebody else's
 * program: it can gain no privileges, leaves no core, ends with its parent, has no descriptors but
 * the standard ones, and AWS's limits. Whom it becomes and what it sees, before that: child_view.h.
 */
#ifndef EMULATOR_LOOP_CHILD_LAUNCH_H
#define EMULATOR_LOOP_CHILD_LAUNCH_H

#include <stddef.h>

#include "emulator/base/status.h"

/* No privileges, no core, no parent: no process. The descriptors from `first_free` on are closed.
 */
NODISCARD enum status child_confine(int first_free);

/* No more processes and threads than AWS allows a function: of this process's user, all together,
 * so only for one that has nothing else to run. */
void child_limit_processes(void);

/* This process may not have more than so much of its own data. Without effect under a sanitizer
 * that maps all of its memory at once. */
void child_limit_memory(size_t bytes);

/* Confine this process, then become arguments[0], a path. Returns only when that failed. The
 * arguments end with NULL. */
NODISCARD enum status child_launch(char *const *arguments);

#endif

/*
 * child_launch.h -- what a started process does to itself before it becomes somebody else's
 * program: it can gain no privileges, leaves no core, ends with its parent and has no descriptors
 * but the standard ones.
 */
#ifndef EMULATOR_LOOP_CHILD_LAUNCH_H
#define EMULATOR_LOOP_CHILD_LAUNCH_H

#include <stddef.h>

#include "emulator/base/status.h"

/* No privileges, no core, no parent: no process. The descriptors from `first_free` on are closed.
 */
NODISCARD enum status child_confine(int first_free);

/* This process may not have more than so much of its own data. Without effect under a sanitizer
 * that maps all of its memory at once. */
void child_limit_memory(size_t bytes);

/* Confine this process, then become arguments[0], a path. Returns only when that failed. The
 * arguments end with NULL. */
NODISCARD enum status child_launch(char *const *arguments);

#endif

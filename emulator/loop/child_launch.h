/*
 * child_launch.h -- what a started process does to itself before it becomes somebody else's
 * program: it can gain no privileges, leaves no core, ends with its parent and has no descriptors
 * but the standard ones.
 */
#ifndef EMULATOR_LOOP_CHILD_LAUNCH_H
#define EMULATOR_LOOP_CHILD_LAUNCH_H

#include "emulator/base/status.h"

/* Become arguments[0], a path. Returns only when that failed. The arguments end with NULL. */
NODISCARD enum status child_launch(char *const *arguments);

#endif

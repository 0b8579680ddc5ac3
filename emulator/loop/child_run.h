/*
 * child_run.h -- another process for a moment: started, read to its end, waited for. Blocking: on a
 * worker, or before the loop runs. For everything else there is child.h.
 */
#ifndef EMULATOR_LOOP_CHILD_RUN_H
#define EMULATOR_LOOP_CHILD_RUN_H

#include <stdint.h>

#include "emulator/base/status.h"
#include "emulator/loop/child.h"

struct text;

/*
 * Run arguments[0] (NULL behind the last) in our environment and a session of its own. What it
 * writes to stdout is appended to `output` as far as that has room, stderr goes nowhere. After
 * `timeout_ms` it is killed, as its exit then says. Any thread.
 */
NODISCARD enum status child_run(const char *const *arguments, int64_t timeout_ms,
                                struct text *output, struct child_exit *ret_how);

#endif

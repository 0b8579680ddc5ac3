/*
 * process_pool.h -- the processes of one function (slot->processes) and who gets one.
 *
 * As many as invocations run at a time, up to FUNCTION_PROCESSES_MAX for a function (one for a C
 * transform, which is given one batch at a time wherever it runs) and
 * PROCESSES_MAX for an engine; beyond that invocations wait, for the idle process of another
 * function, if need be. A process that has been idle for PROCESS_IDLE_MS ends, and so does one of
 * an older revision, or whose keys end soon. Loop thread only.
 */
#ifndef EMULATOR_LAMBDA_PROCESS_POOL_H
#define EMULATOR_LAMBDA_PROCESS_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "emulator/base/status.h"

struct function_process;
struct lambda_engine;
struct lambda_run;
struct lambda_slot;

#define FUNCTION_PROCESSES_MAX ((size_t)10)
#define PROCESSES_MAX ((size_t)64)
#define PROCESS_IDLE_MS (10 * 60 * 1000)

/* How many work. */
int64_t process_pool_busy(const struct lambda_slot *slot);

/* Can a run be started now? */
bool process_pool_has_room(struct lambda_slot *slot, const struct lambda_run *run);

/* Start it. On failure it is still the caller's. A process that cannot be started is no failure:
 * the run has ended then, as the function's error. */
NODISCARD enum status process_pool_start(struct lambda_slot *slot, struct lambda_run *run);

/* End every process of the function: at once, or after what it works on. */
void process_pool_retire(struct lambda_slot *slot);

/* Told by a process: it waits for work; it is gone (and will be destroyed). */
void process_pool_idle(struct function_process *process);
void process_pool_gone(struct function_process *process);

#endif

/*
 * process_watch.h -- the time and the memory of a function's process (function_process.h): it is
 * killed when what it works on takes longer than the function's Timeout or more than its
 * MemorySize, and let go when it has waited for PROCESS_IDLE_MS. Loop thread only.
 *
 * One timer, process->watch, looks at its memory while it works and measures its idleness
 * otherwise; the Timeout's belongs to the run. (The kinds' share of it is in process_kind.h.)
 */
#ifndef EMULATOR_LAMBDA_PROCESS_WATCH_H
#define EMULATOR_LAMBDA_PROCESS_WATCH_H

struct function_process;

/* From now on, until the timer is stopped or set to something else. */
void process_watch_memory(struct function_process *process);
void process_watch_idleness(struct function_process *process);

#endif

/*
 * process_folder.h -- what is /tmp for a function's process: a folder of its own.
 *
 *     .tmp/<account>.<region>.<function>.<n>      n: its place among the function's processes
 *
 * It is an execution environment's, as on AWS: what a process leaves in it is there for the next
 * invocation, and after a crash or a time-out for the process that follows; it goes with a process
 * that is let go of, and with the function. Loop thread only.
 */
#ifndef EMULATOR_LAMBDA_PROCESS_FOLDER_H
#define EMULATOR_LAMBDA_PROCESS_FOLDER_H

#include "emulator/base/status.h"

struct arena;
struct function_process;
struct lambda_slot;

/*
 * Take a place for the process and make its folder; the path is in the arena. Once in its life, if
 * at all. STATUS_IO_ERROR and the like: it could not be made.
 */
NODISCARD enum status process_folder_take(struct function_process *process, struct arena *arena,
                                          const char **ret_path);

/* The process is gone, or being killed: its folder is for the next one, or goes, too. Safe when it
 * has none. */
void process_folder_leave(struct function_process *process);

/* The function goes, without a process. */
void process_folder_remove_all(struct lambda_slot *slot);

#endif

/*
 * process_kind.h -- how a function's process is spoken with, and what the two kinds share of its
 * life (function_process.h). For function_process.c and the kinds only. Loop thread only.
 *
 *     runtime_process.c     any runtime, over the Runtime API
 *     isolated_process.c    a C transform in a helper of ours, over shared memory
 */
#ifndef EMULATOR_LAMBDA_PROCESS_KIND_H
#define EMULATOR_LAMBDA_PROCESS_KIND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "emulator/base/status.h"

struct child_options;
struct function_process;
struct lambda_engine;
struct lambda_run;

struct process_kind {
    size_t size;               /* of the structure that begins with the process */
    size_t memory_spare_bytes; /* what it may have beyond the function's MemorySize */
    int64_t memory_watch_ms;   /* how often that is looked at while it works */

    /*
     * Start it, for process->run. STATUS_NO_MEMORY, STATUS_IO_ERROR: it is our fault; else the
     * function's, and *ret_problem may say more.
     */
    enum status (*start)(struct function_process *process, const char **ret_problem);

    /* It waits for work and is given process->run. */
    void (*deliver)(struct function_process *process);

    /* Has it said that it waits for work? */
    bool (*is_waiting)(const struct function_process *process);

    /* Take what the run has logged up to now by other ways than its output. */
    void (*collect)(struct function_process *process);

    /* The run ends, not by what the process says: what else is its log to have? */
    void (*conclude)(struct function_process *process);

    /* It waits, and is to end. */
    void (*let_go)(struct function_process *process);

    /* It is being killed: what it asked for and is not done need not be done. */
    void (*forget)(struct function_process *process);

    /* It is gone, or will be: listen no more. Also before close. */
    void (*hang_up)(struct function_process *process);
    void (*close)(struct function_process *process);
};

extern const struct process_kind runtime_process_kind;
extern const struct process_kind isolated_process_kind;

/* ---- for the kinds ----------------------------------------------------------------------- */

struct lambda_engine *function_process_engine(const struct function_process *process);

/* The sandbox's time. */
int64_t function_process_now_ms(const struct function_process *process);

/* Output, context and exit are ours; the rest is the caller's. */
NODISCARD enum status function_process_spawn(struct function_process *process,
                                             struct child_options options);

/* Process and run end when this has passed. */
void function_process_start_timeout(struct function_process *process, int64_t ms);

/* The run is at work in the process from now on: its time and memory count. */
void function_process_delivered(struct function_process *process);

/* What was written up to now belongs to the run. */
void function_process_log_output(struct function_process *process);

/* The run ended as the function's error; `message` is in its arena, NULL when that is full. */
void function_process_fail_run(struct lambda_run *run, const char *type, const char *message);

/* The process waits for work: what it worked on is complete, and it gets the next. */
void function_process_finish(struct function_process *process);

/* It cannot be given its run, which is our fault: the run ends with the process. */
void function_process_fail_delivery(struct function_process *process, const char *why);

/* Kill it, unless it has ended by itself until then. */
void function_process_kill_after(struct function_process *process, int64_t ms);

#endif

/*
 * function_process.h -- one process that runs a function, as one of AWS's execution environments:
 * started for the first invocation, spoken to over the Runtime API, or over shared memory when it
 * is one of our own that runs a C transform (process_kind.h), kept warm, killed when it takes too
 * long or too much.
 *
 *     create ──> STARTING ──is up───────> IDLE <──> BUSY
 *                    │                      │         │
 *                    └── exit, kill, init error ──────┴──> gone: process_pool_gone()
 *
 * It works on one run at a time. The run is complete when the process comes back for more (only
 * then is all of its output there) or is gone. Loop thread only.
 */
#ifndef EMULATOR_LAMBDA_FUNCTION_PROCESS_H
#define EMULATOR_LAMBDA_FUNCTION_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "emulator/base/list.h"
#include "emulator/base/text.h"
#include "emulator/loop/loop.h"

struct child;
struct lambda_run;
struct lambda_slot;
struct process_kind;

/* How long a process may take before it asks for its first event, as on AWS. */
#define FUNCTION_INIT_TIMEOUT_MS 10000

struct function_process {
    struct list link; /* in slot->processes */
    struct lambda_slot *slot;
    const struct process_kind *kind; /* whose structure begins with this one */
    struct child *child;             /* NULL: it could not be started */
    struct lambda_run *run;          /* what it works on; NULL: nothing */
    bool is_answered;                /* ... and what it said is in the run */
    bool is_retired;                 /* ends after what it works on */
    bool is_let_go;                  /* ... and nobody takes up what it leaves */
    int place;                       /* of its folder (process_folder.h); -1: it has none */
    int64_t good_until_ms;           /* on the sandbox's clock; from then on it gets no run */
    char revision_id[64];
    char log_stream[96]; /* LAMBDA_LOG_STREAM_BYTES */
    struct text line;    /* output that has no line feed yet */
    int64_t started_us;
    int64_t delivered_us;
    int64_t init_us; /* 0 from the second invocation on */
    size_t peak_bytes;
    struct loop_task failed; /* to start: the run ends on a later turn */
    struct loop_timer watch; /* memory while it works; the end of its idleness otherwise */
};

/* The kind a run needs. */
const struct process_kind *function_process_kind_of(const struct lambda_run *run);

/*
 * Start a process for this run, which it then works on. A process that cannot be started is no
 * failure here: the run has ended then, and says why. On failure the run is still the caller's.
 */
NODISCARD enum status function_process_create(struct lambda_slot *slot, struct lambda_run *run);

/* Does it wait for work? */
bool function_process_is_idle(const struct function_process *process);

/* Give an idle one another run. */
void function_process_invoke(struct function_process *process, struct lambda_run *run);

/* It ends: when it waits for work, now, in its own way; else after what it works on. */
void function_process_let_go(struct function_process *process);

/* SIGKILL. What it works on, unless it was let go before, fails as on AWS. */
void function_process_kill(struct function_process *process);

/* After it is gone, or at the engine's end. */
void function_process_destroy(struct function_process *process);

#endif

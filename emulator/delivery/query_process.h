/*
 * query_process.h -- the daemon's side of the process of a query (query_helper.h): started with one
 * program, given records, ended.
 *
 *     start -> compile -> run ... run -> end
 *
 * Whoever calls waits: on a worker. A process that ends, says what none of ours says, or takes too
 * long or too much memory over a record is of no use any more, and `run` says which record that
 * was.
 */
#ifndef EMULATOR_DELIVERY_QUERY_PROCESS_H
#define EMULATOR_DELIVERY_QUERY_PROCESS_H

#include <stdbool.h>
#include <stdint.h>

#include "emulator/base/list.h"
#include "emulator/base/slice.h"
#include "emulator/delivery/metadata_query.h"
#include "emulator/loop/child_aside.h"

struct arena;
struct text;

/* Real time: of one record; to start and to compile. */
#define QUERY_RECORD_MAX_MS 2000
#define QUERY_START_MAX_MS 10000

struct query_process {
    struct child_aside child;
    uint64_t answered; /* records, in its life */

    /* the pool's */
    struct list link;
    int64_t stream;
    bool is_idle;
    int64_t idle_since_ms;
    size_t program_bytes;
    char program[]; /* as it was given */
};

struct query_record {
    struct slice data;
    struct metadata_answer answer;
    bool is_decided; /* it has its answer, and is not asked for */
};

/* Records on their way through one process after the other. */
struct query_run {
    struct query_record *records;
    size_t count;
    size_t next;         /* the first without an answer; none behind it is decided */
    struct arena *arena; /* for the keys */
    int64_t give_up_ms;  /* of the monotonic clock: no record is waited for any longer */
};

NODISCARD enum status query_process_start(const char *launcher, struct slice program,
                                          struct query_process **ret_process);

/* STATUS_INVALID: no such program, `problem` (may be NULL) says why. STATUS_IO_ERROR: the process
 * has ended over it; STATUS_TIMED_OUT. */
NODISCARD enum status query_process_compile(struct query_process *process, struct text *problem);

/*
 * Go on with run->next. STATUS_OK: every record has its answer. Else the process is to be ended:
 * STATUS_IO_ERROR: it has ended or was astray; STATUS_TIMED_OUT: too long, or too much memory.
 * *ret_blamed is the record it had at hand then, or run->count when it had none. STATUS_NO_MEMORY.
 */
NODISCARD enum status query_process_run(struct query_process *process, struct query_run *run,
                                        size_t *ret_blamed);

/* The process and the structure. NULL is a no-op. */
void query_process_end(struct query_process *process);

#endif

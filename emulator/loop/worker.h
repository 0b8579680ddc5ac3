/*
 * worker.h -- work off the loop thread: C transforms, hashing and writing of large bodies,
 * compression, snapshot copies. A fixed number of threads (libuv's pool).
 *
 *   loop thread                    worker thread
 *   worker_submit(job)   ------>   job->work(job)
 *   job->done(job)       <------
 *
 * `work` touches only what the job carries, never engine state or the writing database
 * connection. `done` always runs, on the loop thread, exactly once. Embed the job; it must stay
 * where it is until `done`, which may free it.
 */
#ifndef EMULATOR_LOOP_WORKER_H
#define EMULATOR_LOOP_WORKER_H

#include <stdbool.h>

#include "emulator/base/status.h"

struct loop;

struct worker_job {
    void (*work)(struct worker_job *job);
    void (*done)(struct worker_job *job);
};

/*
 * How many threads the pool has (1 to 128). Before the first submit and before any other thread
 * exists; it sets UV_THREADPOOL_SIZE, which child processes inherit unless given an environment.
 */
void worker_set_threads(unsigned count);

/* No job is under way: none works, and none waits for its `done`. Loop thread only. */
bool worker_is_idle(struct loop *loop);

/* STATUS_NO_MEMORY: neither `work` nor `done` will run. */
NODISCARD enum status worker_submit(struct loop *loop, struct worker_job *job);

#endif

/*
 * worker_lane.h -- long work that may take its time: no more of it at once than leaves a processor
 * to the loop thread and to whoever waits for it. What is beyond waits in line.
 *
 *     worker_lane_submit(lane, job) -> [in line] -> work (worker) -> done (loop thread)
 *
 * As worker.h, which it runs on. Loop thread only, but for `work`.
 */
#ifndef EMULATOR_LOOP_WORKER_LANE_H
#define EMULATOR_LOOP_WORKER_LANE_H

#include "emulator/base/list.h"
#include "emulator/loop/worker.h"

struct worker_lane {
    struct loop *loop; /* borrowed */
    unsigned limit;
    unsigned running;
    struct list waiting; /* struct worker_lane_job */
};

/* Embed it, and keep it until `done`. */
struct worker_lane_job {
    void (*work)(struct worker_lane_job *job);
    void (*done)(struct worker_lane_job *job);
    enum status status; /* for `done`: STATUS_NO_MEMORY when its turn came, and `work` never ran */

    /* the lane's */
    struct worker_job job;
    struct worker_lane *lane;
    struct list link;
};

/* One processor fewer than there are, but one job at least. */
void worker_lane_init(struct worker_lane *lane, struct loop *loop);

/* STATUS_NO_MEMORY: neither `work` nor `done` will run. */
NODISCARD enum status worker_lane_submit(struct worker_lane *lane, struct worker_lane_job *job);

#endif

/*
 * checkpointer.h -- has a worker move a sandbox's write-ahead log into its database whenever enough
 * has been written (storage/checkpoint.h). Embed it; loop thread.
 */
#ifndef EMULATOR_CHECKPOINTER_H
#define EMULATOR_CHECKPOINTER_H

#include <stdbool.h>

#include "emulator/loop/loop.h"
#include "emulator/loop/worker.h"

struct checkpoint;
struct db;

struct checkpointer {
    struct loop *loop; /* borrowed */
    struct db *db;     /* borrowed */
    struct checkpoint *checkpoint;
    struct loop_hook hook;
    struct worker_job job;
    bool is_running;
    bool is_finishing; /* the worker is done; the rest waits for a turn without open writes */
};

NODISCARD enum status checkpointer_start(struct checkpointer *checkpointer, struct loop *loop,
                                         struct db *db);

bool checkpointer_is_idle(const struct checkpointer *checkpointer);

/* Only when idle, or before the loop ran. Safe on a zeroed one. */
void checkpointer_stop(struct checkpointer *checkpointer);

#endif

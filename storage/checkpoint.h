/*
 * checkpoint.h -- moving the write-ahead log into the database file, off the loop thread.
 *
 * SQLite would do it inside some COMMIT, with the fsync that goes with it, and every request of
 * that turn would wait. Instead a worker does it on a connection of its own while writes go on:
 *
 *     COMMIT ... checkpoint_is_due() ─> checkpoint_run() on a worker ─> checkpoint_finish()
 *
 * What is written meanwhile stays in the log, and the log begins anew only when none is left. Under
 * a load that never pauses it would grow without end, so above CHECKPOINT_MAX_PAGES
 * checkpoint_finish() moves the rest, which the worker's passes have made short, on the loop
 * thread.
 */
#ifndef STORAGE_CHECKPOINT_H
#define STORAGE_CHECKPOINT_H

#include <stdbool.h>

#include "emulator/base/status.h"

#define CHECKPOINT_DUE_PAGES 1000 /* of 8 KiB, written since the last pass */
#define CHECKPOINT_MAX_PAGES 6000

struct checkpoint;
struct db;

/* Takes automatic checkpoints away from `db`, which it borrows. */
NODISCARD enum status checkpoint_open(struct db *db, struct checkpoint **ret_checkpoint);

/* Not while checkpoint_run() runs; before the database is closed. NULL is a no-op. */
void checkpoint_close(struct checkpoint *checkpoint);

/* Loop thread. */
bool checkpoint_is_due(const struct checkpoint *checkpoint);

/* Any thread. Waits for nobody; what it cannot move stays for the next pass. */
void checkpoint_run(struct checkpoint *checkpoint);

/* Loop thread, with nothing uncommitted, after checkpoint_run(). */
void checkpoint_finish(struct checkpoint *checkpoint);

#endif

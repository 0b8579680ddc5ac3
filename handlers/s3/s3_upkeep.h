/*
 * s3_upkeep.h -- the background work of a sandbox's S3: removing the files of bodies nobody refers
 * to any more, and keeping the browsable tree (storage/tree.h) up to date.
 *
 * It looks at the end of every turn in which something was written, after the COMMIT, and gives
 * what there is to a worker, one job at a time. Made and torn down by the sandbox.
 */
#ifndef HANDLERS_S3_S3_UPKEEP_H
#define HANDLERS_S3_S3_UPKEEP_H

#include <stdbool.h>

#include "emulator/base/status.h"

struct blob_store;
struct db;
struct loop;
struct s3_upkeep;

/*
 * After object_store_sweep(), with nothing uncommitted. `tree_folder` is DIR/<sandbox>/s3; NULL: no
 * tree. All but the folder is borrowed.
 */
NODISCARD enum status s3_upkeep_create(struct loop *loop, struct db *db, struct blob_store *blobs,
                                       const char *tree_folder, struct s3_upkeep **ret_upkeep);

/* Nothing is under way and nothing waits. */
bool s3_upkeep_is_idle(const struct s3_upkeep *upkeep);

/*
 * The sandbox is being closed: finish what is quickly done. What is left after that of the tree is
 * made at the next start, and idle is true.
 */
void s3_upkeep_stop(struct s3_upkeep *upkeep);

/* Only when idle, or before the loop ran; before the database is closed. NULL is a no-op. */
void s3_upkeep_destroy(struct s3_upkeep *upkeep);

#endif

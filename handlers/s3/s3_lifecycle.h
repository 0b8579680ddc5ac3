/*
 * s3_lifecycle.h -- carries out the lifecycles of a sandbox's buckets, at each midnight of its
 * clock while there is one at all.
 *
 * A sweep walks the versions and uploads of one bucket after the other, a page per turn of the
 * loop, and holds the clock meanwhile: an advance over a midnight returns with everything done.
 * Loop thread only.
 */
#ifndef HANDLERS_S3_S3_LIFECYCLE_H
#define HANDLERS_S3_S3_LIFECYCLE_H

#include "emulator/base/status.h"

struct db;
struct loop;
struct s3_lifecycle;
struct sim_clock;

/* All is borrowed. */
NODISCARD enum status s3_lifecycle_create(struct db *db, struct loop *loop, struct sim_clock *clock,
                                          struct s3_lifecycle **ret_lifecycle);

/* The clock is right now, or a lifecycle was put: wait for the next midnight. NULL is a no-op. */
void s3_lifecycle_start(struct s3_lifecycle *lifecycle);

void s3_lifecycle_stop(struct s3_lifecycle *lifecycle);
void s3_lifecycle_destroy(struct s3_lifecycle *lifecycle); /* NULL is a no-op */

#endif

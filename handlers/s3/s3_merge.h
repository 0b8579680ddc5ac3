/*
 * s3_merge.h -- copying the extents of a body together into one blob, on a worker.
 *
 * A multipart upload is completed without moving bytes; the first reader who needs more than one
 * extent at once (a whole GET, a copy that needs the MD5) pays for it once. The extents'
 * rows then point into the one blob.
 */
#ifndef HANDLERS_S3_S3_MERGE_H
#define HANDLERS_S3_S3_MERGE_H

#include <stdbool.h>
#include <stdint.h>

#include "storage/object_store.h"

struct call;
struct s3_merge;

struct s3_merge_plan {
    int64_t body_id;
    const struct extent *extents; /* in the call's arena */
    size_t count;
    unsigned wanted; /* BODY_* digests of the whole */
    /*
     * Later, on the loop thread, in a unit: refer to the merged body; the one that was merged may
     * be gone. False: refused. NULL: no such step.
     */
    bool (*store)(struct call *call, const struct body *body);
    /* Then; `file` is open on the merged bytes and becomes the callee's. */
    void (*answer)(struct call *call, const struct body *body, int file);
};

/* The call answers later. False: refused. */
bool s3_merge_start(struct call *call, const struct s3_merge_plan *plan);

#endif

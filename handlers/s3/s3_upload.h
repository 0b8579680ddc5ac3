/*
 * s3_upload.h -- the body of a PutObject or UploadPart on its way to storage.
 *
 *     RECEIVING --handle()--> FINISHING --> store() in a unit, then answer()
 *
 * Bodies up to 16 KiB stay in memory and are hashed and finished on the loop thread. Larger ones
 * fill one of two buffers of 256 KiB while a worker hashes and writes the other; with both full
 * the reading stops. Memory per upload is fixed whatever the size.
 *
 * The upload lives on the heap, apart from the call: when the client goes away, a worker may
 * still be writing, and the last of the two frees it (and removes the file).
 */
#ifndef HANDLERS_S3_S3_UPLOAD_H
#define HANDLERS_S3_S3_UPLOAD_H

#include <stdbool.h>
#include <stdint.h>

#include "handlers/s3/s3_digests.h"

struct call;
struct s3_upload;

struct s3_upload_plan {
    struct s3_digests digests;
    unsigned wanted; /* BODY_* besides those of `digests` */
    /* Write the rows of the verified body, in an open unit. False: refused. */
    bool (*store)(struct call *call, const struct body *body);
    /* Once they are kept. */
    void (*answer)(struct call *call, const struct body *body);
};

/* In begin(): make the call's sink. False: refused. */
bool s3_upload_start(struct call *call, const struct s3_upload_plan *plan);

/* In handle(): the body is all there. Answers at once or later. */
void s3_upload_finish(struct call *call);

#endif

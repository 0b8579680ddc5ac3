/*
 * s3_object_headers.h -- response headers and lookups that several object operations share.
 */
#ifndef HANDLERS_S3_S3_OBJECT_HEADERS_H
#define HANDLERS_S3_S3_OBJECT_HEADERS_H

#include <stdbool.h>

#include "storage/object_store.h"

struct call;

/* ETag in its quotes. */
void s3_add_etag_header(struct call *call, struct slice etag);

/* Of an object that was written: its encryption and its version. */
void s3_add_written_headers(struct call *call);

/*
 * The object the call names, when a conditional header makes a write look at it. *ret_existing
 * is NULL when there is none, or nobody asks. False: refused.
 */
bool s3_find_existing(struct call *call, struct object **ret_existing);

/* Turn what object_store_put() and its kin say into a refusal. Always false. */
bool s3_refuse_put(struct call *call, enum status status);

/* Fill in what the call says of the object to write: names, time, metadata, traits. */
struct object_put s3_object_put(struct call *call);

#endif

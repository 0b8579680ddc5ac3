/*
 * s3_lock.h -- object lock: retention and legal hold of a version, the retention a bucket gives its
 * objects, and whether a version may go. Each check returns false when it refused.
 */
#ifndef HANDLERS_S3_S3_LOCK_H
#define HANDLERS_S3_S3_LOCK_H

#include <stdbool.h>

#include "storage/object_store.h"

struct call;

/* x-amz-object-lock-*, else what the bucket gives by default. */
bool s3_lock_read_headers(struct call *call, struct object_traits *traits);

/* The same as an answer. */
void s3_lock_add_headers(struct call *call, const struct object_traits *traits);

/* Does x-amz-bypass-governance-retention make sense here? */
bool s3_lock_check_bypass(struct call *call);

/* May this version be removed now? Refuses nothing. */
bool s3_lock_allows_removal(struct call *call, const struct object *object);

#endif

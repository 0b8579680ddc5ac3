/*
 * s3_find.h -- the object a call names, with or without a version id, and what AWS says when it is
 * not there.
 */
#ifndef HANDLERS_S3_S3_FIND_H
#define HANDLERS_S3_S3_FIND_H

#include <stdbool.h>

#include "storage/object_store.h"

struct call;

/* Is the version id one at all? Its place is s3_call.version_id. False: refused. */
bool s3_find_read_version(struct call *call);

/*
 * The object or version asked for. Refused: NoSuchKey, NoSuchVersion, and MethodNotAllowed for a
 * delete marker. `bytes`: with those of a small body.
 */
bool s3_find_object(struct call *call, bool bytes, struct object *ret_object);

/* As s3_find_object() for a write: that the latest is a delete marker is MethodNotAllowed, too. */
bool s3_find_for_change(struct call *call, struct object *ret_object);

/* STATUS_NOT_FOUND: neither an object nor a marker. Markers are reported as objects. */
NODISCARD enum status s3_find_version(struct call *call, bool bytes, struct object *ret_object);

/* x-amz-version-id of what is read, when its bucket is or was versioned. */
void s3_add_object_version_header(struct call *call, const struct object *object);

/* "null" for the empty one. */
struct slice s3_version_text(struct slice version);

#endif

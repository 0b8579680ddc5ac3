/*
 * s3_traits.h -- what a write says of its object besides bytes and metadata (object_traits.h):
 * storage class, tags, ACL, encryption, lock.
 */
#ifndef HANDLERS_S3_S3_TRAITS_H
#define HANDLERS_S3_S3_TRAITS_H

#include <stdbool.h>

#include "storage/object_store.h"

struct call;

/* From the headers, and what the bucket gives by default. False: refused. */
bool s3_traits_read(struct call *call, struct object_traits *traits);

/* The headers of an object that is read. */
void s3_traits_add_headers(struct call *call, const struct object *object);

/* STANDARD for the empty one. */
struct slice s3_storage_class_text(struct slice storage_class);

/* GLACIER and DEEP_ARCHIVE are read from a restored copy only. False: refused. */
bool s3_traits_check_readable(struct call *call, const struct object *object);

#endif

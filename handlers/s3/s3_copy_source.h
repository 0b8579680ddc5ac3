/*
 * s3_copy_source.h -- x-amz-copy-source: what is copied from, of CopyObject and UploadPartCopy.
 */
#ifndef HANDLERS_S3_S3_COPY_SOURCE_H
#define HANDLERS_S3_S3_COPY_SOURCE_H

#include <stdbool.h>

#include "storage/object_store.h"

struct call;

struct s3_copy_source {
    struct slice bucket_name;
    struct slice key;
    struct slice version; /* asked for; a NULL pointer: the latest */
    bool is_versioned;    /* its bucket is or was */
    struct object object; /* with the bytes of a small body */
};

/* The header. False: refused. */
bool s3_copy_source_read(struct call *call, struct s3_copy_source *source);

/* The object, and the x-amz-copy-source-if-* conditions on it. False: refused. */
bool s3_copy_source_find(struct call *call, struct s3_copy_source *source);

/* x-amz-copy-source-version-id */
void s3_copy_source_add_header(struct call *call, const struct s3_copy_source *source);

#endif

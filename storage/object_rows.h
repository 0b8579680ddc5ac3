/*
 * object_rows.h -- the columns object and object_past have in common, and reading them. For the
 * files of object_store.h and object_versions.h only.
 */
#ifndef STORAGE_OBJECT_ROWS_H
#define STORAGE_OBJECT_ROWS_H

#include "storage/object_store.h"
#include "storage/query.h"

#define OBJECT_COLUMNS                                                                       \
    "size, modified_ms, etag, checksum_algorithm, checksum, content_type, content_encoding," \
    " metadata, body, sequence, version, restored_until_ms, " OBJECT_TRAIT_COLUMNS
#define OBJECT_COLUMN_COUNT (12 + OBJECT_TRAIT_COUNT)

/* Of a SELECT that begins with OBJECT_COLUMNS. */
void object_rows_read(struct query *q, struct arena *arena, struct object *object);

#endif

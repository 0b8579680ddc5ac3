/*
 * package_source.h -- where the bytes of a deployment package or layer come from: base64 in a
 * request, or an object of S3.
 *
 * Filled on the loop thread, read once on a worker. Everything is borrowed until then. From
 * package_source_take_object() to package_source_release() the object's files stay.
 */
#ifndef EMULATOR_LAMBDA_PACKAGE_SOURCE_H
#define EMULATOR_LAMBDA_PACKAGE_SOURCE_H

#include <stdbool.h>
#include <stddef.h>

#include "emulator/base/slice.h"

struct arena;
struct blob_store;
struct db;
struct extent;
struct text;

struct package_source {
    struct slice base64; /* NULL pointer: an object */

    /* an object: its bytes, or the files they are in */
    struct slice bytes;
    struct blob_store *blobs;
    struct extent *extents;
    size_t extent_count;
    size_t size_bytes;
    bool is_held;
};

enum package_object_result {
    PACKAGE_OBJECT_OK,
    PACKAGE_OBJECT_NO_BUCKET,
    PACKAGE_OBJECT_NO_KEY,
    PACKAGE_OBJECT_FAILED /* storage */
};

/* Loop thread. The object as it is now, its description in the arena. */
enum package_object_result package_source_take_object(struct package_source *source, struct db *db,
                                                      struct blob_store *blobs, struct slice bucket,
                                                      struct slice key, struct arena *arena);

/* Loop thread, when the bytes were read or will not be. */
void package_source_release(struct package_source *source);

/*
 * Worker. STATUS_INVALID: not base64. STATUS_TOO_LARGE: beyond what a package may have, as
 * PACKAGE_ZIPPED_MAX_BYTES says.
 */
NODISCARD enum status package_source_read(const struct package_source *source, struct text *zip);

#endif

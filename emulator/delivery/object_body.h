/*
 * object_body.h -- the body of an object, made from buffered chunks: read, compressed if the stream
 * says so, and written to a blob. Made for a worker thread: it uses a reader connection of its own.
 */
#ifndef EMULATOR_DELIVERY_OBJECT_BODY_H
#define EMULATOR_DELIVERY_OBJECT_BODY_H

#include <stdint.h>

#include "emulator/base/ids.h"
#include "emulator/delivery/compression.h"
#include "storage/blobs.h"

struct db;

struct object_body {
    /* in */
    const struct db *db; /* only to open a reader of the same file */
    struct blob_store *blobs;
    int64_t first_id;
    int64_t last_id;
    enum delivery_compression compression;
    char entry_name[UUID_CHARS + 1]; /* of a ZIP's entry */
    int64_t modified_ms;             /* of a ZIP's entry */

    struct slice delimiter; /* between two records; or empty */

    /* out */
    enum status status;
    struct body_writer *writer; /* owned by the caller from then on; may be NULL */
    struct body body;
    int64_t records;
    int64_t bytes; /* before compression */
};

/* Any thread. */
void object_body_make(struct object_body *object);

#endif

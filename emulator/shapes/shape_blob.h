/*
 * shape_blob.h -- is this base64? Only looked at, never decoded: a batch of 500 records passes
 * here on its way in.
 */
#ifndef EMULATOR_SHAPES_SHAPE_BLOB_H
#define EMULATOR_SHAPES_SHAPE_BLOB_H

#include "emulator/base/slice.h"

enum shape_blob_kind {
    BLOB_FINE,
    BLOB_LENGTH, /* no multiple of four */
    BLOB_BYTE,   /* a byte that is not of the alphabet */
    BLOB_TAIL,   /* bits behind the last whole byte are set */
};

struct shape_blob_fault {
    enum shape_blob_kind kind;
    char byte; /* of BLOB_BYTE; '?' for one beyond ASCII */
};

struct shape_blob_fault shape_blob_fault(struct slice encoded);

#endif

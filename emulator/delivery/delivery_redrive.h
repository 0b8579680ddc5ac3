/*
 * delivery_redrive.h -- taking failed records back: the lines of a stream's error objects are
 * decoded and put into the stream again, and the objects deleted, in one unit of work.
 *
 * An error object of the stream is known by its place (ErrorOutputPrefix, or the type of error
 * under Prefix), by its name and by what is in it. Loop thread only.
 */
#ifndef EMULATOR_DELIVERY_DELIVERY_REDRIVE_H
#define EMULATOR_DELIVERY_DELIVERY_REDRIVE_H

#include <stdbool.h>
#include <stdint.h>

#include "emulator/base/status.h"

struct delivery_stream;

/* At most so much of error objects is read by one call; one object is taken whatever its size. */
#define DELIVERY_REDRIVE_BYTES ((uint64_t)16 * 1024 * 1024)

/* An object beyond this stays. */
#define DELIVERY_REDRIVE_OBJECT_MAX_BYTES ((uint64_t)256 * 1024 * 1024)

struct delivery_redriven {
    uint64_t objects;
    uint64_t records;
    bool has_more; /* error objects that another call would take */
};

/* Writes. STATUS_NOT_FOUND: the destination's bucket is not there. */
NODISCARD enum status delivery_redrive(struct delivery_stream *stream,
                                       struct delivery_redriven *ret_redriven);

#endif

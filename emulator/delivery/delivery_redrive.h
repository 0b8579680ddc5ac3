/*
 * delivery_redrive.h -- taking failed records back: the lines of a stream's error objects
 * (error_object.h, error_lines.h) are decoded and put into the stream again, and the objects
 * deleted.
 *
 *                    .-------------------- not all of it is ours -----.
 *                    v                                                |
 *     start --> FIND (worker: the next error object, all lines checked) --> none, or enough: done
 *                    |       ^
 *                    v       '--- its last portion: accept, delete the object ---.
 *               PACK (worker: a portion of its lines) ---------------------------|
 *                    ^                                                           |
 *                    '------------ accept, note the place (redrive_store.h) -----'
 *
 * A portion and its place are one unit of work: after a crash, or an error, another call goes on
 * where this one ended, and no record is put twice. It holds the clock while it runs.
 *
 * Loop thread only.
 */
#ifndef EMULATOR_DELIVERY_DELIVERY_REDRIVE_H
#define EMULATOR_DELIVERY_DELIVERY_REDRIVE_H

#include <stdbool.h>
#include <stdint.h>

#include "emulator/base/status.h"

struct delivery_engine;
struct delivery_stream;

/* At most so much of error objects is read by one call; one object is taken whatever its size. */
#define DELIVERY_REDRIVE_BYTES ((uint64_t)16 * 1024 * 1024)

/* Embed it; keep it until done() ran. */
struct delivery_redrive {
    void (*done)(struct delivery_redrive *redrive); /* on a later turn, exactly once */

    /*
     * Filled in before done(). STATUS_NOT_FOUND: the destination's bucket is not there.
     * STATUS_INVALID: an error object holds a damaged line; nothing of that object was put.
     * STATUS_CANCELLED: the stream was deleted or the engine stopped.
     */
    enum status status;
    uint64_t objects; /* to their end */
    uint64_t records;
    uint64_t skipped; /* objects with the name of an error object of the stream and other lines */
    bool has_more;    /* error objects that another call would take */
};

/*
 * STATUS_BUSY: a redrive of the stream is running. STATUS_NO_MEMORY. done() is not called after
 * either.
 */
NODISCARD enum status delivery_redrive(struct delivery_stream *stream,
                                       struct delivery_redrive *redrive);

/* A group of units was undone: what runs counts for nothing and ends with an error. */
void delivery_redrive_undone(struct delivery_engine *engine);

#endif

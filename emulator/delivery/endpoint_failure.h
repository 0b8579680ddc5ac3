/*
 * endpoint_failure.h -- the lines that records become which an HTTP endpoint did not take: what is
 * written under http-endpoint-failed/. One line per record, packed into chunks for the buffer
 * of such lines.
 *
 * Made for a worker thread: it uses a reader connection of its own.
 */
#ifndef EMULATOR_DELIVERY_ENDPOINT_FAILURE_H
#define EMULATOR_DELIVERY_ENDPOINT_FAILURE_H

#include <stdint.h>

#include "emulator/base/slice.h"
#include "emulator/base/text.h"
#include "emulator/delivery/record_chunk.h"

struct db;

enum { ENDPOINT_FAILURE_CHUNKS = 256 };

struct endpoint_failure {
    /* in */
    const struct db *db; /* only to open a reader of the same file */
    int64_t first_id;
    int64_t last_id;
    int64_t records; /* in those chunks */
    struct slice code;
    struct slice message;
    unsigned attempts;
    int64_t ended_ms; /* of the last attempt */

    /* out; text_close(&text) it, which has the chunks' bytes */
    struct text text;
    struct record_chunk chunks[ENDPOINT_FAILURE_CHUNKS];
    size_t count;
};

/* Any thread. STATUS_CORRUPT: there are other records than were counted. */
NODISCARD enum status endpoint_failure_make(struct endpoint_failure *failure);

#endif

/*
 * endpoint_request.h -- the body of a request to an HTTP endpoint, made from buffered chunks:
 *
 *     {"requestId":"...","timestamp":1578090901599,"records":[{"data":"aGVsbG8="},...]}
 *
 * Made for a worker thread: it uses a reader connection of its own.
 */
#ifndef EMULATOR_DELIVERY_ENDPOINT_REQUEST_H
#define EMULATOR_DELIVERY_ENDPOINT_REQUEST_H

#include <stdbool.h>
#include <stdint.h>

#include "emulator/base/slice.h"

struct db;
struct json_writer;
struct text;

/* What the protocol allows in one request. */
#define ENDPOINT_REQUEST_MAX_BYTES ((int64_t)64 * 1024 * 1024)

enum { ENDPOINT_REQUEST_MAX_RECORDS = 10000 };

struct endpoint_request {
    const struct db *db; /* only to open a reader of the same file */
    int64_t first_id;
    int64_t last_id;
    struct slice request_id;
    int64_t timestamp_ms;
    bool is_gzip;
};

/* Append the body; how many records are in it. Any thread. */
NODISCARD enum status endpoint_request_make(const struct endpoint_request *request,
                                            struct text *out, int64_t *ret_records);

/* Append `body` as one gzip member. */
NODISCARD enum status endpoint_request_gzip(struct slice body, struct text *out);

#endif

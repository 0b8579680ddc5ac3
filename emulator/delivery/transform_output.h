/*
 * transform_output.h -- the outcomes of a batch as chunks in the next buffers: what is delivered in
 * DELIVER or in its partition, what failed as lines in the buffers of errors.
 */
#ifndef EMULATOR_DELIVERY_TRANSFORM_OUTPUT_H
#define EMULATOR_DELIVERY_TRANSFORM_OUTPUT_H

#include <stddef.h>
#include <stdint.h>

#include "emulator/base/status.h"

struct delivery_batch;
struct transform_error;

/* Enough for every error there is. */
#define TRANSFORM_MAX_ERRORS 32

/* One line in the log per kind of error and batch, whatever the number of records. */
struct transform_errors {
    struct {
        const struct transform_error *error;
        int64_t records;
        int64_t bytes;
    } kinds[TRANSFORM_MAX_ERRORS];

    size_t count;
};

/* Append everything to the stream's buffers. Writes. */
NODISCARD enum status transform_output_store(struct delivery_batch *batch,
                                             struct transform_errors *ret_errors);

#endif

/*
 * transform_error.h -- what Firehose calls the ways a processor can fail, and the line that a
 * failed record becomes under ErrorOutputPrefix.
 */
#ifndef EMULATOR_DELIVERY_TRANSFORM_ERROR_H
#define EMULATOR_DELIVERY_TRANSFORM_ERROR_H

#include <stdbool.h>
#include <stdint.h>

#include "emulator/base/slice.h"
#include "emulator/lambda/invoke.h"

struct text;

struct transform_error {
    struct slice code;
    struct slice message;
    bool is_retried; /* the whole invocation is repeated, NumberOfRetries times */
    bool is_logged;  /* in the stream's CloudWatch log */
};

/* Of an invocation; NULL when its records have results of their own. */
const struct transform_error *
transform_error_of_invocation(const struct lambda_invocation *invocation);

/* Of one record; NULL for Ok and Dropped. */
const struct transform_error *transform_error_of_record(enum lambda_result_kind kind);

/* Of the other processors: Decompression, what comes before the function, dynamic partitioning. */
const struct transform_error *transform_error_of_unpacking(void);
const struct transform_error *transform_error_of_splitting(void);
const struct transform_error *transform_error_of_partitioning(void);
const struct transform_error *transform_error_of_too_many_partitions(void);

/* The function's: line and log event name it. */
bool transform_error_is_of_lambda(const struct transform_error *error);

struct transform_failure {
    const struct transform_error *error;
    const char *why; /* instead of the error's message; or NULL */
    unsigned attempts;
    int64_t arrival_ms;
    int64_t ended_ms; /* of the last attempt */
    struct slice lambda_arn;
    struct slice data; /* the record as it was accepted */
};

/* Append one JSON object and a newline. */
void transform_error_append_line(struct text *out, const struct transform_failure *failure);

#endif

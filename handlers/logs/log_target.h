/*
 * log_target.h -- where a subscription filter sends: a function, a Kinesis stream or a delivery
 * stream, by its ARN; or a destination of PutDestination's, which names a stream.
 */
#ifndef HANDLERS_LOGS_LOG_TARGET_H
#define HANDLERS_LOGS_LOG_TARGET_H

#include "emulator/base/slice.h"

enum log_target_kind {
    LOG_TARGET_LAMBDA,
    LOG_TARGET_KINESIS,
    LOG_TARGET_FIREHOSE,
    LOG_TARGET_DESTINATION
};

/* Borrowed from the ARN. */
struct log_target {
    enum log_target_kind kind;
    struct slice vendor; /* the ARN's service */
    struct slice region;
    struct slice account;
    struct slice name;
    struct slice qualifier; /* of a function; empty: none */
};

/* STATUS_INVALID: no ARN. STATUS_UNSUPPORTED: of another service; *ret_target has its vendor. */
NODISCARD enum status log_target_parse(struct slice arn, struct log_target *ret_target);

#endif

/*
 * destination_check.h -- which requests name exactly one destination Hydrant can deliver to, and
 * what an S3 destination may hold beyond what the model states. What is not supported yet is
 * refused by name.
 */
#ifndef HANDLERS_FIREHOSE_DESTINATION_CHECK_H
#define HANDLERS_FIREHOSE_DESTINATION_CHECK_H

#include <stdbool.h>

struct json;
struct text;

/*
 * The one S3 destination of the request: `suffix` is "DestinationConfiguration" or
 * "DestinationUpdate". NULL: `problem` has the message of the InvalidArgumentException.
 */
const struct json *destination_find(const struct json *input, const char *suffix,
                                    struct text *problem);

/* Source and encryption of a new stream. False: as above. */
bool destination_check_source(const struct json *input, struct text *problem);

/* Only that Hydrant knows what is asked: for an update, whose other rules hold when merged. */
bool destination_check_support(const struct json *destination, struct text *problem);

/* What an update may not change: from one description to the next. */
bool destination_check_change(const struct json *before, const struct json *after,
                              struct text *problem);

/* A whole destination: a configuration, or an update merged with what was there. */
bool destination_check(const struct json *destination, struct text *problem);

#endif

/*
 * destination_check.h -- which requests name exactly one destination Hydrant can deliver to, and
 * what it may hold beyond what the model states (an HTTP endpoint: endpoint_check.h). What is not
 * supported yet is refused by name.
 */
#ifndef HANDLERS_FIREHOSE_DESTINATION_CHECK_H
#define HANDLERS_FIREHOSE_DESTINATION_CHECK_H

#include <stdbool.h>

struct json;
struct query_verdict;
struct text;

/*
 * The one destination of the request, S3's or an HTTP endpoint's: `suffix` is
 * "DestinationConfiguration" or "DestinationUpdate". NULL: `problem` has the message of the
 * InvalidArgumentException.
 */
const struct json *destination_find(const struct json *input, const char *suffix,
                                    struct text *problem);

/* It is an HTTP endpoint: its configuration or its description. */
bool destination_is_endpoint(const struct json *destination);

/* Source and encryption of a new stream. False: as above. */
bool destination_check_source(const struct json *input, struct text *problem);

/* Only that Hydrant knows what is asked: for an update, whose other rules hold when merged. */
bool destination_check_support(const struct json *destination, struct text *problem);

/* What an update may not change: from one description to the next. */
bool destination_check_change(const struct json *before, const struct json *after,
                              struct text *problem);

/* "Changing the destination type to or from <kind> ..." */
void destination_refuse_change(const char *kind, struct text *problem);

/* Of one block with CloudWatchLoggingOptions: enabled, they have both names. */
bool destination_check_logging(const struct json *block, struct text *problem);

/* Of one block of S3 settings: its keys' prefixes; no KMS key. */
bool destination_check_prefixes(const struct json *s3, struct text *problem);
bool destination_check_encryption(const struct json *s3, struct text *problem);

/* A whole destination: a configuration, or an update merged with what was there. `verdict`: see
 * processor_check(). */
bool destination_check(const struct json *destination, const struct query_verdict *verdict,
                       struct text *problem);

#endif

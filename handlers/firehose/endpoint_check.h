/*
 * endpoint_check.h -- what an HttpEndpointDestinationConfiguration or -Description may hold,
 * beyond what the model states. What is not supported is refused by name.
 */
#ifndef HANDLERS_FIREHOSE_ENDPOINT_CHECK_H
#define HANDLERS_FIREHOSE_ENDPOINT_CHECK_H

#include <stdbool.h>

struct json;
struct query_verdict;
struct text;

/* False: `problem` has the message of the InvalidArgumentException. */
bool endpoint_check(const struct json *destination, const struct query_verdict *verdict,
                    struct text *problem);

#endif

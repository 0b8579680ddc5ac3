/*
 * partitioning_check.h -- what DynamicPartitioningConfiguration asks of the rest of a destination.
 */
#ifndef HANDLERS_FIREHOSE_PARTITIONING_CHECK_H
#define HANDLERS_FIREHOSE_PARTITIONING_CHECK_H

#include <stdbool.h>

struct json;
struct text;

bool partitioning_is_enabled(const struct json *destination);

/* False: `problem` has the message of the InvalidArgumentException. */
bool partitioning_check(const struct json *destination, struct text *problem);

#endif

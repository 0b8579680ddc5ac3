/*
 * conversion_check.h -- what DataFormatConversionConfiguration may hold, checked in AWS's order and
 * with its messages; what passes is then refused, because Hydrant does not convert yet.
 */
#ifndef HANDLERS_FIREHOSE_CONVERSION_CHECK_H
#define HANDLERS_FIREHOSE_CONVERSION_CHECK_H

#include <stdbool.h>

struct json;
struct text;

/* Of an S3 destination. False: `problem` has the message of the InvalidArgumentException. */
bool conversion_check(const struct json *destination, struct text *problem);

#endif

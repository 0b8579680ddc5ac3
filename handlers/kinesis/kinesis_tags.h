/*
 * kinesis_tags.h -- storing the `Tags` member of a request. The operations are in
 * kinesis_operations.h.
 */
#ifndef HANDLERS_KINESIS_KINESIS_TAGS_H
#define HANDLERS_KINESIS_KINESIS_TAGS_H

#include <stdbool.h>

struct call;
struct kinesis_stream_row;

/* False: the call is answered, because of a key, their number or the storage. */
bool kinesis_store_tags(struct call *call, const struct kinesis_stream_row *stream);

#endif

/*
 * query_keys.h -- which partition keys a MetadataExtractionQuery makes, where that is plain to see:
 * in `{a: .x, "b": .y|f(1, 2)}`, one object whose values hold no further one. What any other
 * program makes, only running it would tell.
 */
#ifndef HANDLERS_FIREHOSE_QUERY_KEYS_H
#define HANDLERS_FIREHOSE_QUERY_KEYS_H

#include <stdbool.h>

#include "emulator/base/slice.h"

/* Every key of the query is in the prefix, as !{partitionKeyFromQuery:key}; or it cannot be told.
 */
bool query_keys_are_used(struct slice query, struct slice prefix);

#endif

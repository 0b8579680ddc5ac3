/*
 * tags.h -- a table's tags, as lists of {"Key", "Value"}.
 */
#ifndef HANDLERS_DYNAMODB_TAGS_H
#define HANDLERS_DYNAMODB_TAGS_H

#include <stdint.h>

#include "emulator/base/status.h"

struct json;
struct work;

#define TAGS_MAX 50

/* No more than 50, no key twice. NULL is fine. */
NODISCARD enum status tags_check(struct work *work, const struct json *tags);

NODISCARD enum status tags_store(struct work *work, int64_t table_id, const struct json *tags);

#endif

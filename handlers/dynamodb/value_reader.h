/*
 * value_reader.h -- AttributeValues from JSON into documents (attribute_value.h), with every rule
 * of DynamoDB on values: numbers, sets, nesting, exactly one type.
 */
#ifndef HANDLERS_DYNAMODB_VALUE_READER_H
#define HANDLERS_DYNAMODB_VALUE_READER_H

#include <stddef.h>

#include "emulator/base/slice.h"

struct json;
struct refusal;
struct text;
struct value;

/* One {"S": "..."}. STATUS_INVALID: refused. */
NODISCARD enum status value_reader_read(const struct json *json, struct text *out,
                                        struct refusal *refusal);

/* A map of them, as an item document without a head. */
NODISCARD enum status value_reader_read_item(const struct json *json, struct text *out,
                                             struct refusal *refusal);

#endif

/*
 * value_writer.h -- documents (attribute_value.h) written out as JSON, straight into the answer.
 */
#ifndef HANDLERS_DYNAMODB_VALUE_WRITER_H
#define HANDLERS_DYNAMODB_VALUE_WRITER_H

#include "emulator/base/slice.h"

struct json_writer;
struct text;
struct value;

/* {"S": "..."} */
void value_writer_write(struct json_writer *w, const struct value *value);

/* {"name": {"S": "..."}, ...} */
void value_writer_write_item(struct json_writer *w, struct slice item);

/* {S:x} as messages have it, of scalars; other types leave their content out. */
void value_writer_describe(struct text *out, const struct value *value);

#endif

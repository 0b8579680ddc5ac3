/*
 * attribute_value.h -- values and items as compact binary documents: what is stored, compared and
 * written out again.
 *
 *     value    type (1 byte), length (4 bytes, little-endian), payload
 *     S B      the bytes            N     a decimal code (decimal.h)
 *     BOOL     1 byte               NULL  nothing
 *     L        values               M     members, ascending by name, no name twice
 *     SS NS BS elements: length (4 bytes), bytes; ascending, no element twice
 *     member   name's length (2 bytes), name, value
 *
 * An item is the payload of an M. Since sets and maps are in order and numbers have one code,
 * two values are equal exactly when their bytes are. Readers never look behind the payload.
 */
#ifndef HANDLERS_DYNAMODB_ATTRIBUTE_VALUE_H
#define HANDLERS_DYNAMODB_ATTRIBUTE_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "emulator/base/slice.h"

struct text;

enum value_type {
    VALUE_S = 1,
    VALUE_N,
    VALUE_B,
    VALUE_SS,
    VALUE_NS,
    VALUE_BS,
    VALUE_M,
    VALUE_L,
    VALUE_NULL,
    VALUE_BOOL,
};

#define VALUE_TYPES 11
#define VALUE_MAX_DEPTH 32
#define VALUE_HEAD_BYTES 5

/* Borrowed from a document. */
struct value {
    enum value_type type;
    struct slice payload;
};

/* "S", "NULL"... */
const char *value_type_name(enum value_type type);
bool value_is_set(const struct value *value);
bool value_is_true(const struct value *value); /* of a BOOL */

/* ---- reading: each cuts the first one off `*rest`; false at the end ------------------------- */

bool value_next(struct slice *rest, struct value *ret_value);
bool value_next_member(struct slice *rest, struct slice *ret_name, struct value *ret_value);
bool value_next_element(struct slice *rest, struct slice *ret_element);

/* A member of a map's payload, or of an item. */
bool value_member(struct slice map, struct slice name, struct value *ret_value);
bool value_at(struct slice list, uint64_t index, struct value *ret_value);
bool value_has_element(const struct value *set, struct slice element);

/* Members, values or elements. */
size_t value_count(const struct value *value);

bool value_equal(const struct value *a, const struct value *b);

/* As AWS counts bytes: of a value, and of a whole item. */
int64_t value_size(const struct value *value);
int64_t value_item_size(struct slice item);

/* ---- writing -------------------------------------------------------------------------------- */

/* Begin a value; its payload is what is appended until value_end() with the same mark. */
size_t value_begin(struct text *out, enum value_type type);
void value_end(struct text *out, size_t mark);

void value_append(struct text *out, const struct value *value);
void value_append_name(struct text *out, struct slice name); /* at most 65,535 bytes */
void value_append_element(struct text *out, struct slice element);

#endif

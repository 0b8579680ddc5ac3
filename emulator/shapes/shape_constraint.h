/*
 * shape_constraint.h -- one value against the constraints of its own shape: length or range,
 * pattern, enum. Never looks inside a container.
 */
#ifndef EMULATOR_SHAPES_SHAPE_CONSTRAINT_H
#define EMULATOR_SHAPES_SHAPE_CONSTRAINT_H

#include <stdint.h>

#include "emulator/base/slice.h"

struct json;
struct shape;
struct shape_cache;

/* What failed, as bits; messages come in this order. */
enum shape_failure {
    SHAPE_FAILS_NULL = 1,
    SHAPE_FAILS_MAX = 2,
    SHAPE_FAILS_MIN = 4,
    SHAPE_FAILS_PATTERN = 8,
    SHAPE_FAILS_ENUM = 16,
    SHAPE_FAILS_END = 32,
};

/* The largest length allowed to this very text. */
int64_t shape_text_max(const struct shape *shape, struct slice text);

/* A length, a count or an integer against the limits. */
unsigned shape_test_size(const struct shape *shape, int64_t size);

/* STATUS_NO_MEMORY can only come from a pattern. */
NODISCARD enum status shape_test_text(struct shape_cache *cache, const struct shape *shape,
                                      struct slice text, unsigned *ret_failures);

/* `value` is not null and has the JSON type its shape asks for. */
NODISCARD enum status shape_test_value(struct shape_cache *cache, const struct shape *shape,
                                       const struct json *value, unsigned *ret_failures);

#endif

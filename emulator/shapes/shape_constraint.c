#include "emulator/shapes/shape_constraint.h"

#include <string.h>

#include "emulator/base/base64.h"
#include "emulator/base/json.h"
#include "emulator/shapes/shape_pattern.h"
#include "emulator/shapes/shape_table.h"

static const struct shape_limits no_limits = {INT64_MIN, INT64_MAX};

static const struct shape_limits *limits_of(const struct shape *shape)
{
    return shape->limits == SHAPE_NONE ? &no_limits : &shape_limit_rows[shape->limits];
}

static unsigned outside(int64_t size, int64_t min, int64_t max)
{
    return (size > max ? (unsigned)SHAPE_FAILS_MAX : 0U) |
           (size < min ? (unsigned)SHAPE_FAILS_MIN : 0U);
}

unsigned shape_test_size(const struct shape *shape, int64_t size)
{
    const struct shape_limits *limits = limits_of(shape);
    return outside(size, limits->min, limits->max);
}

int64_t shape_text_max(const struct shape *shape, struct slice text)
{
    if (shape->name_max && !slice_starts_with(text, SLICE("arn:")))
        return shape->name_max;
    return limits_of(shape)->max;
}

static unsigned test_length(const struct shape *shape, struct slice text)
{
    int64_t min = limits_of(shape)->min;
    int64_t max = shape_text_max(shape, text);
    int64_t bytes = (int64_t)text.len;
    /* At least a third of the bytes are characters: most texts need no counting. */
    if (bytes <= max && bytes / 3 >= min)
        return 0;
    return outside((int64_t)shape_utf16_length(text), min, max);
}

static bool is_enum_value(const struct shape *shape, struct slice text)
{
    for (unsigned i = 0; i < shape->count; i++)
        if (slice_equal_text(text, shape_pool + shape_enum_values[shape->first + i]))
            return true;
    return shape->count == 0;
}

enum status shape_test_text(struct shape_cache *cache, const struct shape *shape, struct slice text,
                            unsigned *ret_failures)
{
    unsigned failures = test_length(shape, text);
    if (!is_enum_value(shape, text))
        failures |= SHAPE_FAILS_ENUM;
    if (shape->pattern != SHAPE_NONE) {
        bool matches;
        enum status status = shape_pattern_match(cache, shape->pattern, text, &matches);
        if (status)
            return status;
        if (!matches)
            failures |= SHAPE_FAILS_PATTERN;
    }
    *ret_failures = failures;
    return STATUS_OK;
}

static unsigned test_double(const struct shape *shape, double value)
{
    const struct shape_limits *limits = limits_of(shape);
    return (value > (double)limits->max ? (unsigned)SHAPE_FAILS_MAX : 0U) |
           (value < (double)limits->min ? (unsigned)SHAPE_FAILS_MIN : 0U);
}

enum status shape_test_value(struct shape_cache *cache, const struct shape *shape,
                             const struct json *value, unsigned *ret_failures)
{
    switch ((enum shape_type)shape->type) {
    case SHAPE_STRING:
        return shape_test_text(cache, shape, json_string(value), ret_failures);
    case SHAPE_BLOB:
        *ret_failures = shape_test_size(shape, (int64_t)base64_decoded_size(json_string(value)));
        return STATUS_OK;
    case SHAPE_INTEGER:
    case SHAPE_LONG:
        *ret_failures = shape_test_size(shape, json_integer(value));
        return STATUS_OK;
    case SHAPE_DOUBLE:
        *ret_failures = test_double(shape, json_number(value));
        return STATUS_OK;
    case SHAPE_LIST:
    case SHAPE_MAP:
        *ret_failures =
            shape->limits == SHAPE_NONE ? 0 : shape_test_size(shape, (int64_t)json_count(value));
        return STATUS_OK;
    case SHAPE_STRUCTURE:
    case SHAPE_BOOLEAN:
    case SHAPE_TIMESTAMP:
        break;
    }
    *ret_failures = 0;
    return STATUS_OK;
}

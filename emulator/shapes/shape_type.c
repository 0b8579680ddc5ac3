#include "emulator/shapes/shape_type.h"

#include <math.h>

#include "emulator/base/json.h"
#include "emulator/base/text.h"
#include "emulator/shapes/shape_blob.h"
#include "emulator/shapes/shape_table.h"

/* How deep a Java type name goes into containers; structures end it earlier. */
#define TYPE_NAME_DEPTH_MAX 4

static bool integer_fits(const struct json *value)
{
    double number = json_number(value);
    return number > (double)INT32_MIN - 1 && number < (double)INT32_MAX + 1;
}

bool shape_type_fits(const struct shape *shape, const struct json *value)
{
    enum json_kind kind = json_kind(value);
    switch ((enum shape_type)shape->type) {
    case SHAPE_STRUCTURE:
    case SHAPE_MAP:
        return kind == JSON_OBJECT;
    case SHAPE_LIST:
        return kind == JSON_ARRAY;
    case SHAPE_STRING:
        return kind == JSON_STRING;
    case SHAPE_BLOB:
        return kind == JSON_STRING && shape_blob_fault(json_string(value)).kind == BLOB_FINE;
    case SHAPE_BOOLEAN:
        return kind == JSON_BOOL;
    case SHAPE_INTEGER:
        return kind == JSON_NUMBER && integer_fits(value);
    case SHAPE_LONG:
    case SHAPE_DOUBLE:
    case SHAPE_TIMESTAMP:
        break;
    }
    return kind == JSON_NUMBER;
}

static const char *scalar_class(const struct shape *shape)
{
    switch ((enum shape_type)shape->type) {
    case SHAPE_BLOB:
        return "java.nio.ByteBuffer";
    case SHAPE_BOOLEAN:
        return "java.lang.Boolean";
    case SHAPE_INTEGER:
        return "java.lang.Integer";
    case SHAPE_LONG:
        return "java.lang.Long";
    case SHAPE_DOUBLE:
        return "java.lang.Double";
    case SHAPE_TIMESTAMP:
        return "java.util.Date";
    case SHAPE_STRING:
    case SHAPE_STRUCTURE:
    case SHAPE_LIST:
    case SHAPE_MAP:
        break;
    }
    return "java.lang.String";
}

/* NOLINTNEXTLINE(misc-no-recursion): bounded by `levels` */
static void append_type(const struct shape *shape, const char *package, int levels,
                        struct text *out)
{
    if (shape->type == SHAPE_STRUCTURE) {
        text_printf(out, "%s.%s", package, shape_pool + shape->name);
    } else if (shape->type == SHAPE_LIST && levels > 0) {
        text_append_text(out, "java.util.List<");
        append_type(&shape_shapes[shape->first], package, levels - 1, out);
        text_append_byte(out, '>');
    } else if (shape->type == SHAPE_MAP && levels > 0) {
        text_append_text(out, "java.util.Map<java.lang.String, ");
        append_type(&shape_shapes[shape->count], package, levels - 1, out);
        text_append_byte(out, '>');
    } else {
        text_append_text(out, scalar_class(shape));
    }
}

static bool is_container(const struct shape *shape)
{
    return shape->type == SHAPE_LIST || shape->type == SHAPE_MAP;
}

static void complain_collection(const struct shape *shape, const char *package, struct text *out)
{
    text_append_text(out, "Unrecognized collection type ");
    if (!is_container(shape))
        text_append_text(out, "class ");
    append_type(shape, package, TYPE_NAME_DEPTH_MAX, out);
}

static const char *token_name(const struct json *value)
{
    enum json_kind kind = json_kind(value);
    if (kind == JSON_BOOL)
        return json_is_true(value) ? "TRUE_VALUE" : "FALSE_VALUE";
    if (kind == JSON_STRING)
        return "STRING_VALUE";
    double number = json_number(value);
    return number == floor(number) ? "NUMBER_VALUE" : "DECIMAL_VALUE";
}

const char *shape_type_name(const struct shape *shape)
{
    switch ((enum shape_type)shape->type) {
    case SHAPE_BOOLEAN:
        return "Boolean";
    case SHAPE_INTEGER:
        return "Integer";
    case SHAPE_LONG:
        return "Long";
    case SHAPE_DOUBLE:
        return "Double";
    case SHAPE_TIMESTAMP:
        return "milliseconds since epoch";
    case SHAPE_STRING:
    case SHAPE_BLOB:
    case SHAPE_STRUCTURE:
    case SHAPE_LIST:
    case SHAPE_MAP:
        break;
    }
    return "String";
}

static void complain_blob(const struct json *value, struct text *out)
{
    struct shape_blob_fault fault = shape_blob_fault(json_string(value));
    if (json_kind(value) != JSON_STRING)
        text_append_text(out, "only base-64-encoded strings are convertible to bytes");
    else if (fault.kind == BLOB_LENGTH)
        text_printf(out, "Base64 encoded length is expected a multiple of 4 bytes but found: %zu",
                    json_string(value).len);
    else if (fault.kind == BLOB_TAIL)
        /* The spelling is AWS's. */
        text_append_text(out, "Invalid last non-pad Base64 character dectected");
    else
        text_printf(out, "Invalid base 64 character: '%c'", fault.byte);
}

static void complain_scalar(const struct shape *shape, const struct json *value, struct text *out)
{
    if (shape->type == SHAPE_BLOB)
        complain_blob(value, out);
    else if (shape->type == SHAPE_BOOLEAN && json_kind(value) == JSON_STRING)
        text_append_text(out, "Unexpected token received from parser");
    else
        text_printf(out, "%s cannot be converted to %s", token_name(value), shape_type_name(shape));
}

void shape_type_complain(const struct shape *shape, const struct json *value, bool in_structure,
                         const char *package, struct text *out)
{
    enum json_kind kind = json_kind(value);
    if (kind == JSON_ARRAY)
        complain_collection(shape, package, out);
    else if (kind == JSON_OBJECT)
        text_append_text(out, "Start of structure or map found where not expected");
    else if (is_container(shape) || shape->type == SHAPE_STRUCTURE)
        text_append_text(out, in_structure ? "Unexpected field type"
                                           : "Unexpected value type in payload");
    else
        complain_scalar(shape, value, out);
}

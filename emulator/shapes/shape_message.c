#include "emulator/shapes/shape_message.h"

#include <inttypes.h>

#include "emulator/base/base64.h"
#include "emulator/base/json.h"
#include "emulator/base/text.h"
#include "emulator/shapes/shape_param.h"
#include "emulator/shapes/shape_walk.h"

/* AWS echoes whole values; nobody reads more than this. */
#define ECHO_MAX ((size_t)8 * 1024)

/* Lists in lists in lists are echoed to here. */
#define ECHO_DEPTH_MAX 4

const struct shape_dialect shape_dialect_firehose = {false, true};
const struct shape_dialect shape_dialect_dynamodb = {true, false};
const struct shape_dialect shape_dialect_kinesis = {false, true};
const struct shape_dialect shape_dialect_lambda = {true, true};
const struct shape_dialect shape_dialect_logs = {true, true};

/* ---- the value -------------------------------------------------------------------------- */

/* As Java prints an object: its class and a number that means nothing. */
static void echo_object(const struct shape_walk *w, const struct shape *shape,
                        const struct json *value, struct text *out)
{
    uint32_t number = 2166136261U;
    for (const struct json *child = json_first(value); child; child = json_next(child)) {
        struct slice name = json_name(child);
        for (size_t i = 0; i < name.len; i++)
            number = (number ^ (unsigned char)name.ptr[i]) * 16777619U;
    }
    text_printf(out, "%s.%s@%" PRIx32, w->service->package, shape_pool + shape->name, number);
}

static void echo_scalar(const struct shape *shape, const struct json *value, struct text *out)
{
    if (json_kind(value) == JSON_STRING && shape->type == SHAPE_BLOB) {
        size_t size = base64_decoded_size(json_string(value));
        text_printf(out, "java.nio.HeapByteBuffer[pos=0 lim=%zu cap=%zu]", size, size);
    } else if (json_kind(value) == JSON_STRING) {
        text_append(out, slice_first(json_string(value), ECHO_MAX));
    } else if (json_kind(value) == JSON_BOOL) {
        text_append_text(out, json_is_true(value) ? "true" : "false");
    } else if (json_kind(value) == JSON_NULL) {
        text_append_text(out, "null");
    } else if (shape->type == SHAPE_DOUBLE) {
        text_printf(out, "%g", json_number(value));
    } else {
        text_append_i64(out, json_integer(value));
    }
}

/* NOLINTNEXTLINE(misc-no-recursion): bounded by `levels` */
static void echo_json(const struct shape_walk *w, const struct shape *shape,
                      const struct json *value, int levels, struct text *out)
{
    bool is_map = shape->type == SHAPE_MAP;
    if (json_kind(value) == JSON_OBJECT && shape->type == SHAPE_STRUCTURE) {
        echo_object(w, shape, value, out);
        return;
    }
    if ((!is_map && shape->type != SHAPE_LIST) || json_kind(value) == JSON_NULL || levels == 0) {
        echo_scalar(shape, value, out);
        return;
    }
    size_t start = out->len;
    text_append_byte(out, is_map ? '{' : '[');
    for (const struct json *child = json_first(value); child && out->len - start < ECHO_MAX;
         child = json_next(child)) {
        if (child != json_first(value))
            text_append_text(out, ", ");
        if (is_map) {
            text_append(out, slice_first(json_name(child), ECHO_MAX));
            text_append_byte(out, '=');
        }
        echo_json(w, &shape_shapes[is_map ? shape->count : shape->first], child, levels - 1, out);
    }
    text_append_byte(out, is_map ? '}' : ']');
}

static void echo_param(const struct shape_walk *w, const struct shape_subject *subject,
                       struct text *out)
{
    struct slice value;
    if (subject->shape->type != SHAPE_LIST) {
        if (shape_param_value(w->input, subject->param, 0, &value))
            text_append(out, slice_first(value, ECHO_MAX));
        return;
    }
    size_t start = out->len;
    text_append_byte(out, '[');
    for (size_t i = 0; shape_param_value(w->input, subject->param, i, &value); i++) {
        if (i > 0)
            text_append_text(out, ", ");
        if (out->len - start < ECHO_MAX)
            text_append(out, slice_first(value, ECHO_MAX));
    }
    text_append_byte(out, ']');
}

static bool is_absent(const struct shape_walk *w, const struct shape_subject *subject)
{
    struct slice unused;
    if (subject->param)
        return !shape_param_value(w->input, subject->param, 0, &unused);
    return json_kind(subject->json) == JSON_NULL;
}

static void echo(const struct shape_walk *w, const struct shape_subject *subject, struct text *out)
{
    if (is_absent(w, subject)) {
        text_append_text(out, "null ");
        return;
    }
    text_append_byte(out, '\'');
    if (subject->param)
        echo_param(w, subject, out);
    else
        echo_json(w, subject->shape, subject->json, ECHO_DEPTH_MAX, out);
    text_append_text(out, "' ");
}

void shape_message_head(const struct shape_walk *w, const struct shape_subject *subject,
                        struct text *out)
{
    text_append_text(out, "Value ");
    if (w->dialect->echoes_value)
        echo(w, subject, out);
    text_append_text(out, "at '");
    shape_walk_path(w, out);
    text_append_text(out, "' failed to satisfy constraint: ");
}

/* ---- the constraint --------------------------------------------------------------------- */

static bool is_number(const struct shape *shape)
{
    return shape->type == SHAPE_INTEGER || shape->type == SHAPE_LONG || shape->type == SHAPE_DOUBLE;
}

static void append_bound(const struct shape *shape, const char *relation, int64_t bound,
                         struct text *out)
{
    text_printf(out, "Member must have %s %s than or equal to %" PRId64,
                is_number(shape) ? "value" : "length", relation, bound);
}

static void append_enum(const struct shape *shape, struct text *out)
{
    text_append_text(out, "Member must satisfy enum value set: [");
    for (unsigned i = 0; i < shape->count; i++) {
        if (i > 0)
            text_append_text(out, ", ");
        text_append_text(out, shape_pool + shape_enum_values[shape->first + i]);
    }
    text_append_byte(out, ']');
}

static void append_constraint(const struct shape *shape, int64_t max, enum shape_failure failure,
                              struct text *out)
{
    switch (failure) {
    case SHAPE_FAILS_MAX:
        append_bound(shape, "less", max, out);
        break;
    case SHAPE_FAILS_MIN:
        append_bound(shape, "greater", shape_limit_rows[shape->limits].min, out);
        break;
    case SHAPE_FAILS_PATTERN:
        text_append_text(out, "Member must satisfy regular expression pattern: ");
        text_append_text(out, shape_pool + shape_patterns[shape->pattern].text);
        break;
    case SHAPE_FAILS_ENUM:
        append_enum(shape, out);
        break;
    case SHAPE_FAILS_NULL:
    case SHAPE_FAILS_END:
        text_append_text(out, "Member must not be null");
        break;
    }
}

void shape_message_failure(const struct shape_subject *subject, enum shape_failure failure,
                           struct text *out)
{
    struct slice text = subject->json ? json_string(subject->json) : (struct slice){0};
    append_constraint(subject->shape, shape_text_max(subject->shape, text), failure, out);
}

/* What a shape asks for, as failure bits. */
static unsigned constraints_of(const struct shape *shape)
{
    unsigned asked = 0;
    if (shape->limits != SHAPE_NONE) {
        const struct shape_limits *limits = &shape_limit_rows[shape->limits];
        asked |= limits->max != INT64_MAX ? (unsigned)SHAPE_FAILS_MAX : 0U;
        asked |= limits->min != INT64_MIN ? (unsigned)SHAPE_FAILS_MIN : 0U;
    }
    if (shape->pattern != SHAPE_NONE)
        asked |= SHAPE_FAILS_PATTERN;
    if (shape->type == SHAPE_STRING && shape->count)
        asked |= SHAPE_FAILS_ENUM;
    return asked;
}

void shape_message_elements(const struct shape_walk *w, const char *lead,
                            const struct shape *element, struct text *out)
{
    unsigned asked = constraints_of(element);
    const char *separator = "";
    text_append_text(out, lead);
    text_append_text(out, " must satisfy constraint: [");
    for (unsigned bit = SHAPE_FAILS_MAX; bit < SHAPE_FAILS_END; bit <<= 1) {
        if (!(asked & bit))
            continue;
        text_append_text(out, separator);
        append_constraint(element, shape_text_max(element, SLICE("")), (enum shape_failure)bit,
                          out);
        separator = ", ";
    }
    if (w->dialect->elements_not_null || !asked) {
        text_append_text(out, separator);
        text_append_text(out, "Member must not be null");
    }
    text_append_byte(out, ']');
}

#include "emulator/base/json_writer.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "emulator/base/json.h"
#include "emulator/base/json_check.h"
#include "emulator/base/text.h"

struct json_writer json_writer_make(struct text *out)
{
    return (struct json_writer){.out = out};
}

static void separate(struct json_writer *w)
{
    if (w->needs_comma)
        text_append_byte(w->out, ',');
    w->needs_comma = true;
}

static void open_container(struct json_writer *w, char bracket)
{
    separate(w);
    text_append_byte(w->out, bracket);
    w->needs_comma = false;
}

static void close_container(struct json_writer *w, char bracket)
{
    text_append_byte(w->out, bracket);
    w->needs_comma = true;
}

void json_begin_object(struct json_writer *w)
{
    open_container(w, '{');
}

void json_end_object(struct json_writer *w)
{
    close_container(w, '}');
}

void json_begin_array(struct json_writer *w)
{
    open_container(w, '[');
}

void json_end_array(struct json_writer *w)
{
    close_container(w, ']');
}

static void escape_byte(struct text *out, char byte)
{
    switch (byte) {
    case '"':
        text_append(out, SLICE("\\\""));
        break;
    case '\\':
        text_append(out, SLICE("\\\\"));
        break;
    case '\n':
        text_append(out, SLICE("\\n"));
        break;
    case '\r':
        text_append(out, SLICE("\\r"));
        break;
    case '\t':
        text_append(out, SLICE("\\t"));
        break;
    default:
        text_printf(out, "\\u%04x", (unsigned)(unsigned char)byte);
    }
}

static bool needs_escape(char byte)
{
    return (unsigned char)byte < 0x20 || byte == '"' || byte == '\\';
}

/* Position of the first byte at or behind `start` that needs an escape, or value.len. */
static size_t next_escape(struct slice value, size_t start)
{
    while (start < value.len && !needs_escape(value.ptr[start])) {
        size_t plain = json_plain_length(slice_from(value, start));
        start += plain > 0 ? plain : 1;
    }
    return start;
}

static void quote(struct text *out, struct slice value)
{
    text_append_byte(out, '"');
    size_t start = 0;
    size_t at;
    while ((at = next_escape(value, start)) < value.len) {
        text_append(out, slice_make(value.ptr + start, at - start));
        escape_byte(out, value.ptr[at]);
        start = at + 1;
    }
    text_append(out, slice_from(value, start));
    text_append_byte(out, '"');
}

void json_key_slice(struct json_writer *w, struct slice name)
{
    separate(w);
    quote(w->out, name);
    text_append_byte(w->out, ':');
    w->needs_comma = false;
}

void json_key(struct json_writer *w, const char *name)
{
    json_key_slice(w, slice_of(name));
}

void json_write_string(struct json_writer *w, struct slice value)
{
    separate(w);
    quote(w->out, value);
}

void json_write_integer(struct json_writer *w, int64_t value)
{
    separate(w);
    text_append_i64(w->out, value);
}

void json_write_double(struct json_writer *w, double value)
{
    bool is_finite = isfinite(value);
    separate(w);
    if (!is_finite)
        text_append_byte(w->out, '"');
    text_append_double(w->out, value);
    if (!is_finite)
        text_append_byte(w->out, '"');
}

void json_write_bool(struct json_writer *w, bool value)
{
    separate(w);
    text_append_text(w->out, value ? "true" : "false");
}

void json_write_null(struct json_writer *w)
{
    separate(w);
    text_append(w->out, SLICE("null"));
}

void json_write_seconds(struct json_writer *w, int64_t epoch_ms)
{
    separate(w);
    if (epoch_ms < 0)
        text_append_byte(w->out, '-');
    uint64_t ms = epoch_ms < 0 ? (uint64_t)0 - (uint64_t)epoch_ms : (uint64_t)epoch_ms;
    text_append_u64(w->out, ms / 1000);
    text_printf(w->out, ".%03u", (unsigned)(ms % 1000));
}

void json_write_raw(struct json_writer *w, struct slice json)
{
    separate(w);
    text_append(w->out, json);
}

/* The shortest of 15 to 17 digits that reads back as the same number; JSON has no infinity. */
static void write_double(struct json_writer *w, double number)
{
    if (isinf(number))
        number = copysign(DBL_MAX, number);
    char digits[32];
    for (int precision = DBL_DIG; precision <= DBL_DECIMAL_DIG; precision++) {
        (void)snprintf(digits, sizeof(digits), "%.*g", precision, number);
        if (strtod(digits, NULL) == number)
            break;
    }
    separate(w);
    text_append_text(w->out, digits);
}

static void write_number(struct json_writer *w, double number)
{
    if (number == floor(number) && fabs(number) < 9007199254740992.0)
        json_write_integer(w, (int64_t)number);
    else
        write_double(w, number);
}

static void write_children(struct json_writer *w, const struct json *container)
{
    for (const struct json *child = json_first(container); child; child = json_next(child)) {
        if (json_kind(container) == JSON_OBJECT)
            json_key_slice(w, json_name(child));
        json_write_value(w, child);
    }
}

void json_write_value(struct json_writer *w, const struct json *value)
{
    switch (json_kind(value)) {
    case JSON_NULL:
        json_write_null(w);
        break;
    case JSON_BOOL:
        json_write_bool(w, json_is_true(value));
        break;
    case JSON_NUMBER:
        write_number(w, json_number(value));
        break;
    case JSON_STRING:
        json_write_string(w, json_string(value));
        break;
    case JSON_ARRAY:
        json_begin_array(w);
        write_children(w, value);
        json_end_array(w);
        break;
    case JSON_OBJECT:
        json_begin_object(w);
        write_children(w, value);
        json_end_object(w);
        break;
    }
}

void json_put_string(struct json_writer *w, const char *name, struct slice value)
{
    json_key(w, name);
    json_write_string(w, value);
}

void json_put_text(struct json_writer *w, const char *name, const char *value)
{
    json_put_string(w, name, slice_of(value));
}

void json_put_integer(struct json_writer *w, const char *name, int64_t value)
{
    json_key(w, name);
    json_write_integer(w, value);
}

void json_put_double(struct json_writer *w, const char *name, double value)
{
    json_key(w, name);
    json_write_double(w, value);
}

void json_put_bool(struct json_writer *w, const char *name, bool value)
{
    json_key(w, name);
    json_write_bool(w, value);
}

void json_put_seconds(struct json_writer *w, const char *name, int64_t epoch_ms)
{
    json_key(w, name);
    json_write_seconds(w, epoch_ms);
}

void json_put_raw(struct json_writer *w, const char *name, struct slice json)
{
    json_key(w, name);
    json_write_raw(w, json);
}

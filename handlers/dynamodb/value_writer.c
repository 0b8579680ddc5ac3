#include "handlers/dynamodb/value_writer.h"

#include "emulator/base/base64.h"
#include "emulator/base/json_writer.h"
#include "emulator/base/text.h"
#include "handlers/dynamodb/attribute_value.h"
#include "handlers/dynamodb/decimal.h"

/* A string made of characters that need no escapes, written without an intermediate copy. */
static void write_encoded(struct json_writer *w, enum value_type type, struct slice bytes)
{
    if (w->needs_comma)
        text_append_byte(w->out, ',');
    text_append_byte(w->out, '"');
    if (type == VALUE_N || type == VALUE_NS)
        decimal_append(w->out, bytes);
    else
        base64_append(w->out, bytes);
    text_append_byte(w->out, '"');
    w->needs_comma = true;
}

static void write_bytes(struct json_writer *w, enum value_type type, struct slice bytes)
{
    if (type == VALUE_S || type == VALUE_SS)
        json_write_string(w, bytes);
    else
        write_encoded(w, type, bytes);
}

static void write_set(struct json_writer *w, const struct value *set)
{
    struct slice rest = set->payload;
    struct slice element;
    json_begin_array(w);
    while (value_next_element(&rest, &element))
        write_bytes(w, set->type, element);
    json_end_array(w);
}

static void write_list(struct json_writer *w, const struct value *list)
{
    struct slice rest = list->payload;
    struct value inner;
    json_begin_array(w);
    while (value_next(&rest, &inner))
        value_writer_write(w, &inner);
    json_end_array(w);
}

static void write_payload(struct json_writer *w, const struct value *value)
{
    switch (value->type) {
    case VALUE_S:
    case VALUE_N:
    case VALUE_B:
        write_bytes(w, value->type, value->payload);
        break;
    case VALUE_SS:
    case VALUE_NS:
    case VALUE_BS:
        write_set(w, value);
        break;
    case VALUE_M:
        value_writer_write_item(w, value->payload);
        break;
    case VALUE_L:
        write_list(w, value);
        break;
    case VALUE_NULL:
        json_write_bool(w, true);
        break;
    case VALUE_BOOL:
    default:
        json_write_bool(w, value_is_true(value));
        break;
    }
}

void value_writer_write(struct json_writer *w, const struct value *value)
{
    json_begin_object(w);
    json_key(w, value_type_name(value->type));
    write_payload(w, value);
    json_end_object(w);
}

void value_writer_write_item(struct json_writer *w, struct slice item)
{
    struct slice rest = item;
    struct slice name;
    struct value value;
    json_begin_object(w);
    while (value_next_member(&rest, &name, &value)) {
        json_key_slice(w, name);
        value_writer_write(w, &value);
    }
    json_end_object(w);
}

void value_writer_describe(struct text *out, const struct value *value)
{
    text_append_byte(out, '{');
    text_append_text(out, value_type_name(value->type));
    text_append_byte(out, ':');
    if (value->type == VALUE_S)
        text_append(out, value->payload);
    else if (value->type == VALUE_N)
        decimal_append(out, value->payload);
    else if (value->type == VALUE_B)
        base64_append(out, value->payload);
    text_append_byte(out, '}');
}

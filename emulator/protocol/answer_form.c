#include "emulator/protocol/answer_form.h"

#include <math.h>

#include "emulator/base/cbor.h"
#include "emulator/base/dates.h"
#include "emulator/base/json.h"
#include "emulator/base/text.h"
#include "emulator/base/xml.h"

/* Answers are ours and flat; the recursion below is as deep as they are. */
enum form { FORM_PLAIN, FORM_TIME, FORM_MAP };

static enum form form_of(struct slice name, struct answer_forms forms)
{
    for (size_t i = 0; i < forms.count; i++)
        if (slice_equal_text(name, forms.items[i].name))
            return forms.items[i].kind == ANSWER_TIME ? FORM_TIME : FORM_MAP;
    return FORM_PLAIN;
}

/* ---- CBOR ---- */

static void cbor_value(const struct json *value, enum form form, struct answer_forms forms,
                       struct text *out);

static void cbor_children(const struct json *value, enum form form, struct answer_forms forms,
                          struct text *out)
{
    bool is_object = json_kind(value) == JSON_OBJECT;
    for (const struct json *child = json_first(value); child != NULL; child = json_next(child)) {
        if (is_object)
            cbor_put_text(out, json_name(child));
        cbor_value(child, is_object ? form_of(json_name(child), forms) : form, forms, out);
    }
}

static void cbor_value(const struct json *value, enum form form, struct answer_forms forms,
                       struct text *out)
{
    switch (json_kind(value)) {
    case JSON_OBJECT:
        cbor_put_map(out, json_count(value));
        cbor_children(value, form, forms, out);
        break;
    case JSON_ARRAY:
        cbor_put_array(out, json_count(value));
        cbor_children(value, form, forms, out);
        break;
    case JSON_NUMBER:
        if (form == FORM_TIME)
            cbor_put_time(out, json_number(value));
        else
            cbor_put_double(out, json_number(value));
        break;
    case JSON_STRING:
        cbor_put_text(out, json_string(value));
        break;
    case JSON_BOOL:
        cbor_put_bool(out, json_is_true(value));
        break;
    case JSON_NULL:
        cbor_put_null(out);
        break;
    }
}

void answer_form_write_cbor(const struct json *value, struct answer_forms forms, struct text *out)
{
    cbor_value(value, FORM_PLAIN, forms, out);
}

/* ---- XML ---- */

static void xml_value(const struct json *value, enum form form, struct answer_forms forms,
                      struct text *out);

static void xml_element(struct slice name, const struct json *value, enum form form,
                        struct answer_forms forms, struct text *out)
{
    text_printf(out, "<%.*s>", SLICE_ARG(name));
    xml_value(value, form, forms, out);
    text_printf(out, "</%.*s>", SLICE_ARG(name));
}

static void xml_entries(const struct json *map, struct answer_forms forms, struct text *out)
{
    for (const struct json *child = json_first(map); child != NULL; child = json_next(child)) {
        xml_open(out, "entry", NULL);
        xml_put(out, "key", json_name(child));
        xml_element(SLICE("value"), child, FORM_PLAIN, forms, out);
        xml_close(out, "entry");
    }
}

static void xml_number(double number, enum form form, struct text *out)
{
    char date[DATE_TEXT_BYTES];
    if (form == FORM_TIME) {
        dates_format((int64_t)llround(number * 1000.0), "%Y-%m-%dT%H:%M:%SZ", date);
        text_append_text(out, date);
    } else {
        text_append_double(out, number);
    }
}

static void xml_value(const struct json *value, enum form form, struct answer_forms forms,
                      struct text *out)
{
    switch (json_kind(value)) {
    case JSON_OBJECT:
        if (form == FORM_MAP)
            xml_entries(value, forms, out);
        else
            answer_form_write_xml(value, forms, out);
        break;
    case JSON_ARRAY:
        for (const struct json *child = json_first(value); child; child = json_next(child))
            xml_element(SLICE("member"), child, form, forms, out);
        break;
    case JSON_NUMBER:
        xml_number(json_number(value), form, out);
        break;
    case JSON_STRING:
        xml_text(out, json_string(value));
        break;
    case JSON_BOOL:
        text_append_text(out, json_is_true(value) ? "true" : "false");
        break;
    case JSON_NULL:
        break;
    }
}

void answer_form_write_xml(const struct json *object, struct answer_forms forms, struct text *out)
{
    for (const struct json *child = json_first(object); child != NULL; child = json_next(child))
        xml_element(json_name(child), child, form_of(json_name(child), forms), forms, out);
}

#include "handlers/dynamodb/value_reader.h"

#include <stdlib.h>

#include "emulator/base/arena.h"
#include "emulator/base/base64.h"
#include "emulator/base/json.h"
#include "emulator/base/text.h"
#include "handlers/dynamodb/attribute_value.h"
#include "handlers/dynamodb/decimal.h"
#include "handlers/dynamodb/dynamodb_errors.h"
#include "handlers/dynamodb/refusal.h"

#define INVALID "One or more parameter values were invalid: "
#define MAX_NAME_BYTES 65535

static enum status read_value(const struct json *json, int depth, struct text *out,
                              struct refusal *refusal);

static enum status read_number(struct slice raw, struct text *out, struct refusal *refusal)
{
    struct decimal decimal;
    uint8_t code[DECIMAL_CODE_BYTES];
    enum decimal_problem problem = decimal_parse(raw, &decimal);
    if (problem == DECIMAL_NOT_A_NUMBER && raw.len > 0)
        return refuse(refusal, "%s: %.*s", decimal_problem_text(problem), SLICE_ARG(raw));
    if (problem != DECIMAL_FINE)
        return refuse(refusal, "%s", decimal_problem_text(problem));
    text_append(out, slice_make(code, decimal_encode(&decimal, code)));
    return out->status;
}

static enum status read_binary(struct slice raw, struct text *out, struct refusal *refusal)
{
    enum status status = base64_decode_to(raw, out);
    if (status == STATUS_INVALID)
        return refuse_as(refusal, &dynamodb_error_serialization,
                         "Invalid last non-pad Base64 character dectected");
    return status;
}

/* ---- sets ----------------------------------------------------------------------------------- */

struct element {
    struct slice bytes;
};

static int compare_elements(const void *a, const void *b)
{
    const struct element *x = a;
    const struct element *y = b;
    return slice_compare(x->bytes, y->bytes);
}

static enum status read_element(struct slice raw, enum value_type type, struct refusal *refusal,
                                struct slice *ret_bytes)
{
    if (type == VALUE_SS) {
        *ret_bytes = raw;
        return STATUS_OK;
    }
    struct text bytes;
    text_init_in(&bytes, refusal->arena, raw.len + DECIMAL_CODE_BYTES);
    enum status status =
        type == VALUE_NS ? read_number(raw, &bytes, refusal) : read_binary(raw, &bytes, refusal);
    if (status == STATUS_OK)
        *ret_bytes = text_slice(&bytes);
    return status;
}

static enum status refuse_duplicates(const struct json *json, enum value_type type,
                                     struct refusal *refusal)
{
    if (type == VALUE_NS)
        return refuse(refusal, "Input collection contains duplicates");
    struct text list;
    text_init_in(&list, refusal->arena, REFUSAL_PART_MAX_BYTES);
    for (const struct json *e = json_first(json); e != NULL; e = json_next(e)) {
        text_append(&list, json_string(e));
        if (json_next(e) != NULL)
            text_append_text(&list, ", ");
    }
    if (list.status != STATUS_OK)
        return list.status;
    return refuse(refusal, INVALID "Input collection [%.*s]%scontains duplicates.",
                  SLICE_ARG(text_slice(&list)), type == VALUE_BS ? "of type BS " : " ");
}

static enum status refuse_empty_set(enum value_type type, struct refusal *refusal)
{
    if (type == VALUE_SS)
        return refuse(refusal, INVALID "An string set  may not be empty");
    if (type == VALUE_NS)
        return refuse(refusal, INVALID "An number set  may not be empty");
    return refuse(refusal, INVALID "Binary sets should not be empty");
}

static enum status read_set(const struct json *json, enum value_type type, struct text *out,
                            struct refusal *refusal)
{
    size_t count = json_count(json);
    if (count == 0)
        return refuse_empty_set(type, refusal);
    struct element *elements = arena_alloc(refusal->arena, count * sizeof(*elements));
    if (elements == NULL)
        return STATUS_NO_MEMORY;
    size_t n = 0;
    for (const struct json *e = json_first(json); e != NULL; e = json_next(e)) {
        enum status status = read_element(json_string(e), type, refusal, &elements[n++].bytes);
        if (status != STATUS_OK)
            return status;
    }
    qsort(elements, count, sizeof(*elements), compare_elements);
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && slice_equal(elements[i - 1].bytes, elements[i].bytes))
            return refuse_duplicates(json, type, refusal);
        value_append_element(out, elements[i].bytes);
    }
    return out->status;
}

/* ---- lists and maps ------------------------------------------------------------------------- */

static enum status read_list(const struct json *json, int depth, struct text *out,
                             struct refusal *refusal)
{
    for (const struct json *e = json_first(json); e != NULL; e = json_next(e)) {
        enum status status = read_value(e, depth, out, refusal);
        if (status != STATUS_OK)
            return status;
    }
    return out->status;
}

struct member {
    struct slice name;
    size_t position; /* keeps the first of two equal names first */
    const struct json *json;
};

static int compare_members(const void *a, const void *b)
{
    const struct member *x = a;
    const struct member *y = b;
    int order = slice_compare(x->name, y->name);
    return order != 0 ? order : (x->position > y->position) - (x->position < y->position);
}

/* Members of small maps, which most are, are put in order as they come. */
enum { FEW_MEMBERS = 16 };

static void order_members(struct member *members, size_t count)
{
    if (count > FEW_MEMBERS) {
        qsort(members, count, sizeof(*members), compare_members);
        return;
    }
    for (size_t i = 1; i < count; i++) {
        struct member moved = members[i];
        size_t at = i;
        for (; at > 0 && compare_members(&members[at - 1], &moved) > 0; at--)
            members[at] = members[at - 1];
        members[at] = moved;
    }
}

static enum status write_members(const struct member *members, size_t count, int depth,
                                 struct text *out, struct refusal *refusal)
{
    for (size_t i = 0; i < count; i++) {
        struct slice name = members[i].name;
        if (i > 0 && slice_equal(members[i - 1].name, name))
            continue;
        if (name.len > MAX_NAME_BYTES)
            return refuse(refusal, "Attribute name is too large, must be less than 65535 bytes");
        if (name.len == 0 && depth == 1)
            return refuse(refusal, INVALID "Empty attribute name");
        value_append_name(out, name);
        enum status status = read_value(members[i].json, depth, out, refusal);
        if (status != STATUS_OK)
            return status;
    }
    return out->status;
}

static enum status read_map(const struct json *json, int depth, struct text *out,
                            struct refusal *refusal)
{
    struct member few[FEW_MEMBERS];
    struct member *members = few;
    size_t count = json_count(json);
    if (count > FEW_MEMBERS) {
        members = arena_alloc(refusal->arena, count * sizeof(*members));
        if (members == NULL)
            return STATUS_NO_MEMORY;
    }
    size_t n = 0;
    for (const struct json *m = json_first(json); m != NULL && n < count; m = json_next(m)) {
        members[n] = (struct member){json_name(m), n, m};
        n++;
    }
    order_members(members, n);
    return write_members(members, n, depth, out, refusal);
}

/* ---- one value ------------------------------------------------------------------------------ */

static enum value_type find_type(struct slice name)
{
    for (int type = VALUE_S; type < VALUE_TYPES; type++)
        if (slice_equal_text(name, value_type_name((enum value_type)type)))
            return (enum value_type)type;
    return (enum value_type)0;
}

static enum status pick_type(const struct json *json, struct refusal *refusal,
                             enum value_type *ret_type, const struct json **ret_inner)
{
    size_t found = 0;
    for (const struct json *m = json_first(json); m != NULL; m = json_next(m)) {
        enum value_type type = find_type(json_name(m));
        if (type == 0 || json_kind(m) == JSON_NULL)
            continue;
        *ret_type = type;
        *ret_inner = m;
        found++;
    }
    if (json_kind(json) != JSON_OBJECT || found == 0)
        return refuse(refusal, "Supplied AttributeValue is empty, must contain exactly one of the "
                               "supported datatypes");
    if (found > 1)
        return refuse(refusal, "Supplied AttributeValue has more than one datatypes set, must "
                               "contain exactly one of the supported datatypes");
    return STATUS_OK;
}

static enum status read_payload(const struct json *json, enum value_type type, int depth,
                                struct text *out, struct refusal *refusal)
{
    switch (type) {
    case VALUE_S:
        text_append(out, json_string(json));
        return out->status;
    case VALUE_N:
        return read_number(json_string(json), out, refusal);
    case VALUE_B:
        return read_binary(json_string(json), out, refusal);
    case VALUE_SS:
    case VALUE_NS:
    case VALUE_BS:
        return read_set(json, type, out, refusal);
    case VALUE_M:
        return read_map(json, depth + 1, out, refusal);
    case VALUE_L:
        return read_list(json, depth + 1, out, refusal);
    case VALUE_NULL:
        if (!json_is_true(json))
            return refuse(refusal,
                          INVALID "Null attribute value types must have the value of true");
        return STATUS_OK;
    case VALUE_BOOL:
    default:
        text_append_byte(out, json_is_true(json) ? 1 : 0);
        return out->status;
    }
}

/* Recurses once per level of nesting, which is checked first: 32 at most. */
static enum status read_value(const struct json *json, int depth, struct text *out,
                              struct refusal *refusal)
{
    enum value_type type = (enum value_type)0;
    const struct json *inner = NULL;
    if (depth > VALUE_MAX_DEPTH)
        return refuse(refusal, "Nesting Levels have exceeded supported limits: Attributes in the "
                               "item have nested levels beyond supported limit");
    enum status status = pick_type(json, refusal, &type, &inner);
    if (status != STATUS_OK)
        return status;
    size_t mark = value_begin(out, type);
    status = read_payload(inner, type, depth, out, refusal);
    value_end(out, mark);
    return status;
}

enum status value_reader_read(const struct json *json, struct text *out, struct refusal *refusal)
{
    return read_value(json, 1, out, refusal);
}

enum status value_reader_read_item(const struct json *json, struct text *out,
                                   struct refusal *refusal)
{
    return read_map(json, 1, out, refusal);
}

#include "handlers/dynamodb/attribute_value.h"

#include <assert.h>
#include <string.h>

#include "emulator/base/text.h"
#include "handlers/dynamodb/decimal.h"

enum { NAME_HEAD_BYTES = 2, ELEMENT_HEAD_BYTES = 4 };

static const char *const type_names[VALUE_TYPES] = {
    [VALUE_S] = "S",       [VALUE_N] = "N",       [VALUE_B] = "B", [VALUE_SS] = "SS",
    [VALUE_NS] = "NS",     [VALUE_BS] = "BS",     [VALUE_M] = "M", [VALUE_L] = "L",
    [VALUE_NULL] = "NULL", [VALUE_BOOL] = "BOOL",
};

const char *value_type_name(enum value_type type)
{
    return type_names[type];
}

bool value_is_set(const struct value *value)
{
    return value->type == VALUE_SS || value->type == VALUE_NS || value->type == VALUE_BS;
}

bool value_is_true(const struct value *value)
{
    return value->payload.len == 1 && value->payload.ptr[0] != 0;
}

/* ---- reading ------------------------------------------------------------------------------ */

static size_t get_u32(const char *ptr)
{
    const uint8_t *b = (const uint8_t *)ptr;
    return (size_t)b[0] | (size_t)b[1] << 8 | (size_t)b[2] << 16 | (size_t)b[3] << 24;
}

static void put_u32(char *ptr, size_t value)
{
    for (int i = 0; i < 4; i++)
        ptr[i] = (char)(uint8_t)(value >> (8 * i));
}

/* Cut `len` bytes that begin at `start` off, with what is before them. */
static bool cut(struct slice *rest, size_t start, size_t len, struct slice *ret_part)
{
    if (rest->len - start < len)
        return false;
    *ret_part = (struct slice){rest->ptr + start, len};
    *rest = (struct slice){rest->ptr + start + len, rest->len - start - len};
    return true;
}

bool value_next(struct slice *rest, struct value *ret_value)
{
    if (rest->len < VALUE_HEAD_BYTES)
        return false;
    uint8_t type = (uint8_t)rest->ptr[0];
    if (type == 0 || type >= VALUE_TYPES)
        return false;
    ret_value->type = (enum value_type)type;
    return cut(rest, VALUE_HEAD_BYTES, get_u32(rest->ptr + 1), &ret_value->payload);
}

bool value_next_member(struct slice *rest, struct slice *ret_name, struct value *ret_value)
{
    if (rest->len < NAME_HEAD_BYTES)
        return false;
    const uint8_t *head = (const uint8_t *)rest->ptr;
    size_t len = (size_t)head[0] | (size_t)head[1] << 8;
    return cut(rest, NAME_HEAD_BYTES, len, ret_name) && value_next(rest, ret_value);
}

bool value_next_element(struct slice *rest, struct slice *ret_element)
{
    if (rest->len < ELEMENT_HEAD_BYTES)
        return false;
    return cut(rest, ELEMENT_HEAD_BYTES, get_u32(rest->ptr), ret_element);
}

bool value_member(struct slice map, struct slice name, struct value *ret_value)
{
    struct slice rest = map;
    struct slice found;
    struct value value;
    while (value_next_member(&rest, &found, &value)) {
        int order = slice_compare(found, name);
        if (order > 0)
            return false;
        if (order == 0) {
            *ret_value = value;
            return true;
        }
    }
    return false;
}

bool value_at(struct slice list, uint64_t index, struct value *ret_value)
{
    struct slice rest = list;
    struct value value;
    for (uint64_t i = 0; value_next(&rest, &value); i++)
        if (i == index) {
            *ret_value = value;
            return true;
        }
    return false;
}

bool value_has_element(const struct value *set, struct slice element)
{
    struct slice rest = set->payload;
    struct slice found;
    while (value_next_element(&rest, &found))
        if (slice_equal(found, element))
            return true;
    return false;
}

size_t value_count(const struct value *value)
{
    struct slice rest = value->payload;
    struct slice part;
    struct value inner;
    size_t count = 0;
    if (value->type == VALUE_M)
        while (value_next_member(&rest, &part, &inner))
            count++;
    else if (value->type == VALUE_L)
        while (value_next(&rest, &inner))
            count++;
    else if (value_is_set(value))
        while (value_next_element(&rest, &part))
            count++;
    return count;
}

bool value_equal(const struct value *a, const struct value *b)
{
    return a->type == b->type && slice_equal(a->payload, b->payload);
}

/* ---- sizes ---------------------------------------------------------------------------------- */

enum { CONTAINER_BYTES = 3, MEMBER_BYTES = 1 };

static int64_t set_size(const struct value *set)
{
    struct slice rest = set->payload;
    struct slice element;
    int64_t size = 0;
    while (value_next_element(&rest, &element))
        size += (int64_t)(set->type == VALUE_NS ? decimal_size(element) : element.len);
    return size;
}

/* As deep as the value is nested: 32 levels at most. */
static int64_t container_size(const struct value *value)
{
    struct slice rest = value->payload;
    struct slice name = {NULL, 0};
    struct value inner;
    int64_t size = CONTAINER_BYTES;
    while (value->type == VALUE_M ? value_next_member(&rest, &name, &inner)
                                  : value_next(&rest, &inner))
        size += MEMBER_BYTES + (int64_t)name.len + value_size(&inner);
    return size;
}

int64_t value_size(const struct value *value)
{
    switch (value->type) {
    case VALUE_S:
    case VALUE_B:
        return (int64_t)value->payload.len;
    case VALUE_N:
        return (int64_t)decimal_size(value->payload);
    case VALUE_SS:
    case VALUE_NS:
    case VALUE_BS:
        return set_size(value);
    case VALUE_M:
    case VALUE_L:
        return container_size(value);
    case VALUE_NULL:
    case VALUE_BOOL:
    default:
        return 1;
    }
}

int64_t value_item_size(struct slice item)
{
    struct slice rest = item;
    struct slice name;
    struct value value;
    int64_t size = 0;
    while (value_next_member(&rest, &name, &value))
        size += (int64_t)name.len + value_size(&value);
    return size;
}

/* ---- writing -------------------------------------------------------------------------------- */

size_t value_begin(struct text *out, enum value_type type)
{
    size_t mark = out->len;
    char *head = text_reserve(out, VALUE_HEAD_BYTES);
    if (head == NULL)
        return mark;
    head[0] = (char)type;
    memset(head + 1, 0, VALUE_HEAD_BYTES - 1);
    text_grew(out, VALUE_HEAD_BYTES);
    return mark;
}

void value_end(struct text *out, size_t mark)
{
    if (out->status == STATUS_OK)
        put_u32(out->ptr + mark + 1, out->len - mark - VALUE_HEAD_BYTES);
}

void value_append(struct text *out, const struct value *value)
{
    size_t mark = value_begin(out, value->type);
    text_append(out, value->payload);
    value_end(out, mark);
}

void value_append_name(struct text *out, struct slice name)
{
    assert(name.len <= UINT16_MAX);
    char head[NAME_HEAD_BYTES] = {(char)(uint8_t)name.len, (char)(uint8_t)(name.len >> 8)};
    text_append(out, slice_make(head, sizeof(head)));
    text_append(out, name);
}

void value_append_element(struct text *out, struct slice element)
{
    char head[ELEMENT_HEAD_BYTES];
    put_u32(head, element.len);
    text_append(out, slice_make(head, sizeof(head)));
    text_append(out, element);
}

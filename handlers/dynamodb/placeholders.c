#include "handlers/dynamodb/placeholders.h"

#include <stdlib.h>

#include "emulator/base/arena.h"
#include "emulator/base/json.h"
#include "emulator/base/text.h"
#include "handlers/dynamodb/refusal.h"
#include "handlers/dynamodb/value_reader.h"

#define VALUE_MAX_BYTES ((size_t)64 * 1024 * 1024)
#define MAX_NAME_BYTES 65535
#define NAMES "ExpressionAttributeNames"
#define VALUES "ExpressionAttributeValues"

static int compare(const void *a, const void *b)
{
    const struct placeholder *x = a;
    const struct placeholder *y = b;
    return slice_compare(x->key, y->key);
}

static bool is_valid_key(struct slice key, char first)
{
    if (key.len < 2 || key.ptr[0] != first)
        return false;
    for (size_t i = 1; i < key.len; i++) {
        char c = key.ptr[i];
        bool is_word =
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
        if (!is_word)
            return false;
    }
    return true;
}

static enum status read_value(const struct json *json, struct placeholder *placeholder,
                              struct refusal *refusal)
{
    struct text document;
    struct refusal inner = refusal_make(refusal->arena);
    text_init_in(&document, refusal->arena, VALUE_MAX_BYTES);
    enum status status = value_reader_read(json, &document, &inner);
    if (status == STATUS_INVALID)
        return refuse_as(refusal, inner.error, VALUES " contains invalid value: %.*s for key %.*s",
                         SLICE_ARG(inner.message), SLICE_ARG(placeholder->key));
    if (status != STATUS_OK)
        return status;
    struct slice rest = text_slice(&document);
    return value_next(&rest, &placeholder->value) ? STATUS_OK : STATUS_CORRUPT;
}

static enum status read_one(const struct json *json, char first, struct placeholder *placeholder,
                            struct refusal *refusal)
{
    struct slice key = json_name(json);
    *placeholder = (struct placeholder){.key = key};
    if (!is_valid_key(key, first))
        return refuse(refusal, "%s contains invalid key: Syntax error; key: \"%.*s\"",
                      first == '#' ? NAMES : VALUES, SLICE_ARG(key));
    if (first == ':')
        return read_value(json, placeholder, refusal);
    placeholder->attribute = json_string(json);
    if (placeholder->attribute.len > MAX_NAME_BYTES)
        return refuse(refusal,
                      NAMES " contains invalid value: Attribute name is too large, must be less "
                            "than 65535 bytes for key %.*s",
                      SLICE_ARG(key));
    if (placeholder->attribute.len == 0)
        return refuse(refusal, NAMES " contains invalid value: Empty attribute name for key %.*s",
                      SLICE_ARG(key));
    return STATUS_OK;
}

static enum status read_list(const struct json *map, char first, struct refusal *refusal,
                             struct placeholder_list *ret_list)
{
    size_t count = json_count(map);
    if (count == 0)
        return refuse(refusal, "%s must not be empty", first == '#' ? NAMES : VALUES);
    struct placeholder *items = arena_alloc(refusal->arena, count * sizeof(*items));
    if (items == NULL)
        return STATUS_NO_MEMORY;
    size_t n = 0;
    for (const struct json *m = json_first(map); m != NULL && n < count; m = json_next(m)) {
        enum status status = read_one(m, first, &items[n++], refusal);
        if (status != STATUS_OK)
            return status;
    }
    qsort(items, n, sizeof(*items), compare);
    *ret_list = (struct placeholder_list){items, n};
    return STATUS_OK;
}

enum status placeholders_read(const struct json *input, bool has_expression,
                              const char *no_value_expression, struct refusal *refusal,
                              struct placeholders *ret_placeholders)
{
    const struct json *names = json_member(input, NAMES);
    const struct json *values = json_member(input, VALUES);
    struct placeholders p = {{NULL, 0}, {NULL, 0}};
    enum status status = STATUS_OK;
    if (names != NULL && !has_expression)
        return refuse(refusal, NAMES " can only be specified when using expressions");
    if (values != NULL && no_value_expression != NULL)
        return refuse(refusal, VALUES " can only be specified when using expressions: %s",
                      no_value_expression);
    if (names != NULL)
        status = read_list(names, '#', refusal, &p.names);
    if (status == STATUS_OK && values != NULL)
        status = read_list(values, ':', refusal, &p.values);
    if (status == STATUS_OK)
        *ret_placeholders = p;
    return status;
}

static const struct placeholder *find(struct placeholder_list *list, struct slice key)
{
    struct placeholder wanted = {.key = key};
    if (list->count == 0)
        return NULL;
    struct placeholder *found =
        bsearch(&wanted, list->items, list->count, sizeof(*list->items), compare);
    if (found != NULL)
        found->is_used = true;
    return found;
}

const struct placeholder *placeholders_name(struct placeholders *p, struct slice key)
{
    return find(&p->names, key);
}

const struct placeholder *placeholders_value(struct placeholders *p, struct slice key)
{
    return find(&p->values, key);
}

static enum status check_list(const struct placeholder_list *list, const char *title,
                              struct refusal *refusal)
{
    struct text keys;
    text_init_in(&keys, refusal->arena, REFUSAL_PART_MAX_BYTES);
    for (size_t i = 0; i < list->count; i++) {
        if (list->items[i].is_used)
            continue;
        if (keys.len > 0)
            text_append_text(&keys, ", ");
        text_append(&keys, list->items[i].key);
    }
    if (keys.status != STATUS_OK)
        return keys.status;
    if (keys.len == 0)
        return STATUS_OK;
    return refuse(refusal, "Value provided in %s unused in expressions: keys: {%.*s}", title,
                  SLICE_ARG(text_slice(&keys)));
}

enum status placeholders_check_used(const struct placeholders *p, struct refusal *refusal)
{
    enum status status = check_list(&p->names, NAMES, refusal);
    if (status == STATUS_OK)
        status = check_list(&p->values, VALUES, refusal);
    return status;
}

#include "emulator/base/json.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "emulator/base/arena.h"
#include "emulator/base/json_check.h"

/* A `struct json` is a cJSON seen through this file's functions only. */
static const cJSON *node(const struct json *value)
{
    return (const cJSON *)(const void *)value;
}

static const struct json *value_of(const cJSON *item)
{
    return (const struct json *)(const void *)item;
}

/*
 * Documents live in their arena: cJSON's allocator is pointed there while this thread parses.
 * Its hooks take no context, hence the thread-local pointer. Code that shares the library with us
 * (a C transform) parses with the pointer unset and gets malloc(), as it would without us.
 */
struct parse_memory {
    struct arena *arena; /* borrowed */
    bool was_used;
    bool is_exhausted;
};

static _Thread_local struct parse_memory *parse_memory;
static pthread_once_t hooks_once = PTHREAD_ONCE_INIT;

static void *hook_alloc(size_t size)
{
    if (parse_memory == NULL)
        return malloc(size);
    void *ptr = arena_alloc(parse_memory->arena, size);
    parse_memory->was_used = true;
    parse_memory->is_exhausted |= ptr == NULL;
    return ptr;
}

static void hook_free(void *ptr)
{
    if (parse_memory == NULL)
        free(ptr);
}

static void install_hooks(void)
{
    cJSON_InitHooks(&(cJSON_Hooks){hook_alloc, hook_free});
}

static void delete_document(void *document)
{
    cJSON_Delete(document);
}

static bool only_space_follows(const char *end, struct slice text)
{
    for (; end < text.ptr + text.len; end++) {
        if (*end != ' ' && *end != '\t' && *end != '\r' && *end != '\n')
            return false;
    }
    return true;
}

static cJSON *parse(struct slice text, struct parse_memory *memory)
{
    (void)pthread_once(&hooks_once, install_hooks);
    parse_memory = memory;
    const char *end = NULL;
    cJSON *document = cJSON_ParseWithLengthOpts(text.ptr, text.len, &end, 0);
    if (document != NULL && !only_space_follows(end, text)) {
        cJSON_Delete(document);
        document = NULL;
    }
    parse_memory = NULL;
    return document;
}

enum status json_parse(struct slice text, struct arena *arena, const struct json **ret_value)
{
    enum status status = json_check(text);
    if (status != STATUS_OK)
        return status;
    struct parse_memory memory = {.arena = arena};
    cJSON *document = text.len > 0 ? parse(text, &memory) : NULL;
    if (document == NULL)
        return memory.is_exhausted ? STATUS_NO_MEMORY : STATUS_INVALID;
    /* Somebody else installed hooks of theirs, so the document is not in the arena. */
    if (!memory.was_used && arena_on_clear(arena, delete_document, document) != STATUS_OK) {
        cJSON_Delete(document);
        return STATUS_NO_MEMORY;
    }
    *ret_value = value_of(document);
    return STATUS_OK;
}

static enum status parse_without_nuls(struct slice text, struct arena *arena,
                                      const struct json **ret_json)
{
    char *copy = arena_alloc(arena, text.len + 1);
    if (copy == NULL)
        return STATUS_NO_MEMORY;
    memcpy(copy, text.ptr, text.len);
    for (size_t at = 0; at + 1 < text.len; at++) {
        if (copy[at] != '\\')
            continue;
        at++; /* what is escaped, were it a backslash */
        if (slice_starts_with(slice_make(copy + at, text.len - at), SLICE("u0000")))
            memcpy(copy + at, "ufffd", 5);
    }
    return json_parse(slice_make(copy, text.len), arena, ret_json);
}

enum status json_parse_replacing(struct slice text, struct arena *arena,
                                 const struct json **ret_value)
{
    enum status status = json_parse(text, arena, ret_value);
    return status == STATUS_UNSUPPORTED ? parse_without_nuls(text, arena, ret_value) : status;
}

enum json_kind json_kind(const struct json *value)
{
    if (value == NULL)
        return JSON_NULL;
    switch (node(value)->type & 0xFF) {
    case cJSON_True:
    case cJSON_False:
        return JSON_BOOL;
    case cJSON_Number:
        return JSON_NUMBER;
    case cJSON_String:
        return JSON_STRING;
    case cJSON_Array:
        return JSON_ARRAY;
    case cJSON_Object:
        return JSON_OBJECT;
    default:
        return JSON_NULL;
    }
}

const struct json *json_member(const struct json *object, const char *name)
{
    if (json_kind(object) != JSON_OBJECT)
        return NULL;
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(node(object), name);
    return item == NULL || cJSON_IsNull(item) ? NULL : value_of(item);
}

const struct json *json_first(const struct json *container)
{
    enum json_kind kind = json_kind(container);
    return kind == JSON_ARRAY || kind == JSON_OBJECT ? value_of(node(container)->child) : NULL;
}

const struct json *json_next(const struct json *value)
{
    return value != NULL ? value_of(node(value)->next) : NULL;
}

size_t json_count(const struct json *container)
{
    size_t count = 0;
    for (const struct json *child = json_first(container); child != NULL; child = json_next(child))
        count++;
    return count;
}

struct slice json_name(const struct json *member)
{
    return slice_of(member != NULL ? node(member)->string : NULL);
}

struct slice json_string(const struct json *value)
{
    return slice_of(json_kind(value) == JSON_STRING ? node(value)->valuestring : NULL);
}

double json_number(const struct json *value)
{
    return json_kind(value) == JSON_NUMBER ? node(value)->valuedouble : 0;
}

int64_t json_integer(const struct json *value)
{
    double number = json_number(value);
    if (number >= 9223372036854775807.0)
        return INT64_MAX;
    if (number <= -9223372036854775808.0)
        return INT64_MIN;
    return (int64_t)number;
}

bool json_is_true(const struct json *value)
{
    return json_kind(value) == JSON_BOOL && cJSON_IsTrue(node(value));
}

struct slice json_member_string(const struct json *object, const char *name)
{
    return json_string(json_member(object, name));
}

int64_t json_member_integer(const struct json *object, const char *name, int64_t otherwise)
{
    const struct json *value = json_member(object, name);
    return json_kind(value) == JSON_NUMBER ? json_integer(value) : otherwise;
}

bool json_member_bool(const struct json *object, const char *name, bool otherwise)
{
    const struct json *value = json_member(object, name);
    return json_kind(value) == JSON_BOOL ? json_is_true(value) : otherwise;
}

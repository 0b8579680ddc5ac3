/*
 * items.h -- DynamoDB items in tests: written as JSON, kept as documents.
 */
#ifndef TESTS_LIB_ITEMS_H
#define TESTS_LIB_ITEMS_H

#include "emulator/base/arena.h"
#include "emulator/base/json.h"
#include "emulator/base/json_writer.h"
#include "emulator/base/text.h"
#include "handlers/dynamodb/attribute_value.h"
#include "handlers/dynamodb/refusal.h"
#include "handlers/dynamodb/value_reader.h"
#include "handlers/dynamodb/value_writer.h"
#include "tests/lib/asserts.h"

#define ITEMS_MAX_BYTES ((size_t)64 * 1024 * 1024)

/* A test's *state is its arena. */
static inline int items_set_up(void **state)
{
    static struct arena arena;
    arena_init(&arena, ITEMS_MAX_BYTES);
    *state = &arena;
    return 0;
}

static inline int items_tear_down(void **state)
{
    arena_clear(*state);
    return 0;
}

static inline const struct json *items_json(struct arena *arena, const char *text)
{
    const struct json *json = NULL;
    assert_ok(json_parse(slice_of(text), arena, &json));
    return json;
}

/* A document from {"name": {"S": "..."}, ...}. */
static inline struct slice items_document(struct arena *arena, const char *text)
{
    struct text out;
    struct refusal refusal = refusal_make(arena);
    text_init_in(&out, arena, ITEMS_MAX_BYTES);
    assert_ok(value_reader_read_item(items_json(arena, text), &out, &refusal));
    return text_slice(&out);
}

static inline void items_assert(struct arena *arena, struct slice document, const char *expected)
{
    struct text out;
    text_init_in(&out, arena, ITEMS_MAX_BYTES);
    struct json_writer w = json_writer_make(&out);
    value_writer_write_item(&w, document);
    assert_slice(text_slice(&out), expected);
}

#endif

/*
 * Expected, KeyConditions, AttributeUpdates and AttributesToGet as JSON are taken or refused with a
 * message; what is taken can be asked of an item, and an update gives a document in order.
 */
#include "tests/fuzz/fuzz.h"

#include "emulator/base/arena.h"
#include "emulator/base/json.h"
#include "emulator/base/text.h"
#include "handlers/dynamodb/attribute_value.h"
#include "handlers/dynamodb/condition.h"
#include "handlers/dynamodb/key_condition.h"
#include "handlers/dynamodb/legacy_condition.h"
#include "handlers/dynamodb/legacy_update.h"
#include "handlers/dynamodb/refusal.h"
#include "handlers/dynamodb/update_apply.h"
#include "handlers/dynamodb/update_expression.h"
#include "handlers/dynamodb/value_reader.h"

#define MAX_BYTES ((size_t)64 * 1024 * 1024)

static const char item_text[] =
    "{\"a\":{\"N\":\"9E37\"},\"s\":{\"S\":\"sss\"},\"ss\":{\"SS\":[\"b\",\"c\"]},"
    "\"l\":{\"L\":[{\"N\":\"0\"}]}}";

static struct slice make_item(struct arena *arena)
{
    const struct json *json = NULL;
    struct refusal refusal = refusal_make(arena);
    struct text document;
    FUZZ_CHECK(json_parse(slice_of(item_text), arena, &json) == STATUS_OK);
    text_init_in(&document, arena, MAX_BYTES);
    FUZZ_CHECK(value_reader_read_item(json, &document, &refusal) == STATUS_OK);
    return text_slice(&document);
}

static void check_refusal(const struct refusal *refusal, enum status status)
{
    FUZZ_CHECK(status == STATUS_OK || status == STATUS_INVALID);
    FUZZ_CHECK((status == STATUS_INVALID) == (refusal->error != NULL));
    FUZZ_CHECK(status == STATUS_OK || refusal->message.len > 0);
}

static void try_conditions(struct arena *arena, const struct json *input, struct slice item)
{
    struct refusal refusal = refusal_make(arena);
    struct expression *condition = NULL;
    struct key_condition keys = {.count = 0};
    check_refusal(&refusal, legacy_condition_read(input, "Expected", &refusal, &condition));
    if (refusal.error == NULL && condition != NULL) {
        (void)condition_holds(condition, item);
        (void)condition_holds(condition, SLICE(""));
    }
    refusal = refusal_make(arena);
    check_refusal(&refusal, legacy_condition_read_keys(input, &refusal, &keys));
    FUZZ_CHECK(keys.count <= 2);
}

static void try_update(struct arena *arena, const struct json *input, struct slice item)
{
    struct refusal refusal = refusal_make(arena);
    struct update_expression *update = NULL;
    struct path_tree *tree = NULL;
    struct text out;
    check_refusal(&refusal, legacy_update_read_attributes(json_member(input, "AttributesToGet"),
                                                          &refusal, &tree));
    refusal = refusal_make(arena);
    check_refusal(&refusal,
                  legacy_update_read(json_member(input, "AttributeUpdates"), &refusal, &update));
    if (refusal.error != NULL || update == NULL)
        return;
    text_init_in(&out, arena, MAX_BYTES);
    check_refusal(&refusal, update_apply(update, item, &refusal, &out));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    const struct json *input = NULL;
    arena_init(&arena, MAX_BYTES);
    if (json_parse(slice_make(data, size), &arena, &input) == STATUS_OK) {
        struct slice item = make_item(&arena);
        try_conditions(&arena, input, item);
        try_update(&arena, input, item);
    }
    arena_clear(&arena);
    return 0;
}

/*
 * Every expression is taken or refused with a message; what is taken can be asked of an item, and
 * an update gives a document whose members are in order. The first byte says which kind.
 */
#include "tests/fuzz/fuzz.h"

#include "emulator/base/arena.h"
#include "emulator/base/json.h"
#include "emulator/base/text.h"
#include "handlers/dynamodb/attribute_value.h"
#include "handlers/dynamodb/condition.h"
#include "handlers/dynamodb/key_condition.h"
#include "handlers/dynamodb/placeholders.h"
#include "handlers/dynamodb/projection.h"
#include "handlers/dynamodb/refusal.h"
#include "handlers/dynamodb/update_apply.h"
#include "handlers/dynamodb/update_expression.h"
#include "handlers/dynamodb/value_reader.h"

#define MAX_BYTES ((size_t)64 * 1024 * 1024)

struct fixture {
    struct arena arena;
    struct refusal refusal;
    struct placeholders placeholders;
    struct slice item;
};

static const char input[] =
    "{\"ExpressionAttributeNames\":{\"#n\":\"n\",\"#l\":\"l\"},\"ExpressionAttributeValues\":{"
    "\":n\":{\"N\":\"1\"},\":s\":{\"S\":\"s\"},\":b\":{\"B\":\"YQ==\"},\":t\":{\"BOOL\":true},"
    "\":ss\":{\"SS\":[\"a\",\"b\"]},\":ns\":{\"NS\":[\"1\",\"2\"]},\":l\":{\"L\":[{\"N\":\"1\"}]},"
    "\":m\":{\"M\":{\"k\":{\"S\":\"v\"}}}}}";
static const char item[] =
    "{\"n\":{\"N\":\"9E37\"},\"s\":{\"S\":\"sss\"},\"ss\":{\"SS\":[\"b\",\"c\"]},"
    "\"l\":{\"L\":[{\"N\":\"0\"},{\"M\":{\"k\":{\"NULL\":true}}},{\"L\":[]}]},"
    "\"m\":{\"M\":{\"a\":{\"M\":{\"b\":{\"S\":\"\"}}},\"k\":{\"B\":\"YWI=\"}}}}";

static void set_up(struct fixture *f)
{
    const struct json *json = NULL;
    struct text document;
    arena_init(&f->arena, MAX_BYTES);
    f->refusal = refusal_make(&f->arena);
    FUZZ_CHECK(json_parse(slice_of(input), &f->arena, &json) == STATUS_OK);
    FUZZ_CHECK(placeholders_read(json, true, NULL, &f->refusal, &f->placeholders) == STATUS_OK);
    FUZZ_CHECK(json_parse(slice_of(item), &f->arena, &json) == STATUS_OK);
    text_init_in(&document, &f->arena, MAX_BYTES);
    FUZZ_CHECK(value_reader_read_item(json, &document, &f->refusal) == STATUS_OK);
    f->item = text_slice(&document);
}

static void check_refusal(const struct fixture *f, enum status status)
{
    FUZZ_CHECK(status == STATUS_OK || status == STATUS_INVALID);
    FUZZ_CHECK((status == STATUS_INVALID) == (f->refusal.error != NULL));
    FUZZ_CHECK(status == STATUS_OK || f->refusal.message.len > 0);
}

static void check_order(struct slice map)
{
    struct slice last = SLICE("");
    struct slice name;
    struct value value;
    while (value_next_member(&map, &name, &value)) {
        FUZZ_CHECK(slice_compare(last, name) < 0);
        if (value.type == VALUE_M)
            check_order(value.payload);
        last = name;
    }
    FUZZ_CHECK(map.len == 0);
}

static void try_condition(struct fixture *f, struct slice source)
{
    struct expression *condition = NULL;
    enum status status =
        condition_parse(source, "ConditionExpression", &f->placeholders, &f->refusal, &condition);
    check_refusal(f, status);
    if (status != STATUS_OK)
        return;
    (void)condition_holds(condition, f->item);
    (void)condition_holds(condition, SLICE(""));
    (void)condition_mentions(condition, SLICE("n"), SLICE("s"));
}

static void try_key_condition(struct fixture *f, struct slice source)
{
    struct key_condition condition;
    check_refusal(f, key_condition_parse(source, &f->placeholders, &f->refusal, &condition));
}

static void try_projection(struct fixture *f, struct slice source)
{
    struct path_tree *tree = NULL;
    struct slice shown;
    enum status status = projection_parse(source, &f->placeholders, &f->refusal, &tree);
    check_refusal(f, status);
    if (status != STATUS_OK)
        return;
    FUZZ_CHECK(projection_apply(tree, f->item, &f->arena, &shown) == STATUS_OK);
    FUZZ_CHECK(shown.len <= f->item.len);
    check_order(shown);
}

static void try_update(struct fixture *f, struct slice source)
{
    struct update_expression *update = NULL;
    struct text out;
    enum status status = update_expression_parse(source, &f->placeholders, &f->refusal, &update);
    check_refusal(f, status);
    if (status != STATUS_OK)
        return;
    text_init_in(&out, &f->arena, MAX_BYTES);
    status = update_apply(update, f->item, &f->refusal, &out);
    check_refusal(f, status);
    if (status == STATUS_OK)
        check_order(text_slice(&out));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static void (*const kinds[])(struct fixture * f, struct slice source) = {
        try_condition, try_key_condition, try_projection, try_update};
    struct fixture f;
    if (size == 0)
        return 0;
    set_up(&f);
    kinds[data[0] % 4](&f, slice_make(data + 1, size - 1));
    arena_clear(&f.arena);
    return 0;
}

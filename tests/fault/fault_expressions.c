/*
 * Items read, asked, projected and updated in an arena that ends earlier and earlier: every step
 * says that memory is out, refuses nothing for it, and with enough memory the result is the usual
 * one.
 */
#include "emulator/base/arena.h"
#include "emulator/base/json.h"
#include "emulator/base/text.h"
#include "handlers/dynamodb/condition.h"
#include "handlers/dynamodb/placeholders.h"
#include "handlers/dynamodb/projection.h"
#include "handlers/dynamodb/refusal.h"
#include "handlers/dynamodb/update_apply.h"
#include "handlers/dynamodb/update_expression.h"
#include "handlers/dynamodb/value_reader.h"
#include "tests/lib/asserts.h"

#define PARSED_MAX_BYTES ((size_t)1024 * 1024)
#define STEP_BYTES 24

static const char input[] =
    "{\"ExpressionAttributeNames\":{\"#l\":\"l\",\"#m\":\"m\"},\"ExpressionAttributeValues\":{"
    "\":n\":{\"N\":\"1\"},\":s\":{\"SS\":[\"a\",\"b\"]},\":e\":{\"L\":[{\"S\":\"x\"}]}},"
    "\"Item\":{\"l\":{\"L\":[{\"N\":\"1\"},{\"N\":\"2\"}]},\"m\":{\"M\":{\"a\":{\"SS\":[\"b\","
    "\"c\"]},"
    "\"b\":{\"N\":\"41\"}}},\"z\":{\"B\":\"AAEC\"}}}";
static const struct slice condition_source =
    SLICE_INIT("(#m.b = :n OR NOT contains(#m.a, :n)) AND #l[0] BETWEEN :n AND :n");
static const struct slice projection_source = SLICE_INIT("#m.b, #l[1], z");
static const struct slice update_source =
    SLICE_INIT("SET #l = list_append(:e, #l), #m.b = #m.b + :n REMOVE z ADD #m.a :s, w :s");

struct outcome {
    bool holds;
    struct slice projected;
    struct slice updated;
};

static enum status read_item(const struct json *json, struct refusal *refusal,
                             struct slice *ret_item)
{
    struct text out;
    text_init_in(&out, refusal->arena, PARSED_MAX_BYTES);
    enum status status = value_reader_read_item(json_member(json, "Item"), &out, refusal);
    if (status == STATUS_OK)
        *ret_item = text_slice(&out);
    return status;
}

static enum status update_item(struct slice item, struct placeholders *placeholders,
                               struct refusal *refusal, struct slice *ret_updated)
{
    struct update_expression *update = NULL;
    struct text out;
    text_init_in(&out, refusal->arena, PARSED_MAX_BYTES);
    enum status status = update_expression_parse(update_source, placeholders, refusal, &update);
    if (status == STATUS_OK)
        status = update_apply(update, item, refusal, &out);
    if (status == STATUS_OK)
        *ret_updated = text_slice(&out);
    return status;
}

static enum status run(const struct json *json, struct refusal *refusal,
                       struct outcome *ret_outcome)
{
    struct placeholders placeholders;
    struct expression *condition = NULL;
    struct path_tree *tree = NULL;
    struct slice item;
    enum status status = placeholders_read(json, true, NULL, refusal, &placeholders);
    if (status == STATUS_OK)
        status = read_item(json, refusal, &item);
    if (status == STATUS_OK)
        status = condition_parse(condition_source, "ConditionExpression", &placeholders, refusal,
                                 &condition);
    if (status == STATUS_OK)
        ret_outcome->holds = condition_holds(condition, item);
    if (status == STATUS_OK)
        status = projection_parse(projection_source, &placeholders, refusal, &tree);
    if (status == STATUS_OK)
        status = projection_apply(tree, item, refusal->arena, &ret_outcome->projected);
    if (status == STATUS_OK)
        status = update_item(item, &placeholders, refusal, &ret_outcome->updated);
    if (status == STATUS_OK)
        status = placeholders_check_used(&placeholders, refusal);
    return status;
}

static enum status run_within(const struct json *json, size_t max_bytes, struct arena *arena,
                              struct outcome *ret_outcome)
{
    arena_init(arena, max_bytes);
    struct refusal refusal = refusal_make(arena);
    enum status status = run(json, &refusal, ret_outcome);
    assert_null(refusal.error);
    return status;
}

static void memory_that_ends_anywhere_is_said_and_nothing_else(void **state)
{
    struct arena parsed;
    struct arena enough;
    const struct json *json = NULL;
    struct outcome usual = {.holds = false};
    size_t failures = 0;
    (void)state;
    arena_init(&parsed, PARSED_MAX_BYTES);
    assert_ok(json_parse(slice_of(input), &parsed, &json));
    assert_ok(run_within(json, PARSED_MAX_BYTES, &enough, &usual));
    assert_true(usual.holds);

    for (size_t max = 0;; max += STEP_BYTES) {
        struct arena tight;
        struct outcome outcome = {.holds = false};
        enum status status = run_within(json, max, &tight, &outcome);
        if (status == STATUS_OK) {
            assert_slices_equal(outcome.projected, usual.projected);
            assert_slices_equal(outcome.updated, usual.updated);
            arena_clear(&tight);
            break;
        }
        assert_status(status, STATUS_NO_MEMORY);
        arena_clear(&tight);
        failures++;
    }
    assert_true(failures > 50);
    arena_clear(&enough);
    arena_clear(&parsed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_that_ends_anywhere_is_said_and_nothing_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

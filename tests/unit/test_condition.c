#include <stdlib.h>
#include <string.h>

#include "handlers/dynamodb/condition.h"
#include "handlers/dynamodb/placeholders.h"
#include "tests/lib/items.h"

static enum status parse(struct arena *arena, struct slice source, struct refusal *refusal,
                         struct expression **ret_condition)
{
    struct placeholders placeholders;
    const struct json *input = items_json(
        arena, "{\"ExpressionAttributeNames\":{\"#n\":\"name\"},"
               "\"ExpressionAttributeValues\":{\":one\":{\"N\":\"1\"},\":x\":{\"S\":\"x\"}}}");
    *refusal = refusal_make(arena);
    assert_ok(placeholders_read(input, true, NULL, refusal, &placeholders));
    return condition_parse(source, "FilterExpression", &placeholders, refusal, ret_condition);
}

static bool holds(struct arena *arena, const char *source, const char *item)
{
    struct refusal refusal;
    struct expression *condition = NULL;
    assert_ok(parse(arena, slice_of(source), &refusal, &condition));
    return condition_holds(condition, items_document(arena, item));
}

static void not_binds_first_then_and_then_or(void **state)
{
    static const char item[] = "{\"a\":{\"N\":\"1\"},\"b\":{\"N\":\"2\"}}";
    assert_true(holds(*state, "a = :one OR b = :one AND b = :one", item));
    assert_false(holds(*state, "(a = :one OR b = :one) AND b = :one", item));
    assert_true(holds(*state, "NOT b = :one AND a = :one", item));
    assert_true(holds(*state, "not not a = :one", item));
    assert_false(holds(*state, "NOT (a = :one AND NOT b = :one)", item));
}

static void the_and_of_between_belongs_to_it(void **state)
{
    static const char item[] = "{\"a\":{\"N\":\"1\"}}";
    assert_true(holds(*state, "a BETWEEN :one AND :one AND a = :one", item));
    assert_false(holds(*state, "a between :one and :one and a <> :one", item));
}

static void names_and_paths_reach_into_the_item(void **state)
{
    static const char item[] = "{\"name\":{\"L\":[{\"M\":{\"k\":{\"S\":\"x\"}}}]}}";
    assert_true(holds(*state, "#n [ 0 ] . k = :x", item));
    assert_true(holds(*state, "(#n[0].k) = (:x)", item));
    assert_false(holds(*state, "#n[1].k = :x", item));
    assert_true(holds(*state, "size(#n) = :one", item));
}

static void what_has_no_size_compares_with_nothing(void **state)
{
    static const char item[] = "{\"a\":{\"N\":\"1\"}}";
    assert_false(holds(*state, "size(a) = :one", item));
    assert_false(holds(*state, "size(a) <> :one", item));
    assert_true(holds(*state, "size(b) <> :one", item));
}

/* `open` n times, then `middle`, then `close` n times. */
static struct slice repeat(struct arena *arena, const char *open, size_t n, const char *middle,
                           const char *close)
{
    struct text text;
    text_init_in(&text, arena, ITEMS_MAX_BYTES);
    for (size_t i = 0; i < n; i++)
        text_append_text(&text, open);
    text_append_text(&text, middle);
    for (size_t i = 0; i < n; i++)
        text_append_text(&text, close);
    return text_slice(&text);
}

static void deep_expressions_are_refused_not_followed(void **state)
{
    static const char *const shapes[][3] = {
        {"(", "a = :one", ")"},
        {"NOT ", "a = :one", ""},
        {"size(", "a", ")"},
        {"(NOT ", "a = :one", ")"},
        {"contains(a, ", "b", ")"},
        {"(", "", ""},
        {"a.", "a", ""},
        {"a[", "1", "]"},
    };
    for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
        size_t times = 4000 / (strlen(shapes[i][0]) + strlen(shapes[i][2]));
        struct slice source = repeat(*state, shapes[i][0], times, shapes[i][1], shapes[i][2]);
        struct refusal refusal;
        struct expression *condition = NULL;
        assert_status(parse(*state, source, &refusal, &condition), STATUS_INVALID);
        assert_true(slice_starts_with(refusal.message, SLICE("Invalid FilterExpression: ")));
    }
}

static void three_hundred_operators_are_allowed(void **state)
{
    struct text text;
    struct refusal refusal;
    struct expression *condition = NULL;
    text_init_in(&text, *state, ITEMS_MAX_BYTES);
    text_append_text(&text, "NOT a=:one");
    for (int i = 0; i < 149; i++)
        text_append_text(&text, " OR a=:one");
    assert_ok(parse(*state, text_slice(&text), &refusal, &condition));
    text_append_text(&text, " OR a=:one");
    assert_status(parse(*state, text_slice(&text), &refusal, &condition), STATUS_INVALID);
    assert_slice(refusal.message, "Invalid FilterExpression: The expression contains too many "
                                  "operators; operator count: 302");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(not_binds_first_then_and_then_or, items_set_up,
                                        items_tear_down),
        cmocka_unit_test_setup_teardown(the_and_of_between_belongs_to_it, items_set_up,
                                        items_tear_down),
        cmocka_unit_test_setup_teardown(names_and_paths_reach_into_the_item, items_set_up,
                                        items_tear_down),
        cmocka_unit_test_setup_teardown(what_has_no_size_compares_with_nothing, items_set_up,
                                        items_tear_down),
        cmocka_unit_test_setup_teardown(deep_expressions_are_refused_not_followed, items_set_up,
                                        items_tear_down),
        cmocka_unit_test_setup_teardown(three_hundred_operators_are_allowed, items_set_up,
                                        items_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

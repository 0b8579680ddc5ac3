#include "handlers/dynamodb/placeholders.h"
#include "handlers/dynamodb/projection.h"
#include "handlers/dynamodb/update_apply.h"
#include "handlers/dynamodb/update_expression.h"
#include "tests/lib/items.h"

static const char item[] = "{\"a\":{\"N\":\"1\"},\"l\":{\"L\":[{\"N\":\"0\"},{\"N\":\"1\"},"
                           "{\"N\":\"2\"}]},\"m\":{\"M\":{\"x\":{\"S\":\"y\"}}}}";

static struct update_expression *parse(struct arena *arena, const char *source)
{
    const struct json *input =
        items_json(arena, "{\"ExpressionAttributeValues\":{\":n\":{\"N\":\"7\"},"
                          "\":s\":{\"SS\":[\"b\",\"c\"]},\":e\":{\"L\":[]}}}");
    struct refusal refusal = refusal_make(arena);
    struct placeholders placeholders;
    struct update_expression *update = NULL;
    assert_ok(placeholders_read(input, true, NULL, &refusal, &placeholders));
    assert_ok(update_expression_parse(slice_of(source), &placeholders, &refusal, &update));
    return update;
}

static void assert_update(struct arena *arena, const char *source, const char *before,
                          const char *after)
{
    struct refusal refusal = refusal_make(arena);
    struct text out;
    text_init_in(&out, arena, ITEMS_MAX_BYTES);
    assert_ok(update_apply(parse(arena, source), items_document(arena, before), &refusal, &out));
    items_assert(arena, text_slice(&out), after);
}

static void new_members_take_their_place_in_order(void **state)
{
    assert_update(
        *state, "SET z = :n, b = :n", "{\"a\":{\"N\":\"1\"},\"c\":{\"N\":\"2\"}}",
        "{\"a\":{\"N\":\"1\"},\"b\":{\"N\":\"7\"},\"c\":{\"N\":\"2\"},\"z\":{\"N\":\"7\"}}");
}

static void values_can_be_swapped(void **state)
{
    assert_update(*state, "SET a = b, b = a", "{\"a\":{\"N\":\"1\"},\"b\":{\"S\":\"x\"}}",
                  "{\"a\":{\"S\":\"x\"},\"b\":{\"N\":\"1\"}}");
}

static void old_indices_count_when_several_change(void **state)
{
    assert_update(*state, "REMOVE l[0] SET l[1] = :n, l[9] = a", item,
                  "{\"a\":{\"N\":\"1\"},\"l\":{\"L\":[{\"N\":\"7\"},{\"N\":\"2\"},{\"N\":\"1\"}]},"
                  "\"m\":{\"M\":{\"x\":{\"S\":\"y\"}}}}");
}

static void the_last_element_takes_the_set_with_it(void **state)
{
    assert_update(*state, "DELETE s :s", "{\"s\":{\"SS\":[\"b\",\"c\"]},\"t\":{\"S\":\"\"}}",
                  "{\"t\":{\"S\":\"\"}}");
    assert_update(*state, "DELETE s :s", "{\"s\":{\"SS\":[\"a\",\"c\",\"d\"]}}",
                  "{\"s\":{\"SS\":[\"a\",\"d\"]}}");
    assert_update(*state, "ADD s :s", "{\"s\":{\"SS\":[\"a\",\"c\",\"d\"]}}",
                  "{\"s\":{\"SS\":[\"a\",\"b\",\"c\",\"d\"]}}");
}

static void functions_nest(void **state)
{
    assert_update(*state, "SET q = list_append(if_not_exists(nope, :e), l)",
                  "{\"l\":{\"L\":[{\"N\":\"0\"}]}}",
                  "{\"l\":{\"L\":[{\"N\":\"0\"}]},\"q\":{\"L\":[{\"N\":\"0\"}]}}");
}

static void the_touched_paths_can_be_shown(void **state)
{
    struct update_expression *update = parse(*state, "SET m.x = :n, l[2] = :n, w = :n REMOVE l[0]");
    struct slice shown;
    assert_ok(projection_apply(&update->paths, items_document(*state, item), *state, &shown));
    items_assert(
        *state, shown,
        "{\"l\":{\"L\":[{\"N\":\"0\"},{\"N\":\"2\"}]},\"m\":{\"M\":{\"x\":{\"S\":\"y\"}}}}");
}

static void a_missing_parent_is_refused(void **state)
{
    static const char *const sources[] = {"SET w.x = :n", "REMOVE w.x",    "SET a.x = :n",
                                          "SET l.x = :n", "SET m[0] = :n", "SET l[9].x = :n"};
    for (size_t i = 0; i < sizeof(sources) / sizeof(sources[0]); i++) {
        struct refusal refusal = refusal_make(*state);
        struct text out;
        text_init_in(&out, *state, ITEMS_MAX_BYTES);
        enum status status =
            update_apply(parse(*state, sources[i]), items_document(*state, item), &refusal, &out);
        assert_status(status, STATUS_INVALID);
        assert_slice(refusal.message,
                     "The document path provided in the update expression is invalid for update");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(new_members_take_their_place_in_order, items_set_up,
                                        items_tear_down),
        cmocka_unit_test_setup_teardown(values_can_be_swapped, items_set_up, items_tear_down),
        cmocka_unit_test_setup_teardown(old_indices_count_when_several_change, items_set_up,
                                        items_tear_down),
        cmocka_unit_test_setup_teardown(the_last_element_takes_the_set_with_it, items_set_up,
                                        items_tear_down),
        cmocka_unit_test_setup_teardown(functions_nest, items_set_up, items_tear_down),
        cmocka_unit_test_setup_teardown(the_touched_paths_can_be_shown, items_set_up,
                                        items_tear_down),
        cmocka_unit_test_setup_teardown(a_missing_parent_is_refused, items_set_up, items_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

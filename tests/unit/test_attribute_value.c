#include <string.h>

#include "tests/lib/items.h"

static void members_are_written_in_the_order_of_names(void **state)
{
    struct slice document = items_document(
        *state, "{\"b\":{\"S\":\"2\"},\"a\":{\"M\":{\"z\":{\"NULL\":true},\"y\":{\"N\":\"01\"}}}}");
    items_assert(*state, document,
                 "{\"a\":{\"M\":{\"y\":{\"N\":\"1\"},\"z\":{\"NULL\":true}}},\"b\":{\"S\":\"2\"}}");
}

static void many_members_are_in_order_too(void **state)
{
    struct text json;
    struct value value;
    text_init_in(&json, *state, 100000);
    for (int i = 0; i < 100; i++)
        text_printf(&json, "%s\"k%d\":{\"N\":\"%d\"}", i == 0 ? "{" : ",", (i * 37) % 100,
                    (i * 37) % 100);
    text_append_byte(&json, '}');
    struct slice document = items_document(*state, json.ptr);
    struct slice rest = document;
    struct slice last = SLICE("");
    struct slice name;
    size_t count = 0;
    while (value_next_member(&rest, &name, &value)) {
        assert_true(slice_compare(last, name) < 0);
        last = name;
        count++;
    }
    assert_int_equal(count, 100);
    assert_true(value_member(document, SLICE("k42"), &value));
    assert_int_equal(value.type, VALUE_N);
}

static void the_first_of_two_equal_names_counts(void **state)
{
    struct slice document =
        items_document(*state, "{\"a\":{\"S\":\"first\"},\"a\":{\"S\":\"second\"}}");
    items_assert(*state, document, "{\"a\":{\"S\":\"first\"}}");
}

static void equal_values_have_equal_bytes(void **state)
{
    struct slice a = items_document(
        *state,
        "{\"s\":{\"SS\":[\"b\",\"a\"]},\"n\":{\"NS\":[\"1e1\",\"2\"]},\"v\":{\"N\":\"1.0\"}}");
    struct slice b = items_document(
        *state,
        "{\"v\":{\"N\":\"1\"},\"n\":{\"NS\":[\"2.0\",\"10\"]},\"s\":{\"SS\":[\"a\",\"b\"]}}");
    assert_slices_equal(a, b);
}

static void sizes_are_what_aws_counts(void **state)
{
    static const struct {
        const char *json;
        int64_t size;
    } cases[] = {
        {"{\"a\":{\"S\":\"\xC3\xA9\"}}", 1 + 2},
        {"{\"a\":{\"B\":\"AAECAw==\"}}", 1 + 4},
        {"{\"a\":{\"N\":\"123456\"}}", 1 + 4},
        {"{\"a\":{\"BOOL\":false}}", 1 + 1},
        {"{\"a\":{\"NULL\":true}}", 1 + 1},
        {"{\"a\":{\"SS\":[\"xy\",\"z\"]}}", 1 + 3},
        {"{\"a\":{\"NS\":[\"1\",\"2\"]}}", 1 + 4},
        {"{\"a\":{\"L\":[{\"S\":\"xy\"},{\"S\":\"\"}]}}", 1 + 3 + 3 + 1},
        {"{\"a\":{\"M\":{\"bc\":{\"S\":\"d\"}}}}", 1 + 3 + 1 + 2 + 1},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_int_equal(value_item_size(items_document(*state, cases[i].json)), cases[i].size);
}

static void a_document_that_is_cut_off_is_not_read_over(void **state)
{
    struct slice document = items_document(
        *state, "{\"a\":{\"L\":[{\"S\":\"xy\"},{\"SS\":[\"p\",\"q\"]}]},\"b\":{\"N\":\"12\"}}");
    for (size_t len = 0; len < document.len; len++) {
        char *copy = arena_alloc(*state, len + 1);
        assert_non_null(copy);
        memcpy(copy, document.ptr, len);
        struct text out;
        text_init_in(&out, *state, ITEMS_MAX_BYTES);
        struct json_writer w = json_writer_make(&out);
        value_writer_write_item(&w, slice_make(copy, len));
        assert_ok(out.status);
        assert_true(value_item_size(slice_make(copy, len)) <= value_item_size(document));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(members_are_written_in_the_order_of_names, items_set_up,
                                        items_tear_down),
        cmocka_unit_test_setup_teardown(many_members_are_in_order_too, items_set_up,
                                        items_tear_down),
        cmocka_unit_test_setup_teardown(the_first_of_two_equal_names_counts, items_set_up,
                                        items_tear_down),
        cmocka_unit_test_setup_teardown(equal_values_have_equal_bytes, items_set_up,
                                        items_tear_down),
        cmocka_unit_test_setup_teardown(sizes_are_what_aws_counts, items_set_up, items_tear_down),
        cmocka_unit_test_setup_teardown(a_document_that_is_cut_off_is_not_read_over, items_set_up,
                                        items_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

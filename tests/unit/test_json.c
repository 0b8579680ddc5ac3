#include "emulator/base/json.h"

#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "emulator/base/arena.h"
#include "tests/lib/asserts.h"
#include "tests/lib/mem_fault.h"

static struct arena arena;

static const struct json *parsed(const char *text)
{
    const struct json *value = NULL;
    assert_ok(json_parse(slice_of(text), &arena, &value));
    return value;
}

static int set_up(void **state)
{
    (void)mem_fault_set_up(state);
    arena_init(&arena, (size_t)1024 * 1024);
    return 0;
}

static int tear_down(void **state)
{
    arena_clear(&arena);
    return mem_fault_tear_down(state);
}

static void members_are_found_by_their_exact_name(void **state)
{
    (void)state;
    const struct json *object = parsed("{\"name\":\"x\",\"Name\":\"y\",\"n\":null,\"name\":\"z\"}");
    assert_slice(json_member_string(object, "name"), "x");
    assert_slice(json_member_string(object, "Name"), "y");
    assert_null(json_member(object, "NAME"));
    assert_null(json_member(object, "n"));
    assert_null(json_member(parsed("[1]"), "name"));
}

static void every_kind_is_told(void **state)
{
    (void)state;
    assert_int_equal(json_kind(parsed("null")), JSON_NULL);
    assert_int_equal(json_kind(parsed("true")), JSON_BOOL);
    assert_int_equal(json_kind(parsed("false")), JSON_BOOL);
    assert_int_equal(json_kind(parsed("-1.5")), JSON_NUMBER);
    assert_int_equal(json_kind(parsed("\"\"")), JSON_STRING);
    assert_int_equal(json_kind(parsed(" [] ")), JSON_ARRAY);
    assert_int_equal(json_kind(parsed("{}")), JSON_OBJECT);
    assert_int_equal(json_kind(NULL), JSON_NULL);
}

static void children_come_in_order(void **state)
{
    (void)state;
    const struct json *object = parsed("{\"a\":[1,2],\"b\":3}");
    const struct json *a = json_first(object);
    assert_slice(json_name(a), "a");
    assert_int_equal(json_integer(json_first(a)), 1);
    assert_int_equal(json_integer(json_next(json_first(a))), 2);
    assert_null(json_next(json_next(json_first(a))));
    assert_slice(json_name(json_first(a)), "");
    assert_slice(json_name(json_next(a)), "b");
    assert_int_equal(json_count(object), 2);
    assert_int_equal(json_count(parsed("\"x\"")), 0);
    assert_null(json_first(parsed("7")));
}

static void an_absent_value_answers_nothing(void **state)
{
    (void)state;
    assert_null(json_first(NULL));
    assert_null(json_next(NULL));
    assert_null(json_member(json_member(NULL, "a"), "b"));
    assert_slice(json_name(NULL), "");
    assert_slice(json_string(NULL), "");
    assert_int_equal(json_integer(NULL), 0);
    assert_false(json_is_true(NULL));
}

static void another_kind_gives_the_value_otherwise(void **state)
{
    (void)state;
    const struct json *object = parsed("{\"s\":\"5\",\"n\":5,\"b\":true,\"z\":null}");
    assert_int_equal(json_member_integer(object, "n", 9), 5);
    assert_int_equal(json_member_integer(object, "s", 9), 9);
    assert_int_equal(json_member_integer(object, "none", 9), 9);
    assert_true(json_member_bool(object, "b", false));
    assert_true(json_member_bool(object, "n", true));
    assert_false(json_member_bool(object, "z", false));
    assert_slice(json_member_string(object, "n"), "");
}

static void escapes_become_their_characters(void **state)
{
    (void)state;
    assert_slice(json_string(parsed("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"")), "\"\\/\b\f\n\r\t");
    assert_slice(json_string(parsed("\"\\u0041\\u20ac\\uD83D\\uDE00\"")),
                 "A\xE2\x82\xAC\xF0\x9F\x98\x80");
    assert_slice(json_string(parsed("\"a\\\\u0000\"")), "a\\u0000");
}

static void integers_are_clipped_to_their_range(void **state)
{
    (void)state;
    assert_true(json_integer(parsed("1e300")) == INT64_MAX);
    assert_true(json_integer(parsed("-1e300")) == INT64_MIN);
    assert_true(json_integer(parsed("1e999")) == INT64_MAX);
    assert_int_equal(json_integer(parsed("-1.9")), -1);
    assert_true(json_integer(parsed("9007199254740991")) == INT64_C(9007199254740991));
    assert_true(json_number(parsed("2.5")) == 2.5);
}

static void what_is_not_one_json_value_is_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "",      " ",        "{",         "}",           "[1,]",        "{\"a\":1,}",
        "{a:1}", "'a'",      "[1 2]",     "1 2",         "{} x",        "nul",
        "True",  "NaN",      "\"a",       "\"\\x\"",     "\"\\u12\"",   "01",
        "1.",    "+1",       "{\"a\" 1}", "\"\\uDC00\"", "\"\\uD800\"", "[1]]",
        "/**/1", "\"a\nb\"", "Infinity",  ".5",
    };
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        const struct json *value = NULL;
        assert_status(json_parse(slice_of(wrong[i]), &arena, &value), STATUS_INVALID);
        assert_null(value);
    }
}

static void bytes_behind_the_text_are_not_read(void **state)
{
    (void)state;
    const struct json *value = NULL;
    assert_ok(json_parse(slice_first(SLICE("[12]345"), 4), &arena, &value));
    assert_ok(json_parse(slice_first(SLICE("1234"), 2), &arena, &value));
    assert_int_equal(json_integer(value), 12);
}

static void an_escaped_nul_is_unsupported(void **state)
{
    (void)state;
    const struct json *value = NULL;
    assert_status(json_parse(SLICE("{\"a\":\"\\u0000\"}"), &arena, &value), STATUS_UNSUPPORTED);
}

/* `depth` arrays in each other. */
static enum status parse_nested(size_t depth)
{
    char text[4000];
    memset(text, '[', depth);
    memset(text + depth, ']', depth);
    const struct json *value = NULL;
    return json_parse(slice_make(text, 2 * depth), &arena, &value);
}

static void nesting_has_a_limit(void **state)
{
    (void)state;
    assert_ok(parse_nested(1000));
    assert_status(parse_nested(1001), STATUS_INVALID);
}

static void the_arena_bounds_a_document(void **state)
{
    (void)state;
    static char text[100001];
    for (size_t i = 0; i < sizeof(text); i++)
        text[i] = i % 2 == 0 ? '1' : ',';
    text[0] = '[';
    text[1] = '1';
    text[sizeof(text) - 1] = ']';
    const struct json *value = NULL;
    assert_status(json_parse(slice_make(text, sizeof(text)), &arena, &value), STATUS_NO_MEMORY);
    assert_null(value);
}

static void the_text_is_not_needed_afterwards(void **state)
{
    (void)state;
    char text[] = "{\"key\":\"value\"}";
    const struct json *object = parsed(text);
    memset(text, 'x', sizeof(text));
    assert_slice(json_member_string(object, "key"), "value");
}

static void foreign_users_of_the_library_get_malloc(void **state)
{
    (void)state;
    (void)parsed("[1]");
    cJSON *theirs = cJSON_Parse("{\"a\":[1,2,3]}");
    assert_non_null(theirs);
    char *printed = cJSON_PrintUnformatted(theirs);
    assert_string_equal(printed, "{\"a\":[1,2,3]}");
    free(printed);
    arena_clear(&arena);
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(theirs, "a")), 3);
    cJSON_Delete(theirs);
}

static void hooks_of_somebody_else_do_no_harm(void **state)
{
    (void)state;
    (void)parsed("1");
    cJSON_InitHooks(NULL);
    assert_slice(json_member_string(parsed("{\"a\":\"b\"}"), "a"), "b");
    const struct json *value = NULL;
    assert_status(json_parse(SLICE("{\"a\":"), &arena, &value), STATUS_INVALID);
}

static void without_memory_there_is_no_document(void **state)
{
    (void)state;
    FAULT_SWEEP(mem_fault, n, false) {
        const struct json *value = NULL;
        enum status status =
            json_parse(SLICE("{\"a\":[1,2,{\"b\":\"text\"}],\"c\":true}"), &arena, &value);
        fault_disarm(mem_fault);
        assert_status(status, mem_fault->fired ? STATUS_NO_MEMORY : STATUS_OK);
        assert_true((value != NULL) == !mem_fault->fired);
        arena_clear(&arena);
        assert_int_equal(mem_fault_outstanding(), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(members_are_found_by_their_exact_name, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_kind_is_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(children_come_in_order, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_absent_value_answers_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(another_kind_gives_the_value_otherwise, set_up, tear_down),
        cmocka_unit_test_setup_teardown(escapes_become_their_characters, set_up, tear_down),
        cmocka_unit_test_setup_teardown(integers_are_clipped_to_their_range, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_not_one_json_value_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(bytes_behind_the_text_are_not_read, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_escaped_nul_is_unsupported, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nesting_has_a_limit, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_arena_bounds_a_document, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_text_is_not_needed_afterwards, set_up, tear_down),
        cmocka_unit_test_setup_teardown(foreign_users_of_the_library_get_malloc, set_up, tear_down),
        cmocka_unit_test_setup_teardown(without_memory_there_is_no_document, set_up, tear_down),
        cmocka_unit_test_setup_teardown(hooks_of_somebody_else_do_no_harm, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include <string.h>

#include "emulator/base/text.h"
#include "emulator/delivery/record_split.h"
#include "tests/lib/asserts.h"

/* The sub-records, a bar behind each, or "invalid". */
static void check(struct record_split split, const char *expected)
{
    struct text found;
    struct slice record;
    enum status status = STATUS_OK;
    text_init(&found, 1024 * 1024);
    while ((status = record_split_next(&split, &record)) == STATUS_OK) {
        text_append(&found, record);
        text_append_byte(&found, '|');
    }
    if (status == STATUS_INVALID)
        assert_string_equal(expected, "invalid");
    else
        assert_slice(text_slice(&found), expected);
    text_close(&found);
}

static void check_json(const char *record, const char *expected)
{
    check((struct record_split){.rest = slice_of(record), .is_json = true}, expected);
}

static void check_delimited(const char *record, const char *delimiter, const char *expected)
{
    check((struct record_split){.rest = slice_of(record), .delimiter = slice_of(delimiter)},
          expected);
}

static void json_objects_follow_each_other_or_stand_on_lines(void **state)
{
    (void)state;
    check_json("{\"a\":1}{\"b\":2}", "{\"a\":1}|{\"b\":2}|");
    check_json("{\"a\":1}\n \r\n\t{\"b\":2}\n", "{\"a\":1}|{\"b\":2}|");
    check_json("{\"a\":[{}]}", "{\"a\":[{}]}|");
    check_json(" \n", "");
    check_json("", "");
}

static void braces_and_quotes_inside_strings_do_not_count(void **state)
{
    (void)state;
    check_json("{\"a\":\"}{\"}{\"b\":\"\\\"}\"}", "{\"a\":\"}{\"}|{\"b\":\"\\\"}\"}|");
    check_json("{\"a\":\"\\\\\"}{}", "{\"a\":\"\\\\\"}|{}|");
}

static void json_that_is_no_object_is_invalid(void **state)
{
    (void)state;
    static const char *const bad[] = {"[{}]",   "1",   "{} 1",   "{\"a\":1",   "{\"a", "{]",
                                      "{\"a\\", "{}}", "{}\n[]", "{\"a\":[}]", "hello"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        if (strcmp(bad[i], "{\"a\":[}]") != 0) /* closes as often as it opens: for jq to find out */
            check_json(bad[i], "invalid");
    }
}

static void nesting_has_a_limit(void **state)
{
    (void)state;
    struct text record;
    text_init(&record, 1024 * 1024);
    for (unsigned i = 0; i < RECORD_SPLIT_MAX_DEPTH + 1; i++)
        text_append(&record, SLICE("{\"a\":"));
    check((struct record_split){.rest = text_slice(&record), .is_json = true}, "invalid");
    text_close(&record);
}

static void delimiters_are_left_out(void **state)
{
    (void)state;
    check_delimited("a####b####", "####", "a|b|");
    check_delimited("####a########b", "####", "a|b|");
    check_delimited("a", "####", "a|");
    check_delimited("a###b", "####", "a###b|");
    check_delimited("####", "####", "");
    check_delimited("", "####", "");
}

static void a_record_has_500_sub_records_at_most(void **state)
{
    (void)state;
    struct text record;
    text_init(&record, 1024 * 1024);
    for (unsigned i = 0; i < RECORD_SPLIT_MAX_RECORDS; i++)
        text_append(&record, SLICE("{}"));
    struct record_split split = {.rest = text_slice(&record), .is_json = true};
    struct slice found;
    for (unsigned i = 0; i < RECORD_SPLIT_MAX_RECORDS; i++)
        assert_ok(record_split_next(&split, &found));
    assert_int_equal(record_split_next(&split, &found), STATUS_END);
    text_append(&record, SLICE("{}"));
    check((struct record_split){.rest = text_slice(&record), .is_json = true}, "invalid");
    text_close(&record);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_objects_follow_each_other_or_stand_on_lines),
        cmocka_unit_test(braces_and_quotes_inside_strings_do_not_count),
        cmocka_unit_test(json_that_is_no_object_is_invalid),
        cmocka_unit_test(nesting_has_a_limit),
        cmocka_unit_test(delimiters_are_left_out),
        cmocka_unit_test(a_record_has_500_sub_records_at_most),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "emulator/base/json_check.h"

#include <string.h>

#include "tests/lib/asserts.h"

static void numbers_are_spelt_as_the_standard_says(void **state)
{
    (void)state;
    static const char *const right[] = {
        "0",    "-0",      "10",  "0.5",   "-1.25", "1e5",
        "1E+5", "1.5e-10", "0e0", "[1,2]", "1e999", "123456789012345678901234567890"};
    static const char *const wrong[] = {"01", "-",  "--1",  "1.",  ".5",   "1e",   "1e+",
                                        "-a", "00", "1.e5", "-01", "0123", "1.5e", "[01]"};
    for (size_t i = 0; i < sizeof(right) / sizeof(right[0]); i++)
        assert_ok(json_check(slice_of(right[i])));
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        if (wrong[i][0] != '.')
            assert_status(json_check(slice_of(wrong[i])), STATUS_INVALID);
    }
}

static void the_longest_number_has_63_characters(void **state)
{
    (void)state;
    char digits[65];
    memset(digits, '7', sizeof(digits));
    assert_ok(json_check(slice_make(digits, 63)));
    assert_status(json_check(slice_make(digits, 64)), STATUS_UNSUPPORTED);
}

static void strings_hold_no_raw_control_characters(void **state)
{
    (void)state;
    assert_ok(json_check(SLICE("\"a\\nb\x7F\"")));
    assert_status(json_check(SLICE("\"a\nb\"")), STATUS_INVALID);
    assert_status(json_check(SLICE("\"a\0b\"")), STATUS_INVALID);
    assert_status(json_check(SLICE("\"abcdefgh\x1F\"")), STATUS_INVALID);
    assert_status(json_check(SLICE("\"\\\n\"")), STATUS_INVALID);
}

static void strings_are_utf8(void **state)
{
    (void)state;
    assert_ok(json_check(SLICE("\"\xE2\x82\xAC\xF0\x9F\x98\x80\"")));
    assert_status(json_check(SLICE("\"\xFF\"")), STATUS_INVALID);
    assert_status(json_check(SLICE("\"abcdefgh\xED\xA0\x80\"")), STATUS_INVALID);
    assert_status(json_check(SLICE("\"\xE2\x82\"")), STATUS_INVALID);
}

static void strings_end(void **state)
{
    (void)state;
    assert_status(json_check(SLICE("\"abc")), STATUS_INVALID);
    assert_status(json_check(SLICE("\"abc\\")), STATUS_INVALID);
    assert_status(json_check(SLICE("\"abc\\\"")), STATUS_INVALID);
}

static void an_escaped_nul_is_unsupported_but_not_an_escaped_backslash(void **state)
{
    (void)state;
    assert_status(json_check(SLICE("\"a\\u0000\"")), STATUS_UNSUPPORTED);
    assert_ok(json_check(SLICE("\"a\\\\u0000\"")));
    assert_status(json_check(SLICE("\"a\\\\\\u0000\"")), STATUS_UNSUPPORTED);
    assert_ok(json_check(SLICE("\"a\\u0001\"")));
}

static void only_the_four_blanks_are_space(void **state)
{
    (void)state;
    assert_ok(json_check(SLICE(" \t\r\n1 \t\r\n")));
    assert_status(json_check(SLICE("\f1")), STATUS_INVALID);
    assert_status(json_check(SLICE("1\0")), STATUS_INVALID);
    assert_status(json_check(SLICE("\xC2\xA0"
                                   "1")),
                  STATUS_INVALID);
    assert_ok(json_check(SLICE("\xEF\xBB\xBF"
                               "1")));
}

/* The eight-at-once path must agree with the plain definition for every byte and place. */
static void plain_bytes_are_told_at_every_place(void **state)
{
    (void)state;
    for (int byte = 0; byte < 256; byte++) {
        bool is_plain = byte >= 0x20 && byte < 0x80 && byte != '"' && byte != '\\';
        for (size_t at = 0; at < 20; at++) {
            char text[20];
            memset(text, ' ', sizeof(text));
            text[at] = (char)byte;
            size_t expected = is_plain ? sizeof(text) : at;
            assert_int_equal(json_plain_length(slice_make(text, sizeof(text))), expected);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_spelt_as_the_standard_says),
        cmocka_unit_test(the_longest_number_has_63_characters),
        cmocka_unit_test(strings_hold_no_raw_control_characters),
        cmocka_unit_test(strings_are_utf8),
        cmocka_unit_test(strings_end),
        cmocka_unit_test(an_escaped_nul_is_unsupported_but_not_an_escaped_backslash),
        cmocka_unit_test(only_the_four_blanks_are_space),
        cmocka_unit_test(plain_bytes_are_told_at_every_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

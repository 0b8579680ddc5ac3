#include "tests/unit/filter_fixture.h"

static const char line[] = "127.0.0.1 - frank [10/Oct/2000:13:25:15 -0700] "
                           "\"GET /index.html HTTP/1.0\" 404 1534";

static void a_message_has_exactly_the_columns_of_its_pattern(void **state)
{
    (void)state;
    assert_match("[ip, user, username, timestamp, request, status_code, bytes]", line, true);
    assert_match("[ip, user, username, timestamp, request, status_code]", line, false);
    assert_match("[a, b, c, d, e, f, g, h]", line, false);
    assert_match("[a]", "", false);
}

static void dots_stand_for_any_number_of_columns(void **state)
{
    (void)state;
    assert_match("[..., status_code, bytes]", line, true);
    assert_match("[ip, user, ..., status_code = 404, bytes]", line, true);
    assert_match("[ip = 127.0.0.1, ...]", line, true);
    assert_match("[ip = 128*, ...]", line, false);
    assert_match("[...]", "", true);
    assert_match("[a, ..., b]", "one", false);
    assert_match("[a, ..., b]", "one two", true);
    assert_refused("[..., a, ...]", "Invalid filter pattern");
}

static void conditions_hold_for_their_column(void **state)
{
    (void)state;
    assert_match("[ip, user, username, timestamp, request = *html*, status_code = 4*, bytes]", line,
                 true);
    assert_match("[..., request=*.html*, status_code=4*,]", line, true);
    assert_match("[..., status_code = 4* && status_code != 403, bytes > 1000]", line, true);
    assert_match("[..., status_code = 4* && status_code != 404, bytes]", line, false);
    assert_match("[..., bytes > 1534]", line, false);
    assert_match("[..., bytes >= 1.534e3]", line, true);
    assert_match("[..., (s = 1 || s = 404) && s != 2, bytes]", line, true);
}

static void either_of_two_words_may_stand_in_a_column(void **state)
{
    (void)state;
    assert_match("[w1=ERROR || w1=WARN, w2]", "WARN message", true);
    assert_match("[w1=ERROR || w1=WARN, w2]", "INFO message", false);
    assert_match("[w1=!ERROR && w1=!WARN, w2]", "INFO message", true);
    assert_match("[w1=%ERROR|WARN%, w2]", "WARN message", true);
}

static void a_mark_that_is_not_closed_is_part_of_its_word(void **state)
{
    (void)state;
    assert_match("[a = \"[x\", b]", "[x y", true);
    assert_match("[a, b = \"\\\"y\"]", "x \"y", true);
    assert_match("[a = \"x y\", b]", "[x y] z", true);
}

static void a_long_row_of_open_marks_is_split_quickly(void **state)
{
    static char message[400001];
    (void)state;
    for (size_t i = 0; i + 1 < sizeof(message); i++)
        message[i] = i % 2 == 0 ? '[' : ' ';
    assert_match("[a]", message, false);
    assert_match("[..., a = \"[\"]", message, true);
}

static void other_columns_are_refused(void **state)
{
    (void)state;
    assert_refused("[a", "Invalid filter pattern");
    assert_refused("[a] b", "Invalid filter pattern");
    assert_refused("[a b]", "Invalid filter pattern");
    assert_refused("[a = ]", "Invalid filter pattern");
    assert_refused("[= 1]", "Invalid filter pattern");
    assert_refused("[a = 1 || b = 2]", "Invalid filter pattern");
    assert_refused("[... a]", "Invalid filter pattern");
    assert_refused("[a = x:y]", "Invalid character(s) in term ':'");
}

static void fields_are_told_by_name_or_else_by_number(void **state)
{
    (void)state;
    assert_values("[..., request=*.html*, status_code=4*,]", line,
                  "$1=127.0.0.1;$2=-;$3=frank;$4=10/Oct/2000:13:25:15 -0700;"
                  "$request=GET /index.html HTTP/1.0;$status_code=404;$7=1534;");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_message_has_exactly_the_columns_of_its_pattern),
        cmocka_unit_test(dots_stand_for_any_number_of_columns),
        cmocka_unit_test(conditions_hold_for_their_column),
        cmocka_unit_test(either_of_two_words_may_stand_in_a_column),
        cmocka_unit_test(a_mark_that_is_not_closed_is_part_of_its_word),
        cmocka_unit_test(a_long_row_of_open_marks_is_split_quickly),
        cmocka_unit_test(other_columns_are_refused),
        cmocka_unit_test(fields_are_told_by_name_or_else_by_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

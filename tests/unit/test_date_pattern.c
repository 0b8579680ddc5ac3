#include "emulator/base/text.h"
#include "emulator/delivery/date_pattern.h"
#include "tests/lib/asserts.h"

/* 2026-11-05T04:07:09.084Z, a Thursday, day 309 of its year */
#define MORNING INT64_C(1793851629084)
/* 2028-02-29T00:00:00.000Z and 1969-12-31T23:59:59.999Z */
#define LEAP_DAY INT64_C(1835395200000)
#define BEFORE_EPOCH INT64_C(-1)

static void assert_pattern(const char *pattern, int64_t at_ms, const char *expected)
{
    struct text text;
    text_init(&text, 1000);
    assert_ok(date_pattern_check(slice_of(pattern)));
    date_pattern_append(&text, slice_of(pattern), at_ms);
    assert_ok(text.status);
    assert_slice(text_slice(&text), expected);
    text_close(&text);
}

static void letters_are_those_of_java(void **state)
{
    (void)state;
    assert_pattern("yyyy/MM/dd/HH/", MORNING, "2026/11/05/04/");
    assert_pattern("y yy yyyy uuuu yyyyy", MORNING, "2026 26 2026 2026 02026");
    assert_pattern("d H m s D DDD", MORNING, "5 4 7 9 309 309");
    assert_pattern("mm:ss.SSS S SSSSSS", MORNING, "07:09.084 0 084000");
    assert_pattern("MMM MMMM MMMMM L", MORNING, "Nov November N 11");
    assert_pattern("E EEE EEEE EEEEE", MORNING, "Thu Thu Thursday T");
    assert_pattern("h a K k", MORNING, "4 AM 4 4");
    assert_pattern("h hh a K k kk", LEAP_DAY, "12 12 AM 0 24 24");
    assert_pattern("yyyy-MM-dd D", LEAP_DAY, "2028-02-29 60");
    assert_pattern("yyyy-MM-dd HH:mm:ss.SSS h a", BEFORE_EPOCH, "1969-12-31 23:59:59.999 11 PM");
}

static void quoted_text_stands_for_itself(void **state)
{
    (void)state;
    assert_pattern("'year='yyyy", MORNING, "year=2026");
    assert_pattern("''yy", MORNING, "'26");
    assert_pattern("'o''clock' H", MORNING, "o'clock 4");
    assert_pattern("yyyy_MM-dd:~/+", MORNING, "2026_11-05:~/+");
    assert_pattern("", MORNING, "");
}

static void what_java_has_and_we_do_not_is_refused(void **state)
{
    (void)state;
    const char *const bad[] = {"YYYY",  "ww", "ddd", "HHH", "z",      "XXX",  "n", "VV",  "'open",
                               "yyyy[", "{",  "#",   "aa",  "MMMMMM", "DDDD", "j", "year"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_status(date_pattern_check(slice_of(bad[i])), STATUS_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(letters_are_those_of_java),
        cmocka_unit_test(quoted_text_stands_for_itself),
        cmocka_unit_test(what_java_has_and_we_do_not_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

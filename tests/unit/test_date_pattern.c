#include "emulator/base/text.h"
#include "emulator/delivery/date_pattern.h"
#include "tests/lib/asserts.h"

/* 2026-11-05T04:07:09.084Z, a Thursday, day 309 of its year */
#define MORNING INT64_C(1793851629084)
/* 2028-02-29T00:00:00.000Z and 1969-12-31T23:59:59.999Z */
#define LEAP_DAY INT64_C(1835395200000)
#define BEFORE_EPOCH INT64_C(-1)

static void assert_pattern_at(const char *pattern, int64_t at_ms, int32_t offset_s,
                              const char *expected)
{
    struct text text;
    text_init(&text, 1000);
    assert_ok(date_pattern_check(slice_of(pattern)));
    date_pattern_append(&text, slice_of(pattern), at_ms, offset_s);
    assert_ok(text.status);
    assert_slice(text_slice(&text), expected);
    text_close(&text);
}

static void assert_pattern(const char *pattern, int64_t at_ms, const char *expected)
{
    assert_pattern_at(pattern, at_ms, 0, expected);
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

/* 2026-12-30 and 2027-01-01, a Wednesday and a Friday of one week; 2022-01-01, a Saturday */
#define YEARS_END INT64_C(1798588800000)
#define YEARS_BEGIN INT64_C(1798761600000)
#define SATURDAY INT64_C(1640995200000)

static void weeks_are_those_of_the_united_states(void **state)
{
    (void)state;
    assert_pattern("YYYY-ww W e", MORNING, "2026-45 1 5");
    assert_pattern("YYYY-ww W e yyyy", YEARS_END, "2027-01 5 4 2026");
    assert_pattern("YYYY-w W c YY", YEARS_BEGIN, "2027-1 1 6 27");
    assert_pattern("YYYY-ww W e", SATURDAY, "2022-01 1 7");
    assert_pattern("YYYY-ww", SATURDAY + INT64_C(86400000), "2022-02");
    assert_pattern("ee eee eeee eeeee ccc", MORNING, "05 Thu Thursday T Thu");
}

static void eras_quarters_and_the_time_of_a_day_are_there_too(void **state)
{
    (void)state;
    assert_pattern("G GGGG GGGGG", MORNING, "AD Anno Domini A");
    assert_pattern("Q QQ QQQ QQQQ q", MORNING, "4 04 Q4 4th quarter 4");
    assert_pattern("qqqq", LEAP_DAY, "1st quarter");
    assert_pattern("A n N", MORNING, "14829084 84000000 14829084000000");
}

static void offsets_from_utc_are_those_of_the_zone(void **state)
{
    (void)state;
    static const char all[] = "Z ZZZZ ZZZZZ X XX XXX x xx xxx O OOOO";
    assert_pattern(all, MORNING, "+0000 GMT Z Z Z Z +00 +0000 +00:00 GMT GMT");
    assert_pattern_at(all, MORNING, 3600,
                      "+0100 GMT+01:00 +01:00 +01 +0100 +01:00 +01 +0100 +01:00 GMT+1 GMT+01:00");
    assert_pattern_at(all, MORNING, -12600,
                      "-0330 GMT-03:30 -03:30 -0330 -0330 -03:30 -0330 -0330 -03:30 GMT-3:30"
                      " GMT-03:30");
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
    const char *const bad[] = {"www",   "WW", "ddd", "HHH", "z",      "XXXXXX", "cc", "VV", "'open",
                               "yyyy[", "{",  "#",   "aa",  "MMMMMM", "DDDD",   "OO", "j",  "year"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_status(date_pattern_check(slice_of(bad[i])), STATUS_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(letters_are_those_of_java),
        cmocka_unit_test(weeks_are_those_of_the_united_states),
        cmocka_unit_test(eras_quarters_and_the_time_of_a_day_are_there_too),
        cmocka_unit_test(offsets_from_utc_are_those_of_the_zone),
        cmocka_unit_test(quoted_text_stands_for_itself),
        cmocka_unit_test(what_java_has_and_we_do_not_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

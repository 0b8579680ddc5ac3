#include "emulator/base/dates.h"

#include <stdlib.h>
#include <time.h>

#include "tests/lib/asserts.h"

static const int64_t moment = INT64_C(1795422007084);

static void each_form_is_written(void **state)
{
    (void)state;
    char text[DATE_TEXT_BYTES];
    dates_http(moment, text);
    assert_string_equal(text, "Mon, 23 Nov 2026 08:20:07 GMT");
    dates_iso_ms(moment, text);
    assert_string_equal(text, "2026-11-23T08:20:07.084Z");
    dates_iso_offset(moment, text);
    assert_string_equal(text, "2026-11-23T08:20:07.084+0000");
    dates_compact(moment, text);
    assert_string_equal(text, "20261123T082007Z");
    dates_format(moment, "%Y/%m/%d/%H/", text);
    assert_string_equal(text, "2026/11/23/08/");
}

static void the_epoch_and_before(void **state)
{
    (void)state;
    char text[DATE_TEXT_BYTES];
    dates_iso_ms(0, text);
    assert_string_equal(text, "1970-01-01T00:00:00.000Z");
    dates_iso_ms(-1, text);
    assert_string_equal(text, "1969-12-31T23:59:59.999Z");
    dates_iso_ms(-1000, text);
    assert_string_equal(text, "1969-12-31T23:59:59.000Z");
}

static void leap_days_exist(void **state)
{
    (void)state;
    char text[DATE_TEXT_BYTES];
    dates_http(INT64_C(1709164800000), text);
    assert_string_equal(text, "Thu, 29 Feb 2024 00:00:00 GMT");
}

static void the_zone_of_the_machine_does_not_matter(void **state)
{
    (void)state;
    assert_int_equal(setenv("TZ", "Asia/Kolkata", 1), 0);
    tzset();
    char text[DATE_TEXT_BYTES];
    dates_compact(moment, text);
    assert_string_equal(text, "20261123T082007Z");
    assert_int_equal(unsetenv("TZ"), 0);
    tzset();
}

static void the_ends_of_time_fit_the_buffer(void **state)
{
    (void)state;
    char text[DATE_TEXT_BYTES];
    dates_http(INT64_MAX, text);
    assert_string_equal(text, "Sun, 17 Aug 292278994 07:12:55 GMT");
    dates_iso_offset(INT64_MIN, text);
    assert_string_equal(text, "-292275055-05-16T16:47:04.192+0000");
}

static void what_does_not_fit_is_empty(void **state)
{
    (void)state;
    char text[DATE_TEXT_BYTES] = "before";
    dates_format(moment, "%Y%Y%Y%Y%Y%Y%Y%Y%Y%Y%Y", text);
    assert_string_equal(text, "");
}

static void assert_read(const char *text, int64_t expected)
{
    int64_t got = 0;
    assert_ok(dates_parse_iso(slice_of(text), &got));
    assert_int_equal(got, expected);
}

static void iso_dates_are_read(void **state)
{
    (void)state;
    assert_read("2026-11-23T08:20:07Z", 1795422007000);
    assert_read("2026-11-23T08:20:07.084Z", 1795422007084);
    assert_read("2026-11-23T08:20:07.0849999Z", 1795422007084);
    assert_read("2026-11-23T08:20:07.5", 1795422007500);
    assert_read("2026-11-23T10:20:07+02:00", 1795422007000);
    assert_read("2026-11-23T05:50:07-0230", 1795422007000);
    assert_read("2026-11-23", 1795392000000);
    assert_read("1969-12-31T23:59:59.250Z", -750);
}

static void what_is_no_iso_date_is_refused(void **state)
{
    (void)state;
    static const char *const others[] = {"",
                                         "today",
                                         "2026-11",
                                         "2026-13-01",
                                         "2026-11-32",
                                         "2026-11-23T",
                                         "2026-11-23T08:20",
                                         "2026-11-23T24:00:00Z",
                                         "2026-11-23T08:20:07.Z",
                                         "2026-11-23T08:20:07ZZ",
                                         "2026-11-23T08:20:07+1",
                                         "2026-11-23 08:20:07",
                                         "+026-11-23"};
    int64_t got = 0;
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        assert_status(dates_parse_iso(slice_of(others[i]), &got), STATUS_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_form_is_written),
        cmocka_unit_test(the_epoch_and_before),
        cmocka_unit_test(leap_days_exist),
        cmocka_unit_test(the_zone_of_the_machine_does_not_matter),
        cmocka_unit_test(the_ends_of_time_fit_the_buffer),
        cmocka_unit_test(what_does_not_fit_is_empty),
        cmocka_unit_test(iso_dates_are_read),
        cmocka_unit_test(what_is_no_iso_date_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

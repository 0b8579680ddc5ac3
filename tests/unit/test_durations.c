#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "emulator/base/durations.h"

struct good {
    const char *text;
    int64_t ms;
};

static void lengths_are_read_in_every_form(void **state)
{
    (void)state;
    static const struct good goods[] = {
        {"0", 0},
        {"90", 90000},
        {"250ms", 250},
        {"90s", 90000},
        {"2m", 120000},
        {"1h", 3600000},
        {"7d", 604800000},
        {"1h30m", 5400000},
        {"1.5h", 5400000},
        {"2M", 120000},
        {"PT5M", 300000},
        {"pt5m", 300000},
        {"PT0.5S", 500},
        {"P1D", 86400000},
        {"P1DT12H", 129600000},
        {"PT1H30M10S", 5410000},
        {"36600d", DURATION_MAX_MS},
    };
    for (size_t i = 0; i < sizeof(goods) / sizeof(goods[0]); i++) {
        int64_t ms = -1;
        enum status status = durations_parse(slice_of(goods[i].text), &ms);
        if (status != STATUS_OK || ms != goods[i].ms)
            fail_msg("%s: %s, %lld", goods[i].text, status_text(status), (long long)ms);
    }
}

static void other_texts_are_no_lengths(void **state)
{
    (void)state;
    static const char *const bad[] = {"",     "m",   "-1",   "2 m", "2m1h",  "1m1m", "2w",
                                      "1.",   "1.m", ".5s",  "1.5", "P",     "PT",   "P1H",
                                      "PT1D", "5Mx", "P1DT", "1e3", "PT5M ", "1h30", "0x10"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        int64_t ms = 42;
        if (durations_parse(slice_of(bad[i]), &ms) != STATUS_INVALID || ms != 42)
            fail_msg("%s was taken as %lld ms", bad[i], (long long)ms);
    }
}

static void lengths_beyond_the_maximum_are_too_large(void **state)
{
    (void)state;
    static const char *const large[] = {"36601d", "36600d1ms", "99999999999999999999",
                                        "9223372036854775807", "99999999999999999999h"};
    for (size_t i = 0; i < sizeof(large) / sizeof(large[0]); i++) {
        int64_t ms = 42;
        if (durations_parse(slice_of(large[i]), &ms) != STATUS_TOO_LARGE || ms != 42)
            fail_msg("%s was taken as %lld ms", large[i], (long long)ms);
    }
}

static void moments_are_read_in_every_form(void **state)
{
    (void)state;
    static const struct good goods[] = {
        {"1970-01-01T00:00:00Z", 0},
        {"2026-11-25T22:27:23Z", 1795645643000},
        {"2026-11-25T22:27:23.084z", 1795645643084},
        {"2026-11-25T22:27:23.5Z", 1795645643500},
        {"2026-11-25t23:27:23+01:00", 1795645643000},
        {"2026-11-25T21:57:23-00:30", 1795645643000},
        {"2024-02-29T00:00:00Z", 1709164800000},
        {"2000-02-29T00:00:00Z", 951782400000},
        {"9999-12-31T23:59:59.999Z", 253402300799999},
        {"1764064800000", 1764064800000},
    };
    for (size_t i = 0; i < sizeof(goods) / sizeof(goods[0]); i++) {
        int64_t ms = -1;
        enum status status = durations_parse_moment(slice_of(goods[i].text), &ms);
        if (status != STATUS_OK || ms != goods[i].ms)
            fail_msg("%s: %s, %lld", goods[i].text, status_text(status), (long long)ms);
    }
}

static void other_texts_are_no_moments(void **state)
{
    (void)state;
    static const char *const bad[] = {"",
                                      "2026-11-25",
                                      "2026-11-25T10:00:00",
                                      "2026-11-25 10:00:00Z",
                                      "2026-13-01T00:00:00Z",
                                      "2026-02-29T00:00:00Z",
                                      "2100-02-29T00:00:00Z",
                                      "2026-11-25T24:00:00Z",
                                      "2026-11-25T10:00:60Z",
                                      "2026-11-25T10:00:00.1234Z",
                                      "2026-11-25T10:00:00.Z",
                                      "2026-11-25T10:00:00ZZ",
                                      "2026-11-25T10:00:00+1",
                                      "1969-12-31T23:59:59Z",
                                      "1970-01-01T00:00:00+00:01",
                                      "-1",
                                      "2m"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        int64_t ms = 42;
        if (durations_parse_moment(slice_of(bad[i]), &ms) != STATUS_INVALID || ms != 42)
            fail_msg("%s was taken as %lld", bad[i], (long long)ms);
    }
}

static void moments_after_the_year_9999_are_too_large(void **state)
{
    (void)state;
    int64_t ms = 42;
    assert_int_equal(durations_parse_moment(SLICE("253402300800000"), &ms), STATUS_TOO_LARGE);
    assert_int_equal(durations_parse_moment(SLICE("9999-12-31T23:59:59-00:01"), &ms),
                     STATUS_TOO_LARGE);
    assert_int_equal(ms, 42);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lengths_are_read_in_every_form),
        cmocka_unit_test(other_texts_are_no_lengths),
        cmocka_unit_test(lengths_beyond_the_maximum_are_too_large),
        cmocka_unit_test(moments_are_read_in_every_form),
        cmocka_unit_test(other_texts_are_no_moments),
        cmocka_unit_test(moments_after_the_year_9999_are_too_large),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

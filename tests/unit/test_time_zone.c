#include <stdlib.h>
#include <time.h>

#include "emulator/base/arena.h"
#include "emulator/delivery/time_zone.h"
#include "emulator/delivery/zone_rule.h"
#include "tests/lib/asserts.h"

static struct arena arena;

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena, (size_t)1024 * 1024);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_clear(&arena);
    return 0;
}

static const struct time_zone *load(const char *name)
{
    const struct time_zone *zone = NULL;
    assert_ok(time_zone_load(slice_of(name), &arena, &zone));
    return zone;
}

static void utc_needs_no_file(void **state)
{
    (void)state;
    assert_null(load(""));
    assert_null(load("UTC"));
    assert_int_equal(time_zone_offset(NULL, 0), 0);
    assert_slice(time_zone_abbreviation(NULL, 0), "UTC");
}

static void berlin_changes_in_march_and_october(void **state)
{
    (void)state;
    const struct time_zone *zone = load("Europe/Berlin");
    assert_int_equal(time_zone_offset(zone, 1774745999), 3600); /* 2026-03-29T00:59:59Z */
    assert_slice(time_zone_abbreviation(zone, 1774745999), "CET");
    assert_int_equal(time_zone_offset(zone, 1774746000), 7200);
    assert_slice(time_zone_abbreviation(zone, 1774746000), "CEST");
    assert_int_equal(time_zone_offset(zone, 1792889999), 7200); /* 2026-10-25T00:59:59Z */
    assert_int_equal(time_zone_offset(zone, 1792890000), 3600);
    assert_int_equal(time_zone_offset(zone, 4102444800), 3600); /* 2100, by the rule */
}

/* glibc reads the same files: they agree from 1900 to 2199. */
static void every_zone_agrees_with_the_c_library(void **state)
{
    (void)state;
    static const char *const names[] = {
        "Europe/Berlin",
        "Europe/Dublin",
        "America/New_York",
        "America/St_Johns",
        "America/Nuuk",
        "America/Sao_Paulo",
        "Asia/Kolkata",
        "Asia/Tokyo",
        "Asia/Gaza",
        "Asia/Tehran",
        "Africa/Casablanca",
        "Africa/Monrovia",
        "Australia/Lord_Howe",
        "Australia/Melbourne",
        "Pacific/Apia",
        "Pacific/Chatham",
        "Antarctica/Troll",
        "Etc/UTC",
        "GMT",
        "America/Asuncion",
    };
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        const struct time_zone *zone = load(names[i]);
        assert_int_equal(setenv("TZ", names[i], 1), 0);
        tzset();
        for (int64_t at = INT64_C(-2208988800); at < INT64_C(7258118400); at += 86400 * 3 + 1237) {
            time_t seconds = (time_t)at;
            struct tm local;
            assert_non_null(localtime_r(&seconds, &local));
            if (time_zone_offset(zone, at) != local.tm_gmtoff)
                fail_msg("%s at %lld", names[i], (long long)at);
            assert_slice(time_zone_abbreviation(zone, at), local.tm_zone);
        }
    }
}

static void what_is_no_zone_is_not_found(void **state)
{
    (void)state;
    static const char *const names[] = {"Europe",           "Mars/Base",   "zone.tab",
                                        "../etc/passwd",    "/etc/passwd", "right/Europe/Berlin",
                                        "posix/Asia/Tokyo", "leapseconds", "UTC/x",
                                        "tzdata_zi"};
    const struct time_zone *zone = NULL;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        assert_int_equal(time_zone_load(slice_of(names[i]), &arena, &zone), STATUS_NOT_FOUND);
}

/* Version 2 with an empty first block, no transitions and one type. */
#define ZEROS_31 "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
#define HEADER(types, chars) "TZif2" ZEROS_31 types "\0\0\0" chars
#define EMPTY HEADER("\0\0\0\0", "\0")
#define FILE_OF(rule) EMPTY HEADER("\0\0\0\1", "\4") "\0\0\x0e\x10\0\0LMT\0\n" rule "\n"

static void a_damaged_file_is_corrupt_wherever_it_is_cut(void **state)
{
    (void)state;
    const struct time_zone *zone = NULL;
    struct slice whole = SLICE(FILE_OF("<+05>-5"));
    assert_ok(time_zone_parse(whole, &arena, &zone));
    assert_int_equal(time_zone_offset(zone, 0), 5 * 3600);
    assert_slice(time_zone_abbreviation(zone, 0), "+05");
    for (size_t len = 0; len < whole.len; len++)
        assert_int_equal(time_zone_parse(slice_first(whole, len), &arena, &zone), STATUS_CORRUPT);
    assert_ok(time_zone_parse(SLICE(FILE_OF("")), &arena, &zone));
    assert_int_equal(time_zone_offset(zone, 0), 3600);
}

static void rules_have_three_kinds_of_days(void **state)
{
    (void)state;
    struct zone_rule rule;
    /* 2024 is a leap year: 1 March is its day 61, but Julian day 60 in every year */
    assert_ok(zone_rule_parse(SLICE("AAA0BBB,J60/0,J300/0"), &rule));
    assert_int_equal(zone_rule_at(&rule, 1709251199).offset_s, 0); /* 2024-02-29T23:59:59Z */
    assert_int_equal(zone_rule_at(&rule, 1709251200).offset_s, 3600);
    assert_ok(zone_rule_parse(SLICE("AAA0BBB,59/0,300/0"), &rule));
    assert_int_equal(zone_rule_at(&rule, 1709164799).offset_s, 0); /* 2024-02-28T23:59:59Z */
    assert_int_equal(zone_rule_at(&rule, 1709164800).offset_s, 3600);
    assert_ok(zone_rule_parse(SLICE("<-02>2<-01>,M3.5.0/-1,M10.5.0/0"), &rule));
    assert_int_equal(zone_rule_at(&rule, 1774745999).offset_s, -7200);
    assert_int_equal(zone_rule_at(&rule, 1774746000).offset_s, -3600);
}

static void bad_rules_are_corrupt(void **state)
{
    (void)state;
    static const char *const bad[] = {"",
                                      "A0",
                                      "AAA",
                                      "AAA0B",
                                      "AAA0BBB",
                                      "AAA0BBB,J1",
                                      "<AAA0",
                                      "AAA168",
                                      "AAA0BBB,M13.1.0,M1.1.0",
                                      "AAA0BBB,J1,J2x",
                                      "AAA0:60"};
    struct zone_rule rule;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_int_equal(zone_rule_parse(slice_of(bad[i]), &rule), STATUS_CORRUPT);
}

int main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(utc_needs_no_file),
        TEST(berlin_changes_in_march_and_october),
        TEST(every_zone_agrees_with_the_c_library),
        TEST(what_is_no_zone_is_not_found),
        TEST(a_damaged_file_is_corrupt_wherever_it_is_cut),
        TEST(rules_have_three_kinds_of_days),
        TEST(bad_rules_are_corrupt),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "handlers/s3/s3_conditions.h"

#include "tests/lib/asserts.h"

static void dates_of_both_forms_are_read(void **state)
{
    (void)state;
    int64_t ms = 0;
    assert_true(s3_date_parse(SLICE("Mon, 23 Nov 2026 08:20:07 GMT"), &ms));
    assert_true(ms == INT64_C(1795422007000));
    assert_true(s3_date_parse(SLICE("2026-11-23T08:20:07Z"), &ms));
    assert_true(ms == INT64_C(1795422007000));
    assert_true(s3_date_parse(SLICE("Thu, 29 Feb 2024 23:59:59 GMT"), &ms));
    assert_true(ms == INT64_C(1709251199000));
    assert_true(s3_date_parse(SLICE("1970-01-01T00:00:00.000Z"), &ms));
    assert_true(ms == 0);
}

static void anything_else_is_no_date(void **state)
{
    (void)state;
    static const char *const texts[] = {"", "yesterday", "Mon, 23 Nix 2026 08:20:07 GMT",
                                        "2026-13-01T00:00:00Z", "Mon, 23 Nov 2026 25:20:07 GMT"};
    int64_t ms = 42;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        assert_false(s3_date_parse(slice_of(texts[i]), &ms));
    assert_true(ms == 42);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dates_of_both_forms_are_read),
        cmocka_unit_test(anything_else_is_no_date),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

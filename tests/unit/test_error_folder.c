#include "emulator/delivery/error_folder.h"
#include "tests/lib/asserts.h"

#define MOMENT_MS INT64_C(1795645643000) /* 2026-11-25T22:27:23 */

static bool may_be(const char *prefix, const char *folder)
{
    return error_folder_fits(slice_of(prefix), slice_of(folder), MOMENT_MS);
}

static void folders_of_error_objects_are_those_of_the_prefix(void **state)
{
    (void)state;
    static const char hour[] = "processing-failed/2026/11/26/10/";
    assert_true(may_be("", hour));
    assert_true(may_be("", "http-endpoint-failed/2026/11/26/10/"));
    assert_true(may_be("e", "edecompression-failed/2026/11/26/10/"));
    assert_false(may_be("", "processing-failed/2026/11/26/10/other-"));
    assert_false(may_be("e", hour));
    assert_false(may_be("", "processing-failed/2026-11/26/10/"));
    assert_false(may_be("", "processing-failed/2026/"));
    assert_false(may_be("", ""));
}

static void expressions_in_folders_are_told_by_their_form(void **state)
{
    (void)state;
    static const char type[] = "e/!{firehose:error-output-type}x";
    static const char word[] = "!{firehose:error-output-type}/!{firehose:random-string}-";
    static const char times[] = "!{timestamp:yyyy}/!{firehose:error-output-type}/!{timestamp:MM}/";
    assert_true(may_be(type, "e/processing-failedx"));
    assert_false(may_be(type, "e/processing-failedxother-"));
    assert_false(may_be(type, "e/otherx"));
    assert_true(may_be(word, "processing-failed/abcdefgh123-"));
    assert_false(may_be(word, "processing-failed/abcdefgh123-other-"));
    assert_false(may_be(word, "processing-failed/abcdef-h123-"));
    assert_true(may_be(times, "2026/processing-failed/11/"));
    assert_false(may_be(times, "20/26/processing-failed//"));
    assert_false(may_be(times, "2026/processing-failed/11/other-"));
    assert_false(may_be(times, "2025/processing-failed/11/"));
    assert_true(may_be("!{firehose:error-output-type}!{timestamp:yyyy}", "processing-failed2026"));
    assert_false(
        may_be("!{firehose:error-output-type}!{timestamp:yyyy}", "processing-failed2026other-"));
}

static void a_time_at_the_end_is_that_of_the_key(void **state)
{
    (void)state;
    static const char years[] = "!{firehose:error-output-type}/!{timestamp:yyyy}";
    static const char names[] = "!{firehose:error-output-type}/!{timestamp:EEEE'x'MMM}";
    assert_true(may_be(years, "processing-failed/2026"));
    assert_false(may_be(years, "processing-failed/2026x"));
    assert_false(may_be(years, "processing-failed/20261"));
    assert_true(may_be(names, "processing-failed/WednesdayxNov"));
    assert_false(may_be(names, "processing-failed/WednesdayxNovx"));
}

static void parts_of_a_second_and_offsets_are_not_in_a_key_and_may_be_any(void **state)
{
    (void)state;
    static const char parts[] = "!{firehose:error-output-type}/!{timestamp:ss.SSS}/";
    assert_true(may_be(parts, "processing-failed/23.084/"));
    assert_false(may_be(parts, "processing-failed/23.084/other-"));
    assert_true(may_be("!{timestamp:yyyyXXX}/!{firehose:error-output-type}/",
                       "2026+01:00/processing-failed/"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(folders_of_error_objects_are_those_of_the_prefix),
        cmocka_unit_test(expressions_in_folders_are_told_by_their_form),
        cmocka_unit_test(a_time_at_the_end_is_that_of_the_key),
        cmocka_unit_test(parts_of_a_second_and_offsets_are_not_in_a_key_and_may_be_any),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

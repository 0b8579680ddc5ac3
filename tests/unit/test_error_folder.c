#include "emulator/delivery/error_folder.h"
#include "tests/lib/asserts.h"

static bool may_be(const char *prefix, const char *folder)
{
    return error_folder_fits(slice_of(prefix), slice_of(folder));
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
    assert_true(may_be(times, "20/26/processing-failed//"));
    assert_false(may_be(times, "2026/processing-failed/11/other-"));
    assert_true(may_be("!{firehose:error-output-type}!{timestamp:yyyy}", "processing-failed2026"));
    assert_false(
        may_be("!{firehose:error-output-type}!{timestamp:yyyy}", "processing-failed2026other-"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(folders_of_error_objects_are_those_of_the_prefix),
        cmocka_unit_test(expressions_in_folders_are_told_by_their_form),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

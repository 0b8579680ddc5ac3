#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "emulator/shapes/shape_check.h"
#include "emulator/shapes/shape_pattern.h"
#include "emulator/shapes/shape_table.h"

static unsigned pattern_called(const char *text)
{
    unsigned i = 0;
    while (i < shape_pattern_count && strcmp(shape_pool + shape_patterns[i].text, text) != 0)
        i++;
    assert_true(i < shape_pattern_count);
    return i;
}

static bool matches(const char *pattern, struct slice text)
{
    bool found = false;
    assert_int_equal(shape_pattern_match(NULL, pattern_called(pattern), text, &found), STATUS_OK);
    return found;
}

static void every_pattern_of_the_models_compiles(void **state)
{
    (void)state;
    struct shape_cache *cache = shape_cache_create();
    for (unsigned i = 0; i < shape_pattern_count; i++) {
        bool found;
        assert_int_equal(shape_pattern_match(cache, i, SLICE("x"), &found), STATUS_OK);
    }
    shape_cache_destroy(cache);
}

static void the_whole_text_must_match(void **state)
{
    (void)state;
    assert_true(matches("[a-zA-Z0-9_.-]+", SLICE("a-Z_0.9")));
    assert_false(matches("[a-zA-Z0-9_.-]+", SLICE("a b")));
    assert_false(matches("[a-zA-Z0-9_.-]+", SLICE("")));
    assert_false(matches("[a-zA-Z0-9_.-]+", SLICE("a\n")));
    assert_true(matches("arn:.*:s3:::[\\w\\.\\-]{1,255}", SLICE("arn:aws:s3:::b")));
    assert_false(matches("arn:.*:s3:::[\\w\\.\\-]{1,255}", SLICE("arn:aws:s3:::b/c")));
    assert_false(matches("arn:.*:s3:::[\\w\\.\\-]{1,255}", SLICE("xarn:aws:s3:::b")));
    assert_false(matches("arn:.*:s3:::[\\w\\.\\-]{1,255}", SLICE("arn:aws:s3:::b\n")));
}

static void an_empty_alternative_is_one(void **state)
{
    (void)state;
    assert_true(matches("^$|[a-zA-Z/_]+", SLICE("")));
    assert_true(matches("^$|[a-zA-Z/_]+", SLICE("Europe/Berlin")));
    assert_false(matches("^$|[a-zA-Z/_]+", SLICE("Etc/GMT+3")));
}

static void a_dot_is_no_line_end(void **state)
{
    (void)state;
    assert_true(matches(".*", SLICE("")));
    assert_true(matches(".*", SLICE("a\xc3\xa4")));
    assert_false(matches(".*", SLICE("a\nb")));
    assert_false(matches(".*", SLICE("a\rb")));
}

static void a_negated_class_takes_what_is_beyond_ascii(void **state)
{
    (void)state;
    assert_true(matches("[^:*]*", SLICE("a\xc3\xa4/b\n")));
    assert_false(matches("[^:*]*", SLICE("a*")));
    assert_false(matches("[a-zA-Z0-9-]+", SLICE("a\xc3\xa4")));
}

static void a_counted_class_is_counted(void **state)
{
    (void)state;
    assert_true(matches("\\d{12}", SLICE("123456789012")));
    assert_false(matches("\\d{12}", SLICE("12345678901")));
    assert_false(matches("\\d{12}", SLICE("1234567890123")));
    assert_false(matches("\\d{12}", SLICE("12345678901a")));
}

static void broken_utf8_matches_nothing(void **state)
{
    (void)state;
    assert_false(matches(".*", SLICE("a\xff")));
}

static void a_match_that_runs_away_is_stopped(void **state)
{
    (void)state;
    /* Repeated groups that can be cut in many ways, and an end that never fits. */
    size_t len = 100000;
    char *text = malloc(len);
    memset(text, 'a', len);
    text[len - 1] = '!';
    for (unsigned i = 0; i < shape_pattern_count; i++) {
        bool found;
        assert_int_equal(shape_pattern_match(NULL, i, slice_make(text, len), &found), STATUS_OK);
    }
    free(text);
}

static void length_is_counted_as_java_does(void **state)
{
    (void)state;
    assert_int_equal(shape_utf16_length(SLICE("abc")), 3);
    assert_int_equal(shape_utf16_length(SLICE("\xc3\xa4\xe4\xb8\xad")), 2);
    assert_int_equal(shape_utf16_length(SLICE("\xf0\x9f\x98\x80")), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_pattern_of_the_models_compiles),
        cmocka_unit_test(the_whole_text_must_match),
        cmocka_unit_test(an_empty_alternative_is_one),
        cmocka_unit_test(a_dot_is_no_line_end),
        cmocka_unit_test(a_negated_class_takes_what_is_beyond_ascii),
        cmocka_unit_test(a_counted_class_is_counted),
        cmocka_unit_test(broken_utf8_matches_nothing),
        cmocka_unit_test(a_match_that_runs_away_is_stopped),
        cmocka_unit_test(length_is_counted_as_java_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

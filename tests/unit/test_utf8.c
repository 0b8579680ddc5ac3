#include "emulator/base/utf8.h"

#include "emulator/base/text.h"
#include "tests/lib/asserts.h"

static void characters_of_every_length_are_taken(void **state)
{
    (void)state;
    assert_int_equal(utf8_step(SLICE("a")), 1);
    assert_int_equal(utf8_step(SLICE("\0")), 1);
    assert_int_equal(utf8_step(SLICE("\xC2\x80")), 2);
    assert_int_equal(utf8_step(SLICE("\xE2\x82\xAC")), 3);
    assert_int_equal(utf8_step(SLICE("\xEF\xBF\xBF")), 3);
    assert_int_equal(utf8_step(SLICE("\xF0\x9F\x98\x80")), 4);
    assert_int_equal(utf8_step(SLICE("\xF4\x8F\xBF\xBF")), 4);
}

static void what_is_not_utf8_is_refused(void **state)
{
    (void)state;
    static const struct slice wrong[] = {
        SLICE_INIT("\x80"), /* a tail alone */
        SLICE_INIT("\xC2"), /* cut off */
        SLICE_INIT("\xC2"
                   "a"),                /* no tail */
        SLICE_INIT("\xC0\x80"),         /* overlong */
        SLICE_INIT("\xC1\xBF"),         /* overlong */
        SLICE_INIT("\xE0\x9F\xBF"),     /* overlong */
        SLICE_INIT("\xED\xA0\x80"),     /* surrogate */
        SLICE_INIT("\xE2\x82"),         /* cut off */
        SLICE_INIT("\xF0\x8F\xBF\xBF"), /* overlong */
        SLICE_INIT("\xF4\x90\x80\x80"), /* above the end */
        SLICE_INIT("\xF5\x80\x80\x80"),
        SLICE_INIT("\xF0\x9F\x98"),
        SLICE_INIT("\xFF"),
    };
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        assert_int_equal(utf8_step(wrong[i]), 0);
        assert_false(utf8_is_valid(wrong[i]));
    }
    assert_int_equal(utf8_step(SLICE("")), 0);
    assert_true(utf8_is_valid(SLICE("")));
    assert_true(utf8_is_valid(SLICE("a\xE2\x82\xAC")));
    assert_false(utf8_is_valid(SLICE("a\xE2\x82\xAC\xFF")));
}

static void characters_are_counted(void **state)
{
    (void)state;
    assert_int_equal(utf8_count(SLICE("a\xE2\x82\xAC\xF0\x9F\x98\x80")), 3);
    assert_int_equal(utf8_count(SLICE("\xFF\xFE")), 2);
    assert_int_equal(utf8_count(SLICE("")), 0);
}

static void assert_made_valid(struct slice given, const char *wanted)
{
    struct text out;
    text_init(&out, 100);
    utf8_append_valid(&out, given);
    assert_slice(text_slice(&out), wanted);
    text_close(&out);
}

static void what_is_no_character_is_replaced(void **state)
{
    (void)state;
    assert_made_valid(SLICE(""), "");
    assert_made_valid(SLICE("plain \xE2\x82\xAC"), "plain \xE2\x82\xAC");
    assert_made_valid(SLICE("\xFFz\xC3"), "\xEF\xBF\xBDz\xEF\xBF\xBD");
    assert_made_valid(SLICE("\xE2\x82"), "\xEF\xBF\xBD\xEF\xBF\xBD");
}

static void a_cut_leaves_characters_whole(void **state)
{
    (void)state;
    assert_slice(utf8_first(SLICE("abc"), 3), "abc");
    assert_slice(utf8_first(SLICE("abc"), 2), "ab");
    assert_slice(utf8_first(SLICE("a\xE2\x82\xAC"), 3), "a");
    assert_slice(utf8_first(SLICE("a\xE2\x82\xAC!"), 4), "a\xE2\x82\xAC");
    assert_slice(utf8_first(SLICE("\x80\x80\x80\x80\x80\x80"), 5), "\x80\x80\x80\x80\x80");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_no_character_is_replaced),
        cmocka_unit_test(a_cut_leaves_characters_whole),
        cmocka_unit_test(characters_of_every_length_are_taken),
        cmocka_unit_test(what_is_not_utf8_is_refused),
        cmocka_unit_test(characters_are_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

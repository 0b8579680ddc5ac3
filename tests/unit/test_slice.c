#include "emulator/base/slice.h"

#include "tests/lib/asserts.h"

static const struct slice nothing = {NULL, 0};

static void a_null_text_is_empty(void **state)
{
    (void)state;
    assert_true(slice_is_empty(slice_of(NULL)));
    assert_true(slice_equal(slice_of(NULL), SLICE("")));
}

static void equality_looks_at_all_bytes(void **state)
{
    (void)state;
    assert_true(slice_equal(SLICE("a\0b"), SLICE("a\0b")));
    assert_false(slice_equal(SLICE("a\0b"), SLICE("a\0c")));
    assert_false(slice_equal(SLICE("ab"), SLICE("abc")));
    assert_true(slice_equal_text(SLICE("ab"), "ab"));
    assert_false(slice_equal_text(SLICE("a\0"), "a"));
}

static void case_is_ignored_for_ascii_letters_only(void **state)
{
    (void)state;
    assert_true(slice_equal_nocase(SLICE("Content-Type"), SLICE("cONTENT-tYPE")));
    assert_false(slice_equal_nocase(SLICE("@"), SLICE("`")));
    assert_false(slice_equal_nocase(SLICE("["), SLICE("{")));
    assert_false(slice_equal_nocase(SLICE("\xC4"), SLICE("\xE4")));
    assert_false(slice_equal_nocase(SLICE("a"), SLICE("aa")));
}

static void order_is_by_unsigned_bytes_then_length(void **state)
{
    (void)state;
    assert_true(slice_compare(SLICE("a"), SLICE("b")) < 0);
    assert_true(slice_compare(SLICE("\xFF"), SLICE("a")) > 0);
    assert_true(slice_compare(SLICE("a"), SLICE("a\0")) < 0);
    assert_true(slice_compare(SLICE("ab"), SLICE("a")) > 0);
    assert_int_equal(slice_compare(nothing, SLICE("")), 0);
}

static void starts_and_ends(void **state)
{
    (void)state;
    assert_true(slice_starts_with(SLICE("bucket/key"), SLICE("bucket/")));
    assert_true(slice_starts_with(SLICE("x"), nothing));
    assert_false(slice_starts_with(SLICE("buck"), SLICE("bucket")));
    assert_true(slice_ends_with(SLICE("bucket/key"), SLICE("/key")));
    assert_false(slice_ends_with(SLICE("key"), SLICE("/key")));
}

static void what_is_not_found_is_at_the_end(void **state)
{
    (void)state;
    assert_int_equal(slice_find(SLICE("a=b=c"), '='), 1);
    assert_int_equal(slice_find(SLICE("abc"), '='), 3);
    assert_int_equal(slice_find(nothing, '='), 0);
    assert_int_equal(slice_search(SLICE("a--b--"), SLICE("--")), 1);
    assert_int_equal(slice_search(SLICE("a-b"), SLICE("--")), 3);
    assert_int_equal(slice_search(SLICE("ab"), nothing), 0);
    assert_int_equal(slice_search(nothing, SLICE("x")), 0);
}

static void parts_are_clipped(void **state)
{
    (void)state;
    assert_slice(slice_first(SLICE("abc"), 2), "ab");
    assert_slice(slice_first(SLICE("abc"), 9), "abc");
    assert_slice(slice_from(SLICE("abc"), 1), "bc");
    assert_slice(slice_from(SLICE("abc"), 3), "");
    assert_slice(slice_from(SLICE("abc"), SIZE_MAX), "");
}

static void trimming_takes_spaces_and_tabs_at_both_ends(void **state)
{
    (void)state;
    assert_slice(slice_trim(SLICE(" \t a b\t ")), "a b");
    assert_slice(slice_trim(SLICE(" \t ")), "");
    assert_slice(slice_trim(SLICE("\na\n")), "\na\n");
    assert_slice(slice_trim(nothing), "");
}

static void cutting_tells_an_empty_rest_from_none(void **state)
{
    (void)state;
    struct slice rest = SLICE("a=b=");
    assert_slice(slice_cut(&rest, '='), "a");
    assert_slice(slice_cut(&rest, '='), "b");
    assert_non_null(rest.ptr);
    assert_slice(slice_cut(&rest, '='), "");
    assert_null(rest.ptr);
}

static void assert_u64(const char *text, enum status expected, uint64_t number)
{
    uint64_t value = 7;
    assert_status(slice_to_u64(slice_of(text), &value), expected);
    assert_true(value == (expected == STATUS_OK ? number : 7));
}

static void assert_i64(const char *text, enum status expected, int64_t number)
{
    int64_t value = 7;
    assert_status(slice_to_i64(slice_of(text), &value), expected);
    assert_true(value == (expected == STATUS_OK ? number : 7));
}

static void numbers_use_the_whole_range(void **state)
{
    (void)state;
    assert_u64("0", STATUS_OK, 0);
    assert_u64("0042", STATUS_OK, 42);
    assert_u64("18446744073709551615", STATUS_OK, UINT64_MAX);
    assert_i64("-1", STATUS_OK, -1);
    assert_i64("9223372036854775807", STATUS_OK, INT64_MAX);
    assert_i64("-9223372036854775808", STATUS_OK, INT64_MIN);
}

static void what_is_no_number_is_refused(void **state)
{
    (void)state;
    assert_u64("", STATUS_INVALID, 0);
    assert_u64("+1", STATUS_INVALID, 0);
    assert_u64("-1", STATUS_INVALID, 0);
    assert_u64("1 ", STATUS_INVALID, 0);
    assert_u64("0x1", STATUS_INVALID, 0);
    assert_u64("18446744073709551616", STATUS_TOO_LARGE, 0);
    assert_u64("99999999999999999999", STATUS_TOO_LARGE, 0);
    assert_i64("-", STATUS_INVALID, 0);
    assert_i64("--1", STATUS_INVALID, 0);
    assert_i64("9223372036854775808", STATUS_TOO_LARGE, 0);
    assert_i64("-9223372036854775809", STATUS_TOO_LARGE, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_null_text_is_empty),
        cmocka_unit_test(equality_looks_at_all_bytes),
        cmocka_unit_test(case_is_ignored_for_ascii_letters_only),
        cmocka_unit_test(order_is_by_unsigned_bytes_then_length),
        cmocka_unit_test(starts_and_ends),
        cmocka_unit_test(what_is_not_found_is_at_the_end),
        cmocka_unit_test(parts_are_clipped),
        cmocka_unit_test(trimming_takes_spaces_and_tabs_at_both_ends),
        cmocka_unit_test(cutting_tells_an_empty_rest_from_none),
        cmocka_unit_test(numbers_use_the_whole_range),
        cmocka_unit_test(what_is_no_number_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

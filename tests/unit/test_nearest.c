#include "emulator/config/nearest.h"
#include "tests/lib/asserts.h"

static void the_distance_counts_single_changes(void **state)
{
    (void)state;
    assert_int_equal(nearest_distance(SLICE("port"), SLICE("port")), 0);
    assert_int_equal(nearest_distance(SLICE("prot"), SLICE("port")), 2);
    assert_int_equal(nearest_distance(SLICE("por"), SLICE("port")), 1);
    assert_int_equal(nearest_distance(SLICE("kitten"), SLICE("sitting")), 3);
    assert_int_equal(nearest_distance(SLICE(""), SLICE("abc")), 3);
    assert_int_equal(nearest_distance(SLICE("abc"), SLICE("")), 3);
}

static void texts_beyond_the_maximum_are_infinitely_far(void **state)
{
    (void)state;
    char text[NEAREST_MAX_CHARS + 1] = {0};
    struct slice longest = slice_make(text, NEAREST_MAX_CHARS);
    assert_int_equal(nearest_distance(longest, longest), 0);
    assert_true(nearest_distance(slice_make(text, sizeof(text)), SLICE("a")) == SIZE_MAX);
    assert_true(nearest_distance(SLICE("a"), slice_make(text, sizeof(text))) == SIZE_MAX);
}

static void the_nearest_name_wins_and_strangers_have_none(void **state)
{
    (void)state;
    static const char *const names[] = {"host", "port", "durability", NULL};
    assert_string_equal(nearest_name(SLICE("prot"), names), "port");
    assert_string_equal(nearest_name(SLICE("hosts"), names), "host");
    assert_string_equal(nearest_name(SLICE("durabilty"), names), "durability");
    assert_null(nearest_name(SLICE("colour"), names));
    assert_null(nearest_name(SLICE("x"), names));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_distance_counts_single_changes),
        cmocka_unit_test(texts_beyond_the_maximum_are_infinitely_far),
        cmocka_unit_test(the_nearest_name_wins_and_strangers_have_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

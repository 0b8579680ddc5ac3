#include "emulator/base/arena.h"
#include "emulator/lambda/function_isolation.h"
#include "tests/lib/asserts.h"

static bool is_isolated(const char *environment, const char *tags, bool otherwise)
{
    struct arena arena;
    bool answer = !otherwise;
    arena_init(&arena, 65536);
    assert_ok(
        function_isolation_find(slice_of(environment), slice_of(tags), otherwise, &arena, &answer));
    arena_clear(&arena);
    return answer;
}

static void the_variable_counts_before_the_tag_and_the_tag_before_the_setting(void **state)
{
    (void)state;
    static const char *const variable[] = {"", "{\"HYDRANT_ISOLATION\":\"none\"}",
                                           "{\"A\":\"b\",\"HYDRANT_ISOLATION\":\"worker\"}"};
    static const char *const tag[] = {"", "{\"hydrant:isolation\":\"none\"}",
                                      "{\"hydrant:isolation\":\"worker\",\"c\":\"d\"}"};
    for (int v = 0; v < 3; v++)
        for (int t = 0; t < 3; t++)
            for (int setting = 0; setting < 2; setting++) {
                bool expected = setting == 1;
                if (t > 0)
                    expected = t == 2;
                if (v > 0)
                    expected = v == 2;
                assert_int_equal(is_isolated(variable[v], tag[t], setting == 1), expected);
            }
}

static void a_name_in_a_value_says_nothing(void **state)
{
    (void)state;
    assert_false(
        is_isolated("{\"A\":\"HYDRANT_ISOLATION\"}", "{\"b\":\"hydrant:isolation\"}", false));
}

static void the_words_are_none_and_worker(void **state)
{
    (void)state;
    assert_true(function_isolation_is_word(SLICE("none")));
    assert_true(function_isolation_is_word(SLICE("worker")));
    assert_false(function_isolation_is_word(SLICE("Worker")));
    assert_false(function_isolation_is_word(SLICE("")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_variable_counts_before_the_tag_and_the_tag_before_the_setting),
        cmocka_unit_test(a_name_in_a_value_says_nothing),
        cmocka_unit_test(the_words_are_none_and_worker),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

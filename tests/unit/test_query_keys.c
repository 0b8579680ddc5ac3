#include "handlers/firehose/query_keys.h"
#include "tests/lib/asserts.h"

#define KEY(name) "!{partitionKeyFromQuery:" name "}"

static bool are_used(const char *query, const char *prefix)
{
    return query_keys_are_used(slice_of(query), slice_of(prefix));
}

static void every_key_has_to_be_in_the_prefix(void **state)
{
    (void)state;
    assert_true(are_used("{a:.x}", KEY("a") "/"));
    assert_true(are_used(" { \"a\" : .x , b: .y } ", "p/" KEY("b") "/" KEY("a") "/"));
    assert_false(are_used("{a:.x,b:.y}", KEY("a") "/"));
    assert_false(are_used("{a:.x}", KEY("ab") "/!{partitionKeyFromLambda:a}/"));
    assert_false(are_used("{\"a-1\":.x}", KEY("a") "/"));
    assert_false(are_used("{a:.x}", ""));
}

static void what_looks_like_a_key_inside_a_value_is_none(void **state)
{
    (void)state;
    assert_true(are_used("{a:.t|strftime(\"%Y, b: \\\", c:\")}", KEY("a")));
    assert_true(
        are_used("{a:sub(\"x\"; \"y\")|[.[0], 1]|join(\",b:\"), c:(1, .d)}", KEY("a") KEY("c")));
}

static void other_programs_are_not_looked_into(void **state)
{
    (void)state;
    assert_true(are_used("", ""));
    assert_true(are_used("{", ""));
    assert_true(are_used("{}", ""));
    assert_true(are_used(".a", ""));
    assert_true(are_used("{a}", ""));
    assert_true(are_used("{(.k): .x}", ""));
    assert_true(are_used("{a:.x} | {b:.a}", KEY("b")));
    assert_true(are_used("if .c then {a:.x} else {b:.y} end", ""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_key_has_to_be_in_the_prefix),
        cmocka_unit_test(what_looks_like_a_key_inside_a_value_is_none),
        cmocka_unit_test(other_programs_are_not_looked_into),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include <string.h>

#include "tests/unit/filter_fixture.h"

static void a_class_takes_one_of_its_bytes(void **state)
{
    (void)state;
    assert_match("%[hc]at%", "that", true);
    assert_match("%[hc]at%", "mat", false);
    assert_match("%[^hc]at%", "mat", true);
    assert_match("%[a-c1]x%", "bx", true);
    assert_match("%[a-c1]x%", "dx", false);
    assert_match("%[a\\-]x%", "-x", true);
    assert_match("%[\\d_]x%", "_x", true);
    assert_match("%a.c%", "a c", true);
    assert_match("%a.c%", "ac", false);
}

static void a_backslash_gives_kinds_and_single_bytes(void **state)
{
    (void)state;
    assert_match("%\\d\\D%", "1a", true);
    assert_match("%\\d\\D%", "11", false);
    assert_match("%\\s\\S%", "a b", true);
    assert_match("%^\\w\\W$%", "a!", true);
    assert_match("%10\\.0%", "10.0", true);
    assert_match("%10\\.0%", "10x0", false);
    assert_match("%\\x28\\x29%", "f()", true);
}

static void a_quantifier_repeats_what_is_before_it(void **state)
{
    (void)state;
    assert_match("%^ab?c$%", "ac", true);
    assert_match("%^ab?c$%", "abbc", false);
    assert_match("%^ab*c$%", "abbbc", true);
    assert_match("%^ab*c$%", "ac", true);
    assert_match("%^ab+c$%", "ac", false);
    assert_match("%^ab+c$%", "abbc", true);
    assert_match("%^a{2}$%", "aa", true);
    assert_match("%^a{2}$%", "aaa", false);
    assert_match("%^a{2,}$%", "aaaaa", true);
    assert_match("%^a{1,3}b{0,1}$%", "aaa", true);
    assert_match("%^a{1,3}$%", "aaaa", false);
    assert_match("%^[a-z]{70}x$%",
                 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaax", true);
    assert_match("%^a{0,100}x$%", "x", true);
}

static void anchors_hold_a_match_to_the_ends(void **state)
{
    (void)state;
    assert_match("%^b%", "ab", false);
    assert_match("%^a%", "ab", true);
    assert_match("%a$%", "ab", false);
    assert_match("%b$%", "ab", true);
    assert_match("%^$%", "", true);
    assert_match("%^$%", "a", false);
}

static void alternatives_stand_for_themselves(void **state)
{
    (void)state;
    assert_match("%^a|b$%", "ax", true);
    assert_match("%^a|b$%", "xb", true);
    assert_match("%^a|b$%", "xax", false);
    assert_match("%cat|dog|cow%", "the cow", true);
}

static void an_expression_that_would_take_for_ever_elsewhere_is_quick(void **state)
{
    static char message[200001];
    (void)state;
    memset(message, 'a', sizeof(message) - 1);
    assert_match("%a*a*a*a*a*a*a*a*a*a*b%", message, false);
    assert_match("%a{0,200}b%", message, false);
}

static void what_aws_does_not_take_is_refused(void **state)
{
    static const char problem[] = "Invalid regular expression in filter pattern";
    (void)state;
    assert_refused("%%", problem);
    assert_refused("%a", problem);
    assert_refused("%(a)%", problem);
    assert_refused("%a!%", problem);
    assert_refused("%\xc3\xa4%", problem);
    assert_refused("%[a%", problem);
    assert_refused("%[]%", problem);
    assert_refused("%[b-a]%", problem);
    assert_refused("%*a%", problem);
    assert_refused("%a**%", problem);
    assert_refused("%a{2,1}%", problem);
    assert_refused("%a{%", problem);
    assert_refused("%a{0}%", problem);
    assert_refused("%a^b%", problem);
    assert_refused("%a$b%", problem);
    assert_refused("%a|%", problem);
    assert_refused("%\\q%", problem);
    assert_refused("%a{300}%", problem);
    assert_refused("%a{99999999999}%", problem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_class_takes_one_of_its_bytes),
        cmocka_unit_test(a_backslash_gives_kinds_and_single_bytes),
        cmocka_unit_test(a_quantifier_repeats_what_is_before_it),
        cmocka_unit_test(anchors_hold_a_match_to_the_ends),
        cmocka_unit_test(alternatives_stand_for_themselves),
        cmocka_unit_test(an_expression_that_would_take_for_ever_elsewhere_is_quick),
        cmocka_unit_test(what_aws_does_not_take_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

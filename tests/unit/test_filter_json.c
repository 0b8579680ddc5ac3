#include <stdio.h>

#include "tests/unit/filter_fixture.h"

static const char trail[] =
    "{\"eventType\":\"UpdateTrail\",\"sourceIPAddress\":\"111.111.111.111\","
    "\"arrayKey\":[\"value\",\"another value\"],"
    "\"objectList\":[{\"name\":\"a\",\"id\":1},{\"name\":\"b\",\"id\":2}],"
    "\"SomeObject\":null,\"ThisFlag\":true,\"latency\":500.5,\"errorCode\":400,"
    "\"coordinates\":[[0,1,2],[4,5,6]],\"user\":{\"id\":1,\"e-mail_1\":\"x@y\"},\"code\":\"7\"}";

static void texts_are_compared_with_or_without_quotation_marks(void **state)
{
    (void)state;
    assert_match("{ $.eventType = \"UpdateTrail\" }", trail, true);
    assert_match("{$.eventType=UpdateTrail}", trail, true);
    assert_match("{ $.eventType = updateTrail }", trail, false);
    assert_match("{ $.eventType != UpdateTrail }", trail, false);
    assert_match("{ $.sourceIPAddress != 123.123.* }", trail, true);
    assert_match("{ $.user.e-mail_1 = \"x@y\" }", trail, true);
}

static void a_star_at_either_end_stands_for_anything(void **state)
{
    (void)state;
    assert_match("{ $.eventType = Update* }", trail, true);
    assert_match("{ $.eventType = *Trail }", trail, true);
    assert_match("{ $.eventType = \"*dateT*\" }", trail, true);
    assert_match("{ $.eventType = Up*Trail }", trail, false);
    assert_match("{ $.eventType = * }", trail, true);
    assert_match("{ $.latency = * }", trail, true);
    assert_match("{ $.errorCode = 4* }", trail, true);
    assert_match("{ $.nothing = * }", trail, false);
}

static void numbers_are_compared_as_numbers(void **state)
{
    (void)state;
    assert_match("{ $.latency >= 500 }", trail, true);
    assert_match("{ $.latency > +1000 }", trail, false);
    assert_match("{ $.latency = 5.005e2 }", trail, true);
    assert_match("{ $.latency < 10e3 }", trail, true);
    assert_match("{ $.latency < 10e-3 }", trail, false);
    assert_match("{ $.latency <= 500.5 }", trail, true);
    assert_match("{ $.errorCode = 400 }", trail, true);
    assert_match("{ $.errorCode != 500 }", trail, true);
    assert_match("{ $.errorCode > -1 }", trail, true);
    assert_match("{ $.code = 7 }", trail, true);
    assert_match("{ $.eventType > 1 }", trail, false);
}

static void elements_are_counted_from_zero(void **state)
{
    (void)state;
    assert_match("{ $.arrayKey[0] = \"value\" }", trail, true);
    assert_match("{ $.arrayKey[1] = value }", trail, false);
    assert_match("{ $.arrayKey[2] NOT EXISTS }", trail, true);
    assert_match("{ $.objectList[1].id = 2 }", trail, true);
    assert_match("{ $.coordinates[1][2] = 6 }", trail, true);
    assert_match("{ $.eventType[0] = U }", trail, false);
}

static void what_is_neither_text_nor_number_compares_with_nothing(void **state)
{
    (void)state;
    assert_match("{ $.arrayKey = 1 }", trail, false);
    assert_match("{ $.arrayKey != 1 }", trail, false);
    assert_match("{ $.SomeObject != 1 }", trail, false);
    assert_match("{ $.nothing != 1 }", trail, false);
    assert_match("{ $.ThisFlag != 1 }", trail, false);
}

static void predicates_ask_for_null_booleans_and_existence(void **state)
{
    (void)state;
    assert_match("{ $.SomeObject IS NULL }", trail, true);
    assert_match("{ $.nothing IS NULL }", trail, false);
    assert_match("{ $.ThisFlag IS TRUE }", trail, true);
    assert_match("{ $.ThisFlag IS FALSE }", trail, false);
    assert_match("{ $.ThisFlag is true }", trail, true);
    assert_match("{ $.nothing NOT EXISTS }", trail, true);
    assert_match("{ $.SomeObject NOT EXISTS }", trail, false);
    assert_match("{ $.SomeObject EXISTS }", trail, true);
    assert_match("{ $.user.id EXISTS && $.user.name NOT EXISTS }", trail, true);
}

static void and_binds_more_strongly_than_or(void **state)
{
    (void)state;
    assert_match("{ ($.user.id = 1) && ($.arrayKey[0] = \"value\") }", trail, true);
    assert_match("{ $.user.id = 1 || $.user.id = 2 && $.user.id = 3 }", trail, true);
    assert_match("{ ($.user.id = 1 || $.user.id = 2) && $.user.id = 3 }", trail, false);
    assert_match("{ $.a = 1 || $.b = 2 || $.errorCode = 400 }", trail, true);
    assert_match("{ $.user.id = 1 && $.errorCode = 400 && $.latency = 1 }", trail, false);
}

static void regular_expressions_are_operands_too(void **state)
{
    (void)state;
    assert_match("{ $.sourceIPAddress = %1{3}\\.1% }", trail, true);
    assert_match("{ $.sourceIPAddress != %^2% && $.eventType = %Trail$% }", trail, true);
    assert_refused("{ $.a = %a% && $.b = %b% && $.c = %c% }", "Invalid filter pattern");
}

static void a_message_that_is_no_object_matches_nothing(void **state)
{
    (void)state;
    assert_match("{ $.a NOT EXISTS }", "text", false);
    assert_match("{ $.a NOT EXISTS }", "", false);
    assert_match("{ $.a NOT EXISTS }", "[1]", false);
    assert_match("{ $.a NOT EXISTS }", "{\"b\":1} and more", false);
    assert_match("{ $.a NOT EXISTS }", " {\"b\":1}\n", true);
}

static void other_expressions_are_refused(void **state)
{
    (void)state;
    assert_refused("{ }", "Invalid filter pattern");
    assert_refused("{ a = 1 }", "Invalid filter pattern");
    assert_refused("{ $ = 1 }", "Invalid filter pattern");
    assert_refused("{ $.a }", "Invalid filter pattern");
    assert_refused("{ $.a = }", "Invalid filter pattern");
    assert_refused("{ $.a == 1 }", "Invalid character(s) in term '='");
    assert_refused("{ $.a > abc }", "Invalid filter pattern");
    assert_refused("{ $.a > \"1\" }", "Invalid filter pattern");
    assert_refused("{ $.a = b:c }", "Invalid character(s) in term ':'");
    assert_refused("{ $.a = 'b' }", "Invalid character(s) in term '''");
    assert_refused("{ $.a IS NOT NULL }", "Invalid filter pattern");
    assert_refused("{ $.a[x] = 1 }", "Invalid filter pattern");
    assert_refused("{ $.a[99999999999999999999] = 1 }", "Invalid filter pattern");
    assert_refused("{ $.a = 1 & $.b = 2 }", "Invalid filter pattern");
    assert_refused("{ ($.a = 1 }", "Invalid filter pattern");
    assert_refused("{ $.a = 1 ) }", "Invalid filter pattern");
    assert_refused("{ $.a = 1", "Invalid filter pattern");
    assert_refused("{ $.a = 1 } x", "Invalid filter pattern");
    assert_refused("{ $.a = \"open }", "Invalid filter pattern");
}

static void assert_depth(int depth, bool is_taken)
{
    static const char open[] = "(((((((((((((((((((((((((((((((((";
    static const char close[] = ")))))))))))))))))))))))))))))))))";
    char pattern[128];
    (void)snprintf(pattern, sizeof(pattern), "{%.*s$.a=1%.*s}", depth, open, depth, close);
    if (is_taken)
        assert_match(pattern, "{\"a\":1}", true);
    else
        assert_refused(pattern, "Invalid filter pattern");
}

static void parentheses_go_thirty_two_deep(void **state)
{
    (void)state;
    assert_depth(32, true);
    assert_depth(33, false);
}

static void the_values_a_pattern_names_are_told_once(void **state)
{
    (void)state;
    assert_values("{ $.eventType = * && ($.errorCode = 1 || $.errorCode = 400) && "
                  "$.ThisFlag IS TRUE && $.x NOT EXISTS && $.latency > 1 }",
                  trail,
                  "$.eventType=UpdateTrail;$.errorCode=400;$.ThisFlag=true;$.latency=500.5;");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_compared_with_or_without_quotation_marks),
        cmocka_unit_test(a_star_at_either_end_stands_for_anything),
        cmocka_unit_test(numbers_are_compared_as_numbers),
        cmocka_unit_test(elements_are_counted_from_zero),
        cmocka_unit_test(what_is_neither_text_nor_number_compares_with_nothing),
        cmocka_unit_test(predicates_ask_for_null_booleans_and_existence),
        cmocka_unit_test(and_binds_more_strongly_than_or),
        cmocka_unit_test(regular_expressions_are_operands_too),
        cmocka_unit_test(a_message_that_is_no_object_matches_nothing),
        cmocka_unit_test(other_expressions_are_refused),
        cmocka_unit_test(parentheses_go_thirty_two_deep),
        cmocka_unit_test(the_values_a_pattern_names_are_told_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

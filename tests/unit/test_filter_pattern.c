#include "tests/unit/filter_fixture.h"

static void an_empty_pattern_matches_everything(void **state)
{
    (void)state;
    assert_match("", "anything", true);
    assert_match(" \t ", "", true);
}

static void all_terms_must_be_there_in_any_order(void **state)
{
    (void)state;
    assert_match("ERROR", "[ERROR] it broke", true);
    assert_match("ERROR", "[error] it broke", false);
    assert_match("ERROR", "ERRORS", true);
    assert_match("broke ERROR", "[ERROR] it broke", true);
    assert_match("ERROR fixed", "[ERROR] it broke", false);
}

static void a_phrase_is_matched_as_a_whole(void **state)
{
    (void)state;
    assert_match("\"it broke\"", "[ERROR] it broke", true);
    assert_match("\"broke it\"", "[ERROR] it broke", false);
    assert_match("\"a \\\"b\\\" c\"", "x a \"b\" c x", true);
    assert_match("\"a\\\\b\"", "a\\b", true);
    assert_match("\"[ERROR]\" \"it\"", "[ERROR] it broke", true);
}

static void any_optional_term_is_enough(void **state)
{
    (void)state;
    assert_match("?ERROR ?WARN", "WARN: hot", true);
    assert_match("?ERROR ?WARN", "INFO: cold", false);
    assert_match("?\"not found\" ?WARN", "it was not found", true);
}

static void optional_terms_count_for_nothing_beside_wanted_ones(void **state)
{
    (void)state;
    assert_match("hot ?ERROR", "WARN: hot", true);
    assert_match("cold ?WARN", "WARN: hot", false);
}

static void an_excluded_term_must_not_be_there(void **state)
{
    (void)state;
    assert_match("-debug", "debug: x", false);
    assert_match("-debug", "info: x", true);
    assert_match("ERROR -\"it broke\"", "ERROR it broke", false);
    assert_match("ERROR -\"it broke\"", "ERROR it bent", true);
    assert_match("?ERROR ?WARN -hot", "WARN: hot", false);
}

static void other_characters_want_quotation_marks(void **state)
{
    (void)state;
    assert_refused("a-b", "Invalid character(s) in term '-'");
    assert_refused("Status: timeout", "Invalid character(s) in term ':'");
    assert_refused("a\"b\"", "Invalid character(s) in term '\"'");
    assert_refused("\"\"", "Invalid character(s) in term '\"'");
    assert_refused("\"open", "Invalid filter pattern");
    assert_refused("\"open\\\"", "Invalid filter pattern");
    assert_refused("ERROR -", "Invalid filter pattern");
    assert_refused("? x", "Invalid filter pattern");
    assert_match("stra\xc3\x9f"
                 "e",
                 "die stra\xc3\x9f"
                 "e",
                 true);
}

static void a_regular_expression_is_a_term_too(void **state)
{
    (void)state;
    assert_match("%4[0-9]{2}%", "status 404", true);
    assert_match("%4[0-9]{2}%", "status 40", false);
    assert_match("ERROR -%time ?out%", "ERROR: timeout", false);
    assert_match("?%^a% ?%z$%", "xyz", true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_pattern_matches_everything),
        cmocka_unit_test(all_terms_must_be_there_in_any_order),
        cmocka_unit_test(a_phrase_is_matched_as_a_whole),
        cmocka_unit_test(any_optional_term_is_enough),
        cmocka_unit_test(optional_terms_count_for_nothing_beside_wanted_ones),
        cmocka_unit_test(an_excluded_term_must_not_be_there),
        cmocka_unit_test(other_characters_want_quotation_marks),
        cmocka_unit_test(a_regular_expression_is_a_term_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

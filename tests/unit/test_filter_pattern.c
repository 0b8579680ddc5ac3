#include "handlers/logs/filter_pattern.h"

#include "emulator/base/arena.h"
#include "emulator/base/text.h"
#include "tests/lib/asserts.h"

static void assert_match(const char *pattern, const char *message, bool expected)
{
    struct arena arena;
    struct text problem;
    struct filter_pattern parsed;
    arena_init(&arena, 65536);
    text_init(&problem, 4096);
    assert_ok(filter_pattern_parse(slice_of(pattern), &arena, &parsed, &problem));
    if (filter_pattern_matches(&parsed, slice_of(message)) != expected)
        fail_msg("pattern <%s> and message <%s>: expected %d", pattern, message, expected);
    text_close(&problem);
    arena_clear(&arena);
}

static void assert_refused(const char *pattern, enum status expected, const char *expected_problem)
{
    struct arena arena;
    struct text problem;
    struct filter_pattern parsed;
    arena_init(&arena, 65536);
    text_init(&problem, 4096);
    assert_status(filter_pattern_parse(slice_of(pattern), &arena, &parsed, &problem), expected);
    assert_slice(text_slice(&problem), expected_problem);
    text_close(&problem);
    arena_clear(&arena);
}

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
    assert_refused("a-b", STATUS_INVALID, "Invalid character(s) in term '-'");
    assert_refused("Status: timeout", STATUS_INVALID, "Invalid character(s) in term ':'");
    assert_refused("a\"b\"", STATUS_INVALID, "Invalid character(s) in term '\"'");
    assert_refused("\"\"", STATUS_INVALID, "Invalid character(s) in term '\"\"'");
    assert_refused("\"open", STATUS_INVALID,
                   "Invalid filter pattern: a quotation mark is not closed");
    assert_refused("\"open\\\"", STATUS_INVALID,
                   "Invalid filter pattern: a quotation mark is not closed");
    assert_refused("ERROR -", STATUS_INVALID, "Invalid filter pattern");
    assert_refused("? x", STATUS_INVALID, "Invalid filter pattern");
    assert_match("stra\xc3\x9f"
                 "e",
                 "die stra\xc3\x9f"
                 "e",
                 true);
}

static void other_kinds_are_named_as_not_supported(void **state)
{
    (void)state;
    assert_refused("{ $.a = 1 }", STATUS_UNSUPPORTED,
                   "Hydrant does not support JSON ({...}) filter patterns yet.");
    assert_refused(" [ip, user]", STATUS_UNSUPPORTED,
                   "Hydrant does not support space-delimited ([...]) filter patterns yet.");
    assert_refused("%a.b%", STATUS_UNSUPPORTED,
                   "Hydrant does not support regular expression (%...%) filter patterns yet.");
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
        cmocka_unit_test(other_kinds_are_named_as_not_supported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

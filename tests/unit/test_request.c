#include <string.h>

#include "emulator/base/arena.h"
#include "emulator/http/request.h"
#include "tests/lib/asserts.h"

static int set_up(void **state)
{
    static struct arena arena;
    arena_init(&arena, 4096);
    *state = &arena;
    return 0;
}

static int tear_down(void **state)
{
    arena_clear(*state);
    return 0;
}

static struct http_request with_query(const char *query)
{
    return (struct http_request){.query = slice_of(query)};
}

static void assert_decoded(struct arena *arena, struct slice raw, bool plus_is_space,
                           struct slice expected)
{
    struct slice decoded = SLICE("untouched");
    assert_ok(request_decode(raw, plus_is_space, arena, &decoded));
    assert_slices_equal(decoded, expected);
    assert_int_equal(decoded.ptr[decoded.len], '\0');
}

static void headers_are_found_without_regard_to_case_and_the_first_one_wins(void **state)
{
    (void)state;
    struct http_header headers[] = {{SLICE_INIT("X-Amz-Target"), SLICE_INIT("first")},
                                    {SLICE_INIT("x-amz-target"), SLICE_INIT("second")},
                                    {SLICE_INIT("Empty"), SLICE_INIT("")}};
    struct http_request request = {.headers = headers, .header_count = 3};
    assert_slice(request_header(&request, "x-aMZ-tARGET"), "first");
    assert_true(request_has_header(&request, "empty"));
    assert_non_null(request_header(&request, "empty").ptr);
    assert_false(request_has_header(&request, "X-Amz"));
    assert_null(request_header(&request, "X-Amz").ptr);
}

static void the_walk_gives_every_parameter_raw_and_skips_empty_ones(void **state)
{
    (void)state;
    struct slice rest = SLICE("&uploads&delete=&a=b=c&&%41=%2B+x&");
    static const char *const names[] = {"uploads", "delete", "a", "%41"};
    static const char *const values[] = {NULL, "", "b=c", "%2B+x"};
    struct slice name;
    struct slice value;
    for (size_t i = 0; i < 4; i++) {
        assert_true(request_next_parameter(&rest, &name, &value));
        assert_slice(name, names[i]);
        assert_slice(value, values[i]);
        assert_int_equal(value.ptr == NULL, values[i] == NULL);
    }
    assert_false(request_next_parameter(&rest, &name, &value));
}

static void a_parameter_is_found_by_its_whole_name_and_decoded(void **state)
{
    struct http_request request = with_query("prefix-2=no&prefix=a%2Fb+c%20d&prefix=later&flag");
    struct slice value = SLICE("untouched");
    assert_ok(request_parameter(&request, *state, "prefix", &value));
    assert_slice(value, "a/b c d");
    assert_true(request_has_parameter(&request, "flag"));
    assert_ok(request_parameter(&request, *state, "flag", &value));
    assert_slice(value, "");
}

static void a_missing_parameter_is_not_found_and_leaves_the_result_alone(void **state)
{
    struct http_request request = with_query("prefix=x");
    struct slice value = SLICE("untouched");
    assert_status(request_parameter(&request, *state, "pre", &value), STATUS_NOT_FOUND);
    assert_slice(value, "untouched");
    assert_false(request_has_parameter(&request, "refix"));
    request = with_query("");
    assert_false(request_has_parameter(&request, ""));
}

static void escapes_become_bytes_also_nul_and_those_above_ascii(void **state)
{
    assert_decoded(*state, SLICE("%61%2fb%2FB"), false, SLICE("a/b/B"));
    assert_decoded(*state, SLICE("a%00b"), false, SLICE("a\0b"));
    assert_decoded(*state, SLICE("%C3%a9%ff"), false, SLICE("\xC3\xA9\xFF"));
    assert_decoded(*state, SLICE(""), false, SLICE(""));
    assert_decoded(*state, slice_make(NULL, 0), false, SLICE(""));
}

static void a_percent_sign_without_two_digits_stands_for_itself(void **state)
{
    assert_decoded(*state, SLICE("100%"), false, SLICE("100%"));
    assert_decoded(*state, SLICE("%4"), false, SLICE("%4"));
    assert_decoded(*state, SLICE("%zz%4g%%41"), false, SLICE("%zz%4g%A"));
    assert_decoded(*state, SLICE("%2541"), false, SLICE("%41"));
}

static void a_plus_is_a_space_in_queries_only(void **state)
{
    assert_decoded(*state, SLICE("a+b%2B"), true, SLICE("a b+"));
    assert_decoded(*state, SLICE("a+b%2B"), false, SLICE("a+b+"));
}

static void decoding_without_memory_says_so(void **state)
{
    struct arena *arena = *state;
    struct slice decoded = SLICE("untouched");
    static char large[8192];
    memset(large, 'x', sizeof(large));
    assert_status(request_decode(slice_make(large, sizeof(large)), false, arena, &decoded),
                  STATUS_NO_MEMORY);
    assert_slice(decoded, "untouched");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(headers_are_found_without_regard_to_case_and_the_first_one_wins),
        cmocka_unit_test(the_walk_gives_every_parameter_raw_and_skips_empty_ones),
        cmocka_unit_test(a_parameter_is_found_by_its_whole_name_and_decoded),
        cmocka_unit_test(a_missing_parameter_is_not_found_and_leaves_the_result_alone),
        cmocka_unit_test(escapes_become_bytes_also_nul_and_those_above_ascii),
        cmocka_unit_test(a_percent_sign_without_two_digits_stands_for_itself),
        cmocka_unit_test(a_plus_is_a_space_in_queries_only),
        cmocka_unit_test(decoding_without_memory_says_so),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}

#include <string.h>

#include "emulator/base/arena.h"
#include "emulator/base/text.h"
#include "emulator/delivery/metadata_query.h"
#include "tests/lib/asserts.h"

static struct arena arena;

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena, (size_t)16 * 1024 * 1024);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_clear(&arena);
    return 0;
}

static struct metadata_query *compile(const char *program)
{
    struct metadata_query *query = NULL;
    assert_ok(metadata_query_create(slice_of(program), NULL, &query));
    return query;
}

/* "name=value;" for each key, or the reason. */
static const char *run(struct metadata_query *query, const char *record)
{
    struct metadata_answer answer;
    struct text keys;
    assert_ok(metadata_query_run(query, slice_of(record), &arena, &answer));
    if (answer.trouble != METADATA_NONE)
        return metadata_trouble_text(answer.trouble);
    text_init_in(&keys, &arena, 64 * 1024);
    text_append_text(&keys, "");
    for (size_t i = 0; i < answer.count; i++)
        text_printf(&keys, "%.*s=%.*s;", SLICE_ARG(answer.keys[i].name),
                    SLICE_ARG(answer.keys[i].value));
    return keys.ptr != NULL ? keys.ptr : "";
}

static const char *run_once(const char *program, const char *record)
{
    struct metadata_query *query = compile(program);
    const char *keys = run(query, record);
    metadata_query_destroy(query);
    return keys;
}

static void keys_come_from_members_and_functions(void **state)
{
    (void)state;
    struct metadata_query *query =
        compile("{customer_id: .customer_id, device: .type.device, year: .ts|strftime(\"%Y\")}");
    const char *keys =
        run(query, "{\"customer_id\":\"7\",\"type\":{\"device\":\"tv\"},\"ts\":1565382027}");
    assert_non_null(strstr(keys, "customer_id=7;"));
    assert_non_null(strstr(keys, "device=tv;"));
    assert_non_null(strstr(keys, "year=2019;"));
    assert_string_equal(run(query, "{\"ts\":0}"), "partitionKeys values must not be null or empty");
    metadata_query_destroy(query);
}

static void numbers_and_truth_are_values_too(void **state)
{
    (void)state;
    assert_string_equal(run_once("{a:.a}", "{\"a\":7}"), "a=7;");
    assert_string_equal(run_once("{a:.a}", "{\"a\":false}"), "a=false;");
    assert_string_equal(run_once("{a:.a}", "{\"a\":\"x y\"}"), "a=x y;");
}

static void null_empty_and_nested_values_are_errors(void **state)
{
    (void)state;
    static const char empty[] = "partitionKeys values must not be null or empty";
    assert_string_equal(run_once("{a:.a}", "{}"), empty);
    assert_string_equal(run_once("{a:.a}", "{\"a\":null}"), empty);
    assert_string_equal(run_once("{a:.a}", "{\"a\":\"\"}"), empty);
    assert_string_equal(run_once("{a:.a}", "{\"a\":[1]}"), "partitionKeys values must be scalars");
    assert_string_equal(run_once("{a:.a}", "{\"a\":\"a\\u0000b\"}"),
                        "a value of partitionKeys is too long or has a NUL");
}

static void what_gives_no_object_is_an_error(void **state)
{
    (void)state;
    static const char none[] = "the query gives no object for the record";
    assert_string_equal(run_once("{a:.a}", "no json"), "the record is not JSON");
    assert_string_equal(run_once("{a:.a}", ""), "the record is not JSON");
    assert_string_equal(run_once("{a:.a}", "{\"a\":1}{\"a\":2}"), "the record is not JSON");
    assert_string_equal(run_once("{a:.a}", "[1]"), none);
    assert_string_equal(run_once("empty", "{}"), none);
    assert_string_equal(run_once(".a", "{\"a\":1}"), none);
    assert_string_equal(run_once("halt", "{}"), none);
    assert_string_equal(run_once("error(\"x\")", "{}"), none);
}

static void a_program_goes_on_after_an_error(void **state)
{
    (void)state;
    struct metadata_query *query = compile("{a:(.a|ascii_downcase)}");
    assert_string_equal(run(query, "{\"a\":1}"), "the query gives no object for the record");
    assert_string_equal(run(query, "{\"a\":\"B\"}"), "a=b;");
    metadata_query_destroy(query);
}

static void what_libjq_would_end_the_process_for_is_an_error(void **state)
{
    (void)state;
    static const char none[] = "the query gives no object for the record";
    static const char moment[] = "{\"a\":1565382027000000000}";
    assert_string_equal(run_once("{a:(.a|strftime(\"%Y\"))}", moment), none);
    assert_string_equal(run_once("{a:(.a|strflocaltime(\"%Y\"))}", moment), none);
    assert_string_equal(run_once("{a:(.a|todate)}", moment), none);
    assert_string_equal(run_once("{a:(.a|strftime(1))}", "{\"a\":1}"), none);
    assert_string_equal(run_once("{a:(.a|index(\"\"))}", "{\"a\":\"x\"}"), none);
    assert_string_equal(run_once("{a:input}", "{}"), none);
    assert_string_equal(run_once("{a:(paths|tostring)}", "{\"b\":{\"c\":1}}"), "a=[\"b\"];");
    assert_string_equal(run_once("{a:(debug|stderr|\"b\")}", "{}"), "a=b;");
}

static void there_are_limits(void **state)
{
    (void)state;
    assert_string_equal(run_once("[range(51)|{key:\"k\\(.)\",value:\"v\"}]|from_entries", "{}"),
                        "partitionKeys has more than 50 keys");
    assert_string_equal(run_once("{a:(\"x\"*1025)}", "{}"),
                        "a value of partitionKeys is too long or has a NUL");
    assert_string_equal(run_once("{(\"x\"*1025):1}", "{}"), "a name in partitionKeys is too long");
    struct text deep;
    text_init(&deep, 1024 * 1024 + 10);
    for (unsigned i = 0; i < 10000; i++)
        text_append(&deep, SLICE("["));
    assert_string_equal(run_once("{a:1}", deep.ptr), "the record is not JSON");
    while (deep.len <= METADATA_MAX_RECORD_BYTES)
        text_append(&deep, SLICE("1"));
    assert_string_equal(run_once("{a:1}", deep.ptr), "the record is larger than 1 MiB");
    text_close(&deep);
}

static void a_program_that_does_not_compile_says_why(void **state)
{
    (void)state;
    static const char *const bad[] = {"{a:", "nosuch", "{a:.a}|nosuch(1)", "",
                                      "import \"m\" as m; 1"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct metadata_query *query = NULL;
        struct text problem;
        text_init(&problem, 64 * 1024);
        assert_int_equal(metadata_query_create(slice_of(bad[i]), &problem, &query), STATUS_INVALID);
        assert_true(bad[i][0] == '\0' || problem.len > 0);
        text_close(&problem);
    }
}

static void why_it_does_not_compile_shows_nothing_but_the_program(void **state)
{
    (void)state;
    struct metadata_query *query = NULL;
    struct text problem;
    text_init(&problem, 64 * 1024);
    assert_int_equal(metadata_query_create(SLICE("{a:nosuch}"), &problem, &query), STATUS_INVALID);
    assert_memory_equal(
        problem.ptr, "jq: error: nosuch/0 is not defined at <top-level>, line 1:\n{a:nosuch}", 69);
    text_close(&problem);
}

int main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(keys_come_from_members_and_functions),
        TEST(numbers_and_truth_are_values_too),
        TEST(null_empty_and_nested_values_are_errors),
        TEST(what_gives_no_object_is_an_error),
        TEST(a_program_goes_on_after_an_error),
        TEST(what_libjq_would_end_the_process_for_is_an_error),
        TEST(there_are_limits),
        TEST(a_program_that_does_not_compile_says_why),
        TEST(why_it_does_not_compile_shows_nothing_but_the_program),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

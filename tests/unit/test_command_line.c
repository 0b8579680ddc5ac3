#include "emulator/cli/command_line.h"

#include <stdlib.h>

#include "emulator/app.h"
#include "emulator/cli/command.h"
#include "tests/lib/asserts.h"

int app_run(struct config *config, const struct config_sources *sources)
{
    (void)sources;
    (void)config;
    return -1; /* never called here */
}

static const char *to;
static const char *endpoint;
static const char *words[2];
static size_t word_count;

/* `arguments` end with NULL. */
static int parse(const char *const *arguments)
{
    const struct command_flag flags[] = {{"--to", &to}, {"--endpoint", &endpoint}};
    struct command_line line = {&advance_command, flags, 2, words, 2, 0};
    int argc = 0;
    while (arguments[argc] != NULL)
        argc++;
    to = NULL;
    endpoint = NULL;
    int code = command_line_parse(&line, argc, (char **)arguments); /* nobody writes */
    word_count = line.word_count;
    return code;
}

#define PARSE(...) parse((const char *const[]){__VA_ARGS__, NULL})

static void flags_and_words_come_in_any_order(void **state)
{
    (void)state;
    assert_int_equal(PARSE("a", "--to", "x", "b", "--endpoint=y=z"), COMMAND_OK);
    assert_string_equal(to, "x");
    assert_string_equal(endpoint, "y=z");
    assert_int_equal(word_count, 2);
    assert_string_equal(words[0], "a");
    assert_string_equal(words[1], "b");
}

static void two_dashes_end_the_flags(void **state)
{
    (void)state;
    assert_int_equal(PARSE("--", "--to", "-x"), COMMAND_OK);
    assert_null(to);
    assert_string_equal(words[0], "--to");
    assert_string_equal(words[1], "-x");
}

static void what_is_not_understood_is_a_usage_error(void **state)
{
    (void)state;
    assert_int_equal(PARSE("--tomorrow", "x"), COMMAND_USAGE);
    assert_int_equal(PARSE("--t", "x"), COMMAND_USAGE);
    assert_int_equal(PARSE("-x"), COMMAND_USAGE);
    assert_int_equal(PARSE("--to"), COMMAND_USAGE);
    assert_int_equal(PARSE("a", "b", "c"), COMMAND_USAGE);
}

/* Empty counts as not there. */
static void set(const char *name, const char *value)
{
    assert_int_equal(setenv(name, value, 1), 0); /* NOLINT(concurrency-mt-unsafe) */
}

static void the_endpoint_is_the_flag_or_a_variable_or_the_default(void **state)
{
    (void)state;
    set("HYDRANT_ENDPOINT", "");
    set("AWS_ENDPOINT_URL", "");
    assert_string_equal(command_line_endpoint(NULL), "http://127.0.0.1:4566");
    set("AWS_ENDPOINT_URL", "http://aws");
    assert_string_equal(command_line_endpoint(NULL), "http://aws");
    set("HYDRANT_ENDPOINT", "http://ours");
    assert_string_equal(command_line_endpoint(NULL), "http://ours");
    set("HYDRANT_ENDPOINT", "");
    assert_string_equal(command_line_endpoint(NULL), "http://aws");
    assert_string_equal(command_line_endpoint("http://flag"), "http://flag");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(flags_and_words_come_in_any_order),
        cmocka_unit_test(two_dashes_end_the_flags),
        cmocka_unit_test(what_is_not_understood_is_a_usage_error),
        cmocka_unit_test(the_endpoint_is_the_flag_or_a_variable_or_the_default),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

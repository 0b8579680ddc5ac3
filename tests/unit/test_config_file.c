#include <string.h>

#include "emulator/base/arena.h"
#include "emulator/base/text.h"
#include "emulator/config/config.h"
#include "emulator/config/config_file.h"
#include "tests/lib/asserts.h"

static struct arena arena;
static struct config config;
static struct text problem;

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena, (size_t)256 * 1024);
    text_init(&problem, 4096);
    memset(&config, 0, sizeof(config));
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    text_close(&problem);
    arena_clear(&arena);
    return 0;
}

static enum status take(const char *content)
{
    text_clear(&problem);
    return config_file_take_text("my.conf", slice_of(content), &config, &arena, &problem);
}

static void assert_refused(const char *content, const char *expected)
{
    assert_status(take(content), STATUS_INVALID);
    assert_slice(text_slice(&problem), expected);
}

static void keys_and_values_are_read_line_by_line(void **state)
{
    (void)state;
    assert_ok(take("# mine\n\n  port=1\r\nhost\t = \t::1  \n\t# more\n"
                   "function = a=1.so\nfunction = b=2.so"));
    assert_int_equal(config.port, 1);
    assert_string_equal(config.host, "::1");
    assert_int_equal(config.functions.count, 2);
    assert_string_equal(config.functions.items[0], "a=1.so");
    assert_string_equal(config.functions.items[1], "b=2.so");
}

static void mistakes_are_named_with_their_line(void **state)
{
    (void)state;
    assert_refused("port = 1\nprot = 2\n",
                   "my.conf:2: there is no setting prot; did you mean port?");
    assert_refused("\n\nserve\n", "my.conf:3: \"serve\" is not of the form key = value");
    assert_refused("port = x", "my.conf:1: port: \"x\" is not a number from 0 to 65535");
    assert_refused("port = 1\nport = 2\n", "my.conf:2: port stands there twice");
    assert_refused("whatsoever = 1", "my.conf:1: there is no setting whatsoever");
}

static void a_missing_file_is_named(void **state)
{
    (void)state;
    assert_status(config_file_take(SLICE("/nowhere/my.conf"), &config, &arena, &problem),
                  STATUS_NOT_FOUND);
    assert_slice(text_slice(&problem), "/nowhere/my.conf: not found");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(keys_and_values_are_read_line_by_line, set_up, tear_down),
        cmocka_unit_test_setup_teardown(mistakes_are_named_with_their_line, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_missing_file_is_named, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "emulator/cli/command.h"

#include <string.h>

#include "emulator/app.h"
#include "emulator/config/config.h"
#include "tests/lib/asserts.h"

static int times_served;
static int64_t served_port;

int app_run(struct config *config, const struct config_sources *sources)
{
    (void)sources;
    times_served++;
    served_port = config->port;
    return 7;
}

/* `arguments` end with NULL. */
static int run(const char *const *arguments)
{
    int argc = 0;
    while (arguments[argc] != NULL)
        argc++;
    times_served = 0;
    return command_run(argc, (char **)arguments); /* as main() gets it; nobody writes */
}

#define RUN(...) run((const char *const[]){"hydrant", __VA_ARGS__, NULL})

static void every_command_is_found_by_its_name_only(void **state)
{
    (void)state;
    static const struct command *const all[] = {
        &serve_command,       &advance_command, &flush_command, &reset_command,
        &healthcheck_command, &version_command, &help_command};
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
        assert_ptr_equal(command_find(all[i]->name), all[i]);
    assert_null(command_find("serv"));
    assert_null(command_find(""));
}

static void serve_hands_its_settings_on_and_answers_the_exit_code(void **state)
{
    (void)state;
    assert_int_equal(RUN("serve", "--port", "1234"), 7);
    assert_int_equal(times_served, 1);
    assert_int_equal(served_port, 1234);
}

static void a_wrong_command_line_does_nothing(void **state)
{
    (void)state;
    assert_int_equal(RUN("serve", "--port", "many"), COMMAND_USAGE);
    assert_int_equal(RUN("serve", "now"), COMMAND_USAGE);
    assert_int_equal(RUN("server"), COMMAND_USAGE);
    assert_int_equal(run((const char *const[]){"hydrant", NULL}), COMMAND_USAGE);
    assert_int_equal(times_served, 0);
}

static void help_and_version_do_nothing_else(void **state)
{
    (void)state;
    assert_int_equal(RUN("--help"), COMMAND_OK);
    assert_int_equal(RUN("--version"), COMMAND_OK);
    assert_int_equal(RUN("serve", "--port", "1", "--help"), COMMAND_OK);
    assert_int_equal(times_served, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_command_is_found_by_its_name_only),
        cmocka_unit_test(serve_hands_its_settings_on_and_answers_the_exit_code),
        cmocka_unit_test(a_wrong_command_line_does_nothing),
        cmocka_unit_test(help_and_version_do_nothing_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

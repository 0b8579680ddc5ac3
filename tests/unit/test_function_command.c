#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "emulator/base/arena.h"
#include "emulator/lambda/function_command.h"
#include "emulator/lambda/function_keys.h"
#include "emulator/lambda/function_package.h"
#include "emulator/loop/child_user.h"
#include "storage/function_store.h"
#include "tests/lib/asserts.h"
#include "tests/lib/mem_fault.h"

#define FOLDER_BYTES 64 /* in /tmp: elsewhere nothing may be executable */

static struct world {
    char folder[FOLDER_BYTES];
    struct arena arena;
    struct function_command_settings settings;
    struct function_command_place place;
    struct function_row row;
    struct function_command command;
} w;

static const struct function_keys keys = {
    .access_key = SLICE("ASIAKEY"), .secret = SLICE("secret"), .token = SLICE("token")};

static int set_up(void **state)
{
    memset(&w, 0, sizeof(w));
    arena_init(&w.arena, (size_t)1 << 20);
    (void)snprintf(w.folder, sizeof(w.folder), "/tmp/function_command_XXXXXX");
    if (mkdtemp(w.folder) == NULL)
        return -1;
    w.settings =
        (struct function_command_settings){.launcher = "/hydrant", .bootstrap_folder = "/boot"};
    w.place = (struct function_command_place){.code_folder = w.folder,
                                              .temporary_folder = "/tmp/f",
                                              .log_stream = "stream",
                                              .keys = &keys,
                                              .aws_url = "http://127.0.0.1:4566",
                                              .version = "$LATEST",
                                              .api_port = 9001};
    w.row = (struct function_row){.account = SLICE("000000000000"),
                                  .region = SLICE("eu-west-1"),
                                  .name = SLICE("f"),
                                  .runtime = SLICE("python3.12"),
                                  .handler = SLICE("app.handler"),
                                  .log_group = SLICE("/aws/lambda/f"),
                                  .memory_mb = 256};
    return mem_fault_set_up(state);
}

static int tear_down(void **state)
{
    (void)unsetenv("PATH");
    function_package_remove(w.folder);
    arena_clear(&w.arena);
    return mem_fault_tear_down(state);
}

/* A file of the folder, with this mode; its path is static. */
static const char *make_file(const char *name, mode_t mode)
{
    static char path[FOLDER_BYTES + 64];
    (void)snprintf(path, sizeof(path), "%s/%s", w.folder, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fclose(file);
    assert_int_equal(chmod(path, mode), 0);
    return path;
}

static enum status make(void)
{
    return function_command_make(&w.settings, &w.row, &w.place, &w.arena, &w.command);
}

static const char *variable(const char *name)
{
    size_t len = strlen(name);
    const char *found = NULL;
    for (const char **text = w.command.environment; *text != NULL; text++) {
        if (strncmp(*text, name, len) != 0 || (*text)[len] != '=')
            continue;
        assert_null(found);
        found = *text + len + 1;
    }
    return found != NULL ? found : "(none)";
}

static void python_runs_the_bootstrap_on_the_exact_version(void **state)
{
    (void)state;
    assert_int_equal(setenv("PATH", w.folder, 1), 0);
    (void)make_file("python3", 0755);
    const char *path = make_file("python3.12", 0755);
    assert_ok(make());
    assert_string_equal(w.command.arguments[0], "/hydrant");
    assert_string_equal(w.command.arguments[1], "run-function");
    const char *const expected[] = {"--tmp",  "/tmp/f",  "--needs",
                                    w.folder, "--needs", "/boot",
                                    "--",     path,      "/boot/bootstrap.py"};
    for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++)
        assert_string_equal(w.command.arguments[2 + i], expected[i]);
    assert_null(w.command.arguments[11]);
    assert_null(w.command.warning);
}

static void another_version_is_used_and_said_so(void **state)
{
    (void)state;
    assert_int_equal(setenv("PATH", w.folder, 1), 0);
    const char *path = make_file("python3", 0755);
    assert_ok(make());
    assert_string_equal(w.command.arguments[9], path);
    assert_non_null(strstr(w.command.warning, "There is no python3.12 here; running on "));
}

static void the_interpreter_of_the_settings_comes_first(void **state)
{
    (void)state;
    assert_int_equal(setenv("PATH", w.folder, 1), 0);
    (void)make_file("node", 0755);
    w.settings.node = "/my/node";
    w.settings.launcher = NULL;
    w.row.runtime = SLICE("nodejs22.x");
    assert_ok(make());
    assert_string_equal(w.command.arguments[0], "/my/node");
    assert_string_equal(w.command.arguments[1], "/boot/bootstrap.mjs");
}

static void without_an_interpreter_the_problem_is_named(void **state)
{
    (void)state;
    assert_int_equal(setenv("PATH", "/no/such/folder", 1), 0);
    assert_int_equal(make(), STATUS_NOT_FOUND);
    assert_string_equal(w.command.problem,
                        "Hydrant found no python3 on its PATH to run python3.12; install one, or "
                        "name one with --python");
}

static void a_provided_runtime_is_the_packages_bootstrap(void **state)
{
    (void)state;
    w.row.runtime = SLICE("provided.al2023");
    assert_int_equal(make(), STATUS_NOT_FOUND);
    assert_string_equal(w.command.problem, "the package has no file bootstrap");
    const char *path = make_file("bootstrap", 0644);
    assert_int_equal(make(), STATUS_NOT_FOUND);
    assert_string_equal(w.command.problem, "bootstrap in the package is not executable");
    assert_int_equal(chmod(path, 0755), 0);
    assert_ok(make());
    assert_string_equal(w.command.arguments[9], path);
    assert_null(w.command.arguments[10]);
    assert_string_equal(variable("AWS_EXECUTION_ENV"), "(none)");
}

static void another_user_and_layers_are_told_to_the_launcher(void **state)
{
    (void)state;
    const struct child_user user = {.is_another = true, .user = 12, .group = 34};
    w.settings.python = "/python";
    w.settings.user = &user;
    w.place.opt_folder = "/layers";
    assert_ok(make());
    assert_string_equal(w.command.arguments[2], "--user");
    assert_string_equal(w.command.arguments[3], "12:34");
    assert_string_equal(w.command.arguments[8], "--needs");
    assert_string_equal(w.command.arguments[9], "/layers");
}

static void a_wrapper_stands_before_an_interpreter(void **state)
{
    (void)state;
    w.settings.python = "/python";
    w.row.environment = SLICE("{\"AWS_LAMBDA_EXEC_WRAPPER\":\"/var/task/wrap\"}");
    assert_int_equal(make(), STATUS_NOT_FOUND);
    assert_string_equal(w.command.problem, "AWS_LAMBDA_EXEC_WRAPPER /var/task/wrap is no program");
    const char *path = make_file("wrap", 0755);
    assert_ok(make());
    assert_string_equal(w.command.arguments[9], path);
    assert_string_equal(w.command.arguments[10], "/python");
    w.row.environment = SLICE("{\"AWS_LAMBDA_EXEC_WRAPPER\":\"/opt/wrap\"}");
    w.place.opt_folder = w.folder;
    assert_ok(make());
    assert_string_equal(w.command.arguments[11], path);
}

static void own_variables_lose_against_reserved_ones_only(void **state)
{
    (void)state;
    w.settings.python = "/python";
    w.row.environment = SLICE("{\"_HANDLER\":\"evil\",\"TZ\":\"CET\",\"MINE\":\"1\","
                              "\"AWS_ENDPOINT_URL\":\"http://else\"}");
    assert_ok(make());
    assert_string_equal(variable("_HANDLER"), "app.handler");
    assert_string_equal(variable("TZ"), "CET");
    assert_string_equal(variable("MINE"), "1");
    assert_string_equal(variable("AWS_ENDPOINT_URL"), "http://else");
    assert_string_equal(variable("AWS_LAMBDA_RUNTIME_API"), "127.0.0.1:9001");
    assert_string_equal(variable("AWS_EXECUTION_ENV"), "AWS_Lambda_python3.12");
}

static void which_runtimes_need_a_process(void **state)
{
    (void)state;
    assert_true(function_command_is_known(SLICE("python3.9")));
    assert_true(function_command_is_known(SLICE("nodejs24.x")));
    assert_true(function_command_is_known(SLICE("provided.al2")));
    assert_false(function_command_is_known(SLICE("provided.c")));
    assert_false(function_command_is_known(SLICE("java21")));
    assert_false(function_command_is_known(SLICE("")));
}

static void without_memory_there_is_no_half_a_command(void **state)
{
    (void)state;
    w.settings.python = "/python";
    w.row.environment = SLICE("{\"MINE\":\"1\"}");
    FAULT_SWEEP(mem_fault, n, false) {
        arena_clear(&w.arena);
        enum status status = make();
        fault_disarm(mem_fault);
        assert_int_equal(status, mem_fault->fired ? STATUS_NO_MEMORY : STATUS_OK);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

static void layers_are_on_the_paths_of_their_language(void **state)
{
    (void)state;
    assert_int_equal(setenv("PATH", w.folder, 1), 0);
    (void)make_file("python3.12", 0755);
    (void)make_file("node", 0755);
    w.place.opt_folder = "/layers";
    assert_ok(make());
    assert_string_equal(variable("PATH"),
                        "/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/layers/bin");
    assert_string_equal(variable("PYTHONPATH"),
                        "/layers/python/lib/python3.12/site-packages:/layers/python");
    assert_string_equal(variable("NODE_PATH"), "(none)");

    w.row.runtime = SLICE("nodejs22.x");
    assert_ok(make());
    assert_string_equal(variable("NODE_PATH"),
                        "/layers/nodejs/node22/node_modules:/layers/nodejs/node_modules");
    assert_string_equal(variable("PYTHONPATH"), "(none)");
}

static void a_path_of_the_functions_own_comes_before_its_layers(void **state)
{
    (void)state;
    assert_int_equal(setenv("PATH", w.folder, 1), 0);
    (void)make_file("python3.12", 0755);
    w.place.opt_folder = "/layers";
    w.row.environment = SLICE("{\"PYTHONPATH\":\"/mine\"}");
    assert_ok(make());
    assert_string_equal(variable("PYTHONPATH"),
                        "/mine:/layers/python/lib/python3.12/site-packages:/layers/python");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(python_runs_the_bootstrap_on_the_exact_version),
        TEST(another_version_is_used_and_said_so),
        TEST(the_interpreter_of_the_settings_comes_first),
        TEST(without_an_interpreter_the_problem_is_named),
        TEST(a_provided_runtime_is_the_packages_bootstrap),
        TEST(another_user_and_layers_are_told_to_the_launcher),
        TEST(a_wrapper_stands_before_an_interpreter),
        TEST(own_variables_lose_against_reserved_ones_only),
        TEST(which_runtimes_need_a_process),
        TEST(without_memory_there_is_no_half_a_command),
        cmocka_unit_test_setup_teardown(layers_are_on_the_paths_of_their_language, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_path_of_the_functions_own_comes_before_its_layers, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "emulator/base/arena.h"
#include "emulator/base/text.h"
#include "emulator/config/config.h"
#include "tests/lib/asserts.h"
#include "tests/lib/mem_fault.h"
#include "tests/unit/config_fixture.h"

static struct arena arena;
static struct config config;
static struct text problem;
static char file_name[64];

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena, (size_t)1024 * 1024);
    text_init(&problem, 4096);
    memset(variables, 0, sizeof(variables));
    (void)snprintf(file_name, sizeof(file_name), "/tmp/test_config_XXXXXX");
    int fd = mkstemp(file_name);
    return fd < 0 ? -1 : close(fd);
}

static int tear_down(void **state)
{
    (void)state;
    text_close(&problem);
    arena_clear(&arena);
    return unlink(file_name);
}

static void write_file(const char *content)
{
    FILE *file = fopen(file_name, "we");
    assert_non_null(file);
    assert_true(fputs(content, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

/* `arguments` end with NULL. */
static enum status load(const char *const *arguments)
{
    int argc = 0;
    while (arguments[argc] != NULL)
        argc++;
    text_clear(&problem);
    const struct config_sources sources = {argc, arguments, env, NULL};
    return config_load(&config, &arena, &sources, &problem);
}

#define LOAD(...) load((const char *const[]){__VA_ARGS__, NULL})

static void without_any_source_the_defaults_hold(void **state)
{
    (void)state;
    assert_ok(load((const char *const[]){NULL}));
    assert_string_equal(config.host, "127.0.0.1");
    assert_int_equal(config.port, 4566);
    assert_string_equal(config.data, "/var/lib/hydrant");
    assert_false(config.ephemeral);
    assert_int_equal(config.durability, CONFIG_DURABILITY_NORMAL);
    assert_string_equal(config.account, "000000000000");
    assert_string_equal(config.region, "us-east-1");
    assert_int_equal(config.functions.count, 0);
    assert_int_equal(config.stream_create_ms, 0);
    assert_int_equal(config.lambda_pending_ms, 0);
    assert_int_equal(config.workers, 4);
}

static void a_flag_beats_the_environment_and_that_the_file(void **state)
{
    (void)state;
    write_file("port = 1\nhost = file\nregion = file-1\n");
    variables[0] = "HYDRANT_HOST=environment";
    variables[1] = "HYDRANT_PORT=2";

    assert_ok(LOAD("--config", file_name, "--port", "3"));

    assert_int_equal(config.port, 3);
    assert_string_equal(config.host, "environment");
    assert_string_equal(config.region, "file-1");
}

static void the_environment_can_name_the_file(void **state)
{
    (void)state;
    write_file("port = 1\n");
    char variable[96];
    (void)snprintf(variable, sizeof(variable), "HYDRANT_CONFIG=%s", file_name);
    variables[0] = variable;
    assert_ok(load((const char *const[]){NULL}));
    assert_int_equal(config.port, 1);
}

static void a_stronger_source_replaces_a_list_as_a_whole(void **state)
{
    (void)state;
    write_file("function = a=1.so\nfunction = b=2.so\n");
    assert_ok(LOAD("--config", file_name));
    assert_int_equal(config.functions.count, 2);

    variables[0] = "HYDRANT_FUNCTION=c=3.so, d=4.so";
    assert_ok(LOAD("--config", file_name));
    assert_int_equal(config.functions.count, 2);
    assert_string_equal(config.functions.items[0], "c=3.so");
    assert_string_equal(config.functions.items[1], "d=4.so");

    assert_ok(LOAD("--config", file_name, "--function", "e=5.so", "--function=f=6.so"));
    assert_int_equal(config.functions.count, 2);
    assert_string_equal(config.functions.items[0], "e=5.so");
    assert_string_equal(config.functions.items[1], "f=6.so");
}

static void a_boolean_flag_needs_no_value(void **state)
{
    (void)state;
    assert_ok(LOAD("--ephemeral", "--port", "0"));
    assert_true(config.ephemeral);
    assert_int_equal(config.port, 0);
    assert_ok(LOAD("--ephemeral=false"));
    assert_false(config.ephemeral);
}

static void an_empty_variable_counts_as_missing(void **state)
{
    (void)state;
    variables[0] = "HYDRANT_PORT=";
    assert_ok(load((const char *const[]){NULL}));
    assert_int_equal(config.port, 4566);
}

static void mistakes_name_their_source(void **state)
{
    (void)state;
    assert_status(LOAD("--prot", "1"), STATUS_INVALID);
    assert_slice(text_slice(&problem), "there is no setting --prot; did you mean --port?");
    assert_status(LOAD("--confg", "1"), STATUS_INVALID);
    assert_slice(text_slice(&problem), "there is no setting --confg; did you mean --config?");
    assert_status(LOAD("--port"), STATUS_INVALID);
    assert_slice(text_slice(&problem), "--port: a value is missing");
    assert_status(LOAD("--port", "x"), STATUS_INVALID);
    assert_slice(text_slice(&problem), "--port: \"x\" is not a number from 0 to 65535");
    assert_status(LOAD("likes"), STATUS_INVALID);
    assert_slice(text_slice(&problem), "unexpected argument \"likes\"");
    assert_status(LOAD("--config", "/nowhere/my.conf"), STATUS_NOT_FOUND);
    assert_slice(text_slice(&problem), "/nowhere/my.conf: not found");
    variables[0] = "HYDRANT_PORT=x";
    assert_status(load((const char *const[]){NULL}), STATUS_INVALID);
    assert_slice(text_slice(&problem), "HYDRANT_PORT: \"x\" is not a number from 0 to 65535");
}

static void a_failed_load_changes_nothing(void **state)
{
    (void)state;
    assert_ok(LOAD("--port", "1"));
    assert_status(LOAD("--port", "2", "--workers", "none"), STATUS_INVALID);
    assert_int_equal(config.port, 1);
}

static void any_allocation_may_fail_and_changes_nothing_then(void **state)
{
    (void)state;
    write_file("region = file-1\nfunction = a=1.so\n");
    FAULT_SWEEP(mem_fault, n, false) {
        config.port = 1;
        enum status status = LOAD("--config", file_name, "--port", "2", "--function", "b=2.so");
        fault_disarm(mem_fault);
        assert_status(status, mem_fault->fired ? STATUS_NO_MEMORY : STATUS_OK);
        assert_int_equal(config.port, mem_fault->fired ? 1 : 2);
        arena_clear(&arena);
    }
}

static int set_up_faults(void **state)
{
    mem_fault_install();
    return set_up(state);
}

static int tear_down_faults(void **state)
{
    int result = tear_down(state);
    size_t outstanding = mem_fault_outstanding();
    mem_fault_remove();
    return outstanding == 0 ? result : -1;
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(without_any_source_the_defaults_hold),
        T(a_flag_beats_the_environment_and_that_the_file),
        T(the_environment_can_name_the_file),
        T(a_stronger_source_replaces_a_list_as_a_whole),
        T(a_boolean_flag_needs_no_value),
        T(an_empty_variable_counts_as_missing),
        T(mistakes_name_their_source),
        T(a_failed_load_changes_nothing),
        cmocka_unit_test_setup_teardown(any_allocation_may_fail_and_changes_nothing_then,
                                        set_up_faults, tear_down_faults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

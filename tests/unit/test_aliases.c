#include <string.h>

#include "emulator/base/arena.h"
#include "emulator/base/log.h"
#include "emulator/base/text.h"
#include "emulator/config/aliases.h"
#include "tests/lib/asserts.h"
#include "tests/unit/config_fixture.h"

static struct arena arena;
static struct config config;
static struct text problem;

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena, (size_t)1024 * 1024);
    text_init(&problem, 4096);
    memset(variables, 0, sizeof(variables));
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    text_close(&problem);
    arena_clear(&arena);
    return 0;
}

static const struct config_sources environment = {.env = env};

static void load(void)
{
    assert_int_equal(config_load(&config, &arena, &environment, &problem), STATUS_OK);
}

static void test_without_the_setting_they_are_anybodys_variables(void **state)
{
    (void)state;
    variables[0] = "DEBUG=1";
    variables[1] = "GATEWAY_LISTEN=0.0.0.0:1";
    load();
    assert_int_equal(config.log_level, LOG_INFO);
    assert_int_equal(config.port, 4566);
}

static void test_an_address_to_listen_on_is_a_host_and_a_port(void **state)
{
    static const struct {
        const char *variable;
        const char *host;
        int64_t port;
    } cases[] = {
        {"GATEWAY_LISTEN=0.0.0.0:4567", "0.0.0.0", 4567},
        {"GATEWAY_LISTEN=0.0.0.0:4567,0.0.0.0:443", "0.0.0.0", 4567},
        {"GATEWAY_LISTEN=:4568", "127.0.0.1", 4568},
        {"GATEWAY_LISTEN=0.0.0.0", "0.0.0.0", 4566},
        {"GATEWAY_LISTEN=[::]:4569", "::", 4569},
        {"GATEWAY_LISTEN=[::]", "::", 4566},
        {"EDGE_PORT=4570", "127.0.0.1", 4570},
        {"EDGE_BIND_HOST=0.0.0.0", "0.0.0.0", 4566},
    };

    (void)state;
    variables[0] = "HYDRANT_IN_PLACE_OF=localstack";
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        variables[1] = cases[i].variable;
        load();
        assert_string_equal(config.host, cases[i].host);
        assert_int_equal(config.port, cases[i].port);
    }
}

static void test_levels_of_logging_are_translated(void **state)
{
    static const struct {
        const char *variable;
        int level;
    } cases[] = {
        {"DEBUG=1", LOG_DEBUG},       {"DEBUG=0", LOG_INFO},       {"LS_LOG=trace", LOG_DEBUG},
        {"LS_LOG=warn", LOG_WARNING}, {"LS_LOG=ERROR", LOG_ERROR},
    };

    (void)state;
    variables[0] = "HYDRANT_IN_PLACE_OF=localstack";
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        variables[1] = cases[i].variable;
        load();
        assert_int_equal(config.log_level, cases[i].level);
    }
}

static void test_what_is_not_to_persist_is_ephemeral(void **state)
{
    (void)state;
    variables[0] = "HYDRANT_IN_PLACE_OF=localstack";
    variables[1] = "PERSISTENCE=0";
    load();
    assert_true(config.ephemeral);
    variables[1] = "PERSISTENCE=1";
    load();
    assert_false(config.ephemeral);
}

static void test_the_name_it_is_reached_by_is_allowed(void **state)
{
    (void)state;
    variables[0] = "HYDRANT_IN_PLACE_OF=localstack";
    variables[1] = "LOCALSTACK_HOST=aws.example.test:4566";
    load();
    assert_int_equal(config.allowed_hosts.count, 1);
    assert_string_equal(config.allowed_hosts.items[0], "aws.example.test");
}

static void test_hydrants_own_variables_and_flags_are_stronger(void **state)
{
    static const char *const flags[] = {"--log-level", "error"};
    const struct config_sources both = {.argc = 2, .argv = flags, .env = env};
    (void)state;
    variables[0] = "HYDRANT_IN_PLACE_OF=localstack";
    variables[1] = "GATEWAY_LISTEN=0.0.0.0:1";
    variables[2] = "HYDRANT_PORT=2";
    variables[3] = "DEBUG=1";
    assert_int_equal(config_load(&config, &arena, &both, &problem), STATUS_OK);
    assert_int_equal(config.port, 2);
    assert_int_equal(config.log_level, LOG_ERROR);
}

static void test_a_value_that_cannot_be_is_named(void **state)
{
    static const struct {
        const char *variable;
        const char *problem;
    } cases[] = {
        {"EDGE_PORT=many", "EDGE_PORT: \"many\" is not a number from 0 to 65535"},
        {"GATEWAY_LISTEN=::1", "GATEWAY_LISTEN: \"::1\" is not host:port"},
        {"PERSISTENCE=maybe", "PERSISTENCE: \"maybe\" is not one of 1, true, 0, false"},
    };

    (void)state;
    variables[0] = "HYDRANT_IN_PLACE_OF=localstack";
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        variables[1] = cases[i].variable;
        text_close(&problem);
        text_init(&problem, 4096);
        assert_int_equal(config_load(&config, &arena, &environment, &problem), STATUS_INVALID);
        assert_int_equal(problem.len, strlen(cases[i].problem));
        assert_memory_equal(text_slice(&problem).ptr, cases[i].problem, problem.len);
    }
}

static void test_those_that_do_nothing_are_named(void **state)
{
    struct text names;
    (void)state;
    text_init(&names, 4096);
    variables[0] = "SERVICES=s3,firehose";
    variables[1] = "LAMBDA_EXECUTOR=";
    variables[2] = "DOCKER_HOST=unix:///var/run/docker.sock";
    aliases_without_effect(&environment, &names);
    assert_true(slice_equal_text(text_slice(&names), " SERVICES DOCKER_HOST"));
    text_close(&names);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_without_the_setting_they_are_anybodys_variables,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_an_address_to_listen_on_is_a_host_and_a_port, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_levels_of_logging_are_translated, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_what_is_not_to_persist_is_ephemeral, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_the_name_it_is_reached_by_is_allowed, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_hydrants_own_variables_and_flags_are_stronger, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_a_value_that_cannot_be_is_named, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_those_that_do_nothing_are_named, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

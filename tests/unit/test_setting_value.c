#include <string.h>

#include "emulator/base/arena.h"
#include "emulator/base/text.h"
#include "emulator/config/config.h"
#include "emulator/config/settings.h"
#include "tests/lib/asserts.h"

static struct arena arena;
static struct config config;
static struct text problem;

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena, (size_t)64 * 1024);
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

static enum status take(const char *name, const char *value)
{
    text_clear(&problem);
    const struct setting *setting = settings_find(slice_of(name));
    assert_non_null(setting);
    return setting_take(setting, &config, &arena, "here", slice_of(value), &problem);
}

static void assert_refused(const char *name, const char *value, const char *expected)
{
    assert_status(take(name, value), STATUS_INVALID);
    assert_slice(text_slice(&problem), expected);
}

static void every_type_takes_its_values(void **state)
{
    (void)state;
    assert_ok(take("host", "0.0.0.0"));
    assert_ok(take("port", "0"));
    assert_ok(take("ephemeral", "TRUE"));
    assert_ok(take("durability", "power"));
    assert_ok(take("stream-create-time", "250ms"));
    assert_ok(take("function", "likes=/a.so"));
    assert_ok(take("function", "other=b.so"));

    assert_string_equal(config.host, "0.0.0.0");
    assert_int_equal(config.port, 0);
    assert_true(config.ephemeral);
    assert_int_equal(config.durability, CONFIG_DURABILITY_POWER);
    assert_int_equal(config.stream_create_ms, 250);
    assert_int_equal(config.functions.count, 2);
    assert_string_equal(config.functions.items[0], "likes=/a.so");
    assert_string_equal(config.functions.items[1], "other=b.so");
}

static void values_that_cannot_be_are_refused_with_the_reason(void **state)
{
    (void)state;
    assert_refused("port", "65536", "here: \"65536\" is not a number from 0 to 65535");
    assert_refused("port", "-1", "here: \"-1\" is not a number from 0 to 65535");
    assert_refused("port", "", "here: \"\" is not a number from 0 to 65535");
    assert_refused("workers", "0", "here: \"0\" is not a number from 1 to 128");
    assert_refused("ephemeral", "maybe", "here: \"maybe\" is not true or false");
    assert_refused("durability", "fast", "here: \"fast\" is not one of none, normal, power");
    assert_refused("account", "12345", "here: \"12345\" is not twelve digits");
    assert_refused("region", "US East", "here: \"US East\" is not a region such as eu-west-1");
    assert_refused("function", "likes", "here: \"likes\" is not NAME=path.so");
    assert_refused("function", "=a.so", "here: \"=a.so\" is not NAME=path.so");
    assert_refused("host", "", "here: \"\" is not a value");
    assert_refused("stream-create-time", "2h",
                   "here: \"2h\" is not a time from 0s to 3600s, such as 500ms or 10s");
}

static void a_refused_value_changes_nothing(void **state)
{
    (void)state;
    assert_ok(take("port", "1234"));
    assert_status(take("port", "nine"), STATUS_INVALID);
    assert_int_equal(config.port, 1234);
}

static void a_list_has_a_maximum(void **state)
{
    (void)state;
    for (int i = 0; i < CONFIG_LIST_MAX; i++)
        assert_ok(take("function", "a=b.so"));
    assert_refused("function", "a=b.so", "here: given more than 256 times");
    assert_int_equal(config.functions.count, CONFIG_LIST_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_type_takes_its_values, set_up, tear_down),
        cmocka_unit_test_setup_teardown(values_that_cannot_be_are_refused_with_the_reason, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_refused_value_changes_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_list_has_a_maximum, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

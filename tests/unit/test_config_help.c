#include "emulator/base/text.h"
#include "emulator/config/config.h"
#include "emulator/config/settings.h"
#include "tests/lib/asserts.h"

static void every_setting_stands_in_the_help_with_its_variable(void **state)
{
    (void)state;
    struct text help;
    text_init(&help, (size_t)64 * 1024);
    config_help(&help);
    assert_ok(help.status);

    size_t count = 0;
    const struct setting *all = settings_all(&count);
    assert_true(count > 0);
    for (size_t i = 0; i < count; i++) {
        struct slice text = text_slice(&help);
        if (slice_search(text, slice_of(all[i].name)) == text.len ||
            slice_search(text, slice_of(all[i].help)) == text.len ||
            slice_search(text, slice_of(all[i].environment)) == text.len)
            fail_msg("%s is missing", all[i].name);
    }
    text_close(&help);
}

static void a_row_shows_flag_help_choices_default_and_variable(void **state)
{
    (void)state;
    static const char expected[] =
        "  --durability LEVEL            what acknowledged data survives: nothing, kill -9, or a "
        "power cut\n"
        "                                [none|normal|power; default normal; HYDRANT_DURABILITY]\n";
    struct text help;
    text_init(&help, (size_t)64 * 1024);
    config_help(&help);
    struct slice text = text_slice(&help);
    assert_true(slice_search(text, slice_of(expected)) < text.len);
    text_close(&help);
}

static void only_the_data_folder_has_its_default_folder(void **state)
{
    (void)state;
    struct text help;
    text_init(&help, (size_t)64 * 1024);
    config_help(&help);
    struct slice text = text_slice(&help);
    size_t at = slice_search(text, SLICE("XDG_STATE_HOME"));
    assert_true(at < text.len);
    struct slice behind = slice_from(text, at + 1);
    assert_int_equal(slice_search(behind, SLICE("XDG_STATE_HOME")), behind.len);
    text_close(&help);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_setting_stands_in_the_help_with_its_variable),
        cmocka_unit_test(only_the_data_folder_has_its_default_folder),
        cmocka_unit_test(a_row_shows_flag_help_choices_default_and_variable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

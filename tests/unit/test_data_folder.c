#include <string.h>

#include "emulator/base/arena.h"
#include "emulator/config/data_folder.h"
#include "tests/lib/asserts.h"

struct variables {
    const char *state_home;
    const char *home;
};

static const char *lookup(void *owner, const char *name)
{
    const struct variables *variables = owner;
    if (strcmp(name, "XDG_STATE_HOME") == 0)
        return variables->state_home;
    return strcmp(name, "HOME") == 0 ? variables->home : NULL;
}

static void assert_folder(struct variables variables, const char *expected)
{
    struct arena arena;
    arena_init(&arena, 4096);
    assert_string_equal(data_folder_default(&arena, lookup, &variables), expected);
    arena_clear(&arena);
}

static void the_state_folder_comes_before_the_home(void **state)
{
    (void)state;
    assert_folder((struct variables){"/s", "/home/a"}, "/s/hydrant");
    assert_folder((struct variables){NULL, "/home/a"}, "/home/a/.local/state/hydrant");
}

static void relative_and_empty_paths_count_as_missing(void **state)
{
    (void)state;
    assert_folder((struct variables){"state", "/home/a"}, "/home/a/.local/state/hydrant");
    assert_folder((struct variables){"", ""}, "/var/lib/hydrant");
}

static void without_a_home_it_is_the_system_folder(void **state)
{
    (void)state;
    assert_folder((struct variables){NULL, NULL}, "/var/lib/hydrant");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_state_folder_comes_before_the_home),
        cmocka_unit_test(relative_and_empty_paths_count_as_missing),
        cmocka_unit_test(without_a_home_it_is_the_system_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

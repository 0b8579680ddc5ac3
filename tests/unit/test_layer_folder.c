#include "emulator/lambda/layer_folder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/lib/asserts.h"
#include "tests/lib/temporary_folder.h"

static char folder[TEMPORARY_FOLDER_BYTES];

static int set_up(void **state)
{
    (void)state;
    return temporary_folder_make(folder);
}

static int tear_down(void **state)
{
    (void)state;
    return temporary_folder_remove(folder);
}

static const char *path_of(const char *name)
{
    static char path[256];
    (void)snprintf(path, sizeof(path), "%s/%s", folder, name);
    return path;
}

static void make(const char *name)
{
    assert_int_equal(mkdir(path_of(name), 0755), 0);
}

static void write_file(const char *name, const char *text)
{
    FILE *file = fopen(path_of(name), "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void assert_file(const char *name, const char *want)
{
    char got[64] = "";
    FILE *file = fopen(path_of(name), "r");
    assert_non_null(file);
    (void)fread(got, 1, sizeof(got) - 1, file);
    assert_int_equal(fclose(file), 0);
    assert_string_equal(got, want);
}

static enum status lay_over(const char *from, const char *to)
{
    char first[256];
    (void)snprintf(first, sizeof(first), "%s", path_of(from));
    return layer_folder_lay_over(first, path_of(to));
}

static void a_later_layer_covers_an_earlier_one(void **state)
{
    (void)state;
    make("one");
    make("one/python");
    write_file("one/python/a", "1");
    write_file("one/python/both", "1");
    make("two");
    make("two/python");
    write_file("two/python/b", "2");
    write_file("two/python/both", "2");
    make("opt");

    assert_ok(lay_over("one", "opt"));
    assert_ok(lay_over("two", "opt"));

    assert_file("opt/python/a", "1");
    assert_file("opt/python/b", "2");
    assert_file("opt/python/both", "2");
    assert_file("one/python/both", "1");
}

static void a_file_takes_the_place_of_a_folder_and_the_other_way_round(void **state)
{
    (void)state;
    make("one");
    make("one/a");
    write_file("one/a/x", "1");
    write_file("one/b", "1");
    make("two");
    write_file("two/a", "2");
    make("two/b");
    write_file("two/b/y", "2");
    make("opt");

    assert_ok(lay_over("one", "opt"));
    assert_ok(lay_over("two", "opt"));

    assert_file("opt/a", "2");
    assert_file("opt/b/y", "2");
    assert_file("one/a/x", "1");
    assert_file("one/b", "1");
}

static void a_layer_that_is_not_there_is_told(void **state)
{
    (void)state;
    make("opt");
    assert_int_not_equal(lay_over("none", "opt"), STATUS_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_later_layer_covers_an_earlier_one, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_file_takes_the_place_of_a_folder_and_the_other_way_round,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_layer_that_is_not_there_is_told, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "emulator/lambda/function_package.h"
#include "emulator/plugin/hydrant.h"
#include "emulator/transform/plugin_file.h"
#include "tests/lib/asserts.h"

static char folder[64];
static char reason[PLUGIN_REASON_BYTES];

static int set_up(void **state)
{
    (void)state;
    (void)snprintf(folder, sizeof(folder), "/tmp/plugin_file_XXXXXX");
    memset(reason, 0, sizeof(reason));
    return mkdtemp(folder) != NULL ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    function_package_remove(folder);
    return 0;
}

static size_t files_in_folder(void)
{
    size_t count = 0;
    DIR *dir = opendir(folder);
    assert_non_null(dir);
    for (struct dirent *entry = readdir(dir); entry != NULL; entry = readdir(dir))
        count += entry->d_name[0] != '.';
    closedir(dir);
    return count;
}

static void assert_refused(const char *path, const char *why)
{
    struct plugin_file *file = NULL;
    assert_status(plugin_file_open(path, folder, reason, &file), STATUS_INVALID);
    assert_null(file);
    assert_non_null(strstr(reason, why));
    const char *name = strrchr(path, '/') + 1;
    assert_memory_equal(reason, name, strlen(name));
    assert_int_equal(files_in_folder(), 0);
}

static void a_transform_is_loaded_from_a_copy_of_its_own(void **state)
{
    (void)state;
    struct plugin_file *one = NULL;
    struct plugin_file *two = NULL;
    assert_ok(plugin_file_open(PLUGIN_FOLDER "/likes.so", folder, reason, &one));
    assert_ok(plugin_file_open(PLUGIN_FOLDER "/likes.so", folder, reason, &two));
    assert_string_equal(one->plugin->name, "likes");
    assert_ptr_not_equal(one->plugin, two->plugin);
    assert_int_equal(files_in_folder(), 2);
    plugin_file_close(one);
    assert_string_equal(two->plugin->name, "likes");
    plugin_file_close(two);
    assert_int_equal(files_in_folder(), 0);
}

static void another_abi_version_is_named(void **state)
{
    (void)state;
    assert_refused(PLUGIN_FOLDER "/plugin_wrong_abi.so",
                   "built for version 2.0 of hydrant.h, this Hydrant has 1.3");
}

static void a_missing_symbol_is_named(void **state)
{
    (void)state;
    assert_refused(PLUGIN_FOLDER "/plugin_no_symbol.so",
                   "the symbol hydrant_plugin_entry is missing");
}

static void an_unresolved_symbol_is_named_and_the_private_copy_is_not(void **state)
{
    (void)state;
    assert_refused(PLUGIN_FOLDER "/plugin_unresolved.so",
                   "cannot be loaded: undefined symbol: function_nobody_has");
    assert_null(strstr(reason, folder));
}

static void write_file(const char *name, const void *bytes, size_t len, char *path, size_t size)
{
    (void)snprintf(path, size, "%s/%s", folder, name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, len, file), len);
    fclose(file);
}

static void assert_bytes_refused(const void *bytes, size_t len, const char *why)
{
    char path[128];
    struct plugin_file *file = NULL;
    write_file("x.so", bytes, len, path, sizeof(path));
    assert_status(plugin_file_open(path, folder, reason, &file), STATUS_INVALID);
    assert_non_null(strstr(reason, why));
    (void)unlink(path);
    assert_int_equal(files_in_folder(), 0);
}

static void what_is_no_shared_object_of_this_machine_is_told_apart(void **state)
{
    (void)state;
    char elf[64] = "\177ELF\2\1\1";
    elf[16] = 3; /* ET_DYN */
    elf[18] = 8; /* EM_MIPS */
    assert_bytes_refused("", 0, "no ELF header");
    assert_bytes_refused("#!/bin/sh\n", 10, "no ELF header");
    assert_bytes_refused(elf, sizeof(elf), "compiled for another machine");
    elf[18] = (char)0xb7; /* EM_AARCH64 */
#if defined(__x86_64__)
    assert_bytes_refused(elf, sizeof(elf), "compiled for arm64, but this machine is x86_64");
    elf[18] = 62; /* EM_X86_64 */
#endif
    elf[16] = 2; /* ET_EXEC */
    assert_bytes_refused(elf, sizeof(elf), "compile it with -shared -fPIC");
    elf[16] = 3;
    assert_bytes_refused(elf, sizeof(elf), "cannot be loaded");
}

static void a_file_that_is_not_there_is_named(void **state)
{
    (void)state;
    assert_refused("/nowhere/missing.so", "cannot be opened: not found");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_transform_is_loaded_from_a_copy_of_its_own, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(another_abi_version_is_named, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_missing_symbol_is_named, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_unresolved_symbol_is_named_and_the_private_copy_is_not,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_no_shared_object_of_this_machine_is_told_apart,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_file_that_is_not_there_is_named, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

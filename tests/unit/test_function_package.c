#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zip.h>

#include "emulator/lambda/function_package.h"
#include "emulator/transform/plugin_file.h"
#include "tests/lib/asserts.h"

static char root[64];
static char target[80];
static char reason[PLUGIN_REASON_BYTES];
static size_t unpacked_bytes;

static int set_up(void **state)
{
    (void)state;
    (void)snprintf(root, sizeof(root), "/tmp/function_package_XXXXXX");
    if (mkdtemp(root) == NULL)
        return -1;
    (void)snprintf(target, sizeof(target), "%s/out", root);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    function_package_remove(root);
    return access(root, F_OK) == 0 ? -1 : 0;
}

struct entry {
    const char *name;
    const char *content;
    unsigned mode; /* 0: none */
};

/* A zip with these entries, as bytes the caller frees. */
static struct slice make_zip(const struct entry *entries, size_t count)
{
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t *source = zip_source_buffer_create(NULL, 0, 0, &error);
    zip_t *zip = zip_open_from_source(source, ZIP_TRUNCATE, &error);
    assert_non_null(zip);
    zip_source_keep(source);
    for (size_t i = 0; i < count; i++) {
        const struct entry *entry = &entries[i];
        zip_source_t *content = zip_source_buffer(zip, entry->content, strlen(entry->content), 0);
        zip_int64_t index = zip_file_add(zip, entry->name, content, ZIP_FL_ENC_UTF_8);
        assert_true(index >= 0);
        if (entry->mode != 0)
            zip_file_set_external_attributes(zip, (zip_uint64_t)index, 0, ZIP_OPSYS_UNIX,
                                             entry->mode << 16);
    }
    assert_int_equal(zip_close(zip), 0);
    zip_stat_t info;
    assert_int_equal(zip_source_stat(source, &info), 0);
    char *bytes = malloc(info.size);
    assert_non_null(bytes);
    assert_int_equal(zip_source_open(source), 0);
    assert_int_equal(zip_source_read(source, bytes, info.size), info.size);
    zip_source_close(source);
    zip_source_free(source);
    return slice_make(bytes, info.size);
}

static enum package_result unpack(const struct entry *entries, size_t count)
{
    struct slice zip = make_zip(entries, count);
    enum package_result result = function_package_unpack(zip, target, reason, &unpacked_bytes);
    free((void *)(uintptr_t)zip.ptr);
    return result;
}

static void assert_file(const char *name, const char *content, mode_t mode)
{
    char path[256];
    char got[256] = "";
    struct stat info;
    (void)snprintf(path, sizeof(path), "%s/%s", target, name);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size_t len = fread(got, 1, sizeof(got) - 1, file);
    fclose(file);
    assert_int_equal(len, strlen(content));
    assert_string_equal(got, content);
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 0777, mode);
}

static void files_and_folders_are_unpacked_with_their_contents(void **state)
{
    (void)state;
    static const struct entry entries[] = {
        {"likes.so", "code", 0},
        {"bin/run", "#!", S_IFREG | 0755},
        {"data/deep/er.txt", "text", S_IFREG | 0600},
        {"empty/", "", S_IFDIR | 0755},
    };
    assert_int_equal(unpack(entries, 4), PACKAGE_OK);
    assert_file("likes.so", "code", 0644);
    assert_file("bin/run", "#!", 0755);
    assert_file("data/deep/er.txt", "text", 0644);
    assert_int_equal(unpacked_bytes, 10);
}

static void names_that_lead_out_of_the_folder_are_refused(void **state)
{
    (void)state;
    static const char *const names[] = {"../evil", "a/../../evil", "/etc/evil", "a\\..\\evil",
                                        "a//b",    "./evil",       ".."};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct entry entry = {names[i], "x", 0};
        assert_int_equal(unpack(&entry, 1), PACKAGE_UNSAFE);
        assert_non_null(strstr(reason, names[i]));
        function_package_remove(target);
    }
    char path[128];
    (void)snprintf(path, sizeof(path), "%s/evil", root);
    assert_int_not_equal(access(path, F_OK), 0);
}

static void symbolic_links_and_devices_are_refused(void **state)
{
    (void)state;
    static const unsigned modes[] = {S_IFLNK | 0777, S_IFCHR | 0666, S_IFIFO | 0666};
    for (size_t i = 0; i < 3; i++) {
        struct entry entry = {"link", "/etc/passwd", modes[i]};
        assert_int_equal(unpack(&entry, 1), PACKAGE_UNSAFE);
        assert_non_null(strstr(reason, "symbolic links"));
        function_package_remove(target);
    }
}

static void what_is_no_zip_is_told(void **state)
{
    (void)state;
    assert_int_equal(
        function_package_unpack(SLICE("this is no zip"), target, reason, &unpacked_bytes),
        PACKAGE_NO_ZIP);
    function_package_remove(target);
    assert_int_equal(function_package_unpack(SLICE(""), target, reason, &unpacked_bytes),
                     PACKAGE_NO_ZIP);
}

static void a_damaged_zip_is_told(void **state)
{
    (void)state;
    static const struct entry entry = {"a", "some content that is stored", 0};
    struct slice zip = make_zip(&entry, 1);
    char *bytes = malloc(zip.len);
    assert_non_null(bytes);
    for (size_t cut = 1; cut < zip.len; cut += 7) {
        memcpy(bytes, zip.ptr, zip.len);
        enum package_result result = function_package_unpack(slice_make(bytes, zip.len - cut),
                                                             target, reason, &unpacked_bytes);
        assert_int_not_equal(result, PACKAGE_OK);
        function_package_remove(target);
    }
    bytes[31] ^= 1; /* in the content or its name: the checksum or the directory tells */
    assert_int_not_equal(
        function_package_unpack(slice_make(bytes, zip.len), target, reason, &unpacked_bytes),
        PACKAGE_OK);
    free(bytes);
    free((void *)(uintptr_t)zip.ptr);
}

static void more_zipped_bytes_than_aws_takes_are_not_even_looked_at(void **state)
{
    (void)state;
    struct slice huge = {"PK", PACKAGE_ZIPPED_MAX_BYTES + 1};
    assert_int_equal(function_package_unpack(huge, target, reason, &unpacked_bytes),
                     PACKAGE_ZIPPED_TOO_LARGE);
}

static void find(const char *handler, enum package_result result, const char *file)
{
    char found[PACKAGE_FILE_NAME_BYTES] = "";
    assert_int_equal(function_package_find_plugin(target, handler, found, reason), result);
    if (result == PACKAGE_OK)
        assert_string_equal(found, file);
}

static void the_handler_names_the_shared_object(void **state)
{
    (void)state;
    static const struct entry entries[] = {
        {"one.so", "1", 0}, {"two.so", "2", 0}, {"lib/three.so", "3", 0}};
    assert_int_equal(unpack(entries, 3), PACKAGE_OK);
    find("two.so", PACKAGE_OK, "two.so");
    find("one", PACKAGE_OK, "one.so");
    find("lib/three", PACKAGE_OK, "lib/three.so");
    find("free text", PACKAGE_NO_PLUGIN, NULL);
    assert_non_null(strstr(reason, "2 shared objects"));
    find("../one.so", PACKAGE_NO_PLUGIN, NULL);
}

static void the_only_shared_object_needs_no_handler(void **state)
{
    (void)state;
    static const struct entry entries[] = {{"likes.so", "1", 0}, {"README", "x", 0}};
    assert_int_equal(unpack(entries, 2), PACKAGE_OK);
    find("index.handler", PACKAGE_OK, "likes.so");
}

static void a_package_without_one_says_what_is_missing(void **state)
{
    (void)state;
    static const struct entry entry = {"README", "x", S_IFREG | 0644};
    assert_int_equal(unpack(&entry, 1), PACKAGE_OK);
    find("x", PACKAGE_NO_PLUGIN, NULL);
    assert_non_null(strstr(reason, "neither a file bootstrap nor a shared object (.so)"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(files_and_folders_are_unpacked_with_their_contents),
        TEST(names_that_lead_out_of_the_folder_are_refused),
        TEST(symbolic_links_and_devices_are_refused),
        TEST(what_is_no_zip_is_told),
        TEST(a_damaged_zip_is_told),
        TEST(more_zipped_bytes_than_aws_takes_are_not_even_looked_at),
        TEST(the_handler_names_the_shared_object),
        TEST(the_only_shared_object_needs_no_handler),
        TEST(a_package_without_one_says_what_is_missing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

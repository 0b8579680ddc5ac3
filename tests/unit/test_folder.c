#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "storage/folder.h"
#include "tests/lib/asserts.h"
#include "tests/lib/temporary_folder.h"

static char root[TEMPORARY_FOLDER_BYTES];

static int set_up(void **state)
{
    (void)state;
    return temporary_folder_make(root);
}

static int tear_down(void **state)
{
    (void)state;
    return temporary_folder_remove(root);
}

/* root/name, in one of a few buffers. */
static const char *below(const char *name)
{
    static char paths[4][256];
    static unsigned next;
    char *path = paths[next++ % 4];
    (void)snprintf(path, sizeof(paths[0]), "%s/%s", root, name);
    return path;
}

static void make_file(const char *path)
{
    int file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    assert_true(file >= 0);
    assert_int_equal(write(file, "x", 1), 1);
    assert_int_equal(close(file), 0);
}

static bool is_there(const char *path)
{
    struct stat info;
    return lstat(path, &info) == 0;
}

static void a_folder_is_made_with_its_parents_and_for_its_owner_only(void **state)
{
    (void)state;
    struct stat info;
    assert_ok(folder_make(below("a/b//c/")));
    assert_int_equal(stat(below("a/b/c"), &info), 0);
    assert_true(S_ISDIR(info.st_mode));
    assert_int_equal(info.st_mode & 0777, 0700);
    assert_ok(folder_make(below("a/b/c")));
    assert_ok(folder_make("/"));
}

static void a_file_in_the_way_is_said_so(void **state)
{
    (void)state;
    make_file(below("file"));
    assert_status(folder_make(below("file")), STATUS_EXISTS);
    assert_status(folder_make(below("file/sub")), STATUS_EXISTS);
    assert_status(folder_make(""), STATUS_INVALID);
}

static void a_link_to_a_folder_is_a_folder(void **state)
{
    (void)state;
    assert_ok(folder_make(below("real")));
    assert_int_equal(symlink(below("real"), below("link")), 0);
    assert_ok(folder_make(below("link/sub")));
    assert_true(is_there(below("real/sub")));
}

static void removing_takes_everything_below_and_follows_no_link(void **state)
{
    (void)state;
    assert_ok(folder_make(below("gone/deep/deeper")));
    assert_ok(folder_make(below("stays")));
    make_file(below("gone/deep/file"));
    make_file(below("stays/file"));
    assert_int_equal(symlink(below("stays"), below("gone/link")), 0);
    assert_ok(folder_remove(below("gone")));
    assert_false(is_there(below("gone")));
    assert_true(is_there(below("stays/file")));
}

static void removing_what_is_not_there_is_fine(void **state)
{
    (void)state;
    assert_ok(folder_remove(below("never")));
    assert_ok(folder_empty(below("never")));
}

static void emptying_keeps_the_folder_itself(void **state)
{
    (void)state;
    assert_ok(folder_make(below("box/inner")));
    make_file(below("box/inner/file"));
    make_file(below("box/file"));
    assert_ok(folder_empty(below("box")));
    assert_true(is_there(below("box")));
    assert_int_equal(rmdir(below("box")), 0);
}

static mode_t mode_of(const char *path)
{
    struct stat info;
    assert_int_equal(lstat(path, &info), 0);
    return info.st_mode & 07777;
}

static void others_pass_through_to_one_entry_only(void **state)
{
    (void)state;
    assert_ok(folder_make(below("a/open")));
    assert_ok(folder_make(below("a/closed")));
    make_file(below("a/file"));
    assert_int_equal(chmod(below("a/open"), 0755), 0);
    assert_int_equal(chmod(below("a/closed"), 0755), 0);
    assert_int_equal(chmod(below("a/file"), 0644), 0);
    assert_int_equal(symlink("/", below("a/link")), 0);
    assert_ok(folder_let_pass(below("a"), "open"));
    assert_int_equal(mode_of(below("a")), 0711);
    assert_int_equal(mode_of(below("a/open")), 0755);
    assert_int_equal(mode_of(below("a/closed")), 0700);
    assert_int_equal(mode_of(below("a/file")), 0600);
}

static void others_pass_through_without_a_change_to_what_is_there(void **state)
{
    (void)state;
    assert_ok(folder_make(below("a")));
    make_file(below("a/file"));
    assert_int_equal(chmod(below("a/file"), 0640), 0);
    assert_ok(folder_let_pass(below("a"), NULL));
    assert_int_equal(mode_of(below("a")), 0711);
    assert_int_equal(mode_of(below("a/file")), 0640);
    assert_int_equal(folder_let_pass(below("none"), NULL), STATUS_NOT_FOUND);
}

static void a_folder_is_locked_once(void **state)
{
    (void)state;
    int first = -1;
    int second = -1;
    assert_ok(folder_lock(root, &first));
    assert_status(folder_lock(root, &second), STATUS_BUSY);
    assert_int_equal(second, -1);
    assert_int_equal(close(first), 0);
    assert_ok(folder_lock(root, &second));
    assert_int_equal(close(second), 0);
}

static void a_missing_folder_cannot_be_locked(void **state)
{
    (void)state;
    int lock = -1;
    assert_status(folder_lock(below("never"), &lock), STATUS_NOT_FOUND);
    assert_int_equal(lock, -1);
}

static void a_path_longer_than_any_is_too_large(void **state)
{
    (void)state;
    static char path[8192];
    int lock = -1;
    memset(path, 'x', sizeof(path) - 1);
    assert_status(folder_make(path), STATUS_TOO_LARGE);
    assert_status(folder_lock(path, &lock), STATUS_TOO_LARGE);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_folder_is_made_with_its_parents_and_for_its_owner_only),
        TEST(a_file_in_the_way_is_said_so),
        TEST(a_link_to_a_folder_is_a_folder),
        TEST(removing_takes_everything_below_and_follows_no_link),
        TEST(removing_what_is_not_there_is_fine),
        TEST(emptying_keeps_the_folder_itself),
        TEST(others_pass_through_to_one_entry_only),
        TEST(others_pass_through_without_a_change_to_what_is_there),
        TEST(a_folder_is_locked_once),
        TEST(a_missing_folder_cannot_be_locked),
        TEST(a_path_longer_than_any_is_too_large),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

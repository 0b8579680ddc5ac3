/*
 * A body whose writing fails at any system call or allocation leaves no file and says why.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "emulator/base/mem.h"
#include "storage/blobs.h"
#include "tests/lib/asserts.h"
#include "tests/lib/fault.h"
#include "tests/lib/mem_fault.h"
#include "tests/lib/temporary_folder.h"

#define BODY_BYTES ((size_t)50 * 1000)

static struct fault disk;

/* The linker's names. NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl*,readability-identifier-*)
 */
ssize_t __real_write(int fd, const void *bytes, size_t len);
ssize_t __wrap_write(int fd, const void *bytes, size_t len);
int __real_fchmod(int fd, mode_t mode);
int __wrap_fchmod(int fd, mode_t mode);
int __real_fdatasync(int fd);
int __wrap_fdatasync(int fd);
int __real_fsync(int fd);
int __wrap_fsync(int fd);
int __real_renameat2(int from, const char *a, int to, const char *b, unsigned flags);
int __wrap_renameat2(int from, const char *a, int to, const char *b, unsigned flags);

/* NOLINTEND(bugprone-reserved-identifier,cert-dcl*,readability-identifier-*) */

static bool fails(void)
{
    bool now = fault_tick(&disk);
    if (now)
        errno = ENOSPC;
    return now;
}

ssize_t __wrap_write(int fd, const void *bytes, size_t len)
{
    return fails() ? -1 : __real_write(fd, bytes, len);
}

int __wrap_fchmod(int fd, mode_t mode)
{
    return fails() ? -1 : __real_fchmod(fd, mode);
}

int __wrap_fdatasync(int fd)
{
    return fails() ? -1 : __real_fdatasync(fd);
}

int __wrap_fsync(int fd)
{
    return fails() ? -1 : __real_fsync(fd);
}

int __wrap_renameat2(int from, const char *a, int to, const char *b, unsigned flags)
{
    return fails() ? -1 : __real_renameat2(from, a, to, b, flags);
}

static char folder[TEMPORARY_FOLDER_BYTES];
static struct blob_store *store;

static int set_up(void **state)
{
    (void)state;
    char path[96];
    mem_fault_install();
    if (temporary_folder_make(folder) != 0)
        return -1;
    (void)snprintf(path, sizeof(path), "%s/blobs", folder);
    return blob_store_open(path, true, &store) == STATUS_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    blob_store_close(store);
    int result = temporary_folder_remove(folder);
    bool leaks = mem_fault_outstanding() != 0;
    mem_fault_remove();
    return leaks ? -1 : result;
}

static void count(void *arg, const char *blob_id)
{
    (void)blob_id;
    (*(size_t *)arg)++;
}

static size_t finished(void)
{
    size_t blobs = 0;
    assert_ok(blob_store_each(store, count, &blobs));
    return blobs;
}

static bool tmp_is_empty(void)
{
    char path[96];
    (void)snprintf(path, sizeof(path), "%s/blobs/tmp", folder);
    return rmdir(path) == 0 && mkdir(path, 0755) == 0;
}

static enum status write_body(struct body *body)
{
    static char bytes[BODY_BYTES];
    struct body_writer *writer = NULL;
    enum status status = body_writer_create(store, &writer);
    if (status == STATUS_OK)
        status = body_writer_want(writer, BODY_SHA256 | BODY_SHA1);
    for (size_t i = 0; i < 5 && status == STATUS_OK; i++)
        status = body_writer_append(writer, slice_make(bytes, BODY_BYTES / 5));
    if (writer != NULL && status == STATUS_OK)
        status = body_writer_finish(writer, body);
    body_writer_destroy(writer);
    return status;
}

static void a_full_disk_leaves_nothing(void **state)
{
    (void)state;
    FAULT_SWEEP(&disk, n, false) {
        struct body body;
        enum status status = write_body(&body);
        fault_disarm(&disk);
        assert_int_equal(status, disk.fired ? STATUS_DISK_FULL : STATUS_OK);
        assert_int_equal(finished(), 0);
    }
    assert_true(tmp_is_empty());
}

static void without_memory_nothing_is_left(void **state)
{
    (void)state;
    FAULT_SWEEP(mem_fault, n, false) {
        struct body body;
        enum status status = write_body(&body);
        fault_disarm(mem_fault);
        assert_int_equal(status, mem_fault->fired ? STATUS_NO_MEMORY : STATUS_OK);
        assert_int_equal(finished(), 0);
    }
    assert_true(tmp_is_empty());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_full_disk_leaves_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(without_memory_nothing_is_left, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

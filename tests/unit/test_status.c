#include "emulator/base/status.h"

#include <errno.h>

#include "tests/lib/asserts.h"

static void every_status_has_a_text_of_its_own(void **state)
{
    (void)state;
    for (int i = STATUS_OK; i <= STATUS_END; i++) {
        assert_non_null(status_text((enum status)i));
        for (int k = STATUS_OK; k < i; k++)
            assert_string_not_equal(status_text((enum status)i), status_text((enum status)k));
    }
    assert_string_equal(status_text(STATUS_NO_MEMORY), "out of memory");
}

static void ok_is_zero(void **state)
{
    (void)state;
    assert_int_equal(STATUS_OK, 0);
}

static void errno_values_become_statuses(void **state)
{
    (void)state;
    assert_status(status_from_errno(0), STATUS_OK);
    assert_status(status_from_errno(ENOMEM), STATUS_NO_MEMORY);
    assert_status(status_from_errno(ENOENT), STATUS_NOT_FOUND);
    assert_status(status_from_errno(EEXIST), STATUS_EXISTS);
    assert_status(status_from_errno(ENOSPC), STATUS_DISK_FULL);
    assert_status(status_from_errno(EDQUOT), STATUS_DISK_FULL);
    assert_status(status_from_errno(EAGAIN), STATUS_BUSY);
    assert_status(status_from_errno(ETIMEDOUT), STATUS_TIMED_OUT);
    assert_status(status_from_errno(EACCES), STATUS_DENIED);
    assert_status(status_from_errno(EPERM), STATUS_DENIED);
    assert_status(status_from_errno(EROFS), STATUS_DENIED);
    assert_status(status_from_errno(EIO), STATUS_IO_ERROR);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_status_has_a_text_of_its_own),
        cmocka_unit_test(ok_is_zero),
        cmocka_unit_test(errno_values_become_statuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "handlers/s3/s3_range.h"

#include "tests/lib/asserts.h"

static void assert_range(const char *header, uint64_t size, enum s3_range_kind kind, uint64_t first,
                         uint64_t length)
{
    struct s3_range range = s3_range_parse(slice_of(header), size);
    assert_int_equal(range.kind, kind);
    assert_true(range.first == first);
    assert_true(range.length == length);
}

static void one_range_of_bytes_is_taken(void **state)
{
    (void)state;
    assert_range("bytes=0-8", 10, S3_RANGE_PART, 0, 9);
    assert_range("bytes=1-", 10, S3_RANGE_PART, 1, 9);
    assert_range("bytes=-2", 10, S3_RANGE_PART, 8, 2);
    assert_range("bytes=-15", 10, S3_RANGE_PART, 0, 10);
    assert_range("bytes=0-100", 10, S3_RANGE_PART, 0, 10);
    assert_range("bytes=9-9", 10, S3_RANGE_PART, 9, 1);
}

static void anything_else_means_all(void **state)
{
    (void)state;
    static const char *const headers[] = {
        "bytes=1-0", "bytes=-1-",     "bytes=0--1", "bytes=-",
        "",          "lines=0-1",     "bytes=",     "bytes=a-b",
        "bytes=5",   "bytes=0-1,3-4", "bytes 0-1",  "bytes=0-99999999999999999999999"};
    for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++)
        assert_range(headers[i], 10, S3_RANGE_WHOLE, 0, 10);
    assert_range("bytes=-5", 0, S3_RANGE_WHOLE, 0, 0);
}

static void a_range_outside_cannot_be_satisfied(void **state)
{
    (void)state;
    assert_range("bytes=-0", 10, S3_RANGE_UNSATISFIABLE, 0, 0);
    assert_range("bytes=100-200", 10, S3_RANGE_UNSATISFIABLE, 0, 0);
    assert_range("bytes=10-", 10, S3_RANGE_UNSATISFIABLE, 0, 0);
    assert_range("bytes=0-0", 0, S3_RANGE_UNSATISFIABLE, 0, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_range_of_bytes_is_taken),
        cmocka_unit_test(anything_else_means_all),
        cmocka_unit_test(a_range_outside_cannot_be_satisfied),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

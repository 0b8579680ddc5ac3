#include "emulator/base/gunzip.h"

#include <string.h>
#include <zlib.h>

#include "emulator/base/text.h"
#include "tests/lib/asserts.h"

static unsigned char zipped[4096];

/* One member behind `at`; the new end. */
static size_t zip(const char *plain, size_t at)
{
    z_stream stream = {0};
    assert_int_equal(deflateInit2(&stream, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY), Z_OK);
    stream.next_in = (Bytef *)(uintptr_t)plain;
    stream.avail_in = (uInt)strlen(plain);
    stream.next_out = zipped + at;
    stream.avail_out = (uInt)(sizeof(zipped) - at);
    assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
    (void)deflateEnd(&stream);
    return sizeof(zipped) - stream.avail_out;
}

static void a_member_is_read(void **state)
{
    (void)state;
    struct text out;
    text_init(&out, 1000);
    assert_ok(gunzip_append(slice_make(zipped, zip("hello hello hello", 0)), &out));
    assert_slice(text_slice(&out), "hello hello hello");
    text_close(&out);
}

static void members_in_a_row_are_joined(void **state)
{
    (void)state;
    struct text out;
    text_init(&out, 1000);
    size_t end = zip("two", zip("one ", 0));
    assert_ok(gunzip_append(slice_make(zipped, end), &out));
    assert_slice(text_slice(&out), "one two");
    text_close(&out);
}

static void what_is_cut_or_damaged_is_refused(void **state)
{
    (void)state;
    struct text out;
    text_init(&out, 1000);
    size_t end = zip("hello", 0);
    for (size_t cut = 0; cut < end; cut++)
        assert_status(gunzip_append(slice_make(zipped, cut), &out), STATUS_INVALID);
    zipped[end - 8] ^= 1; /* the checksum */
    assert_status(gunzip_append(slice_make(zipped, end), &out), STATUS_INVALID);
    text_close(&out);
}

static void more_than_the_maximum_is_too_large(void **state)
{
    (void)state;
    struct text out;
    text_init(&out, 4);
    assert_status(gunzip_append(slice_make(zipped, zip("hello", 0)), &out), STATUS_TOO_LARGE);
    text_close(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_member_is_read),
        cmocka_unit_test(members_in_a_row_are_joined),
        cmocka_unit_test(what_is_cut_or_damaged_is_refused),
        cmocka_unit_test(more_than_the_maximum_is_too_large),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "emulator/base/arena.h"
#include "emulator/base/base64.h"
#include "emulator/shapes/shape_blob.h"

static enum shape_blob_kind kind_of(const char *text)
{
    return shape_blob_fault(slice_of(text)).kind;
}

static void whole_base64_is_fine(void **state)
{
    (void)state;
    assert_int_equal(kind_of(""), BLOB_FINE);
    assert_int_equal(kind_of("aGk="), BLOB_FINE);
    assert_int_equal(kind_of("aA=="), BLOB_FINE);
    assert_int_equal(kind_of("+/9z"), BLOB_FINE);
}

static void each_fault_has_its_kind(void **state)
{
    (void)state;
    assert_int_equal(kind_of("aGk"), BLOB_LENGTH);
    assert_int_equal(kind_of("aGl="), BLOB_TAIL);
    assert_int_equal(kind_of("aB=="), BLOB_TAIL);
    assert_int_equal(kind_of("===="), BLOB_BYTE);
    assert_int_equal(kind_of("a=kk"), BLOB_BYTE);
    assert_int_equal(kind_of("a-_k"), BLOB_BYTE);
    assert_int_equal(kind_of("aGk=aGk="), BLOB_BYTE);
}

static void the_first_bad_byte_is_named(void **state)
{
    (void)state;
    assert_int_equal(shape_blob_fault(SLICE("ab%!")).byte, '%');
    assert_int_equal(shape_blob_fault(SLICE("ab\xc3\xa9")).byte, '?');
}

/* The look and the decoder agree on every four bytes out of a few telling ones. */
static void it_agrees_with_the_decoder(void **state)
{
    (void)state;
    static const char bytes[] = "AQgw/+=-\n9z";
    const size_t n = sizeof(bytes) - 1;
    struct arena arena;
    arena_init(&arena, (size_t)16 << 20);
    for (size_t i = 0; i < n * n * n * n; i++) {
        char quad[4] = {bytes[i % n], bytes[i / n % n], bytes[i / n / n % n], bytes[i / n / n / n]};
        struct slice unused;
        enum status decoded = base64_decode(slice_make(quad, 4), &arena, &unused);
        enum shape_blob_kind kind = shape_blob_fault(slice_make(quad, 4)).kind;
        assert_int_equal(kind == BLOB_FINE, decoded == STATUS_OK);
    }
    arena_clear(&arena);
}

/* Long texts are looked at in blocks: every byte at every place of one counts. */
static void no_byte_hides_in_a_long_text(void **state)
{
    (void)state;
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    char text[41] = {0};
    for (unsigned byte = 1; byte < 256; byte++) {
        for (size_t at = 0; at < 40; at++) {
            memset(text, 'A', 40);
            text[at] = (char)byte;
            /* At the end a '=' pads. */
            bool fine = strchr(alphabet, (int)byte) || (byte == '=' && at == 39);
            assert_int_equal(kind_of(text) == BLOB_FINE, fine);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_base64_is_fine),
        cmocka_unit_test(each_fault_has_its_kind),
        cmocka_unit_test(the_first_bad_byte_is_named),
        cmocka_unit_test(it_agrees_with_the_decoder),
        cmocka_unit_test(no_byte_hides_in_a_long_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

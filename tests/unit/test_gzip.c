#include "emulator/base/gzip.h"

#include "emulator/base/gunzip.h"
#include "emulator/base/text.h"
#include "tests/lib/asserts.h"

static void what_goes_in_comes_out(void **state)
{
    struct text plain;
    struct text zipped;
    struct text back;
    (void)state;
    for (size_t len = 0; len < 100000; len = len * 3 + 1) {
        text_init(&plain, 1u << 20);
        text_init(&zipped, 1u << 20);
        text_init(&back, 1u << 20);
        for (size_t i = 0; i < len; i++)
            text_append_byte(&plain, (char)(i * i % 251));
        assert_ok(gzip_append(text_slice(&plain), &zipped));
        assert_true(slice_starts_with(text_slice(&zipped), SLICE("\x1f\x8b\x08")));
        assert_ok(gunzip_append(text_slice(&zipped), &back));
        assert_true(slice_equal(text_slice(&plain), text_slice(&back)));
        text_close(&plain);
        text_close(&zipped);
        text_close(&back);
    }
}

static void what_does_not_fit_is_told(void **state)
{
    struct text zipped;
    (void)state;
    text_init(&zipped, 8);
    assert_status(gzip_append(SLICE("text"), &zipped), STATUS_TOO_LARGE);
    text_close(&zipped);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_goes_in_comes_out),
        cmocka_unit_test(what_does_not_fit_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

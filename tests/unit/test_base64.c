#include "emulator/base/base64.h"

#include "emulator/base/arena.h"
#include "emulator/base/text.h"
#include "tests/lib/asserts.h"

static const struct {
    struct slice bytes;
    const char *encoded;
} pairs[] = {
    {SLICE_INIT(""), ""},
    {SLICE_INIT("f"), "Zg=="},
    {SLICE_INIT("fo"), "Zm8="},
    {SLICE_INIT("foo"), "Zm9v"},
    {SLICE_INIT("foob"), "Zm9vYg=="},
    {SLICE_INIT("fooba"), "Zm9vYmE="},
    {SLICE_INIT("foobar"), "Zm9vYmFy"},
    {SLICE_INIT("\0\xFF\xFE"), "AP/+"},
};

static void the_examples_of_the_standard_hold_both_ways(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        struct text out;
        text_init(&out, 100);
        base64_append(&out, pairs[i].bytes);
        assert_slice(text_slice(&out), pairs[i].encoded);
        assert_int_equal(base64_decoded_size(slice_of(pairs[i].encoded)), pairs[i].bytes.len);
        text_clear(&out);
        text_append_text(&out, "<");
        assert_ok(base64_decode_to(slice_of(pairs[i].encoded), &out));
        assert_slices_equal(slice_from(text_slice(&out), 1), pairs[i].bytes);
        text_close(&out);
    }
}

static void every_byte_comes_back(void **state)
{
    (void)state;
    struct arena a;
    arena_init(&a, 100000);
    char bytes[256];
    for (size_t i = 0; i < sizeof(bytes); i++)
        bytes[i] = (char)i;
    for (size_t len = 0; len <= sizeof(bytes); len++) {
        struct text out;
        text_init(&out, 1000);
        base64_append(&out, slice_make(bytes, len));
        struct slice decoded;
        assert_ok(base64_decode(text_slice(&out), &a, &decoded));
        assert_slices_equal(decoded, slice_make(bytes, len));
        text_close(&out);
        arena_clear(&a);
    }
}

static void what_is_not_canonical_is_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "Z",        "Zg",    "Zg=",  "=",           "==",    "====",     "Z===",
        "Zg==Zg==", "Zm9v=", "Zm9 ", "Zm9v\n",      "Zm 9v", "Zm-v",     "Zm_v",
        "Zh==",     "Zm9=",  "Z=9v", "Zm9v\377AAA", "=m9v",  "Zm9vZg=Z",
    };
    struct arena a;
    arena_init(&a, 100000);
    struct text out;
    text_init(&out, 100);
    text_append_text(&out, "kept");
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        struct slice bytes = SLICE("before");
        assert_status(base64_decode(slice_of(wrong[i]), &a, &bytes), STATUS_INVALID);
        assert_slice(bytes, "before");
        assert_status(base64_decode_to(slice_of(wrong[i]), &out), STATUS_INVALID);
        assert_slice(text_slice(&out), "kept");
        assert_ok(out.status);
    }
    text_close(&out);
    arena_clear(&a);
}

static void memory_and_maximum_are_respected(void **state)
{
    (void)state;
    struct arena a;
    arena_init(&a, 2);
    struct slice bytes;
    assert_status(base64_decode(SLICE("Zm9v"), &a, &bytes), STATUS_NO_MEMORY);
    struct text out;
    text_init(&out, 3);
    base64_append(&out, SLICE("f"));
    assert_status(out.status, STATUS_TOO_LARGE);
    assert_status(base64_decode_to(SLICE("Zm9v"), &out), STATUS_TOO_LARGE);
    text_clear(&out);
    assert_ok(base64_decode_to(SLICE("Zm9v"), &out));
    text_close(&out);
    arena_clear(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_examples_of_the_standard_hold_both_ways),
        cmocka_unit_test(every_byte_comes_back),
        cmocka_unit_test(what_is_not_canonical_is_refused),
        cmocka_unit_test(memory_and_maximum_are_respected),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

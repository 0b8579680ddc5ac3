/*
 * test_kpl_record.c -- records a producer has aggregated, and what only looks like it.
 */
#include "emulator/base/arena.h"
#include "emulator/base/hash.h"
#include "emulator/base/text.h"
#include "emulator/delivery/kpl_record.h"
#include "tests/lib/asserts.h"

/* Keys "a", "bb"; records 1: ("bb", "x"), 2: ("a", ""), with hash keys and a tag to be skipped. */
static const char message[] = "\x0A\x01"
                              "a"
                              "\x0A\x02"
                              "bb"
                              "\x12\x02"
                              "77"
                              "\x1A\x07\x08\x01\x10\x00\x1A\x01"
                              "x"
                              "\x1A\x09\x08\x00\x1A\x00\x22\x03\x0A\x01"
                              "t";
#define MESSAGE slice_make(message, sizeof(message) - 1)

static int set_up(void **state)
{
    static struct arena arena;
    arena_init(&arena, (size_t)1024 * 1024);
    *state = &arena;
    return 0;
}

static int tear_down(void **state)
{
    arena_clear(*state);
    return 0;
}

static struct slice wrap(struct arena *arena, struct slice content)
{
    uint8_t digest[MD5_BYTES];
    struct text text;
    hash_md5(content, digest);
    text_init_in(&text, arena, 65536);
    text_append(&text, SLICE("\xF3\x89\x9A\xC2"));
    text_append(&text, content);
    text_append(&text, slice_make(digest, sizeof(digest)));
    assert_ok(text.status);
    return text_slice(&text);
}

static enum status split(void **state, struct slice data)
{
    struct kpl_record *records = NULL;
    size_t count = 0;
    return kpl_record_split(data, *state, &records, &count);
}

static void records_come_out_in_order_with_their_own_keys(void **state)
{
    struct kpl_record *records = NULL;
    size_t count = 0;
    assert_ok(kpl_record_split(wrap(*state, MESSAGE), *state, &records, &count));
    assert_int_equal(count, 2);
    assert_slice(records[0].partition_key, "bb");
    assert_slice(records[0].data, "x");
    assert_slice(records[1].partition_key, "a");
    assert_slice(records[1].data, "");
}

static void any_cut_message_is_a_plain_record(void **state)
{
    /* 11 bytes are both keys without a record, 20 the first record as well. */
    for (size_t len = 0; len < sizeof(message) - 1; len++) {
        enum status status = split(state, wrap(*state, slice_first(MESSAGE, len)));
        assert_int_equal(status, len == 20 ? STATUS_OK : STATUS_INVALID);
    }
}

static void a_wrong_digest_or_magic_is_a_plain_record(void **state)
{
    struct slice whole = wrap(*state, MESSAGE);
    for (size_t i = 0; i < whole.len; i++) {
        char *changed = arena_text(*state, whole);
        changed[i] = (char)(changed[i] ^ 1);
        assert_int_equal(split(state, slice_make(changed, whole.len)), STATUS_INVALID);
    }
    assert_int_equal(split(state, SLICE("")), STATUS_INVALID);
    assert_int_equal(split(state, SLICE("plain")), STATUS_INVALID);
}

static void a_record_without_a_known_key_makes_it_plain(void **state)
{
    static const char unknown[] = "\x0A\x01"
                                  "a"
                                  "\x1A\x05\x08\x01\x1A\x01"
                                  "x";
    static const char without[] = "\x0A\x01"
                                  "a"
                                  "\x1A\x03\x1A\x01"
                                  "x";
    assert_int_equal(split(state, wrap(*state, slice_make(unknown, sizeof(unknown) - 1))),
                     STATUS_INVALID);
    assert_int_equal(split(state, wrap(*state, slice_make(without, sizeof(without) - 1))),
                     STATUS_INVALID);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(records_come_out_in_order_with_their_own_keys),
        TEST(any_cut_message_is_a_plain_record),
        TEST(a_wrong_digest_or_magic_is_a_plain_record),
        TEST(a_record_without_a_known_key_makes_it_plain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

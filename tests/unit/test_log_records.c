#include <zlib.h>

#include "emulator/base/arena.h"
#include "emulator/base/text.h"
#include "emulator/delivery/log_records.h"
#include "tests/lib/asserts.h"

static struct arena arena;

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena, (size_t)64 * 1024 * 1024);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_clear(&arena);
    return 0;
}

/* A gzip member of `size` bytes of 'a'. */
static void append_member(struct text *out, size_t size)
{
    z_stream z = {0};
    char *plain = arena_alloc(&arena, size + 1);
    for (size_t i = 0; i < size; i++)
        plain[i] = 'a';
    assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    uLong bound = deflateBound(&z, (uLong)size);
    z.next_in = (z_const Bytef *)plain;
    z.avail_in = (uInt)size;
    z.next_out = (Bytef *)text_reserve(out, bound);
    z.avail_out = (uInt)bound;
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    text_grew(out, z.total_out);
    (void)deflateEnd(&z);
}

static void members_in_a_row_are_unpacked(void **state)
{
    (void)state;
    struct text packed;
    struct slice plain;
    text_init(&packed, (size_t)32 * 1024 * 1024);
    append_member(&packed, 3);
    assert_ok(log_records_decompress(text_slice(&packed), &arena, &plain));
    assert_slice(plain, "aaa");
    append_member(&packed, 0);
    append_member(&packed, 20000);
    assert_ok(log_records_decompress(text_slice(&packed), &arena, &plain));
    assert_int_equal(plain.len, 20003);
    text_close(&packed);
}

static void what_is_no_whole_gzip_is_invalid(void **state)
{
    (void)state;
    struct text packed;
    struct slice plain;
    text_init(&packed, (size_t)32 * 1024 * 1024);
    append_member(&packed, 1000);
    for (size_t len = 0; len < packed.len; len++)
        assert_int_equal(
            log_records_decompress(slice_first(text_slice(&packed), len), &arena, &plain),
            STATUS_INVALID);
    text_append(&packed, SLICE("rubbish"));
    assert_int_equal(log_records_decompress(text_slice(&packed), &arena, &plain), STATUS_INVALID);
    assert_int_equal(log_records_decompress(SLICE("{}"), &arena, &plain), STATUS_INVALID);
    text_close(&packed);
}

static void a_bomb_is_not_unpacked(void **state)
{
    (void)state;
    struct text packed;
    struct slice plain;
    text_init(&packed, (size_t)32 * 1024 * 1024);
    append_member(&packed, LOG_RECORDS_MAX_BYTES);
    assert_ok(log_records_decompress(text_slice(&packed), &arena, &plain));
    assert_int_equal(plain.len, LOG_RECORDS_MAX_BYTES);
    append_member(&packed, 1);
    assert_int_equal(log_records_decompress(text_slice(&packed), &arena, &plain), STATUS_INVALID);
    text_close(&packed);
}

static void each_message_becomes_a_line(void **state)
{
    (void)state;
    struct log_messages found;
    assert_ok(log_records_messages(
        SLICE("{\"messageType\":\"DATA_MESSAGE\",\"owner\":\"1\",\"logEvents\":["
              "{\"id\":\"1\",\"timestamp\":1,\"message\":\"one\"},"
              "{\"id\":\"2\",\"timestamp\":2,\"message\":\"{\\\"a\\\":1}\"}]}"),
        &arena, &found));
    assert_int_equal(found.count, 2);
    assert_slice(found.messages[0], "one\n");
    assert_slice(found.messages[1], "{\"a\":1}\n");
}

static void a_nul_in_a_message_harms_no_other(void **state)
{
    (void)state;
    struct log_messages found;
    assert_ok(log_records_messages(SLICE("{\"messageType\":\"DATA_MESSAGE\",\"logEvents\":["
                                         "{\"message\":\"a\\u0000b\"},{\"message\":\"two\"}]}"),
                                   &arena, &found));
    assert_int_equal(found.count, 2);
    assert_slice(found.messages[0], "a\xEF\xBF\xBD"
                                    "b\n");
    assert_slice(found.messages[1], "two\n");
}

static void a_control_message_has_none(void **state)
{
    (void)state;
    struct log_messages found;
    assert_ok(log_records_messages(
        SLICE("{\"messageType\":\"CONTROL_MESSAGE\",\"logEvents\":[{\"message\":\"hello\"}]}"),
        &arena, &found));
    assert_int_equal(found.count, 0);
}

static void another_document_is_invalid(void **state)
{
    (void)state;
    static const char *const bad[] = {"",
                                      "1",
                                      "{}",
                                      "{\"logEvents\":{}}",
                                      "{\"logEvents\":[1]}",
                                      "{\"logEvents\":[{\"message\":1}]}"};
    struct log_messages found;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_int_equal(log_records_messages(slice_of(bad[i]), &arena, &found), STATUS_INVALID);
}

int main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(members_in_a_row_are_unpacked),
        TEST(what_is_no_whole_gzip_is_invalid),
        TEST(a_bomb_is_not_unpacked),
        TEST(each_message_becomes_a_line),
        TEST(a_nul_in_a_message_harms_no_other),
        TEST(a_control_message_has_none),
        TEST(another_document_is_invalid),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

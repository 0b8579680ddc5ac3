/*
 * test_record_origin.c -- where records of a chunk come from, packed and taken again.
 */
#include "emulator/base/arena.h"
#include "emulator/base/text.h"
#include "emulator/delivery/record_origin.h"
#include "emulator/lambda/invoke.h"
#include "tests/lib/asserts.h"

static const struct lambda_origin origins[] = {
    {SLICE_INIT("shardId-000000000001"), SLICE_INIT("49001"), 0, SLICE_INIT("k")},
    {SLICE_INIT(""), SLICE_INIT(""), UINT32_MAX, SLICE_INIT("")},
    {SLICE_INIT("s"), SLICE_INIT("1"), 300, SLICE_INIT("a\0b\xC3\xA4")},
};
#define COUNT (sizeof(origins) / sizeof(origins[0]))

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

static struct slice pack(struct arena *arena)
{
    struct text text;
    text_init_in(&text, arena, 4096);
    for (size_t i = 0; i < COUNT; i++)
        record_origin_append(&text, &origins[i]);
    assert_ok(text.status);
    return text_slice(&text);
}

static void what_was_packed_is_taken_in_order(void **state)
{
    struct slice rest = pack(*state);
    for (size_t i = 0; i < COUNT; i++) {
        const struct lambda_origin *got = NULL;
        assert_ok(record_origin_take(&rest, *state, &got));
        assert_slices_equal(got->shard_id, origins[i].shard_id);
        assert_slices_equal(got->sequence_number, origins[i].sequence_number);
        assert_int_equal(got->subsequence_number, origins[i].subsequence_number);
        assert_slices_equal(got->partition_key, origins[i].partition_key);
    }
    assert_int_equal(rest.len, 0);
}

static void cut_bytes_are_corrupt(void **state)
{
    struct slice first = pack(*state);
    const struct lambda_origin *got = NULL;
    for (size_t len = 0; len < 8 + 20 + 5 + 1; len++) {
        struct slice rest = slice_first(first, len);
        assert_int_equal(record_origin_take(&rest, *state, &got), STATUS_CORRUPT);
    }
}

static void a_text_too_long_to_be_packed_fails(void **state)
{
    char *key = arena_zalloc(*state, 65536);
    struct lambda_origin origin = {.partition_key = slice_make(key, 65536)};
    struct text text;
    text_init_in(&text, *state, 200000);
    record_origin_append(&text, &origin);
    assert_int_equal(text.status, STATUS_TOO_LARGE);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(what_was_packed_is_taken_in_order),
        TEST(cut_bytes_are_corrupt),
        TEST(a_text_too_long_to_be_packed_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include <stdlib.h>
#include <string.h>

#include "emulator/base/text.h"
#include "emulator/delivery/record_chunk.h"
#include "emulator/loop/random.h"
#include "tests/lib/asserts.h"
#include "tests/lib/mem_fault.h"

#define MAX_BYTES ((size_t)16 * 1024 * 1024)

static void what_is_packed_comes_out_again(void **state)
{
    (void)state;
    struct random random;
    random_init_seeded(&random, 42);
    for (int round = 0; round < 200; round++) {
        struct slice data[40];
        int64_t arrival[40];
        struct record_chunk_entry entries[40];
        size_t count = (size_t)random_below(&random, 41);
        struct text text;
        struct record_chunk_builder builder;
        struct record_chunk chunk;
        uint64_t bytes = 0;
        text_init(&text, MAX_BYTES);
        text_append(&text, SLICE("what stands before it"));
        record_chunk_begin(&builder, &text, entries, 40);
        for (size_t i = 0; i < count; i++) {
            size_t len = (size_t)random_below(&random, 300);
            char *content = malloc(len + 1);
            random_bytes(&random, content, len);
            data[i] = slice_make(content, len);
            arrival[i] = (int64_t)random_below(&random, UINT64_C(1) << 45) - (INT64_C(1) << 44);
            record_chunk_add(&builder, data[i], arrival[i]);
            bytes += len;
        }
        assert_ok(record_chunk_finish(&builder, &chunk));
        assert_int_equal(chunk.records, count);
        assert_int_equal(chunk.bytes, bytes);

        struct record_chunk_reader reader;
        struct slice got;
        int64_t got_arrival = 0;
        assert_ok(record_chunk_open(chunk.packed, &reader));
        for (size_t i = 0; i < count; i++) {
            assert_true(record_chunk_next(&reader, &got, &got_arrival));
            assert_slices_equal(got, data[i]);
            assert_int_equal(got_arrival, arrival[i]);
            assert_true(chunk.oldest_ms <= arrival[i]);
            free((void *)data[i].ptr);
        }
        assert_false(record_chunk_next(&reader, &got, &got_arrival));
        text_close(&text);
    }
}

static void base64_is_decoded_into_its_place(void **state)
{
    (void)state;
    struct record_chunk_entry entries[2];
    struct text text;
    struct record_chunk_builder builder;
    struct record_chunk chunk;
    struct record_chunk_reader reader;
    struct slice data;
    int64_t arrival = 0;
    text_init(&text, MAX_BYTES);
    record_chunk_begin(&builder, &text, entries, 2);
    assert_ok(record_chunk_add_base64(&builder, SLICE("YWJj"), 5));
    assert_status(record_chunk_add_base64(&builder, SLICE("YW*j"), 6), STATUS_INVALID);
    assert_ok(record_chunk_add_base64(&builder, SLICE(""), 7));
    assert_ok(record_chunk_finish(&builder, &chunk));

    assert_ok(record_chunk_open(chunk.packed, &reader));
    assert_slice(reader.data, "abc");
    assert_true(record_chunk_next(&reader, &data, &arrival));
    assert_slice(data, "abc");
    assert_int_equal(arrival, 5);
    assert_true(record_chunk_next(&reader, &data, &arrival));
    assert_slice(data, "");
    assert_int_equal(arrival, 7);
    text_close(&text);
}

static void more_records_than_announced_are_refused(void **state)
{
    (void)state;
    struct record_chunk_entry entries[1];
    struct text text;
    struct record_chunk_builder builder;
    struct record_chunk chunk;
    text_init(&text, MAX_BYTES);
    record_chunk_begin(&builder, &text, entries, 1);
    record_chunk_add(&builder, SLICE("a"), 1);
    record_chunk_add(&builder, SLICE("b"), 1);
    assert_status(record_chunk_finish(&builder, &chunk), STATUS_TOO_LARGE);
    text_close(&text);
}

static void damaged_bytes_are_never_read_as_a_chunk(void **state)
{
    (void)state;
    struct record_chunk_entry entries[2];
    struct text text;
    struct record_chunk_builder builder;
    struct record_chunk chunk;
    struct record_chunk_reader reader;
    text_init(&text, MAX_BYTES);
    record_chunk_begin(&builder, &text, entries, 2);
    record_chunk_add(&builder, SLICE("hello"), 1);
    record_chunk_add(&builder, SLICE("you"), 2);
    assert_ok(record_chunk_finish(&builder, &chunk));
    for (size_t len = 0; len < chunk.packed.len; len++)
        assert_status(record_chunk_open(slice_first(chunk.packed, len), &reader), STATUS_CORRUPT);
    text.ptr[text.len - 1] = (char)0xFF; /* the count */
    assert_status(record_chunk_open(text_slice(&text), &reader), STATUS_CORRUPT);
    text_close(&text);
}

static void every_failing_allocation_is_reported(void **state)
{
    (void)state;
    FAULT_SWEEP(mem_fault, n, false) {
        struct record_chunk_entry entries[3];
        struct text text;
        struct record_chunk_builder builder;
        struct record_chunk chunk;
        char data[600];
        memset(data, 'x', sizeof(data));
        text_init(&text, MAX_BYTES);
        record_chunk_begin(&builder, &text, entries, 3);
        for (int i = 0; i < 3; i++)
            record_chunk_add(&builder, slice_make(data, sizeof(data)), 1);
        enum status status = record_chunk_finish(&builder, &chunk);
        fault_disarm(mem_fault);
        assert_status(status, mem_fault->fired ? STATUS_NO_MEMORY : STATUS_OK);
        text_close(&text);
    }
}

int main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, mem_fault_set_up, mem_fault_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(what_is_packed_comes_out_again),
        TEST(base64_is_decoded_into_its_place),
        TEST(more_records_than_announced_are_refused),
        TEST(damaged_bytes_are_never_read_as_a_chunk),
        TEST(every_failing_allocation_is_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

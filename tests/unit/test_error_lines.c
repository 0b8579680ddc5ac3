/*
 * test_error_lines.c -- lines of error objects, from bodies in pieces.
 */
#include "emulator/delivery/error_lines.h"

#include <stdlib.h>
#include <string.h>

#include "emulator/delivery/error_object.h"
#include "storage/object_store.h"
#include "tests/lib/asserts.h"

#define LINE(data) "{\"rawData\":\"" data "\",\"errorCode\":\"E\"}"
#define HELLO "aGVsbG8=" /* hello */
#define YOU "eW91"       /* you */

enum { EXTENTS = 4 };

static struct extent extents[EXTENTS];
static struct error_object object;
static struct error_lines lines;
static struct error_chunk chunk;

/* A body in pieces of `step` bytes; all of it when that is 0. */
static void open_body(struct slice body, size_t step)
{
    size_t count = 0;
    memset(extents, 0, sizeof(extents));
    object = (struct error_object){.size = body.len, .extents = extents};
    while (body.len > 0) {
        bool is_last = step == 0 || count + 1 == EXTENTS;
        struct slice piece = is_last ? body : slice_first(body, step);
        extents[count++] = (struct extent){.length = piece.len, .bytes = piece};
        body = slice_from(body, piece.len);
    }
    object.extent_count = count;
    error_lines_open(&lines, NULL, &object, 0);
}

static int set_up(void **state)
{
    (void)state;
    error_chunk_init(&chunk);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    error_lines_close(&lines);
    error_chunk_close(&chunk);
    return 0;
}

static void assert_next(const char *expected)
{
    struct slice line;
    assert_ok(error_lines_next(&lines, &line));
    assert_slice(line, expected);
}

static void assert_end(void)
{
    struct slice line;
    assert_status(error_lines_next(&lines, &line), STATUS_END);
}

static void lines_are_whole_wherever_the_body_is_cut(void **state)
{
    (void)state;
    for (size_t step = 0; step <= 9; step++) {
        open_body(SLICE("ab\ncd\n\nefg\n"), step);
        assert_next("ab");
        assert_next("cd");
        assert_int_equal(lines.taken, 6);
        assert_next("");
        assert_next("efg");
        assert_int_equal(lines.taken, 11);
        assert_end();
        error_lines_close(&lines);
    }
}

static void the_last_line_needs_no_newline(void **state)
{
    (void)state;
    open_body(SLICE("ab\ncd"), 0);
    assert_next("ab");
    assert_next("cd");
    assert_end();
}

static void reading_goes_on_at_a_place(void **state)
{
    (void)state;
    open_body(SLICE("ab\ncd\nef\n"), 4);
    error_lines_open(&lines, NULL, &object, 3);
    assert_next("cd");
    assert_next("ef");
    assert_end();
}

static void a_line_may_be_long_but_not_endless(void **state)
{
    (void)state;
    size_t size = ERROR_LINE_MAX_BYTES + 1024 * 1024;
    struct slice line;
    char *body = malloc(size);
    assert_non_null(body);
    memset(body, 'x', size);
    body[ERROR_LINE_MAX_BYTES / 2] = '\n';
    open_body(slice_make(body, size), 1000 * 1000);
    assert_ok(error_lines_next(&lines, &line));
    assert_int_equal(line.len, ERROR_LINE_MAX_BYTES / 2);
    error_lines_close(&lines);
    memset(body, 'x', size);
    open_body(slice_make(body, size), 0);
    assert_status(error_lines_next(&lines, &line), STATUS_TOO_LARGE);
    error_lines_close(&lines);
    open_body(slice_make(body, size), 0);
    assert_status(error_lines_check(&lines), STATUS_UNSUPPORTED);
    error_lines_close(&lines);
    free(body);
}

static void a_body_that_ends_early_is_damaged(void **state)
{
    (void)state;
    struct slice line;
    open_body(SLICE("ab"), 0);
    object.size = 3;
    assert_status(error_lines_next(&lines, &line), STATUS_CORRUPT);
}

static void only_lines_with_an_error_and_its_data_are_ours(void **state)
{
    (void)state;

    static const struct {
        struct slice body;
        enum status status;
    } cases[] = {
        {SLICE_INIT(LINE(HELLO) "\n" LINE(YOU) "\n"), STATUS_OK},
        {SLICE_INIT(LINE("") "\n"), STATUS_OK},
        {SLICE_INIT(""), STATUS_UNSUPPORTED},
        {SLICE_INIT("\n"), STATUS_UNSUPPORTED},
        {SLICE_INIT("\r\n \n"), STATUS_UNSUPPORTED},
        {SLICE_INIT("\n" LINE(HELLO) "\n\n \r\n" LINE(YOU) "\n\n"), STATUS_OK},
        {SLICE_INIT("{ \"errorCode\" : \"E\" , \"rawData\" : \"" HELLO "\" }\r\n"), STATUS_OK},
        {SLICE_INIT("{\"rawData\":7,\"errorCode\":\"E\"}\n"), STATUS_INVALID},
        {SLICE_INIT("{\"a\":\"\\\"rawData\\\" \\\"errorCode\\\"\"}\n"), STATUS_UNSUPPORTED},
        {SLICE_INIT(LINE(HELLO) "\nhello\n"), STATUS_UNSUPPORTED},
        {SLICE_INIT("{\"rawData\":\"" HELLO "\"}\n"), STATUS_UNSUPPORTED},
        {SLICE_INIT(LINE(HELLO) "\n" LINE("a") "\n"), STATUS_INVALID},
        {SLICE_INIT(LINE(HELLO) "x\n"), STATUS_INVALID},
        {SLICE_INIT("{\"rawData\":\"\\u0000\",\"errorCode\":\"E\"}\n"), STATUS_INVALID},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        open_body(cases[i].body, 0);
        assert_status(error_lines_check(&lines), cases[i].status);
        error_lines_close(&lines);
    }
}

static void assert_record(struct record_chunk_reader *reader, const char *expected)
{
    struct slice data;
    int64_t arrival_ms = 0;
    assert_true(record_chunk_next(reader, &data, &arrival_ms));
    assert_slice(data, expected);
    assert_int_equal(arrival_ms, 9000);
}

static void a_chunk_takes_as_many_lines_as_come_to_its_size(void **state)
{
    (void)state;
    struct record_chunk_reader reader;
    open_body(SLICE(LINE(HELLO) "\n" LINE(YOU) "\n" LINE(HELLO) "\n"), 20);
    assert_ok(error_chunk_fill(&chunk, &lines, 6, 9000));
    assert_ok(record_chunk_open(chunk.chunk.packed, &reader));
    assert_int_equal(chunk.chunk.records, 2);
    assert_record(&reader, "hello");
    assert_record(&reader, "you");

    assert_ok(error_chunk_fill(&chunk, &lines, 6, 9000));
    assert_ok(record_chunk_open(chunk.chunk.packed, &reader));
    assert_int_equal(chunk.chunk.records, 1);
    assert_record(&reader, "hello");
    assert_int_equal(lines.taken, object.size);

    assert_ok(error_chunk_fill(&chunk, &lines, 6, 9000));
    assert_int_equal(chunk.chunk.records, 0);
}

static void lines_that_were_rewritten_have_the_same_records(void **state)
{
    (void)state;
    struct record_chunk_reader reader;
    open_body(SLICE("\n{\"errorCode\": \"E\", \"rawData\": \"" HELLO "\"}\n\n" LINE(YOU) "\n \n"),
              0);
    assert_ok(error_chunk_fill(&chunk, &lines, 100, 9000));
    assert_ok(record_chunk_open(chunk.chunk.packed, &reader));
    assert_int_equal(chunk.chunk.records, 2);
    assert_record(&reader, "hello");
    assert_record(&reader, "you");
    assert_int_equal(lines.taken, object.size);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(lines_are_whole_wherever_the_body_is_cut),
        TEST(the_last_line_needs_no_newline),
        TEST(reading_goes_on_at_a_place),
        TEST(a_line_may_be_long_but_not_endless),
        TEST(a_body_that_ends_early_is_damaged),
        TEST(only_lines_with_an_error_and_its_data_are_ours),
        TEST(lines_that_were_rewritten_have_the_same_records),
        TEST(a_chunk_takes_as_many_lines_as_come_to_its_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

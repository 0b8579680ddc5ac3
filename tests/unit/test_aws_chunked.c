#include "handlers/s3/aws_chunked.h"

#include <string.h>

#include "emulator/base/text.h"
#include "tests/lib/asserts.h"

#define CHUNK_BYTES 8192U

static char chunk[CHUNK_BYTES + 1];

/* Feed `framed` in pieces of `piece` bytes with room for `room`; the data goes to `out`. */
static void feed(struct aws_chunked *c, struct slice framed, size_t piece, size_t room,
                 struct text *out)
{
    aws_chunked_init(c);
    text_init(out, (size_t)1024 * 1024);
    while (framed.len > 0) {
        struct slice in = slice_first(framed, piece);
        struct slice data;
        size_t taken = aws_chunked_take(c, in, room, &data);
        assert_true(taken > 0);
        assert_true(data.len <= room);
        text_append(out, data);
        framed = slice_from(framed, taken);
    }
}

/* Two chunks: one of 8 KiB, one of 5 bytes, and a trailer. */
static void make_framed(struct text *framed, const char *mark, const char *trailer)
{
    text_init(framed, (size_t)1024 * 1024);
    memset(chunk, 'x', CHUNK_BYTES);
    text_printf(framed, "2000%s\r\n%s\r\n5%s\r\nhello\r\n0%s\r\n%s\r\n", mark, chunk, mark, mark,
                trailer);
}

static void the_data_comes_out_however_it_is_cut(void **state)
{
    (void)state;
    static const size_t pieces[] = {1, 2, 3, 7, 100, 8191, 8192, 100000};
    static const size_t rooms[] = {1, 5, 8192, 100000};
    struct text framed;
    make_framed(&framed, ";chunk-signature=abc", "x-amz-checksum-crc32:NhCmhg==\r\n");
    for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
        for (size_t k = 0; k < sizeof(rooms) / sizeof(rooms[0]); k++) {
            struct aws_chunked c;
            struct text out;
            feed(&c, text_slice(&framed), pieces[i], rooms[k], &out);
            assert_true(aws_chunked_is_complete(&c));
            assert_int_equal(c.decoded_bytes, CHUNK_BYTES + 5);
            assert_int_equal(out.len, CHUNK_BYTES + 5);
            assert_slice(slice_from(text_slice(&out), CHUNK_BYTES - 1), "xhello");
            assert_string_equal(c.trailer_name, "x-amz-checksum-crc32");
            assert_string_equal(c.trailer_value, "NhCmhg==");
            text_close(&out);
        }
    }
    text_close(&framed);
}

static void signatures_of_trailers_are_no_trailers(void **state)
{
    (void)state;
    struct text framed;
    struct aws_chunked c;
    struct text out;
    make_framed(&framed, "", "x-amz-checksum-sha1: v \r\nx-amz-trailer-signature:00\r\n");
    feed(&c, text_slice(&framed), 50, 50, &out);
    assert_true(aws_chunked_is_complete(&c));
    assert_string_equal(c.trailer_name, "x-amz-checksum-sha1");
    assert_string_equal(c.trailer_value, "v");
    text_close(&out);
    text_close(&framed);
}

static enum aws_chunked_problem problem_of(struct slice framed)
{
    struct aws_chunked c;
    struct text out;
    feed(&c, framed, framed.len, framed.len, &out);
    text_close(&out);
    assert_false(aws_chunked_is_complete(&c));
    return c.problem;
}

static void what_is_no_framing_fails(void **state)
{
    (void)state;
    assert_int_equal(problem_of(SLICE("zz\r\n")), AWS_CHUNKED_MALFORMED);
    assert_int_equal(problem_of(SLICE("\r\n")), AWS_CHUNKED_MALFORMED);
    assert_int_equal(problem_of(SLICE("-5\r\nhello")), AWS_CHUNKED_MALFORMED);
    assert_int_equal(problem_of(SLICE("5\nhello")), AWS_CHUNKED_MALFORMED);
    assert_int_equal(problem_of(SLICE("5\r\nhelloXX\r\n")), AWS_CHUNKED_MALFORMED);
    assert_int_equal(problem_of(SLICE("ffffffffffffffffff\r\n")), AWS_CHUNKED_MALFORMED);
    assert_int_equal(problem_of(SLICE("0\r\n\r\nmore")), AWS_CHUNKED_MALFORMED);
    assert_int_equal(problem_of(SLICE("0\r\nnocolon\r\n")), AWS_CHUNKED_BAD_TRAILER);
    assert_int_equal(problem_of(SLICE("5\r\nhello\r\n5\r\n")), AWS_CHUNKED_SMALL_CHUNK);
    assert_int_equal(problem_of(SLICE("5\r\nhello\r\n0\r\n")), AWS_CHUNKED_NO_PROBLEM);
}

static void a_line_has_a_maximum(void **state)
{
    (void)state;
    char line[AWS_CHUNKED_LINE_MAX_BYTES + 8];
    memset(line, 'f', sizeof(line));
    line[0] = '5';
    line[1] = ';';
    assert_int_equal(problem_of(slice_make(line, sizeof(line))), AWS_CHUNKED_MALFORMED);
}

static void an_empty_body_is_one_chunk_of_nothing(void **state)
{
    (void)state;
    struct aws_chunked c;
    struct text out;
    feed(&c, SLICE("0;chunk-signature=00\r\n\r\n"), 3, 1, &out);
    assert_true(aws_chunked_is_complete(&c));
    assert_int_equal(c.decoded_bytes, 0);
    text_close(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_data_comes_out_however_it_is_cut),
        cmocka_unit_test(signatures_of_trailers_are_no_trailers),
        cmocka_unit_test(what_is_no_framing_fails),
        cmocka_unit_test(a_line_has_a_maximum),
        cmocka_unit_test(an_empty_body_is_one_chunk_of_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "handlers/s3/aws_chunked.h"

#include <string.h>

#define MAX_HEX_DIGITS 15

void aws_chunked_init(struct aws_chunked *c)
{
    memset(c, 0, offsetof(struct aws_chunked, line));
    c->trailer_name[0] = '\0';
    c->trailer_value[0] = '\0';
}

static void fail(struct aws_chunked *c, enum aws_chunked_problem problem)
{
    c->state = AWS_CHUNKED_FAILED;
    c->problem = problem;
}

/* Add to the line up to its line feed. True when it is whole; then it is without its CRLF. */
static bool collect_line(struct aws_chunked *c, struct slice in, size_t *ret_taken)
{
    size_t feed = slice_find(in, '\n');
    size_t taken = feed < in.len ? feed + 1 : in.len;
    *ret_taken = taken;
    if (taken > sizeof(c->line) - c->line_len) {
        fail(c, AWS_CHUNKED_MALFORMED);
        return false;
    }
    memcpy(c->line + c->line_len, in.ptr, taken);
    c->line_len += taken;
    if (feed == in.len)
        return false;
    if (c->line_len < 2 || c->line[c->line_len - 2] != '\r') {
        fail(c, AWS_CHUNKED_MALFORMED);
        return false;
    }
    c->line_len -= 2;
    return true;
}

static int hex_value(char byte)
{
    if (byte >= '0' && byte <= '9')
        return byte - '0';
    if (byte >= 'a' && byte <= 'f')
        return byte - 'a' + 10;
    return byte >= 'A' && byte <= 'F' ? byte - 'A' + 10 : -1;
}

static bool parse_size(struct slice line, uint64_t *ret_size)
{
    struct slice digits = slice_trim(slice_first(line, slice_find(line, ';')));
    uint64_t size = 0;
    if (digits.len == 0 || digits.len > MAX_HEX_DIGITS)
        return false;
    for (size_t i = 0; i < digits.len; i++) {
        int value = hex_value(digits.ptr[i]);
        if (value < 0)
            return false;
        size = size << 4 | (uint64_t)value;
    }
    *ret_size = size;
    return true;
}

static void on_size_line(struct aws_chunked *c)
{
    uint64_t size = 0;
    if (!parse_size(slice_make(c->line, c->line_len), &size)) {
        fail(c, AWS_CHUNKED_MALFORMED);
    } else if (size > 0 && c->has_small_chunk) {
        fail(c, AWS_CHUNKED_SMALL_CHUNK);
    } else {
        c->left = size;
        c->has_small_chunk = size < AWS_CHUNKED_MIN_BYTES;
        c->state = size > 0 ? AWS_CHUNKED_DATA : AWS_CHUNKED_TRAILER;
    }
}

static bool copy_text(char *out, size_t room, struct slice s)
{
    if (s.len >= room)
        return false;
    if (s.len > 0)
        memcpy(out, s.ptr, s.len);
    out[s.len] = '\0';
    return true;
}

static void on_trailer_line(struct aws_chunked *c)
{
    struct slice value = slice_make(c->line, c->line_len);
    if (value.len == 0) {
        c->state = AWS_CHUNKED_END;
        return;
    }
    struct slice name = slice_trim(slice_cut(&value, ':'));
    bool has_form = value.ptr != NULL && name.len > 0;
    if (has_form && slice_equal_nocase(name, SLICE("x-amz-trailer-signature")))
        return;
    if (!has_form || !copy_text(c->trailer_name, sizeof(c->trailer_name), name) ||
        !copy_text(c->trailer_value, sizeof(c->trailer_value), slice_trim(value)))
        fail(c, AWS_CHUNKED_BAD_TRAILER);
}

static void on_data_end_line(struct aws_chunked *c)
{
    if (c->line_len != 0)
        fail(c, AWS_CHUNKED_MALFORMED);
    else
        c->state = AWS_CHUNKED_SIZE;
}

static size_t take_line(struct aws_chunked *c, struct slice in)
{
    size_t taken = 0;
    if (!collect_line(c, in, &taken))
        return taken;
    if (c->state == AWS_CHUNKED_SIZE)
        on_size_line(c);
    else if (c->state == AWS_CHUNKED_DATA_END)
        on_data_end_line(c);
    else
        on_trailer_line(c);
    c->line_len = 0;
    return taken;
}

static size_t take_data(struct aws_chunked *c, struct slice in, size_t room, struct slice *ret_data)
{
    size_t len = in.len < room ? in.len : room;
    if (len > c->left)
        len = (size_t)c->left;
    c->left -= len;
    c->decoded_bytes += len;
    if (c->left == 0)
        c->state = AWS_CHUNKED_DATA_END;
    *ret_data = slice_first(in, len);
    return len;
}

size_t aws_chunked_take(struct aws_chunked *c, struct slice in, size_t room, struct slice *ret_data)
{
    size_t taken = 0;
    *ret_data = slice_make(NULL, 0);
    if (in.len > 0 && c->state == AWS_CHUNKED_END)
        fail(c, AWS_CHUNKED_MALFORMED);
    while (taken < in.len && c->state < AWS_CHUNKED_END && c->state != AWS_CHUNKED_DATA)
        taken += take_line(c, slice_from(in, taken));
    if (c->state == AWS_CHUNKED_FAILED)
        return in.len;
    if (c->state == AWS_CHUNKED_DATA)
        taken += take_data(c, slice_from(in, taken), room, ret_data);
    return taken;
}

bool aws_chunked_is_complete(const struct aws_chunked *c)
{
    return c->state == AWS_CHUNKED_END;
}

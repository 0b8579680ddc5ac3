/* However a framed body is cut, the same data comes out and the same verdict. */
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "emulator/base/text.h"
#include "handlers/s3/aws_chunked.h"

static void take_all(struct slice framed, size_t piece, size_t room, struct aws_chunked *c,
                     struct text *out)
{
    aws_chunked_init(c);
    text_init(out, (size_t)16 * 1024 * 1024);
    while (framed.len > 0) {
        struct slice data;
        size_t taken = aws_chunked_take(c, slice_first(framed, piece), room, &data);
        FUZZ_CHECK(taken > 0 && taken <= framed.len);
        FUZZ_CHECK(data.len <= room);
        text_append(out, data);
        framed = slice_from(framed, taken);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct aws_chunked whole;
    struct aws_chunked cut;
    struct text whole_out;
    struct text cut_out;
    struct slice framed = slice_make(data, size);
    take_all(framed, size, size, &whole, &whole_out);
    take_all(framed, 1 + size % 7, 1 + size % 5, &cut, &cut_out);
    FUZZ_CHECK(whole.state == cut.state && whole.problem == cut.problem);
    FUZZ_CHECK(whole.decoded_bytes == cut.decoded_bytes && whole_out.len == whole.decoded_bytes);
    FUZZ_CHECK(slice_equal(text_slice(&whole_out), text_slice(&cut_out)));
    FUZZ_CHECK(strcmp(whole.trailer_name, cut.trailer_name) == 0);
    FUZZ_CHECK(strcmp(whole.trailer_value, cut.trailer_value) == 0);
    text_close(&whole_out);
    text_close(&cut_out);
    return 0;
}

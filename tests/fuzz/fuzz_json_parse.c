/* A value that was read, written, read and written again gives the same text twice. */
#include "tests/fuzz/fuzz.h"

#include "emulator/base/arena.h"
#include "emulator/base/json.h"
#include "emulator/base/json_writer.h"
#include "emulator/base/text.h"

#define MAX_BYTES ((size_t)16 * 1024 * 1024)

static void write_again(struct text *out, const struct json *value)
{
    struct json_writer w = json_writer_make(out);
    json_write_value(&w, value);
    FUZZ_CHECK(out->status == STATUS_OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    arena_init(&arena, MAX_BYTES);
    struct text first;
    struct text second;
    text_init(&first, MAX_BYTES);
    text_init(&second, MAX_BYTES);
    const struct json *value = NULL;
    if (json_parse(slice_make(data, size), &arena, &value) == STATUS_OK) {
        write_again(&first, value);
        FUZZ_CHECK(json_parse(text_slice(&first), &arena, &value) == STATUS_OK);
        write_again(&second, value);
        FUZZ_CHECK(slice_equal(text_slice(&first), text_slice(&second)));
    }
    text_close(&second);
    text_close(&first);
    arena_clear(&arena);
    return 0;
}

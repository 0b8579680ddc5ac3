/* Bytes come back from their text; a text that is taken is the only one for its bytes. */
#include "tests/fuzz/fuzz.h"

#include "emulator/base/arena.h"
#include "emulator/base/base64.h"
#include "emulator/base/text.h"

#define MAX_BYTES ((size_t)16 * 1024 * 1024)

static void check_bytes(struct slice bytes, struct arena *arena)
{
    struct text text;
    text_init(&text, MAX_BYTES);
    base64_append(&text, bytes);
    struct slice back = SLICE("");
    FUZZ_CHECK(base64_decode(text_slice(&text), arena, &back) == STATUS_OK);
    FUZZ_CHECK(slice_equal(back, bytes));
    text_close(&text);
}

static void check_text(struct slice encoded, struct arena *arena)
{
    struct slice bytes = SLICE("");
    if (base64_decode(encoded, arena, &bytes) != STATUS_OK)
        return;
    FUZZ_CHECK(bytes.len == base64_decoded_size(encoded));
    struct text text;
    text_init(&text, MAX_BYTES);
    base64_append(&text, bytes);
    FUZZ_CHECK(slice_equal(text_slice(&text), encoded));
    text_close(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    arena_init(&arena, MAX_BYTES);
    check_bytes(slice_make(data, size), &arena);
    check_text(slice_make(data, size), &arena);
    arena_clear(&arena);
    return 0;
}

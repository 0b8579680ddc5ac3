/* What is read from CBOR is JSON, and stays bounded. */
#include "tests/fuzz/fuzz.h"

#include "emulator/base/arena.h"
#include "emulator/base/cbor.h"
#include "emulator/base/json.h"
#include "emulator/base/text.h"

#define MAX_BYTES ((size_t)64 * 1024 * 1024)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct text json;
    struct arena arena;
    const struct json *value = NULL;
    text_init(&json, MAX_BYTES);
    arena_init(&arena, MAX_BYTES);
    enum status status = cbor_to_json(slice_make(data, size), &json);
    FUZZ_CHECK(json.len <= 40 * size + 40);
    if (status == STATUS_OK) {
        status = json_parse(text_slice(&json), &arena, &value);
        /* Strings that are not UTF-8 or hold a NUL are the JSON reader's to refuse. */
        FUZZ_CHECK(status == STATUS_OK || status == STATUS_INVALID || status == STATUS_UNSUPPORTED);
    }
    arena_clear(&arena);
    text_close(&json);
    return 0;
}

/* An item that was read, written and read again is the same document, of the same size. */
#include "tests/fuzz/fuzz.h"

#include "emulator/base/arena.h"
#include "emulator/base/json.h"
#include "emulator/base/json_writer.h"
#include "emulator/base/text.h"
#include "handlers/dynamodb/attribute_value.h"
#include "handlers/dynamodb/refusal.h"
#include "handlers/dynamodb/value_reader.h"
#include "handlers/dynamodb/value_writer.h"

#define MAX_BYTES ((size_t)64 * 1024 * 1024)

static enum status read(struct arena *arena, struct slice json, struct slice *ret_document)
{
    const struct json *value = NULL;
    struct refusal refusal = refusal_make(arena);
    struct text document;
    text_init_in(&document, arena, MAX_BYTES);
    enum status status = json_parse(json, arena, &value);
    if (status != STATUS_OK)
        return status;
    status = value_reader_read_item(value, &document, &refusal);
    FUZZ_CHECK((status == STATUS_INVALID) == (refusal.error != NULL));
    *ret_document = text_slice(&document);
    return status;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    struct slice first;
    struct slice second;
    arena_init(&arena, MAX_BYTES);
    if (read(&arena, slice_make(data, size), &first) == STATUS_OK) {
        struct text json;
        text_init_in(&json, &arena, MAX_BYTES);
        struct json_writer w = json_writer_make(&json);
        value_writer_write_item(&w, first);
        FUZZ_CHECK(json.status == STATUS_OK);
        FUZZ_CHECK(read(&arena, text_slice(&json), &second) == STATUS_OK);
        FUZZ_CHECK(slice_equal(first, second));
        FUZZ_CHECK(value_item_size(first) == value_item_size(second));
    }
    arena_clear(&arena);
    return 0;
}

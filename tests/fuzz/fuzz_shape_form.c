/* Whatever form is sent to whatever operation, its JSON is JSON. */
#include "tests/fuzz/fuzz.h"

#include "emulator/base/arena.h"
#include "emulator/base/json.h"
#include "emulator/base/text.h"
#include "emulator/protocol/aws_query.h"
#include "emulator/shapes/shape_check.h"
#include "emulator/shapes/shape_form.h"

#define MAX_BYTES ((size_t)64 * 1024 * 1024)

/* The first byte chooses one of CloudWatch's operations. */
static const struct shape_operation *choose(uint8_t byte)
{
    struct slice service = SLICE("monitoring");
    size_t count = 0;
    while (shape_operation_at(service, count) != NULL)
        count++;
    return shape_operation_at(service, byte % count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct shape_form_param *params = NULL;
    const struct json *value = NULL;
    size_t count = 0;
    struct arena arena;
    struct text json;
    if (size == 0)
        return 0;
    arena_init(&arena, MAX_BYTES);
    text_init(&json, MAX_BYTES);
    if (aws_query_params(slice_make(data + 1, size - 1), &arena, &params, &count) == STATUS_OK) {
        shape_form_to_json(choose(data[0]), params, count, &json);
        FUZZ_CHECK(json.status == STATUS_OK);
        /* What is not UTF-8, holds a NUL or is no number is the JSON reader's to refuse. */
        enum status status = json_parse(text_slice(&json), &arena, &value);
        FUZZ_CHECK(status != STATUS_OK || json_kind(value) == JSON_OBJECT);
    }
    text_close(&json);
    arena_clear(&arena);
    return 0;
}

/*
 * "service operation\nbody": the check answers for every body, a refusal by a constraint has its
 * words, and the same request gets the same answer once the patterns are compiled.
 */
#include "tests/fuzz/fuzz.h"

#include "emulator/base/arena.h"
#include "emulator/base/json.h"
#include "emulator/base/text.h"
#include "emulator/shapes/shape_check.h"

#define MAX_BYTES ((size_t)16 * 1024 * 1024)

static enum shape_verdict check(const struct shape_operation *operation, struct shape_input *input,
                                struct text *message)
{
    text_init(message, SHAPE_MESSAGE_MAX);
    enum shape_verdict verdict =
        shape_check(operation, input, shape_dialect_of(operation), message);
    FUZZ_CHECK(verdict != SHAPE_NO_MEMORY);
    FUZZ_CHECK(verdict != SHAPE_VALIDATION || message->len > 0);
    FUZZ_CHECK(verdict != SHAPE_OK || message->len == 0);
    return verdict;
}

static void check_twice(const struct shape_operation *operation, const struct json *body)
{
    struct shape_cache *cache = shape_cache_create();
    FUZZ_CHECK(cache != NULL);
    struct text unknown;
    text_init(&unknown, 4096);
    struct shape_input input = {.body = body, .cache = cache, .unknown = &unknown};
    struct text first;
    struct text second;
    enum shape_verdict verdict = check(operation, &input, &first);
    FUZZ_CHECK(check(operation, &input, &second) == verdict);
    FUZZ_CHECK(slice_equal(text_slice(&first), text_slice(&second)));
    text_close(&second);
    text_close(&first);
    text_close(&unknown);
    shape_cache_destroy(cache);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice rest = slice_make(data, size);
    struct slice head = slice_cut(&rest, '\n');
    struct slice service = slice_cut(&head, ' ');
    const struct shape_operation *operation = shape_find(service, head);
    if (!operation)
        return 0;
    struct arena arena;
    arena_init(&arena, MAX_BYTES);
    const struct json *body = NULL;
    if (json_parse(rest, &arena, &body) == STATUS_OK)
        check_twice(operation, body);
    arena_clear(&arena);
    return 0;
}

/* A query's parameters are pieces of it, in order; decoding never grows and what has no escape
 * stays. */
#include "tests/fuzz/fuzz.h"

#include <stdbool.h>
#include <string.h>

#include "emulator/base/arena.h"
#include "emulator/http/request.h"

#define MAX_BYTES ((size_t)16 * 1024 * 1024)

static bool lies_in(struct slice part, struct slice whole)
{
    return part.ptr == NULL ||
           (part.ptr >= whole.ptr && part.ptr + part.len <= whole.ptr + whole.len);
}

static void check_parameters(struct slice query, struct arena *arena)
{
    struct http_request request = {.query = query};
    struct slice rest = query;
    struct slice name;
    struct slice value;
    const char *last = query.ptr;
    while (request_next_parameter(&rest, &name, &value)) {
        FUZZ_CHECK(lies_in(name, query) && lies_in(value, query) && name.ptr >= last);
        FUZZ_CHECK(slice_find(name, '&') == name.len && slice_find(name, '=') == name.len);
        last = name.ptr + name.len;
        const char *text = arena_text(arena, name);
        FUZZ_CHECK(text != NULL);
        if (strlen(text) == name.len)
            FUZZ_CHECK(request_has_parameter(&request, text));
    }
}

static void check_decoding(struct slice raw, bool plus_is_space, struct arena *arena)
{
    struct slice decoded = SLICE("");
    FUZZ_CHECK(request_decode(raw, plus_is_space, arena, &decoded) == STATUS_OK);
    FUZZ_CHECK(decoded.len <= raw.len && (raw.len - decoded.len) % 2 == 0);
    FUZZ_CHECK(decoded.ptr[decoded.len] == '\0');
    if (slice_find(raw, '%') == raw.len && !plus_is_space)
        FUZZ_CHECK(slice_equal(decoded, raw));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    arena_init(&arena, MAX_BYTES);
    struct slice input = slice_make(data, size);
    check_decoding(input, false, &arena);
    check_decoding(input, true, &arena);
    check_parameters(input, &arena);
    arena_clear(&arena);
    return 0;
}

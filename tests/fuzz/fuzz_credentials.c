/*
 * Whatever the Authorization header or the query hold: who is calling is whole, or the problem is
 * told in words.
 */
#include "tests/fuzz/fuzz.h"

#include <stdbool.h>

#include "emulator/auth/credentials.h"
#include "emulator/base/arena.h"
#include "emulator/http/request.h"

#define MAX_BYTES ((size_t)16 * 1024 * 1024)

static void check(const struct http_request *request, struct arena *arena)
{
    static const struct credentials_defaults defaults = {SLICE_INIT("000000000000"),
                                                         SLICE_INIT("us-east-1")};
    struct credentials found = {.service = {NULL, 0}};
    struct slice problem = {NULL, 0};
    switch ((int)credentials_read(request, arena, &defaults, NULL, &found, &problem)) {
    case STATUS_OK:
        FUZZ_CHECK(found.service.len > 0 && found.principal.access_key.len > 0);
        FUZZ_CHECK(!found.principal.is_anonymous);
        break;
    case STATUS_NOT_FOUND:
        FUZZ_CHECK(found.service.len == 0 && found.principal.is_anonymous);
        break;
    case STATUS_INVALID:
        FUZZ_CHECK(problem.len > 0);
        return;
    default: /* a problem longer than its maximum */
        return;
    }
    FUZZ_CHECK(found.principal.account.len == ACCOUNT_CHARS && found.principal.region.len > 0);
    FUZZ_CHECK(found.principal.is_anonymous ||
               slice_starts_with(found.principal.arn, SLICE("arn:aws:iam::")));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice input = slice_make(data, size);
    struct http_header headers[] = {{SLICE_INIT("X-Amz-Date"), SLICE_INIT("20260101T000000Z")},
                                    {SLICE_INIT("Authorization"), input}};
    const struct http_request with_header = {.headers = headers, .header_count = 2};
    const struct http_request with_query = {.query = input};
    struct arena arena;
    arena_init(&arena, MAX_BYTES);
    check(&with_header, &arena);
    check(&with_query, &arena);
    arena_clear(&arena);
    return 0;
}

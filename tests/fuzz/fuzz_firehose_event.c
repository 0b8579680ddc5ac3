/*
 * What a function may answer, and what an Invoke may bring. A batch that was parsed from an event
 * gives an event that parses to the same batch; its response has the size foretold.
 */
#include "tests/fuzz/fuzz.h"

#include "emulator/base/arena.h"
#include "emulator/base/text.h"
#include "emulator/lambda/invoke.h"
#include "emulator/transform/firehose_event.h"

#define MAX_BYTES ((size_t)16 * 1024 * 1024)

static const struct lambda_record records[] = {
    {SLICE_INIT("a"), SLICE_INIT("1"), 1, NULL},
    {SLICE_INIT("b"), SLICE_INIT("2"), 2, NULL},
};

static const struct lambda_batch known = {.records = records, .record_count = 2};

static void check_response(struct slice response, struct arena *arena)
{
    struct lambda_record_result *results = NULL;
    if (firehose_event_parse_response(response, &known, arena, &results) != STATUS_OK)
        return;
    struct text out;
    text_init_in(&out, arena, MAX_BYTES);
    firehose_event_build_response(&known, results, &out);
    FUZZ_CHECK(out.status != STATUS_OK || out.len == firehose_event_response_size(&known, results));
}

static void check_event(struct slice event, struct arena *arena)
{
    struct lambda_batch first;
    struct lambda_batch second;
    const char *why = NULL;
    if (firehose_event_parse(event, 0, arena, &first, &why) != STATUS_OK)
        return;
    struct text out;
    text_init_in(&out, arena, MAX_BYTES);
    firehose_event_build(&first, &out);
    if (out.status != STATUS_OK)
        return;
    FUZZ_CHECK(firehose_event_parse(text_slice(&out), 0, arena, &second, &why) == STATUS_OK);
    FUZZ_CHECK(second.record_count == first.record_count);
    for (size_t i = 0; i < first.record_count; i++) {
        FUZZ_CHECK(slice_equal(first.records[i].record_id, second.records[i].record_id));
        FUZZ_CHECK(slice_equal(first.records[i].data, second.records[i].data));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    arena_init(&arena, MAX_BYTES);
    check_response(slice_make(data, size), &arena);
    check_event(slice_make(data, size), &arena);
    arena_clear(&arena);
    return 0;
}

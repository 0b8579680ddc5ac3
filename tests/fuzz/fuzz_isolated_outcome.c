/*
 * What a helper may have written into its mailbox: OUT, and as many bytes of KEPT as the first byte
 * says. Whatever is taken of it lies in the daemon's own memory, and is no more than was written.
 */
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "emulator/isolation/isolated_outcome.h"
#include "emulator/isolation/mailbox.h"
#include "emulator/transform/runtime_plugin.h"

#define MAX_BYTES ((size_t)64 * 1024 * 1024)

static const struct lambda_record records[] = {
    {SLICE_INIT("a"), SLICE_INIT("first"), 1, NULL},
    {SLICE_INIT("b"), SLICE_INIT("second"), 2, NULL},
};

enum { COUNT = sizeof(records) / sizeof(records[0]) };

static volatile unsigned looked_at; /* what is given can be read */

static void write_area(const struct mailbox *mailbox, enum mailbox_area area, const uint8_t *bytes,
                       size_t size)
{
    size = size < mailbox_room(area) ? size : mailbox_room(area);
    if (size > 0)
        memcpy(mailbox_at(mailbox, area), bytes, size);
    mailbox_set_bytes(mailbox, area, size);
}

static void check(const struct plugin_run *run, size_t size)
{
    size_t made = 0;
    for (size_t i = 0; i < COUNT; i++) {
        const struct lambda_record_result *result = &run->results[i];
        made += result->data.len;
        for (size_t at = 0; at < result->data.len; at++)
            looked_at += (unsigned char)result->data.ptr[at];
        for (size_t k = 0; k < result->key_count; k++)
            made += result->keys[k].name.len + result->keys[k].value.len;
    }
    FUZZ_CHECK(made <= size + records[0].data.len + records[1].data.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct mailbox mailbox;
    if (mailbox.head == NULL)
        FUZZ_CHECK(mailbox_create(&mailbox) == STATUS_OK);
    size_t kept = size > 0 && data[0] < size - 1 ? data[0] : 0;
    if (size > 0) {
        write_area(&mailbox, MAILBOX_KEPT, data + 1, kept);
        write_area(&mailbox, MAILBOX_OUT, data + 1 + kept, size - 1 - kept);
    }
    struct plugin_run run = {
        .has_batch = true, .memory_mb = 128, .batch = {.records = records, .record_count = COUNT}};
    arena_init(&run.arena, MAX_BYTES);
    if (isolated_outcome_read(&mailbox, &run) == STATUS_OK && run.outcome == LAMBDA_OK)
        check(&run, size);
    arena_clear(&run.arena);
    mailbox_empty(&mailbox);
    return 0;
}

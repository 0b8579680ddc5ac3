#include "emulator/delivery/record_chunk.h"

#include <assert.h>

#include "emulator/base/base64.h"
#include "emulator/base/text.h"

enum { ENTRY_BYTES = 12, COUNT_BYTES = 4 };

void record_chunk_begin(struct record_chunk_builder *b, struct text *out,
                        struct record_chunk_entry *entries, uint32_t capacity)
{
    *b = (struct record_chunk_builder){
        .out = out,
        .start = out->len,
        .entries = entries,
        .capacity = capacity,
        .oldest_ms = INT64_MAX,
    };
}

uint64_t record_chunk_bytes(const struct record_chunk_builder *b)
{
    return b->out->len - b->start;
}

/* What was appended since `before` is the next record. */
static void count_record(struct record_chunk_builder *b, size_t before, int64_t arrival_ms)
{
    if (b->out->status != STATUS_OK)
        return;
    size_t length = b->out->len - before;
    if (b->count == b->capacity || length > UINT32_MAX) {
        b->out->status = STATUS_TOO_LARGE;
        return;
    }
    b->entries[b->count++] = (struct record_chunk_entry){arrival_ms, (uint32_t)length};
    if (arrival_ms < b->oldest_ms)
        b->oldest_ms = arrival_ms;
}

void record_chunk_add(struct record_chunk_builder *b, struct slice data, int64_t arrival_ms)
{
    size_t before = b->out->len;
    text_append(b->out, data);
    count_record(b, before, arrival_ms);
}

enum status record_chunk_add_base64(struct record_chunk_builder *b, struct slice encoded,
                                    int64_t arrival_ms)
{
    size_t before = b->out->len;
    enum status status = base64_decode_to(encoded, b->out);
    if (status == STATUS_OK)
        count_record(b, before, arrival_ms);
    return status;
}

static void put_u32(char *at, uint32_t value)
{
    for (unsigned i = 0; i < 4; i++)
        at[i] = (char)(value >> (8 * i) & 0xFF);
}

static uint32_t get_u32(const char *at)
{
    uint32_t value = 0;
    for (unsigned i = 0; i < 4; i++)
        value |= (uint32_t)(unsigned char)at[i] << (8 * i);
    return value;
}

static void put_entry(char *at, const struct record_chunk_entry *entry)
{
    uint64_t arrival = (uint64_t)entry->arrival_ms;
    put_u32(at, (uint32_t)(arrival & UINT32_MAX));
    put_u32(at + 4, (uint32_t)(arrival >> 32));
    put_u32(at + 8, entry->length);
}

enum status record_chunk_finish(struct record_chunk_builder *b, struct record_chunk *ret_chunk)
{
    struct record_chunk chunk = {
        .records = b->count,
        .bytes = record_chunk_bytes(b),
        .oldest_ms = b->oldest_ms,
    };
    size_t size = (size_t)b->count * ENTRY_BYTES + COUNT_BYTES;
    char *at = text_reserve(b->out, size);
    if (at == NULL)
        return b->out->status;
    for (uint32_t i = 0; i < b->count; i++, at += ENTRY_BYTES)
        put_entry(at, &b->entries[i]);
    put_u32(at, b->count);
    text_grew(b->out, size);
    chunk.packed = slice_from(text_slice(b->out), b->start);
    *ret_chunk = chunk;
    return STATUS_OK;
}

static bool lengths_fit(struct slice index, size_t data_bytes)
{
    uint64_t total = 0;
    for (size_t at = 0; at < index.len; at += ENTRY_BYTES)
        total += get_u32(index.ptr + at + 8);
    return total == data_bytes;
}

enum status record_chunk_open(struct slice packed, struct record_chunk_reader *ret_reader)
{
    if (packed.len < COUNT_BYTES)
        return STATUS_CORRUPT;
    size_t rest = packed.len - COUNT_BYTES;
    uint32_t count = get_u32(packed.ptr + rest);
    size_t index_bytes = (size_t)count * ENTRY_BYTES;
    if (index_bytes > rest)
        return STATUS_CORRUPT;
    struct record_chunk_reader reader = {
        .data = slice_make(packed.ptr, rest - index_bytes),
        .index = slice_make(packed.ptr + rest - index_bytes, index_bytes),
        .count = count,
    };
    if (!lengths_fit(reader.index, reader.data.len))
        return STATUS_CORRUPT;
    *ret_reader = reader;
    return STATUS_OK;
}

bool record_chunk_next(struct record_chunk_reader *r, struct slice *ret_data,
                       int64_t *ret_arrival_ms)
{
    if (r->count == 0)
        return false;
    const char *entry = r->index.ptr;
    uint64_t arrival = get_u32(entry) | (uint64_t)get_u32(entry + 4) << 32;
    uint32_t length = get_u32(entry + 8);
    assert(length <= r->data.len - r->offset);
    *ret_data = slice_make(r->data.ptr + r->offset, length);
    *ret_arrival_ms = (int64_t)arrival;
    r->offset += length;
    r->index = slice_from(r->index, ENTRY_BYTES);
    r->count--;
    return true;
}

#include "emulator/delivery/record_origin.h"

#include "emulator/base/arena.h"
#include "emulator/base/text.h"
#include "emulator/lambda/invoke.h"

enum { HEAD_BYTES = 8 };

void record_origin_append(struct text *out, const struct lambda_origin *origin)
{
    if (origin->shard_id.len > UINT8_MAX || origin->sequence_number.len > UINT8_MAX ||
        origin->partition_key.len > UINT16_MAX || origin->subsequence_number > UINT32_MAX) {
        out->status = STATUS_TOO_LARGE;
        return;
    }
    uint64_t head = origin->shard_id.len | origin->sequence_number.len << 8 |
                    origin->partition_key.len << 16 | (uint64_t)origin->subsequence_number << 32;
    for (unsigned i = 0; i < HEAD_BYTES; i++)
        text_append_byte(out, (char)(head >> (8 * i) & 0xFF));
    text_append(out, origin->shard_id);
    text_append(out, origin->sequence_number);
    text_append(out, origin->partition_key);
}

static struct slice take(struct slice *rest, size_t len)
{
    struct slice part = slice_first(*rest, len);
    *rest = slice_from(*rest, len);
    return part;
}

enum status record_origin_take(struct slice *rest, struct arena *arena,
                               const struct lambda_origin **ret_origin)
{
    if (rest->len < HEAD_BYTES)
        return STATUS_CORRUPT;
    uint64_t head = 0;
    for (unsigned i = 0; i < HEAD_BYTES; i++)
        head |= (uint64_t)(unsigned char)rest->ptr[i] << (8 * i);
    size_t shard = head & UINT8_MAX;
    size_t sequence = head >> 8 & UINT8_MAX;
    size_t key = head >> 16 & UINT16_MAX;
    struct slice texts = slice_from(*rest, HEAD_BYTES);
    if (shard + sequence + key > texts.len)
        return STATUS_CORRUPT;
    struct lambda_origin *origin = arena_alloc(arena, sizeof(*origin));
    if (origin == NULL)
        return STATUS_NO_MEMORY;
    *origin = (struct lambda_origin){.subsequence_number = (int64_t)(head >> 32)};
    origin->shard_id = take(&texts, shard);
    origin->sequence_number = take(&texts, sequence);
    origin->partition_key = take(&texts, key);
    *rest = texts;
    *ret_origin = origin;
    return STATUS_OK;
}

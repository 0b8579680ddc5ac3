#include "handlers/kinesis/kinesis_tokens.h"

#include "emulator/base/arena.h"
#include "emulator/base/base64.h"
#include "emulator/base/hash.h"
#include "emulator/base/text.h"

/* Big-endian: kind, owner, after, made_ms, CRC-32 of these. Looks like AWS's: "AAAAAAAAAAE...". */
enum { FIELD_BYTES = 8, FIELDS = 5, TOKEN_BYTES = FIELDS * FIELD_BYTES, TEXT_MAX_BYTES = 128 };

static void put(uint8_t *at, uint64_t value)
{
    for (unsigned i = 0; i < FIELD_BYTES; i++)
        at[i] = (uint8_t)(value >> (8 * (FIELD_BYTES - 1 - i)) & 0xFF);
}

static int64_t get(const uint8_t *at)
{
    uint64_t value = 0;
    for (unsigned i = 0; i < FIELD_BYTES; i++)
        value = value << 8 | at[i];
    return (int64_t)value;
}

static uint32_t check_sum(const uint8_t *bytes)
{
    return hash_crc32(0, slice_make(bytes, (FIELDS - 1) * FIELD_BYTES));
}

enum status kinesis_token_write(enum kinesis_token_kind kind, const struct kinesis_token *token,
                                struct arena *arena, struct slice *ret_text)
{
    uint8_t bytes[TOKEN_BYTES];
    put(bytes, kind);
    put(bytes + FIELD_BYTES, (uint64_t)token->owner);
    put(bytes + 2 * FIELD_BYTES, (uint64_t)token->after);
    put(bytes + 3 * FIELD_BYTES, (uint64_t)token->made_ms);
    put(bytes + 4 * FIELD_BYTES, check_sum(bytes));
    struct text text;
    text_init_in(&text, arena, TEXT_MAX_BYTES);
    base64_append(&text, slice_make(bytes, sizeof(bytes)));
    if (text.status == STATUS_OK)
        *ret_text = text_slice(&text);
    return text.status;
}

enum status kinesis_token_read(enum kinesis_token_kind kind, struct slice text, struct arena *arena,
                               struct kinesis_token *ret_token)
{
    struct slice decoded = {NULL, 0};
    enum status status = base64_decode(text, arena, &decoded);
    if (status != STATUS_OK)
        return status;
    const uint8_t *bytes = (const uint8_t *)decoded.ptr;
    if (decoded.len != TOKEN_BYTES || get(bytes) != (int64_t)kind ||
        get(bytes + 4 * FIELD_BYTES) != (int64_t)check_sum(bytes))
        return STATUS_INVALID;
    struct kinesis_token token = {
        .owner = get(bytes + FIELD_BYTES),
        .after = get(bytes + 2 * FIELD_BYTES),
        .made_ms = get(bytes + 3 * FIELD_BYTES),
    };
    if (token.owner < 0 || token.after < -1 || token.made_ms < 0)
        return STATUS_INVALID;
    *ret_token = token;
    return STATUS_OK;
}

#include "emulator/base/base64.h"

#include <limits.h>
#include <string.h>

#include <openssl/evp.h>

#include "emulator/base/arena.h"
#include "emulator/base/text.h"

void base64_append(struct text *out, struct slice bytes)
{
    if (bytes.len > INT_MAX / 2) {
        if (out->status == STATUS_OK)
            out->status = STATUS_TOO_LARGE;
        return;
    }
    size_t len = (bytes.len + 2) / 3 * 4;
    char *room = text_reserve(out, len);
    if (room == NULL)
        return;
    (void)EVP_EncodeBlock((unsigned char *)room, (const unsigned char *)bytes.ptr, (int)bytes.len);
    text_grew(out, len);
}

static size_t padding(struct slice encoded)
{
    size_t count = 0;
    while (count < 2 && count < encoded.len && encoded.ptr[encoded.len - 1 - count] == '=')
        count++;
    return count;
}

size_t base64_decoded_size(struct slice encoded)
{
    size_t whole = encoded.len / 4 * 3;
    size_t pad = padding(encoded);
    return whole >= pad ? whole - pad : 0;
}

/*
 * Not EVP_DecodeBlock(): it skips blanks, takes '=' anywhere, ignores left-over bits, and is
 * four times slower; AWS refuses all of those.
 *
 * A letter's value plus one; 0 is no letter.
 */
static const uint8_t letters[256] = {
    ['A'] = 1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11,         12,         13,
    14,         15, 16, 17, 18, 19, 20, 21, 22, 23, 24,         25,         26,
    ['a'] = 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37,         38,         39,
    40,         41, 42, 43, 44, 45, 46, 47, 48, 49, 50,         51,         52,
    ['0'] = 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, ['+'] = 63, ['/'] = 64,
};

/* Four letters to three bytes. */
static bool decode_group(const char *group, char *bytes)
{
    uint32_t a = letters[(unsigned char)group[0]];
    uint32_t b = letters[(unsigned char)group[1]];
    uint32_t c = letters[(unsigned char)group[2]];
    uint32_t d = letters[(unsigned char)group[3]];
    uint32_t bits = (a - 1) << 18 | (b - 1) << 12 | (c - 1) << 6 | (d - 1);
    bytes[0] = (char)(bits >> 16 & 0xFF);
    bytes[1] = (char)(bits >> 8 & 0xFF);
    bytes[2] = (char)(bits & 0xFF);
    return a != 0 && b != 0 && c != 0 && d != 0;
}

/* The group with the padding; the bits behind its last byte must be zero. */
static bool decode_last_group(const char *group, size_t pad, char *bytes)
{
    char whole[4] = {group[0], group[1], group[2], group[3]};
    memset(whole + 4 - pad, 'A', pad);
    return decode_group(whole, bytes) && (pad < 1 || bytes[2] == 0) && (pad < 2 || bytes[1] == 0);
}

/* `room` takes three bytes per group, padding included. */
static enum status decode(struct slice encoded, char *room)
{
    if (encoded.len % 4 != 0)
        return STATUS_INVALID;
    if (encoded.len == 0)
        return STATUS_OK;
    const char *last = encoded.ptr + encoded.len - 4;
    for (const char *group = encoded.ptr; group < last; group += 4, room += 3) {
        if (!decode_group(group, room))
            return STATUS_INVALID;
    }
    return decode_last_group(last, padding(encoded), room) ? STATUS_OK : STATUS_INVALID;
}

enum status base64_decode_to(struct slice encoded, struct text *out)
{
    char *room = text_reserve(out, encoded.len / 4 * 3);
    if (room == NULL)
        return out->status;
    enum status status = decode(encoded, room);
    if (status == STATUS_OK)
        text_grew(out, base64_decoded_size(encoded));
    return status;
}

enum status base64_decode(struct slice encoded, struct arena *arena, struct slice *ret_bytes)
{
    char *room = arena_alloc(arena, encoded.len / 4 * 3);
    if (room == NULL)
        return STATUS_NO_MEMORY;
    enum status status = decode(encoded, room);
    if (status == STATUS_OK)
        *ret_bytes = slice_make(room, base64_decoded_size(encoded));
    return status;
}

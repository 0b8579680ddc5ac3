#include "emulator/base/base64.h"

#include <limits.h>

#include <openssl/evp.h>

#include "emulator/base/arena.h"
#include "emulator/base/text.h"

void base64_append(struct text *out, struct slice bytes)
{
    if (bytes.len > INT_MAX / 2) {
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

/* EVP_DecodeBlock() skips blanks and takes '=' anywhere, AWS does not: refuse those here. */
static bool has_only_alphabet(struct slice encoded, size_t pad)
{
    for (size_t i = 0; i < encoded.len - pad; i++) {
        char c = encoded.ptr[i];
        bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
        if (!letter && !(c >= '0' && c <= '9') && c != '+' && c != '/')
            return false;
    }
    return true;
}

static enum status decode(struct slice encoded, char *room)
{
    int len = EVP_DecodeBlock((unsigned char *)room, (const unsigned char *)encoded.ptr,
                              (int)encoded.len);
    return len >= 0 ? STATUS_OK : STATUS_INVALID;
}

enum status base64_decode_to(struct slice encoded, struct text *out)
{
    if (encoded.len % 4 != 0 || !has_only_alphabet(encoded, padding(encoded)))
        return STATUS_INVALID;
    if (encoded.len > INT_MAX)
        return STATUS_TOO_LARGE;
    /* The decoder writes whole groups of three, so it needs room beyond the result. */
    char *room = text_reserve(out, encoded.len / 4 * 3);
    if (room == NULL)
        return out->status;
    if (encoded.len > 0 && decode(encoded, room) != STATUS_OK)
        return STATUS_INVALID;
    text_grew(out, base64_decoded_size(encoded));
    return STATUS_OK;
}

enum status base64_decode(struct slice encoded, struct arena *arena, struct slice *ret_bytes)
{
    struct text out;
    text_init_in(&out, arena, encoded.len);
    enum status status = base64_decode_to(encoded, &out);
    if (status == STATUS_OK)
        *ret_bytes = text_slice(&out);
    return status;
}

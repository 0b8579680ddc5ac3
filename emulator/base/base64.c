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

#define BAD 0x40u /* no value of a letter has this bit */

static unsigned value_of(char letter)
{
    if (letter >= 'A' && letter <= 'Z')
        return (unsigned)(letter - 'A');
    if (letter >= 'a' && letter <= 'z')
        return (unsigned)(letter - 'a') + 26;
    if (letter >= '0' && letter <= '9')
        return (unsigned)(letter - '0') + 52;
    return letter == '+' ? 62 : letter == '/' ? 63 : BAD;
}

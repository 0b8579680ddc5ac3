#include "emulator/base/ids.h"

#include <assert.h>
#include <string.h>

#include "emulator/base/hash.h"

#define UUID_BYTES 16

void ids_uuid(const uint8_t random[16], char *text)
{
    uint8_t bytes[UUID_BYTES];
    memcpy(bytes, random, UUID_BYTES);
    bytes[6] = (uint8_t)((bytes[6] & 0x0FU) | 0x40U); /* version 4 */
    bytes[8] = (uint8_t)((bytes[8] & 0x3FU) | 0x80U); /* RFC 4122 variant */

    static const struct {
        size_t first, count;
    } groups[] = {{0, 4}, {4, 2}, {6, 2}, {8, 2}, {10, 6}};

    char *at = text;
    for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
        if (i > 0)
            *at++ = '-';
        hash_hex(bytes + groups[i].first, groups[i].count, at);
        at += groups[i].count * 2;
    }
}

void ids_from_alphabet(const uint8_t *random, size_t len, const char *alphabet, char *text)
{
    size_t letters = strlen(alphabet);
    assert(letters >= 1 && letters <= 256);
    for (size_t i = 0; i < len; i++)
        text[i] = alphabet[random[i] % letters];
    text[len] = '\0';
}

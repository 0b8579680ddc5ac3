#include "emulator/shapes/shape_blob.h"

/* What a byte that is not of the alphabet has in the table: the one bit no sextet has. */
#define OUTSIDE 0x80
#define XX OUTSIDE

#define BLOCK 16

/* clang-format off */
static const unsigned char sextets[128] = {
    XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX,
    XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX,
    XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, 62, XX, XX, XX, 63,
    52, 53, 54, 55, 56, 57, 58, 59, 60, 61, XX, XX, XX, XX, XX, XX,
    XX, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14,
    15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, XX, XX, XX, XX, XX,
    XX, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40,
    41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, XX, XX, XX, XX, XX,
};
/* clang-format on */
#undef XX

static unsigned sextet(char byte)
{
    unsigned char c = (unsigned char)byte;
    return sextets[c & 0x7f] | (c & OUTSIDE); /* beyond ASCII it is the byte's own high bit */
}

/* As arithmetic, so that the compiler looks at sixteen bytes in a few instructions. */
static unsigned char is_inside(unsigned char c)
{
    unsigned char letter = (unsigned char)((c & 0xdf) - 'A') < 26;
    unsigned char slash_or_digit = (unsigned char)(c - '/') < 11;
    return (unsigned char)(letter | slash_or_digit | (c == '+'));
}

static bool all_inside(const char *bytes, size_t len)
{
    size_t at = 0;
    for (; at + BLOCK <= len; at += BLOCK) {
        unsigned char inside = 1;
        for (size_t i = 0; i < BLOCK; i++)
            inside &= is_inside((unsigned char)bytes[at + i]);
        if (!inside)
            return false;
    }
    for (; at < len; at++)
        if (!is_inside((unsigned char)bytes[at]))
            return false;
    return true;
}

static struct shape_blob_fault first_outside(struct slice bytes)
{
    size_t at = 0;
    while (at < bytes.len && !(sextet(bytes.ptr[at]) & OUTSIDE))
        at++;
    char byte = bytes.ptr[at];
    if ((unsigned char)byte & OUTSIDE)
        byte = '?';
    return (struct shape_blob_fault){BLOB_BYTE, byte};
}

struct shape_blob_fault shape_blob_fault(struct slice encoded)
{
    struct shape_blob_fault fine = {BLOB_FINE, 0};
    if (encoded.len % 4)
        return (struct shape_blob_fault){BLOB_LENGTH, 0};
    if (!encoded.len)
        return fine;
    size_t pads = 0;
    while (pads < 2 && encoded.ptr[encoded.len - 1 - pads] == '=')
        pads++;
    struct slice digits = slice_first(encoded, encoded.len - pads);
    if (!all_inside(digits.ptr, digits.len))
        return first_outside(digits);
    unsigned unused_bits = pads == 2 ? 0x0f : pads == 1 ? 0x03 : 0;
    if (sextet(digits.ptr[digits.len - 1]) & unused_bits)
        return (struct shape_blob_fault){BLOB_TAIL, 0};
    return fine;
}

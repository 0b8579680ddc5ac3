#include "emulator/base/utf8.h"

#include <stdint.h>

static bool is_tail(unsigned char byte)
{
    return (byte & 0xC0U) == 0x80;
}

/* Length by the first byte, and the least second byte that is not overlong. */
static size_t shape(unsigned char first, unsigned char *ret_low, unsigned char *ret_high)
{
    *ret_low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
    *ret_high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF; /* surrogates, the end */
    if (first < 0x80)
        return 1;
    if (first < 0xC2 || first > 0xF4)
        return 0;
    return first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
}

size_t utf8_step(struct slice s)
{
    if (s.len == 0)
        return 0;
    const unsigned char *bytes = (const unsigned char *)s.ptr;
    unsigned char low;
    unsigned char high;
    size_t len = shape(bytes[0], &low, &high);
    if (len < 2)
        return len;
    if (len > s.len || bytes[1] < low || bytes[1] > high)
        return 0;
    for (size_t i = 2; i < len; i++) {
        if (!is_tail(bytes[i]))
            return 0;
    }
    return len;
}

bool utf8_is_valid(struct slice s)
{
    while (s.len > 0) {
        size_t len = utf8_step(s);
        if (len == 0)
            return false;
        s = slice_from(s, len);
    }
    return true;
}

size_t utf8_count(struct slice s)
{
    size_t count = 0;
    for (; s.len > 0; count++) {
        size_t len = utf8_step(s);
        s = slice_from(s, len > 0 ? len : 1);
    }
    return count;
}

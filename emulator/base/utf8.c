#include "emulator/base/utf8.h"

#include <stdint.h>

#include "emulator/base/text.h"

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

void utf8_append_valid(struct text *out, struct slice s)
{
    while (s.len > 0) {
        size_t good = 0;
        size_t step = 0;
        while ((step = utf8_step(slice_from(s, good))) > 0)
            good += step;
        text_append(out, slice_first(s, good));
        if (good < s.len)
            text_append(out, SLICE("\xEF\xBF\xBD"));
        s = slice_from(s, good + 1);
    }
}

struct slice utf8_first(struct slice s, size_t max)
{
    if (s.len <= max)
        return s;
    size_t len = max;
    while (len > 0 && max - len < 3 && is_tail((unsigned char)s.ptr[len]))
        len--;
    bool is_cut_well = !is_tail((unsigned char)s.ptr[len]) && len > 0;
    return slice_first(s, is_cut_well ? len : max);
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

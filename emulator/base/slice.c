#include "emulator/base/slice.h"

#include <string.h>

struct slice slice_make(const void *ptr, size_t len)
{
    return (struct slice){ptr, len};
}

struct slice slice_of(const char *text)
{
    return (struct slice){text, text != NULL ? strlen(text) : 0};
}

bool slice_is_empty(struct slice s)
{
    return s.len == 0;
}

bool slice_equal(struct slice a, struct slice b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

bool slice_equal_text(struct slice a, const char *b)
{
    return slice_equal(a, slice_of(b));
}

static unsigned char lower(char c)
{
    return (unsigned char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

bool slice_equal_nocase(struct slice a, struct slice b)
{
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++) {
        if (lower(a.ptr[i]) != lower(b.ptr[i]))
            return false;
    }
    return true;
}

int slice_compare(struct slice a, struct slice b)
{
    size_t shorter = a.len < b.len ? a.len : b.len;
    int order = shorter > 0 ? memcmp(a.ptr, b.ptr, shorter) : 0;
    if (order != 0)
        return order;
    return (a.len > b.len) - (a.len < b.len);
}

bool slice_starts_with(struct slice s, struct slice prefix)
{
    return s.len >= prefix.len && slice_equal(slice_first(s, prefix.len), prefix);
}

bool slice_ends_with(struct slice s, struct slice suffix)
{
    return s.len >= suffix.len && slice_equal(slice_from(s, s.len - suffix.len), suffix);
}

size_t slice_find(struct slice s, char byte)
{
    const char *hit = s.len > 0 ? memchr(s.ptr, byte, s.len) : NULL;
    return hit != NULL ? (size_t)(hit - s.ptr) : s.len;
}

size_t slice_search(struct slice s, struct slice needle)
{
    if (needle.len == 0)
        return 0;
    const char *hit = s.len > 0 ? memmem(s.ptr, s.len, needle.ptr, needle.len) : NULL;
    return hit != NULL ? (size_t)(hit - s.ptr) : s.len;
}

struct slice slice_first(struct slice s, size_t len)
{
    return (struct slice){s.ptr, len < s.len ? len : s.len};
}

struct slice slice_from(struct slice s, size_t start)
{
    if (start >= s.len)
        return (struct slice){s.ptr, 0};
    return (struct slice){s.ptr + start, s.len - start};
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

struct slice slice_trim(struct slice s)
{
    while (s.len > 0 && is_blank(s.ptr[0]))
        s = slice_from(s, 1);
    while (s.len > 0 && is_blank(s.ptr[s.len - 1]))
        s.len--;
    return s;
}

struct slice slice_cut(struct slice *rest, char separator)
{
    size_t at = slice_find(*rest, separator);
    struct slice before = slice_first(*rest, at);
    if (at < rest->len)
        *rest = slice_make(rest->ptr + at + 1, rest->len - at - 1);
    else
        *rest = slice_make(NULL, 0);
    return before;
}

enum status slice_to_u64(struct slice s, uint64_t *ret_value)
{
    if (s.len == 0)
        return STATUS_INVALID;
    uint64_t value = 0;
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] < '0' || s.ptr[i] > '9')
            return STATUS_INVALID;
        uint64_t digit = (uint64_t)(s.ptr[i] - '0');
        if (value > (UINT64_MAX - digit) / 10)
            return STATUS_TOO_LARGE;
        value = value * 10 + digit;
    }
    *ret_value = value;
    return STATUS_OK;
}

enum status slice_to_i64(struct slice s, int64_t *ret_value)
{
    bool negative = s.len > 0 && s.ptr[0] == '-';
    uint64_t magnitude = 0;
    enum status status = slice_to_u64(negative ? slice_from(s, 1) : s, &magnitude);
    if (status != STATUS_OK)
        return status;
    if (magnitude > (uint64_t)INT64_MAX + negative)
        return STATUS_TOO_LARGE;
    *ret_value = (int64_t)(negative ? (uint64_t)0 - magnitude : magnitude);
    return STATUS_OK;
}

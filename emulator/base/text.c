#include "emulator/base/text.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "emulator/base/arena.h"
#include "emulator/base/mem.h"

#define FIRST_CAPACITY 256U

void text_init(struct text *t, size_t max_bytes)
{
    *t = (struct text){.max_bytes = max_bytes};
}

void text_init_in(struct text *t, struct arena *arena, size_t max_bytes)
{
    *t = (struct text){.max_bytes = max_bytes, .arena = arena};
}

void text_close(struct text *t)
{
    if (t->arena == NULL)
        mem_free(t->ptr);
    *t = (struct text){.max_bytes = t->max_bytes, .arena = t->arena};
}

void text_clear(struct text *t)
{
    t->len = 0;
    t->status = STATUS_OK;
    if (t->ptr != NULL)
        t->ptr[0] = '\0';
}

static char *enlarge(struct text *t, size_t capacity)
{
    if (t->arena == NULL)
        return mem_resize(t->ptr, capacity);
    char *ptr = arena_alloc(t->arena, capacity);
    if (ptr != NULL && t->len > 0)
        memcpy(ptr, t->ptr, t->len);
    return ptr;
}

/* Doubled, but never beyond what the maximum can use. */
static size_t next_capacity(const struct text *t, size_t needed)
{
    size_t capacity = t->capacity > 0 ? t->capacity * 2 : FIRST_CAPACITY;
    if (capacity > t->max_bytes)
        capacity = t->max_bytes + 1;
    return capacity > needed ? capacity : needed;
}

/* One byte more than asked for, so that a NUL always fits. */
static void make_room(struct text *t, size_t len)
{
    if (len > t->max_bytes - t->len || len > SIZE_MAX / 4 - t->len) {
        t->status = STATUS_TOO_LARGE;
        return;
    }
    size_t needed = t->len + len + 1;
    if (needed <= t->capacity)
        return;
    size_t capacity = next_capacity(t, needed);
    char *ptr = enlarge(t, capacity);
    if (ptr == NULL) {
        t->status = STATUS_NO_MEMORY;
        return;
    }
    t->ptr = ptr;
    t->capacity = capacity;
}

char *text_reserve(struct text *t, size_t len)
{
    if (t->status == STATUS_OK)
        make_room(t, len);
    return t->status == STATUS_OK ? t->ptr + t->len : NULL;
}

void text_grew(struct text *t, size_t len)
{
    assert(t->len + len < t->capacity);
    t->len += len;
    t->ptr[t->len] = '\0';
}

void text_append(struct text *t, struct slice s)
{
    char *room = text_reserve(t, s.len);
    if (room == NULL)
        return;
    if (s.len > 0)
        memcpy(room, s.ptr, s.len);
    text_grew(t, s.len);
}

void text_append_text(struct text *t, const char *s)
{
    text_append(t, slice_of(s));
}

void text_append_byte(struct text *t, char byte)
{
    char *room = text_reserve(t, 1);
    if (room == NULL)
        return;
    *room = byte;
    text_grew(t, 1);
}

void text_append_u64(struct text *t, uint64_t value)
{
    char digits[20];
    size_t at = sizeof(digits);
    do {
        digits[--at] = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    text_append(t, slice_make(digits + at, sizeof(digits) - at));
}

void text_append_i64(struct text *t, int64_t value)
{
    if (value < 0)
        text_append_byte(t, '-');
    text_append_u64(t, value < 0 ? (uint64_t)0 - (uint64_t)value : (uint64_t)value);
}

void text_append_double(struct text *t, double value)
{
    char digits[40];
    if (isnan(value) || isinf(value)) {
        text_append_text(t, isnan(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity");
        return;
    }
    for (int precision = 15; precision <= 17; precision++) {
        (void)snprintf(digits, sizeof(digits), "%.*g", precision, value);
        if (strtod(digits, NULL) == value)
            break;
    }
    text_append_text(t, digits);
    if (strpbrk(digits, ".e") == NULL)
        text_append(t, SLICE(".0"));
}

void text_vprintf(struct text *t, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    if (len < 0 && t->status == STATUS_OK)
        t->status = STATUS_INVALID;
    char *room = len >= 0 ? text_reserve(t, (size_t)len) : NULL;
    if (room != NULL) {
        (void)vsnprintf(room, (size_t)len + 1, format, again);
        text_grew(t, (size_t)len);
    }
    va_end(again);
}

void text_printf(struct text *t, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    text_vprintf(t, format, args);
    va_end(args);
}

struct slice text_slice(const struct text *t)
{
    return slice_make(t->ptr != NULL ? t->ptr : "", t->len);
}

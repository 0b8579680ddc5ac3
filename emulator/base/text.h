/*
 * text.h -- a growing run of bytes with a maximum and a sticky error.
 *
 * Appending never reports; the first failure (STATUS_NO_MEMORY, STATUS_TOO_LARGE, or
 * STATUS_INVALID from a format that cannot be printed) sticks in
 * `status`, later appends do nothing, and whoever takes the result checks once.
 * Memory comes from the heap (text_init, released by text_close) or from an arena
 * (text_init_in, nothing to release). Not thread-safe.
 */
#ifndef EMULATOR_BASE_TEXT_H
#define EMULATOR_BASE_TEXT_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "emulator/base/slice.h"

struct arena;

struct text {
    char *ptr; /* owned by the text or its arena; NUL-terminated once anything was appended */
    size_t len;
    size_t capacity;
    size_t max_bytes;
    struct arena *arena; /* borrowed; NULL for the heap */
    enum status status;
};

void text_init(struct text *t, size_t max_bytes);
void text_init_in(struct text *t, struct arena *arena, size_t max_bytes);

/* Safe on a zeroed or closed text. */
void text_close(struct text *t);

/* Empty it, keeping memory and maximum; clears the sticky error. */
void text_clear(struct text *t);

void text_append(struct text *t, struct slice s);
void text_append_text(struct text *t, const char *s);
void text_append_byte(struct text *t, char byte);
void text_append_u64(struct text *t, uint64_t value);
void text_append_i64(struct text *t, int64_t value);

/* The shortest text that reads back as `value`, as Java writes it: "5.0"; "NaN", "Infinity". */
void text_append_double(struct text *t, double value);
void text_printf(struct text *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
void text_vprintf(struct text *t, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));

/*
 * Room for `len` more bytes, to be filled by the caller and then counted with text_grew().
 * NULL when it failed (status is set).
 */
char *text_reserve(struct text *t, size_t len);
void text_grew(struct text *t, size_t len);

/* What is there, borrowed from the text. */
struct slice text_slice(const struct text *t);

#endif

/*
 * slice.h -- a borrowed run of bytes, passed by value. It owns nothing and is not
 * NUL-terminated; the owner of the bytes must outlive it.
 */
#ifndef EMULATOR_BASE_SLICE_H
#define EMULATOR_BASE_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "emulator/base/status.h"

struct slice {
    const char *ptr;
    size_t len;
};

/* A slice of a string literal. */
#define SLICE(literal) ((struct slice){(literal), sizeof(literal) - 1})

/* The same as an initialiser of a static table. */
#define SLICE_INIT(literal)            \
    {                                  \
        (literal), sizeof(literal) - 1 \
    }

/* For printf's "%.*s". */
#define SLICE_ARG(s) (int)(s).len, (s).ptr

struct slice slice_make(const void *ptr, size_t len);
struct slice slice_of(const char *text); /* NULL gives an empty slice */

bool slice_is_empty(struct slice s);
bool slice_equal(struct slice a, struct slice b);
bool slice_equal_text(struct slice a, const char *b);
bool slice_equal_nocase(struct slice a, struct slice b); /* ASCII letters only */
int slice_compare(struct slice a, struct slice b);       /* memcmp order, shorter first */
bool slice_starts_with(struct slice s, struct slice prefix);
bool slice_ends_with(struct slice s, struct slice suffix);

/* Position of the first `byte`, or s.len. */
size_t slice_find(struct slice s, char byte);

/* Position of the first `needle`, or s.len. */
size_t slice_search(struct slice s, struct slice needle);

/* Clipped to what is there. */
struct slice slice_first(struct slice s, size_t len);
struct slice slice_from(struct slice s, size_t start);

/* Without spaces and tabs at either end. */
struct slice slice_trim(struct slice s);

/*
 * Cut `*rest` at the first `separator`: returns the part before it and moves `*rest` behind it.
 * Without a separator it returns all and leaves `*rest` empty with a NULL pointer.
 */
struct slice slice_cut(struct slice *rest, char separator);

/* Decimal digits only, no sign. STATUS_INVALID or STATUS_TOO_LARGE otherwise. */
NODISCARD enum status slice_to_u64(struct slice s, uint64_t *ret_value);

/* As slice_to_u64(), with an optional leading '-'. */
NODISCARD enum status slice_to_i64(struct slice s, int64_t *ret_value);

#endif

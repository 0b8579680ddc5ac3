/*
 * utf8.h -- whether bytes are UTF-8, and how many characters they make.
 *
 * Strict (RFC 3629): no overlong forms, no surrogates, nothing above U+10FFFF.
 */
#ifndef EMULATOR_BASE_UTF8_H
#define EMULATOR_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>

#include "emulator/base/slice.h"

struct text;

/* Bytes of the character at the start of `s`: 1 to 4, or 0 when there is no valid one. */
size_t utf8_step(struct slice s);

bool utf8_is_valid(struct slice s);

/* Append `s`, with U+FFFD (three bytes) in place of every byte that is part of no character. */
void utf8_append_valid(struct text *out, struct slice s);

/* The first `max` bytes of `s` at most, ending with a whole character where there are any. */
struct slice utf8_first(struct slice s, size_t max);

/* Characters (code points); a byte that starts no valid one counts as one. */
size_t utf8_count(struct slice s);

#endif

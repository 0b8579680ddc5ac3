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

/* Bytes of the character at the start of `s`: 1 to 4, or 0 when there is no valid one. */
size_t utf8_step(struct slice s);

bool utf8_is_valid(struct slice s);

/* Characters (code points); a byte that starts no valid one counts as one. */
size_t utf8_count(struct slice s);

#endif

/*
 * shape_pattern.h -- whether a text matches a modelled pattern as a whole, as Java's matches()
 * means it. Most patterns are one repeated character class and are matched by a bitmap; the rest
 * by PCRE2, with bounded steps and memory. This is the only home of PCRE2.
 */
#ifndef EMULATOR_SHAPES_SHAPE_PATTERN_H
#define EMULATOR_SHAPES_SHAPE_PATTERN_H

#include <stdbool.h>
#include <stddef.h>

#include "emulator/base/slice.h"

struct shape_cache;

/* The length as Java counts it, in UTF-16 units. */
size_t shape_utf16_length(struct slice text);

/*
 * Match `text` against the pattern at `index` of shape_patterns. `cache` keeps what was
 * compiled; NULL compiles for this one match. A match that would take too many steps is none.
 */
NODISCARD enum status shape_pattern_match(struct shape_cache *cache, unsigned index,
                                          struct slice text, bool *ret_matches);

#endif

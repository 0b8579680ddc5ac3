/*
 * nearest.h -- which of the known names a person most likely meant.
 */
#ifndef EMULATOR_CONFIG_NEAREST_H
#define EMULATOR_CONFIG_NEAREST_H

#include <stddef.h>

#include "emulator/base/slice.h"

/* Insertions, deletions and replacements that make `a` of `b` (Levenshtein); SIZE_MAX for
 * texts longer than NEAREST_MAX_CHARS. */
#define NEAREST_MAX_CHARS 64
size_t nearest_distance(struct slice a, struct slice b);

/* Of `names` (NULL behind the last) the one nearest to `name`; NULL when none is near. */
const char *nearest_name(struct slice name, const char *const *names);

#endif

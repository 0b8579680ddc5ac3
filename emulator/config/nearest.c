#include "emulator/config/nearest.h"

#include <stdint.h>

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

size_t nearest_distance(struct slice a, struct slice b)
{
    if (a.len > NEAREST_MAX_CHARS || b.len > NEAREST_MAX_CHARS)
        return SIZE_MAX;

    /* row[j]: distance from the part of `a` seen so far to the first j bytes of `b`. */
    size_t row[NEAREST_MAX_CHARS + 1];
    for (size_t j = 0; j <= b.len; j++)
        row[j] = j;
    for (size_t i = 0; i < a.len; i++) {
        size_t diagonal = row[0];
        row[0] = i + 1;
        for (size_t j = 0; j < b.len; j++) {
            size_t replaced = diagonal + (a.ptr[i] == b.ptr[j] ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = least(replaced, 1 + least(row[j], row[j + 1]));
        }
    }
    return row[b.len];
}

const char *nearest_name(struct slice name, const char *const *names)
{
    const char *best = NULL;
    size_t best_distance = name.len / 3 + 2; /* further away is another word */
    for (size_t i = 0; names[i] != NULL; i++) {
        size_t distance = nearest_distance(name, slice_of(names[i]));
        if (distance < best_distance) {
            best = names[i];
            best_distance = distance;
        }
    }
    return best;
}

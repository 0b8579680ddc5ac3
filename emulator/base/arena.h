/*
 * arena.h -- memory that dies together: everything of one request, or of one transform
 * batch. Freed in one go; single blocks are never freed. Not thread-safe.
 *
 * An arena has a maximum. Beyond it, or when the heap is exhausted, arena_alloc() answers
 * NULL and the arena stays usable.
 */
#ifndef EMULATOR_BASE_ARENA_H
#define EMULATOR_BASE_ARENA_H

#include <stddef.h>

#include "emulator/base/slice.h"

struct arena_block;
struct arena_cleanup;

struct arena {
    struct arena_block *blocks;     /* owned; newest first */
    struct arena_cleanup *cleanups; /* in the blocks */
    size_t used_bytes;
    size_t max_bytes;
};

void arena_init(struct arena *a, size_t max_bytes);

/* Run the cleanups, newest first, and free everything. The arena is empty and usable again. */
void arena_clear(struct arena *a);

/* The same, but a small block stays for the next use: for an arena that serves one after another.
 */
void arena_recycle(struct arena *a);

/* 16-byte aligned, not zeroed. NULL when out of memory or over the maximum. */
void *arena_alloc(struct arena *a, size_t size);

/* Zeroed. */
void *arena_zalloc(struct arena *a, size_t size);

/* Call fn(arg) at arena_clear(). On STATUS_NO_MEMORY fn has not been called. */
NODISCARD enum status arena_on_clear(struct arena *a, void (*fn)(void *arg), void *arg);

/* A copy with a NUL behind it; NULL pointer when out of memory. */
char *arena_text(struct arena *a, struct slice s);

/* A copy. STATUS_NO_MEMORY leaves *ret_copy alone. */
NODISCARD enum status arena_copy(struct arena *a, struct slice s, struct slice *ret_copy);

/* A formatted, NUL-terminated text; NULL when out of memory. */
char *arena_printf(struct arena *a, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif

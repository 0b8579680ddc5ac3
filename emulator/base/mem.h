/*
 * mem.h -- every heap allocation of ours goes through here, so that a test can make any
 * one of them fail and can count what is outstanding. Thread-safe.
 */
#ifndef EMULATOR_BASE_MEM_H
#define EMULATOR_BASE_MEM_H

#include <stddef.h>

struct mem_hooks {
    void *(*alloc)(size_t size);
    void *(*resize)(void *ptr, size_t size);
    void (*release)(void *ptr);
};

/* Use `hooks` from now on; NULL goes back to malloc. Only while nothing is allocated. */
void mem_set_hooks(const struct mem_hooks *hooks);

/* NULL when out of memory. */
void *mem_alloc(size_t size);

/* Zeroed; NULL when out of memory. */
void *mem_zalloc(size_t size);

/* Like realloc(): NULL leaves the old block as it was. */
void *mem_resize(void *ptr, size_t size);

/* NULL is a no-op. */
void mem_free(void *ptr);

#endif

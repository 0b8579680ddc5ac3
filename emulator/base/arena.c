#include "emulator/base/arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "emulator/base/mem.h"

/* gcc says it with a macro, clang with a feature. */
#if defined(__SANITIZE_ADDRESS__)
#define HAS_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAS_ASAN 1
#endif
#endif

#ifdef HAS_ASAN
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(ptr, size) ((void)(ptr), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(ptr, size) ((void)(ptr), (void)(size))
#endif

#define ALIGNMENT 16U
#define FIRST_BLOCK_BYTES ((size_t)4096 - sizeof(struct arena_block))
#define LARGEST_GROWTH_BYTES ((size_t)256 * 1024)

struct arena_block {
    struct arena_block *next; /* owned */
    size_t size;
    size_t used;
    _Alignas(ALIGNMENT) char data[];
};

struct arena_cleanup {
    struct arena_cleanup *next;
    void (*fn)(void *arg);
    void *arg;
};

void arena_init(struct arena *a, size_t max_bytes)
{
    *a = (struct arena){.max_bytes = max_bytes};
}

static void run_cleanups(struct arena *a)
{
    while (a->cleanups != NULL) {
        struct arena_cleanup *cleanup = a->cleanups;
        a->cleanups = cleanup->next;
        cleanup->fn(cleanup->arg);
    }
}

static struct arena_block *take_block(struct arena *a)
{
    struct arena_block *block = a->blocks;
    if (block != NULL)
        a->blocks = block->next;
    return block;
}

static void free_block(struct arena_block *block)
{
    ASAN_UNPOISON_MEMORY_REGION(block->data, block->size);
    mem_free(block);
}

void arena_clear(struct arena *a)
{
    run_cleanups(a);
    for (struct arena_block *block = take_block(a); block != NULL; block = take_block(a))
        free_block(block);
    a->used_bytes = 0;
}

void arena_recycle(struct arena *a)
{
    struct arena_block *kept = NULL;
    run_cleanups(a);
    for (struct arena_block *block = take_block(a); block != NULL; block = take_block(a)) {
        if (kept == NULL && block->size == FIRST_BLOCK_BYTES)
            kept = block;
        else
            free_block(block);
    }
    a->used_bytes = 0;
    a->blocks = kept;
    if (kept == NULL)
        return;
    kept->next = NULL;
    kept->used = 0;
    ASAN_POISON_MEMORY_REGION(kept->data, kept->size);
}

static size_t next_block_bytes(const struct arena *a, size_t needed)
{
    size_t size = a->blocks != NULL ? a->blocks->size * 2 : FIRST_BLOCK_BYTES;
    if (size > LARGEST_GROWTH_BYTES)
        size = LARGEST_GROWTH_BYTES;
    return size > needed ? size : needed;
}

/*
 * A block with room for `needed`. One made to measure goes behind the newest, whose free room
 * stays in use.
 */
static struct arena_block *add_block(struct arena *a, size_t needed)
{
    size_t size = next_block_bytes(a, needed);
    struct arena_block *block = mem_alloc(sizeof(*block) + size);
    if (block == NULL)
        return NULL;
    struct arena_block **link = &a->blocks;
    if (a->blocks != NULL && size == needed)
        link = &a->blocks->next;
    *block = (struct arena_block){.next = *link, .size = size};
    *link = block;
    ASAN_POISON_MEMORY_REGION(block->data, size);
    return block;
}

void *arena_alloc(struct arena *a, size_t size)
{
    size_t left = a->max_bytes - a->used_bytes;
    if (size > left || size > SIZE_MAX / 2)
        return NULL;
    size_t rounded = (size + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
    struct arena_block *block = a->blocks;
    if (block == NULL || block->size - block->used < rounded)
        block = add_block(a, rounded);
    if (block == NULL)
        return NULL;
    void *ptr = block->data + block->used;
    block->used += rounded;
    a->used_bytes += rounded < left ? rounded : left; /* the padding counts as well */
    ASAN_UNPOISON_MEMORY_REGION(ptr, size);
    return ptr;
}

void *arena_zalloc(struct arena *a, size_t size)
{
    void *ptr = arena_alloc(a, size);
    if (ptr != NULL)
        memset(ptr, 0, size);
    return ptr;
}

enum status arena_on_clear(struct arena *a, void (*fn)(void *arg), void *arg)
{
    struct arena_cleanup *cleanup = arena_alloc(a, sizeof(*cleanup));
    if (cleanup == NULL)
        return STATUS_NO_MEMORY;
    *cleanup = (struct arena_cleanup){a->cleanups, fn, arg};
    a->cleanups = cleanup;
    return STATUS_OK;
}

char *arena_text(struct arena *a, struct slice s)
{
    char *copy = arena_alloc(a, s.len + 1);
    if (copy == NULL)
        return NULL;
    if (s.len > 0)
        memcpy(copy, s.ptr, s.len);
    copy[s.len] = '\0';
    return copy;
}

enum status arena_copy(struct arena *a, struct slice s, struct slice *ret_copy)
{
    char *copy = arena_text(a, s);
    if (copy == NULL)
        return STATUS_NO_MEMORY;
    *ret_copy = slice_make(copy, s.len);
    return STATUS_OK;
}

char *arena_printf(struct arena *a, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    char *out = len >= 0 ? arena_alloc(a, (size_t)len + 1) : NULL;
    if (out != NULL)
        (void)vsnprintf(out, (size_t)len + 1, format, again);
    va_end(again);
    return out;
}

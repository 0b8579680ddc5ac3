#include "emulator/base/mem.h"

#include <stdlib.h>
#include <string.h>

static const struct mem_hooks libc_hooks = {malloc, realloc, free};
static const struct mem_hooks *hooks = &libc_hooks;

void mem_set_hooks(const struct mem_hooks *new_hooks)
{
    hooks = new_hooks != NULL ? new_hooks : &libc_hooks;
}

void *mem_alloc(size_t size)
{
    return hooks->alloc(size > 0 ? size : 1);
}

void *mem_zalloc(size_t size)
{
    void *ptr = mem_alloc(size);
    if (ptr != NULL)
        memset(ptr, 0, size);
    return ptr;
}

void *mem_resize(void *ptr, size_t size)
{
    return hooks->resize(ptr, size > 0 ? size : 1);
}

void mem_free(void *ptr)
{
    if (ptr != NULL)
        hooks->release(ptr);
}

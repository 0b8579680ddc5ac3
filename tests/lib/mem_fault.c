#include "tests/lib/mem_fault.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "emulator/base/mem.h"

static struct fault fault;
static atomic_size_t outstanding;

struct fault *const mem_fault = &fault;

static void *count(void *ptr)
{
    if (ptr != NULL)
        atomic_fetch_add(&outstanding, 1);
    return ptr;
}

static void *failing_alloc(size_t size)
{
    return fault_tick(&fault) ? NULL : count(malloc(size));
}

static void *failing_resize(void *ptr, size_t size)
{
    if (fault_tick(&fault))
        return NULL;
    void *bigger = realloc(ptr, size);
    return ptr == NULL ? count(bigger) : bigger;
}

static void counting_release(void *ptr)
{
    atomic_fetch_sub(&outstanding, 1);
    free(ptr);
}

void mem_fault_install(void)
{
    static const struct mem_hooks hooks = {failing_alloc, failing_resize, counting_release};
    fault_disarm(&fault);
    atomic_store(&outstanding, 0);
    mem_set_hooks(&hooks);
}

void mem_fault_remove(void)
{
    fault_disarm(&fault);
    mem_set_hooks(NULL);
}

size_t mem_fault_outstanding(void)
{
    return atomic_load(&outstanding);
}

int mem_fault_set_up(void **state)
{
    (void)state;
    mem_fault_install();
    return 0;
}

int mem_fault_tear_down(void **state)
{
    (void)state;
    size_t left = mem_fault_outstanding();
    mem_fault_remove();
    if (left > 0)
        (void)fprintf(stderr, "%zu blocks were not freed\n", left);
    return left == 0 ? 0 : -1;
}

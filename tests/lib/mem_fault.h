/*
 * mem_fault.h -- failing allocations and leaks of everything that uses emulator/base/mem.h.
 *
 * Installed, it counts what is outstanding and lets `mem_fault` decide which allocation fails.
 * Use mem_fault_set_up / mem_fault_tear_down as a test's fixture, or install it around more.
 */
#ifndef TESTS_LIB_MEM_FAULT_H
#define TESTS_LIB_MEM_FAULT_H

#include <stddef.h>

#include "tests/lib/fault.h"

extern struct fault *const mem_fault;

/* Only while nothing of mem.h is allocated. */
void mem_fault_install(void);
void mem_fault_remove(void);

/* Blocks allocated and not freed since mem_fault_install(). */
size_t mem_fault_outstanding(void);

/* cmocka fixtures; the tear-down fails the test when something is outstanding. */
int mem_fault_set_up(void **state);
int mem_fault_tear_down(void **state);

#endif

/*
 * asserts.h -- cmocka with what it needs, and assertions in our words.
 */
#ifndef TESTS_LIB_ASSERTS_H
#define TESTS_LIB_ASSERTS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "emulator/base/slice.h"
#include "emulator/base/status.h"

#define assert_ok(status) assert_status_at((status), STATUS_OK, __FILE__, __LINE__)
#define assert_status(status, expected) assert_status_at((status), (expected), __FILE__, __LINE__)

/* The bytes of `slice` are those of the C string `expected`. */
#define assert_slice(slice, expected) \
    assert_slice_at((slice), slice_of(expected), __FILE__, __LINE__)

/* The same for bytes that may hold a NUL. */
#define assert_slices_equal(slice, expected) \
    assert_slice_at((slice), (expected), __FILE__, __LINE__)

void assert_status_at(enum status got, enum status expected, const char *file, int line);
void assert_slice_at(struct slice got, struct slice expected, const char *file, int line);

#endif

#include "emulator/base/arena.h"

#include <string.h>

#include "tests/lib/asserts.h"
#include "tests/lib/mem_fault.h"

#define NO_MAXIMUM SIZE_MAX

struct order {
    char letters[8];
    size_t len;
};

static struct order cleaned;

static void note_cleanup(void *arg)
{
    cleaned.letters[cleaned.len++] = *(const char *)arg;
}

static void blocks_are_aligned_and_apart(void **state)
{
    (void)state;
    struct arena a;
    arena_init(&a, NO_MAXIMUM);
    char *blocks[100];
    for (size_t i = 0; i < 100; i++) {
        blocks[i] = arena_alloc(&a, i * 7);
        assert_non_null(blocks[i]);
        assert_int_equal((uintptr_t)blocks[i] % 16, 0);
        memset(blocks[i], (int)i, i * 7);
    }
    for (size_t i = 0; i < 100; i++) {
        for (size_t k = 0; k < i * 7; k++)
            assert_int_equal(blocks[i][k], (char)i);
    }
    arena_clear(&a);
}

static void the_maximum_is_kept(void **state)
{
    (void)state;
    struct arena a;
    arena_init(&a, 100);
    assert_non_null(arena_alloc(&a, 60));
    assert_null(arena_alloc(&a, 60));
    assert_non_null(arena_alloc(&a, 30));
    assert_null(arena_alloc(&a, 30));
    arena_clear(&a);
    assert_non_null(arena_alloc(&a, 100));
    arena_clear(&a);
}

static void tiny_blocks_count_with_their_padding(void **state)
{
    (void)state;
    struct arena a;
    arena_init(&a, 160);
    size_t count = 0;
    while (arena_alloc(&a, 1) != NULL)
        count++;
    assert_int_equal(count, 10);
    arena_clear(&a);
}

static void an_absurd_size_is_refused(void **state)
{
    (void)state;
    struct arena a;
    arena_init(&a, NO_MAXIMUM);
    assert_null(arena_alloc(&a, SIZE_MAX));
    assert_null(arena_alloc(&a, SIZE_MAX - 8));
    volatile size_t absurd = SIZE_MAX - 1; /* volatile, or the compiler warns of it */
    assert_null(arena_text(&a, slice_make("x", absurd)));
    assert_non_null(arena_alloc(&a, 1));
    arena_clear(&a);
}

static void a_large_block_does_not_waste_the_newest(void **state)
{
    (void)state;
    struct arena a;
    arena_init(&a, NO_MAXIMUM);
    const char *small = arena_alloc(&a, 16);
    assert_non_null(arena_alloc(&a, (size_t)1024 * 1024));
    assert_ptr_equal(arena_alloc(&a, 16), small + 16);
    arena_clear(&a);
}

static void cleanups_run_newest_first(void **state)
{
    (void)state;
    struct arena a;
    arena_init(&a, NO_MAXIMUM);
    cleaned.len = 0;
    assert_ok(arena_on_clear(&a, note_cleanup, (char[]){"a"}));
    assert_ok(arena_on_clear(&a, note_cleanup, (char[]){"b"}));
    arena_clear(&a);
    assert_slice(slice_make(cleaned.letters, cleaned.len), "ba");
    arena_clear(&a);
    assert_int_equal(cleaned.len, 2);
}

static void copies_are_terminated(void **state)
{
    (void)state;
    struct arena a;
    arena_init(&a, NO_MAXIMUM);
    assert_string_equal(arena_text(&a, slice_first(SLICE("abcdef"), 3)), "abc");
    assert_string_equal(arena_text(&a, slice_of(NULL)), "");
    struct slice copy;
    assert_ok(arena_copy(&a, SLICE("a\0b"), &copy));
    assert_slices_equal(copy, SLICE("a\0b"));
    assert_string_equal(arena_printf(&a, "%s-%d", "x", 7), "x-7");
    arena_clear(&a);
}

static void zeroed_memory_is_zero(void **state)
{
    (void)state;
    static const char zeros[256];
    struct arena a;
    arena_init(&a, NO_MAXIMUM);
    assert_memory_equal(arena_zalloc(&a, sizeof(zeros)), zeros, sizeof(zeros));
    arena_clear(&a);
}

/* Everything of the arena's interface; false when one of them found no memory. */
static bool use_all(struct arena *a)
{
    static char letter = 'c';
    struct slice copy = SLICE("before");
    enum status status = arena_copy(a, SLICE("after"), &copy);
    assert_slice(copy, status == STATUS_OK ? "after" : "before");
    size_t cleanups = cleaned.len;
    bool has_cleanup = arena_on_clear(a, note_cleanup, &letter) == STATUS_OK;
    assert_int_equal(cleaned.len, cleanups);
    return status == STATUS_OK && has_cleanup && arena_alloc(a, 100000) != NULL &&
           arena_zalloc(a, 100000) != NULL && arena_printf(a, "%0*d", 50000, 1) != NULL;
}

static void sweep(bool is_sticky)
{
    FAULT_SWEEP(mem_fault, n, is_sticky) {
        struct arena a;
        arena_init(&a, NO_MAXIMUM);
        cleaned.len = 0;
        bool is_whole = use_all(&a);
        fault_disarm(mem_fault);
        assert_int_equal(is_whole, !mem_fault->fired);
        assert_non_null(arena_alloc(&a, 16));
        arena_clear(&a);
        assert_int_equal(mem_fault_outstanding(), 0);
    }
}

static void without_memory_it_stays_usable(void **state)
{
    (void)state;
    sweep(false);
    sweep(true);
}

static void a_recycled_arena_is_empty_and_keeps_one_small_block(void **state)
{
    (void)state;
    struct arena a;
    arena_init(&a, (size_t)1024 * 1024);
    cleaned.len = 0;
    assert_non_null(arena_alloc(&a, 100));
    assert_ok(arena_on_clear(&a, note_cleanup, (char[]){"c"}));
    assert_non_null(arena_alloc(&a, 100000));
    arena_recycle(&a);
    assert_slice(slice_make(cleaned.letters, cleaned.len), "c");
    assert_int_equal(a.used_bytes, 0);
    assert_int_equal(mem_fault_outstanding(), 1);

    void *first = arena_alloc(&a, 1000);
    assert_non_null(first);
    memset(first, 'x', 1000);
    assert_int_equal(mem_fault_outstanding(), 1);
    arena_recycle(&a);
    arena_clear(&a);
    assert_int_equal(mem_fault_outstanding(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(blocks_are_aligned_and_apart, mem_fault_set_up,
                                        mem_fault_tear_down),
        cmocka_unit_test_setup_teardown(a_recycled_arena_is_empty_and_keeps_one_small_block,
                                        mem_fault_set_up, mem_fault_tear_down),
        cmocka_unit_test_setup_teardown(the_maximum_is_kept, mem_fault_set_up, mem_fault_tear_down),
        cmocka_unit_test_setup_teardown(tiny_blocks_count_with_their_padding, mem_fault_set_up,
                                        mem_fault_tear_down),
        cmocka_unit_test_setup_teardown(an_absurd_size_is_refused, mem_fault_set_up,
                                        mem_fault_tear_down),
        cmocka_unit_test_setup_teardown(a_large_block_does_not_waste_the_newest, mem_fault_set_up,
                                        mem_fault_tear_down),
        cmocka_unit_test_setup_teardown(cleanups_run_newest_first, mem_fault_set_up,
                                        mem_fault_tear_down),
        cmocka_unit_test_setup_teardown(copies_are_terminated, mem_fault_set_up,
                                        mem_fault_tear_down),
        cmocka_unit_test_setup_teardown(zeroed_memory_is_zero, mem_fault_set_up,
                                        mem_fault_tear_down),
        cmocka_unit_test_setup_teardown(without_memory_it_stays_usable, mem_fault_set_up,
                                        mem_fault_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

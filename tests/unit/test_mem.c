#include "emulator/base/mem.h"

#include "tests/lib/asserts.h"
#include "tests/lib/mem_fault.h"

static void zeroed_memory_is_zero(void **state)
{
    (void)state;
    static const char zeros[64];
    char *bytes = mem_zalloc(sizeof(zeros));
    assert_non_null(bytes);
    assert_memory_equal(bytes, zeros, sizeof(zeros));
    mem_free(bytes);
}

static void nothing_at_all_can_be_allocated_and_freed(void **state)
{
    (void)state;
    void *ptr = mem_alloc(0);
    assert_non_null(ptr);
    ptr = mem_resize(ptr, 0);
    assert_non_null(ptr);
    mem_free(ptr);
    mem_free(NULL);
}

static void a_failed_resize_keeps_the_block(void **state)
{
    (void)state;
    char *bytes = mem_alloc(2);
    assert_non_null(bytes);
    bytes[0] = 'x';
    fault_arm(mem_fault, 1, false);
    assert_null(mem_resize(bytes, 4096));
    fault_disarm(mem_fault);
    assert_int_equal(bytes[0], 'x');
    mem_free(bytes);
}

static void what_is_outstanding_is_counted(void **state)
{
    (void)state;
    void *a = mem_alloc(1);
    void *b = mem_resize(NULL, 1);
    b = mem_resize(b, 100);
    assert_int_equal(mem_fault_outstanding(), 2);
    mem_free(a);
    mem_free(b);
    assert_int_equal(mem_fault_outstanding(), 0);
}

static void a_sweep_fails_each_allocation_once(void **state)
{
    (void)state;
    char seen[4] = {0};
    size_t runs = 0;
    FAULT_SWEEP(mem_fault, n, false) {
        for (size_t i = 0; i < 3; i++) {
            void *ptr = mem_alloc(1);
            seen[i] = (char)(seen[i] + (ptr == NULL));
            mem_free(ptr);
        }
        fault_disarm(mem_fault);
        runs++;
    }
    assert_int_equal(runs, 4);
    assert_memory_equal(seen, "\1\1\1\0", 4);
}

static void a_sticky_fault_goes_on(void **state)
{
    (void)state;
    fault_arm(mem_fault, 2, true);
    void *first = mem_alloc(1);
    assert_non_null(first);
    assert_null(mem_alloc(1));
    assert_null(mem_alloc(1));
    fault_disarm(mem_fault);
    assert_true(mem_fault->fired);
    mem_free(first);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(zeroed_memory_is_zero, mem_fault_set_up,
                                        mem_fault_tear_down),
        cmocka_unit_test_setup_teardown(nothing_at_all_can_be_allocated_and_freed, mem_fault_set_up,
                                        mem_fault_tear_down),
        cmocka_unit_test_setup_teardown(a_failed_resize_keeps_the_block, mem_fault_set_up,
                                        mem_fault_tear_down),
        cmocka_unit_test_setup_teardown(what_is_outstanding_is_counted, mem_fault_set_up,
                                        mem_fault_tear_down),
        cmocka_unit_test_setup_teardown(a_sweep_fails_each_allocation_once, mem_fault_set_up,
                                        mem_fault_tear_down),
        cmocka_unit_test_setup_teardown(a_sticky_fault_goes_on, mem_fault_set_up,
                                        mem_fault_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

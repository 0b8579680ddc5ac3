#include "emulator/base/text.h"

#include <string.h>

#include "emulator/base/arena.h"
#include "tests/lib/asserts.h"
#include "tests/lib/mem_fault.h"

static void appended_pieces_stand_in_a_row(void **state)
{
    (void)state;
    struct text t;
    text_init(&t, 1000);
    text_append(&t, SLICE("a\0b"));
    text_append_text(&t, "-");
    text_append_byte(&t, 'c');
    text_append_u64(&t, UINT64_MAX);
    text_append_i64(&t, INT64_MIN);
    text_append_i64(&t, 0);
    text_printf(&t, "%s=%d", "x", 5);
    assert_ok(t.status);
    assert_slices_equal(text_slice(&t),
                        SLICE("a\0b-c18446744073709551615-92233720368547758080x=5"));
    assert_int_equal(t.ptr[t.len], '\0');
    text_close(&t);
}

static void an_unused_text_is_empty(void **state)
{
    (void)state;
    struct text t;
    text_init(&t, 1000);
    assert_slice(text_slice(&t), "");
    text_close(&t);
    text_close(&t);
}

static void the_maximum_is_exact_and_the_error_sticks(void **state)
{
    (void)state;
    struct text t;
    text_init(&t, 4);
    text_append_text(&t, "abcd");
    assert_ok(t.status);
    text_append_text(&t, "ef");
    assert_status(t.status, STATUS_TOO_LARGE);
    text_clear(&t);
    text_append_text(&t, "abc");
    text_append_text(&t, "de");
    text_append_text(&t, "f");
    assert_status(t.status, STATUS_TOO_LARGE);
    assert_slice(text_slice(&t), "abc");
    assert_null(text_reserve(&t, 1));
    text_close(&t);
}

static void an_absurd_length_is_too_large(void **state)
{
    (void)state;
    struct text t;
    text_init(&t, SIZE_MAX);
    text_append_text(&t, "abc");
    assert_null(text_reserve(&t, SIZE_MAX - 3));
    assert_status(t.status, STATUS_TOO_LARGE);
    text_close(&t);
}

static void clearing_keeps_the_memory_and_forgets_the_error(void **state)
{
    (void)state;
    struct text t;
    text_init(&t, 4);
    text_append_text(&t, "abcd");
    const char *memory = t.ptr;
    text_append_text(&t, "e");
    text_clear(&t);
    assert_ok(t.status);
    assert_string_equal(t.ptr, "");
    text_append_text(&t, "xy");
    assert_slice(text_slice(&t), "xy");
    assert_ptr_equal(t.ptr, memory);
    text_close(&t);
}

static void capacity_stays_within_the_maximum(void **state)
{
    (void)state;
    struct text t;
    text_init(&t, 1000);
    for (int i = 0; i < 1000; i++)
        text_append_byte(&t, 'x');
    assert_ok(t.status);
    assert_int_equal(t.capacity, 1001);
    text_close(&t);
}

static void reserved_room_is_filled_by_the_caller(void **state)
{
    (void)state;
    struct text t;
    text_init(&t, 1000);
    text_append_text(&t, "a");
    char *room = text_reserve(&t, 500);
    assert_non_null(room);
    memcpy(room, "bcd", 3);
    text_grew(&t, 3);
    assert_slice(text_slice(&t), "abcd");
    text_close(&t);
}

static void a_text_in_an_arena_grows_there(void **state)
{
    (void)state;
    struct arena a;
    arena_init(&a, SIZE_MAX);
    struct text t;
    text_init_in(&t, &a, 100000);
    for (int i = 0; i < 10000; i++)
        text_printf(&t, "%04d", i);
    assert_int_equal(t.len, 40000);
    assert_slice(slice_first(slice_from(text_slice(&t), 39996), 4), "9999");
    text_close(&t);
    arena_clear(&a);
}

static void a_full_arena_is_no_memory(void **state)
{
    (void)state;
    struct arena a;
    arena_init(&a, 300);
    struct text t;
    text_init_in(&t, &a, 100000);
    text_append_text(&t, "abc");
    assert_null(text_reserve(&t, 400));
    assert_status(t.status, STATUS_NO_MEMORY);
    assert_slice(text_slice(&t), "abc");
    arena_clear(&a);
}

static void sweep(bool is_sticky)
{
    FAULT_SWEEP(mem_fault, n, is_sticky) {
        struct text t;
        text_init(&t, 100000);
        for (int i = 0; i < 1000; i++)
            text_printf(&t, "%03d", i);
        fault_disarm(mem_fault);
        assert_status(t.status, mem_fault->fired ? STATUS_NO_MEMORY : STATUS_OK);
        assert_true(mem_fault->fired || t.len == 3000);
        assert_true(t.len == 0 || slice_starts_with(text_slice(&t), SLICE("000001002")));
        text_close(&t);
    }
}

static void without_memory_what_was_there_stays(void **state)
{
    (void)state;
    sweep(false);
    sweep(true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(appended_pieces_stand_in_a_row, mem_fault_set_up,
                                        mem_fault_tear_down),
        cmocka_unit_test_setup_teardown(an_unused_text_is_empty, mem_fault_set_up,
                                        mem_fault_tear_down),
        cmocka_unit_test_setup_teardown(the_maximum_is_exact_and_the_error_sticks, mem_fault_set_up,
                                        mem_fault_tear_down),
        cmocka_unit_test_setup_teardown(an_absurd_length_is_too_large, mem_fault_set_up,
                                        mem_fault_tear_down),
        cmocka_unit_test_setup_teardown(clearing_keeps_the_memory_and_forgets_the_error,
                                        mem_fault_set_up, mem_fault_tear_down),
        cmocka_unit_test_setup_teardown(capacity_stays_within_the_maximum, mem_fault_set_up,
                                        mem_fault_tear_down),
        cmocka_unit_test_setup_teardown(reserved_room_is_filled_by_the_caller, mem_fault_set_up,
                                        mem_fault_tear_down),
        cmocka_unit_test_setup_teardown(a_text_in_an_arena_grows_there, mem_fault_set_up,
                                        mem_fault_tear_down),
        cmocka_unit_test_setup_teardown(a_full_arena_is_no_memory, mem_fault_set_up,
                                        mem_fault_tear_down),
        cmocka_unit_test_setup_teardown(without_memory_what_was_there_stays, mem_fault_set_up,
                                        mem_fault_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "emulator/loop/random.h"
#include "emulator/loop/sim_timer_heap.h"

enum { TIMERS = 200, OPERATIONS = 20000 };

/* The heap under test and what it must be equal to: its timers, sorted. */
static struct sim_timer timers[TIMERS];
static struct sim_timer *heap;
static struct sim_timer *sorted[TIMERS];
static size_t sorted_len;

static bool is_earlier(const struct sim_timer *a, const struct sim_timer *b)
{
    return a->due_ms != b->due_ms ? a->due_ms < b->due_ms : a->sequence < b->sequence;
}

static void insert_sorted(struct sim_timer *timer)
{
    size_t at = sorted_len++;
    for (; at > 0 && is_earlier(timer, sorted[at - 1]); at--)
        sorted[at] = sorted[at - 1];
    sorted[at] = timer;
}

static void remove_sorted(const struct sim_timer *timer)
{
    size_t at = 0;
    while (sorted[at] != timer)
        at++;
    for (sorted_len--; at < sorted_len; at++)
        sorted[at] = sorted[at + 1];
}

static void push(struct sim_timer *timer, int64_t due_ms, uint64_t sequence)
{
    timer->due_ms = due_ms;
    timer->sequence = sequence;
    timer->running = true;
    heap = sim_timer_heap_push(heap, timer);
    insert_sorted(timer);
}

static void take(struct sim_timer *timer)
{
    heap = sim_timer_heap_remove(heap, timer);
    timer->running = false;
    assert_null(timer->child);
    assert_null(timer->sibling);
    assert_null(timer->previous);
    remove_sorted(timer);
}

static void take_all_in_order(void)
{
    while (sorted_len > 0) {
        assert_ptr_equal(heap, sorted[0]);
        take(heap);
    }
    assert_null(heap);
}

static int set_up(void **state)
{
    (void)state;
    memset(timers, 0, sizeof(timers));
    heap = NULL;
    sorted_len = 0;
    return 0;
}

static void random_operations_agree_with_a_sorted_array(void **state)
{
    (void)state;
    struct random r;
    random_init_seeded(&r, 20240229);

    for (uint64_t i = 0; i < OPERATIONS; i++) {
        struct sim_timer *timer = &timers[random_below(&r, TIMERS)];
        bool take_root = heap != NULL && random_below(&r, 3) == 0;
        if (take_root)
            take(heap);
        else if (timer->running)
            take(timer);
        else
            push(timer, (int64_t)random_below(&r, 50), i); /* many due at the same time */
        assert_ptr_equal(heap, sorted_len > 0 ? sorted[0] : NULL);
    }

    take_all_in_order();
}

static void timers_due_together_come_in_the_order_pushed(void **state)
{
    (void)state;
    for (size_t i = 0; i < TIMERS; i++)
        push(&timers[i], 5, i);

    for (size_t i = 0; i < TIMERS; i++) {
        assert_ptr_equal(heap, &timers[i]);
        take(heap);
    }

    assert_null(heap);
}

static void extreme_due_times_are_ordered(void **state)
{
    (void)state;
    push(&timers[0], INT64_MAX, 0);
    push(&timers[1], INT64_MIN, 1);
    push(&timers[2], 0, 2);

    assert_ptr_equal(heap, &timers[1]);

    take_all_in_order();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(random_operations_agree_with_a_sorted_array, set_up),
        cmocka_unit_test_setup(timers_due_together_come_in_the_order_pushed, set_up),
        cmocka_unit_test_setup(extreme_due_times_are_ordered, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

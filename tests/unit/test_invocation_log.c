#include <string.h>

#include "emulator/base/arena.h"
#include "emulator/events/event_bus.h"
#include "emulator/lambda/invocation_log.h"
#include "tests/lib/asserts.h"
#include "tests/lib/mem_fault.h"

static const struct invocation_report warm = {
    .request_id = "id-1", .duration_us = 3010, .memory_mb = 128, .used_mb = 2};

static struct arena arena;
static struct invocation_log own_log;

static int set_up(void **state)
{
    int result = mem_fault_set_up(state);
    arena_init(&arena, (size_t)4 << 20);
    invocation_log_init(&own_log);
    return result;
}

static int tear_down(void **state)
{
    invocation_log_close(&own_log);
    arena_clear(&arena);
    return mem_fault_tear_down(state);
}

static void assert_line(size_t index, int64_t at_ms, const char *text)
{
    struct event_log_line *lines = NULL;
    assert_ok(invocation_log_lines(&own_log, &arena, &lines));
    assert_true(index < own_log.count);
    assert_int_equal(lines[index].at_ms, at_ms);
    assert_slice(lines[index].text, text);
}

static void lines_stand_between_start_and_report(void **state)
{
    (void)state;
    invocation_log_start(&own_log, 10, "id-1", "$LATEST");
    invocation_log_append(&own_log, 11, SLICE("hello"));
    invocation_log_end(&own_log, 12, &warm);

    assert_int_equal(own_log.count, 4);
    assert_line(0, 10, "START RequestId: id-1 Version: $LATEST");
    assert_line(1, 11, "hello");
    assert_line(2, 12, "END RequestId: id-1");
    assert_line(3, 12,
                "REPORT RequestId: id-1\tDuration: 3.01 ms\tBilled Duration: 4 ms\tMemory Size: "
                "128 MB\tMax Memory Used: 2 MB\t");
}

static void a_cold_start_bills_its_init(void **state)
{
    (void)state;
    struct invocation_report report = warm;
    report.init_us = 110100;
    invocation_log_end(&own_log, 1, &report);
    assert_line(1, 1,
                "REPORT RequestId: id-1\tDuration: 3.01 ms\tBilled Duration: 114 ms\tMemory Size: "
                "128 MB\tMax Memory Used: 2 MB\tInit Duration: 110.10 ms\t");
}

static void what_went_wrong_stands_at_the_end_of_the_report(void **state)
{
    (void)state;
    struct invocation_report report = warm;
    report.status = "error";
    report.error_type = "Runtime.ExitError";
    invocation_log_end(&own_log, 1, &report);
    assert_line(1, 1,
                "REPORT RequestId: id-1\tDuration: 3.01 ms\tBilled Duration: 4 ms\tMemory Size: "
                "128 MB\tMax Memory Used: 2 MB\tStatus: error\tError Type: Runtime.ExitError");
}

static void each_line_is_its_own_event(void **state)
{
    (void)state;
    invocation_log_append(&own_log, 1, SLICE("one\ntwo\n\nthree\n"));
    assert_int_equal(own_log.count, 4);
    assert_line(0, 1, "one");
    assert_line(1, 1, "two");
    assert_line(2, 1, "");
    assert_line(3, 1, "three");
}

/* CloudWatch Logs holds text: one line of a record's bytes must not spoil the whole log. */
static void bytes_that_are_no_text_are_replaced(void **state)
{
    (void)state;
    invocation_log_append(&own_log, 1, SLICE("a\xFFz\n\xC3"));
    assert_line(0, 1, "a\xEF\xBF\xBDz");
    assert_line(1, 1, "\xEF\xBF\xBD");
}

static void a_line_too_long_for_one_event_becomes_several(void **state)
{
    (void)state;
    static char line[300 * 1024];
    memset(line, 'x', sizeof(line));
    invocation_log_append(&own_log, 1, slice_make(line, sizeof(line)));

    assert_int_equal(own_log.count, 2);
    struct event_log_line *lines = NULL;
    assert_ok(invocation_log_lines(&own_log, &arena, &lines));
    assert_int_equal(lines[0].text.len, INVOCATION_LOG_LINE_BYTES);
    assert_int_equal(lines[1].text.len, sizeof(line) - INVOCATION_LOG_LINE_BYTES);
}

static void text_that_is_no_text_cannot_crowd_out_the_report(void **state)
{
    (void)state;
    static char line[64 * 1024];
    memset(line, 0xFF, sizeof(line));
    for (int i = 0; i < 40; i++)
        invocation_log_append(&own_log, i, slice_make(line, sizeof(line)));
    invocation_log_end(&own_log, 99, &warm);
    assert_line(own_log.count - 2, 99, "END RequestId: id-1");
}

static void nothing_is_added_after_the_end(void **state)
{
    (void)state;
    invocation_log_end(&own_log, 1, &warm);
    invocation_log_append(&own_log, 2, SLICE("too late"));
    assert_int_equal(own_log.count, 2);
}

static void too_many_bytes_are_cut_with_a_line_that_says_so(void **state)
{
    (void)state;
    static char line[64 * 1024];
    memset(line, 'x', sizeof(line));
    for (int i = 0; i < 40; i++)
        invocation_log_append(&own_log, i, slice_make(line, sizeof(line)));
    invocation_log_end(&own_log, 99, &warm);

    assert_int_equal(own_log.count, 15 + 1 + 2);
    struct event_log_line *lines = NULL;
    assert_ok(invocation_log_lines(&own_log, &arena, &lines));
    assert_int_equal(lines[14].text.len, sizeof(line));
    assert_true(slice_starts_with(lines[15].text, SLICE("[hydrant] The rest")));
    assert_slice(lines[16].text, "END RequestId: id-1");
}

static void too_many_lines_are_cut(void **state)
{
    (void)state;
    for (size_t i = 0; i < INVOCATION_LOG_MAX_LINES + 5; i++)
        invocation_log_append(&own_log, 1, SLICE("x"));
    assert_int_equal(own_log.count, INVOCATION_LOG_MAX_LINES + 1);
}

static void the_tail_is_the_last_four_kilobytes(void **state)
{
    (void)state;
    for (int i = 0; i < 1000; i++)
        invocation_log_append(&own_log, 1, SLICE("0123456789"));
    invocation_log_end(&own_log, 2, &warm);
    struct slice tail = invocation_log_tail(&own_log);
    assert_int_equal(tail.len, 4096);
    assert_true(slice_ends_with(tail, SLICE("Max Memory Used: 2 MB\t\n")));
}

static void without_memory_lines_are_lost_but_nothing_breaks(void **state)
{
    (void)state;
    FAULT_SWEEP(mem_fault, n, false) {
        struct invocation_log own;
        invocation_log_init(&own);
        invocation_log_append(&own, 1, SLICE("hello"));
        fault_disarm(mem_fault);
        assert_int_equal(own.count, mem_fault->fired ? 0 : 1);
        invocation_log_close(&own);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(lines_stand_between_start_and_report),
        TEST(a_cold_start_bills_its_init),
        TEST(what_went_wrong_stands_at_the_end_of_the_report),
        TEST(each_line_is_its_own_event),
        TEST(bytes_that_are_no_text_are_replaced),
        TEST(a_line_too_long_for_one_event_becomes_several),
        TEST(text_that_is_no_text_cannot_crowd_out_the_report),
        TEST(nothing_is_added_after_the_end),
        TEST(too_many_bytes_are_cut_with_a_line_that_says_so),
        TEST(too_many_lines_are_cut),
        TEST(the_tail_is_the_last_four_kilobytes),
        TEST(without_memory_lines_are_lost_but_nothing_breaks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "emulator/base/text.h"
#include "emulator/loop/child.h"
#include "emulator/loop/child_run.h"
#include "emulator/loop/loop.h"
#include "tests/lib/asserts.h"
#include "tests/lib/mem_fault.h"

static struct world {
    struct loop *loop;
    struct child *child;
    struct text output;
    struct child_exit how;
    unsigned exits;
    const char *kill_at; /* when the output has this */
} w;

static void on_output(void *ctx, struct slice bytes)
{
    (void)ctx;
    text_append(&w.output, bytes);
    if (w.kill_at != NULL && strstr(w.output.ptr, w.kill_at) != NULL)
        child_kill(w.child);
}

static void on_exit_of(void *ctx, struct child_exit how)
{
    (void)ctx;
    w.how = how;
    w.exits++;
    loop_stop(w.loop);
}

static int set_up(void **state)
{
    memset(&w, 0, sizeof(w));
    if (mem_fault_set_up(state) != 0)
        return -1;
    text_init(&w.output, (size_t)1 << 22);
    assert_ok(loop_create(&w.loop));
    return 0;
}

static int tear_down(void **state)
{
    child_destroy(w.child);
    loop_destroy(w.loop);
    text_close(&w.output);
    return mem_fault_tear_down(state);
}

static enum status start(const char *const *arguments, const char *const *environment)
{
    const struct child_options options = {
        .arguments = arguments,
        .environment = environment,
        .folder = "/",
        .on_output = on_output,
        .on_exit = on_exit_of,
    };
    return child_start(w.loop, &options, &w.child);
}

static void run(const char *script)
{
    const char *const arguments[] = {"/bin/sh", "-c", script, NULL};
    const char *const environment[] = {"COLOUR=blue", NULL};
    assert_ok(start(arguments, environment));
    loop_run(w.loop);
    assert_int_equal(w.exits, 1);
}

static void output_and_errors_come_in_order_and_the_exit_status_last(void **state)
{
    (void)state;
    run("pwd; echo $COLOUR $HOME >&2; echo done; exit 3");
    assert_slice(text_slice(&w.output), "/\nblue\ndone\n");
    assert_int_equal(w.how.status, 3);
    assert_int_equal(w.how.signal, 0);
}

static void a_signal_that_ended_it_is_told(void **state)
{
    (void)state;
    run("kill -SEGV $$");
    assert_int_equal(w.how.signal, 11);
}

static void all_output_is_read_before_the_exit(void **state)
{
    (void)state;
    run("i=0; while [ $i -lt 2000 ]; do echo 0123456789012345678901234567890123456789; "
        "i=$((i+1)); done");
    assert_int_equal(w.output.len, 2000 * 41);
}

static void killing_it_ends_its_descendants_too(void **state)
{
    (void)state;
    w.kill_at = "ready";
    run("sleep 1000 & sleep 1000 & echo ready; wait");
    assert_int_equal(w.how.signal, 9);
    assert_slice(text_slice(&w.output), "ready\n");
}

static void a_program_that_is_not_there_is_not_found(void **state)
{
    (void)state;
    const char *const arguments[] = {"/no/such/program", NULL};
    const char *const environment[] = {NULL};
    assert_int_equal(start(arguments, environment), STATUS_NOT_FOUND);
    assert_int_equal(w.exits, 0);
}

static void its_memory_is_known_while_it_runs(void **state)
{
    (void)state;
    const char *const arguments[] = {"/bin/sh", "-c", "sleep 1000", NULL};
    const char *const environment[] = {NULL};
    assert_ok(start(arguments, environment));
    assert_true(child_memory(w.child) > 0);
    assert_true(child_peak_memory(w.child) >= 1024);
    child_kill(w.child);
    loop_run(w.loop);
    assert_int_equal(child_memory(w.child), 0);
}

static void without_memory_nothing_is_left_over(void **state)
{
    (void)state;
    FAULT_SWEEP(mem_fault, n, false) {
        const char *const arguments[] = {"/bin/true", NULL};
        const char *const environment[] = {NULL};
        enum status status = start(arguments, environment);
        fault_disarm(mem_fault);
        assert_true(status == STATUS_OK || (mem_fault->fired && status == STATUS_NO_MEMORY));
        if (status == STATUS_OK)
            loop_run(w.loop);
        child_destroy(w.child);
        w.child = NULL;
    }
}

/* ---- child_run.h ------------------------------------------------------------------------- */

static struct child_exit run_shell(const char *script, int64_t timeout_ms, struct text *output)
{
    const char *const arguments[] = {"/bin/sh", "-c", script, NULL};
    struct child_exit how = {.status = -1};
    assert_ok(child_run(arguments, timeout_ms, output, &how));
    return how;
}

static void a_short_one_is_read_to_its_end(void **state)
{
    (void)state;
    struct text output;
    text_init(&output, 4096);
    struct child_exit how = run_shell("echo out; echo err >&2; exit 3", 10000, &output);
    assert_int_equal(how.status, 3);
    assert_int_equal(how.signal, 0);
    assert_slice(text_slice(&output), "out\n");
    text_close(&output);
}

static void a_short_one_that_is_long_is_killed(void **state)
{
    (void)state;
    struct text output;
    text_init(&output, 4096);
    struct child_exit how = run_shell("echo out; exec sleep 100", 200, &output);
    assert_int_equal(how.signal, SIGKILL);
    assert_slice(text_slice(&output), "out\n");
    text_close(&output);
}

static void a_short_one_may_leave_others_behind_and_write_more_than_there_is_room(void **state)
{
    (void)state;
    struct text output;
    text_init(&output, 4096);
    struct child_exit how = run_shell("sleep 100 & yes | head -c 100000", 10000, &output);
    assert_int_equal(how.status, 0);
    assert_status(output.status, STATUS_TOO_LARGE);
    text_close(&output);
}

static void a_short_one_that_is_not_there_is_not_found(void **state)
{
    (void)state;
    const char *const arguments[] = {"/nowhere", NULL};
    struct child_exit how = {.status = 0};
    struct text output;
    text_init(&output, 4096);
    enum status status = child_run(arguments, 1000, &output, &how);
    /* Under valgrind, which has no vfork(), it is the exit status that tells. */
    assert_true(status == STATUS_NOT_FOUND || (status == STATUS_OK && how.status == 127));
    text_close(&output);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(output_and_errors_come_in_order_and_the_exit_status_last),
        TEST(a_signal_that_ended_it_is_told),
        TEST(all_output_is_read_before_the_exit),
        TEST(killing_it_ends_its_descendants_too),
        TEST(a_program_that_is_not_there_is_not_found),
        TEST(its_memory_is_known_while_it_runs),
        TEST(without_memory_nothing_is_left_over),
        TEST(a_short_one_is_read_to_its_end),
        TEST(a_short_one_that_is_long_is_killed),
        TEST(a_short_one_may_leave_others_behind_and_write_more_than_there_is_room),
        TEST(a_short_one_that_is_not_there_is_not_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

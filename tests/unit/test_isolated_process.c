/* Helpers that end while something of theirs is under way. */
#include <string.h>

#include "emulator/lambda/lambda_internal.h"
#include "tests/lib/asserts.h"
#include "tests/unit/lambda_world.h"

#define PUT_MANY EVENT("cHV0IG1hbnk=") /* 150 rows, the 8th of them empty */

static struct held {
    struct api_port_call *calls[200];
    size_t count;
    struct loop_task then; /* when a whole lot of them is there */
    struct loop_task answer;
} held;

static void hold_call(void *ctx, struct api_port_call *call)
{
    (void)ctx;
    held.calls[held.count++] = call;
    if (held.count % API_GATE_CALLS_MAX == 0)
        loop_defer(world.loop, &held.then);
}

static void answer_held(struct loop_task *task)
{
    (void)task;
    for (size_t i = 0; i < held.count; i++) {
        held.calls[i]->http_status = 200;
        held.calls[i]->output = SLICE("{}");
        held.calls[i]->done(held.calls[i]);
    }
}

static void start(struct lambda_invocation *invocation, void (*then)(struct loop_task *task))
{
    memset(&held, 0, sizeof(held));
    loop_task_init(&held.then, then);
    loop_task_init(&held.answer, answer_held);
    world.port.call = hold_call;
    world_start(invocation, "words", PUT_MANY);
    world_run();
}

static void reset(struct loop_task *task)
{
    (void)task;
    lambda_engine_reset(world.engine);
}

static void rows_of_a_world_that_was_reset_are_put_no_further(void **state)
{
    (void)state;
    struct lambda_invocation invocation;
    world_add("words", "plugin_by_word.so");
    start(&invocation, reset);
    assert_int_equal(invocation.outcome, LAMBDA_INTERNAL_ERROR);
    assert_int_equal(held.count, API_GATE_CALLS_MAX);
    assert_false(lambda_engine_is_quiet(world.engine));
    loop_defer(world.loop, &held.answer);
    world_run_until_quiet();
    assert_int_equal(held.count, API_GATE_CALLS_MAX);
    lambda_invocation_clear(&invocation);
}

static void wait_for_the_timeout(struct loop_task *task)
{
    (void)task;
}

static void rows_of_an_invocation_that_timed_out_are_put_no_further(void **state)
{
    (void)state;
    struct lambda_invocation invocation;
    (void)world_store("words", "plugin_by_word.so", 1);
    start(&invocation, wait_for_the_timeout);
    assert_int_equal(invocation.outcome, LAMBDA_TIMED_OUT);
    assert_int_equal(held.count, API_GATE_CALLS_MAX);
    loop_defer(world.loop, &held.answer);
    world_run_until_quiet();
    assert_int_equal(held.count, API_GATE_CALLS_MAX);
    lambda_invocation_clear(&invocation);
}

/* A helper that ends when nobody asked it to. */
static void the_next_invocation_has_a_new_process(void **state)
{
    (void)state;
    struct lambda_invocation invocation;
    world_add("words", "plugin_by_word.so");
    for (int i = 0; i < 3; i++) {
        world_invoke(&invocation, "words", EVENT("Y3Jhc2g=")); /* "crash" */
        assert_int_equal(invocation.outcome, LAMBDA_FUNCTION_ERROR);
        assert_true(slice_search(invocation.payload, SLICE("segmentation fault")) <
                    invocation.payload.len);
        lambda_invocation_clear(&invocation);
        world_invoke(&invocation, "words", EVENT("dXBwZXI="));
        assert_int_equal(invocation.outcome, LAMBDA_OK);
        lambda_invocation_clear(&invocation);
    }
}

static void more_invocations_than_one_wait_for_the_one_process(void **state)
{
    (void)state;
    struct lambda_invocation invocations[5];
    world_add("words", "plugin_by_word.so");
    for (int i = 0; i < 5; i++)
        world_start(&invocations[i], "words", EVENT("dXBwZXI="));
    struct lambda_slot *slot =
        lambda_slot_find(world.engine, SLICE("000000000000"), SLICE(""), SLICE("words"));
    assert_int_equal(slot->process_count, 1);
    assert_int_equal(slot->waiting_count, 4);
    world_run();
    assert_int_equal(slot->process_count, 1);
    for (int i = 0; i < 5; i++) {
        assert_int_equal(invocations[i].outcome, LAMBDA_OK);
        lambda_invocation_clear(&invocations[i]);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_set_up, world_tear_down)

int main(int argc, char **argv)
{
    int code = 0;
    if (world_is_helper(argc, argv, &code))
        return code;
    world_isolate();
    const struct CMUnitTest tests[] = {
        TEST(rows_of_a_world_that_was_reset_are_put_no_further),
        TEST(rows_of_an_invocation_that_timed_out_are_put_no_further),
        TEST(the_next_invocation_has_a_new_process),
        TEST(more_invocations_than_one_wait_for_the_one_process),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

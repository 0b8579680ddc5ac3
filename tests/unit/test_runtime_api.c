#include <string.h>

#include "emulator/base/list.h"
#include "emulator/base/text.h"
#include "emulator/lambda/runtime_api.h"
#include "tests/lib/asserts.h"
#include "tests/lib/mem_fault.h"

static struct text told; /* what the listener and the waiting calls were told */

static void is_idle(void *ctx)
{
    (void)ctx;
    text_append_text(&told, "idle ");
}

static void has_response(void *ctx, struct slice body)
{
    (void)ctx;
    text_printf(&told, "response:%.*s ", SLICE_ARG(body));
}

static void has_error(void *ctx, struct slice body)
{
    (void)ctx;
    text_printf(&told, "error:%.*s ", SLICE_ARG(body));
}

static void has_init_error(void *ctx, struct slice body)
{
    (void)ctx;
    text_printf(&told, "init:%.*s ", SLICE_ARG(body));
}

static void has_too_much(void *ctx)
{
    (void)ctx;
    text_append_text(&told, "too-much ");
}

static const struct runtime_listener listener = {is_idle, has_response, has_error, has_init_error,
                                                 has_too_much};

static void deliver(struct runtime_next *next, const struct runtime_event *event)
{
    (void)next;
    if (event == NULL)
        text_append_text(&told, "closed ");
    else
        text_printf(&told, "event:%.*s ", SLICE_ARG(event->body));
}

static struct runtime_api api;
static struct runtime_next next = {deliver};

static int set_up(void **state)
{
    text_init(&told, 4096);
    runtime_api_init(&api, &listener, NULL);
    return mem_fault_set_up(state);
}

static int tear_down(void **state)
{
    text_close(&told);
    return mem_fault_tear_down(state);
}

static void invoke(const char *id)
{
    const struct runtime_event event = {.request_id = slice_of(id), .body = SLICE("{}")};
    assert_int_equal(runtime_api_next(&api, &next), RUNTIME_ACCEPTED);
    runtime_api_invoke(&api, &event);
}

static void an_invocation_goes_round(void **state)
{
    (void)state;
    invoke("one");
    assert_int_equal(runtime_api_response(&api, SLICE("one"), SLICE("1")), RUNTIME_ACCEPTED);
    invoke("two");
    assert_int_equal(runtime_api_error(&api, SLICE("two"), SLICE("2")), RUNTIME_ACCEPTED);
    assert_int_equal(runtime_api_next(&api, &next), RUNTIME_ACCEPTED);
    assert_slice(text_slice(&told), "idle event:{} response:1 idle event:{} error:2 idle ");
}

static void another_id_is_refused(void **state)
{
    (void)state;
    assert_int_equal(runtime_api_response(&api, SLICE("one"), SLICE("1")), RUNTIME_BAD_ID);
    invoke("one");
    assert_int_equal(runtime_api_response(&api, SLICE("two"), SLICE("1")), RUNTIME_BAD_ID);
    assert_int_equal(runtime_api_error(&api, SLICE(""), SLICE("1")), RUNTIME_BAD_ID);
    assert_int_equal(runtime_api_response(&api, SLICE("one"), SLICE("1")), RUNTIME_ACCEPTED);
    assert_int_equal(runtime_api_response(&api, SLICE("one"), SLICE("1")), RUNTIME_BAD_STATE);
    assert_int_equal(runtime_api_error(&api, SLICE("one"), SLICE("1")), RUNTIME_BAD_STATE);
    assert_slice(text_slice(&told), "idle event:{} response:1 ");
}

static void next_is_refused_while_an_invocation_runs_or_another_next_waits(void **state)
{
    (void)state;
    assert_int_equal(runtime_api_next(&api, &next), RUNTIME_ACCEPTED);
    assert_int_equal(runtime_api_next(&api, &next), RUNTIME_BAD_STATE);
    const struct runtime_event event = {.request_id = SLICE("one"), .body = SLICE("{}")};
    runtime_api_invoke(&api, &event);
    assert_int_equal(runtime_api_next(&api, &next), RUNTIME_BAD_STATE);
}

static void an_init_error_counts_before_the_first_next_only(void **state)
{
    (void)state;
    assert_int_equal(runtime_api_init_error(&api, SLICE("x")), RUNTIME_ACCEPTED);
    assert_int_equal(runtime_api_next(&api, &next), RUNTIME_BAD_STATE);
    runtime_api_init(&api, &listener, NULL);
    invoke("one");
    assert_int_equal(runtime_api_init_error(&api, SLICE("y")), RUNTIME_BAD_STATE);
    assert_slice(text_slice(&told), "init:x idle event:{} ");
}

static void a_response_may_have_so_many_bytes_and_no_more(void **state)
{
    (void)state;
    static char bytes[RUNTIME_RESPONSE_MAX_BYTES + 1];
    invoke("one");
    assert_int_equal(runtime_api_response(&api, SLICE("one"), slice_make(bytes, sizeof(bytes))),
                     RUNTIME_TOO_LARGE);
    assert_slice(text_slice(&told), "idle event:{} too-much ");
}

static void a_next_that_waits_is_told_of_the_end(void **state)
{
    (void)state;
    assert_int_equal(runtime_api_next(&api, &next), RUNTIME_ACCEPTED);
    runtime_api_close(&api);
    runtime_api_close(&api);
    assert_int_equal(runtime_api_next(&api, &next), RUNTIME_BAD_STATE);
    assert_slice(text_slice(&told), "idle closed ");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_invocation_goes_round),
        TEST(another_id_is_refused),
        TEST(next_is_refused_while_an_invocation_runs_or_another_next_waits),
        TEST(an_init_error_counts_before_the_first_next_only),
        TEST(a_response_may_have_so_many_bytes_and_no_more),
        TEST(a_next_that_waits_is_told_of_the_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

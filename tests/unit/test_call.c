#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "emulator/base/log.h"
#include "emulator/http/call.h"
#include "emulator/http/service.h"
#include "tests/lib/asserts.h"
#include "tests/lib/mem_fault.h"

static const struct api_error internal = {"InternalFailure", 500, "", false};
static const struct api_error unavailable = {"ServiceUnavailable", 503, "", false};
static const struct api_error broken = {"Broken", 400, "", false};
static const struct common_errors errors = {.internal = &internal, .unavailable = &unavailable};

static void write_error(struct call *call, const struct api_error *error, struct slice message)
{
    call_add_header_text(call, "x-error", error->code);
    call_answer(call, error->status, "text/plain", message);
}

static const struct service service = {
    .name = "fake", .title = "Fake", .errors = &errors, .write_error = write_error};

static int times_answered;

static void on_answered(struct call *call)
{
    (void)call;
    times_answered++;
}

static int set_up(void **state)
{
    static struct call call;
    mem_fault_install();
    call_init(&call);
    call.service = &service;
    call.state = CALL_RUNNING;
    call.answered = on_answered;
    times_answered = 0;
    *state = &call;
    return 0;
}

static int tear_down(void **state)
{
    call_close(*state);
    return mem_fault_tear_down(state);
}

static void assert_header(const struct call *call, size_t at, const char *name, const char *value)
{
    assert_true(at < call->response.header_count);
    assert_slice(call->response.headers[at].name, name);
    assert_slice(call->response.headers[at].value, value);
}

static void an_answer_holds_its_status_headers_and_bytes(void **state)
{
    struct call *call = *state;
    char value[] = "first";
    call_add_header(call, "x-one", slice_of(value));
    value[0] = 'X'; /* the header is a copy */
    assert_false(call_is_answered(call));
    call_answer(call, 200, "text/plain", SLICE("body"));
    assert_true(call_is_answered(call));
    assert_int_equal(call->response.status, 200);
    assert_int_equal(call->response.header_count, 2);
    assert_header(call, 0, "x-one", "first");
    assert_header(call, 1, "Content-Type", "text/plain");
    assert_slice(call->response.body, "body");
}

static void only_a_late_answer_is_told_to_the_gateway(void **state)
{
    struct call *call = *state;
    call_answer(call, 200, NULL, SLICE(""));
    assert_int_equal(times_answered, 0);
    call->state = CALL_WAITING;
    call_answer(call, 200, NULL, SLICE(""));
    assert_int_equal(times_answered, 1);
    assert_int_equal(call->state, CALL_ANSWERED);
}

static void a_failure_drops_what_was_prepared(void **state)
{
    struct call *call = *state;
    call_add_header_text(call, "x-one", "1");
    call_fail(call, &broken, "%s is %d", "seven", 7);
    assert_int_equal(call->response.status, 400);
    assert_int_equal(call->response.header_count, 2);
    assert_header(call, 0, "x-error", "Broken");
    assert_slice(call->response.body, "seven is 7");
    assert_string_equal(call->error_code, "Broken");
}

static void a_message_with_foreign_bytes_is_made_utf8(void **state)
{
    struct call *call = *state;
    call_fail(call, &broken, "%s", "a\xFF\xC3\xA9\xC3");
    assert_slice(call->response.body, "a?\xC3\xA9?");
}

static void a_text_that_failed_becomes_the_internal_error(void **state)
{
    struct call *call = *state;
    struct text text;
    text_init_in(&text, &call->arena, 3);
    text_append_text(&text, "four");
    call_answer_text(call, 200, "text/plain", &text);
    assert_int_equal(call->response.status, 500);
    assert_header(call, 0, "x-error", "InternalFailure");
}

static void what_may_pass_is_unavailable_and_the_rest_internal(void **state)
{
    struct call *call = *state;
    call_fail_internal(call, STATUS_DISK_FULL, "writing");
    assert_int_equal(call->response.status, 503);
    call->state = CALL_RUNNING;
    call_fail_internal(call, STATUS_IO_ERROR, "writing");
    assert_int_equal(call->response.status, 500);
    assert_slice(call->response.body, "Hydrant could not do this: writing (input/output error).");
}

static void replacing_an_answer_closes_its_file(void **state)
{
    struct call *call = *state;
    int file = open("/dev/null", O_RDONLY | O_CLOEXEC);
    assert_true(file >= 0);
    call_answer_file(call, 200, "text/plain", file, 0, 10);
    call_replace_answer(call, STATUS_DISK_FULL, "writing to the database");
    assert_int_equal(call->response.status, 503);
    assert_int_equal(call->response.file, -1);
    assert_int_equal(fcntl(file, F_GETFD), -1);
}

static void too_many_headers_make_the_internal_error_instead(void **state)
{
    struct call *call = *state;
    for (int i = 0; i <= RESPONSE_MAX_HEADERS; i++)
        call_add_header_text(call, "x-one", "1");
    call_answer(call, 200, "text/plain", SLICE("body"));
    assert_true(call_is_answered(call));
    assert_int_equal(call->response.status, 500);
    assert_header(call, 0, "x-error", "InternalFailure");
    assert_false(call->response.is_incomplete);
}

static void a_late_answer_that_fails_is_told_once(void **state)
{
    struct call *call = *state;
    call->state = CALL_WAITING;
    for (int i = 0; i <= RESPONSE_MAX_HEADERS; i++)
        call_add_header_text(call, "x-one", "1");
    call_answer(call, 200, "text/plain", SLICE("body"));
    assert_int_equal(times_answered, 1);
    assert_int_equal(call->response.status, 500);
}

static void without_any_memory_an_empty_500_is_left(void **state)
{
    struct call *call = *state;
    call->state = CALL_WAITING;
    fault_arm(mem_fault, 1, true);
    call_add_header_text(call, "x-one", "1");
    call_answer(call, 200, "text/plain", SLICE("body"));
    fault_disarm(mem_fault);
    assert_int_equal(call->response.status, 500);
    assert_int_equal(call->response.header_count, 0);
    assert_slice(call->response.body, "");
    assert_int_equal(times_answered, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_answer_holds_its_status_headers_and_bytes, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(only_a_late_answer_is_told_to_the_gateway, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_failure_drops_what_was_prepared, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_message_with_foreign_bytes_is_made_utf8, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_text_that_failed_becomes_the_internal_error, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(what_may_pass_is_unavailable_and_the_rest_internal, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(replacing_an_answer_closes_its_file, set_up, tear_down),
        cmocka_unit_test_setup_teardown(too_many_headers_make_the_internal_error_instead, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_late_answer_that_fails_is_told_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(without_any_memory_an_empty_500_is_left, set_up, tear_down),
    };
    log_set_level(LOG_ERROR + 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}

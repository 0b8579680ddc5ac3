#include <stdio.h>

#include "emulator/base/text.h"
#include "emulator/delivery/endpoint_answer.h"
#include "emulator/delivery/http_client.h"
#include "tests/lib/asserts.h"

#define ID "d6bb1c3a-0000-4000-8000-000000000000"
#define TAKEN "{\"requestId\":\"" ID "\",\"timestamp\":1}"

static struct http_exchange exchange;

static struct endpoint_verdict judge(long status, const char *type, const char *body)
{
    exchange = (struct http_exchange){.status = status, .has_length = true};
    (void)snprintf(exchange.content_type, sizeof(exchange.content_type), "%s", type);
    text_init(&exchange.answer, HTTP_ANSWER_MAX_BYTES);
    text_append_text(&exchange.answer, body);
    return endpoint_answer_judge(&exchange, SLICE(ID));
}

static int tear_down(void **state)
{
    (void)state;
    text_close(&exchange.answer);
    return 0;
}

static void assert_refused(long status, const char *type, const char *body, const char *code)
{
    struct endpoint_verdict verdict = judge(status, type, body);
    assert_non_null(verdict.error);
    assert_slice(verdict.error->code, code);
    assert_int_equal(verdict.is_permanent, status == 413);
    text_close(&exchange.answer);
}

static void the_same_request_id_and_a_time_are_an_acknowledgement(void **state)
{
    (void)state;
    assert_null(judge(200, "application/json", TAKEN).error);
    text_close(&exchange.answer);
    assert_null(judge(200, "Application/JSON; charset=utf-8", TAKEN).error);
    text_close(&exchange.answer);
    assert_null(judge(200, "application/json",
                      "{\"errorMessage\":\"\",\"timestamp\":1578090903599,\"requestId\":\"" ID
                      "\"}")
                    .error);
}

static void anything_else_with_status_200_is_invalid(void **state)
{
    (void)state;
    static const char code[] = "HttpEndpoint.InvalidResponseFromDestination";
    static const char *const bodies[] = {
        "",
        "{",
        "null",
        "[]",
        "{}",
        "{\"requestId\":\"" ID "\"}",
        "{\"requestId\":\"other\",\"timestamp\":1}",
        "{\"requestId\":\"" ID "\",\"timestamp\":\"1\"}",
        TAKEN "x",
    };
    for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++)
        assert_refused(200, "application/json", bodies[i], code);
    assert_refused(200, "", TAKEN, code);
    assert_refused(200, "text/html", TAKEN, code);
    assert_refused(200, "application/jsonx", TAKEN, code);
}

static void an_encoded_answer_and_one_without_length_are_invalid(void **state)
{
    (void)state;
    assert_null(judge(200, "application/json", TAKEN).error);
    exchange.has_length = false;
    assert_non_null(endpoint_answer_judge(&exchange, SLICE(ID)).error);
    exchange.has_length = true;
    exchange.has_encoding = true;
    assert_non_null(endpoint_answer_judge(&exchange, SLICE(ID)).error);
}

static void every_other_status_refuses_and_only_413_for_good(void **state)
{
    (void)state;
    static const long statuses[] = {201, 204, 301, 400, 401, 413, 429, 500, 503};
    for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++)
        assert_refused(statuses[i], "application/json", TAKEN, "HttpEndpoint.DestinationException");
}

static void what_was_not_answered_has_a_code_of_its_own(void **state)
{
    (void)state;

    static const struct {
        enum http_outcome outcome;
        const char *code;
    } cases[] = {
        {HTTP_NOT_CONNECTED, "HttpEndpoint.ConnectionFailed"},
        {HTTP_NO_HANDSHAKE, "HttpEndpoint.SSLHandshakeFailure"},
        {HTTP_TIMED_OUT, "HttpEndpoint.RequestTimeout"},
        {HTTP_TOO_LARGE, "HttpEndpoint.ResponseTooLarge"},
        {HTTP_BROKEN, "HttpEndpoint.ConnectionReset"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        exchange = (struct http_exchange){.outcome = cases[i].outcome, .status = 200};
        struct endpoint_verdict verdict = endpoint_answer_judge(&exchange, SLICE(ID));
        assert_slice(verdict.error->code, cases[i].code);
        assert_false(verdict.is_permanent);
    }
}

static void a_message_shows_status_and_answer_cut_and_made_valid(void **state)
{
    (void)state;
    struct text message;
    text_init(&message, 16384);
    struct endpoint_verdict verdict = judge(503, "text/plain", "no \xff");
    endpoint_answer_message(&message, verdict.error, &exchange);
    assert_slice(text_slice(&message),
                 "The following response was received from the endpoint destination. 503: no "
                 "\xef\xbf\xbd");
    for (unsigned i = 0; i < 3000; i++)
        text_append_byte(&exchange.answer, 'x');
    text_clear(&message);
    endpoint_answer_message(&message, verdict.error, &exchange);
    assert_in_range(message.len, 1024, 1200);
    text_close(&message);
}

static void the_back_off_doubles_up_to_two_minutes(void **state)
{
    (void)state;
    static const int64_t seconds[] = {1, 2, 4, 8, 16, 32, 64, 120, 120};
    for (unsigned i = 0; i < sizeof(seconds) / sizeof(seconds[0]); i++)
        assert_int_equal(endpoint_answer_back_off_ms(i + 1, 150), seconds[i] * 1000);
    assert_int_equal(endpoint_answer_back_off_ms(4000000000U, 150), 120000);
}

static void the_back_off_spreads_by_15_percent(void **state)
{
    (void)state;
    assert_int_equal(endpoint_answer_back_off_ms(1, 0), 850);
    assert_int_equal(endpoint_answer_back_off_ms(1, 300), 1150);
    assert_int_equal(endpoint_answer_back_off_ms(20, 0), 102000);
    assert_int_equal(endpoint_answer_back_off_ms(20, 300), 120000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(the_same_request_id_and_a_time_are_an_acknowledgement, tear_down),
        cmocka_unit_test(anything_else_with_status_200_is_invalid),
        cmocka_unit_test_teardown(an_encoded_answer_and_one_without_length_are_invalid, tear_down),
        cmocka_unit_test(every_other_status_refuses_and_only_413_for_good),
        cmocka_unit_test(what_was_not_answered_has_a_code_of_its_own),
        cmocka_unit_test_teardown(a_message_shows_status_and_answer_cut_and_made_valid, tear_down),
        cmocka_unit_test(the_back_off_doubles_up_to_two_minutes),
        cmocka_unit_test(the_back_off_spreads_by_15_percent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

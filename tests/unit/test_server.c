#include "server_world.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "emulator/base/log.h"
#include "emulator/http/call.h"
#include "emulator/http/server.h"
#include "emulator/loop/loop.h"
#include "tests/lib/asserts.h"
#include "tests/lib/mem_fault.h"

/* ---- requests and answers ---- */

static void a_connection_serves_one_request_after_the_other(void **state)
{
    int client = dial(*state);
    for (int i = 0; i < 3; i++)
        assert_still_works(client);
    (void)close(client);
}

static void pipelined_requests_are_answered_in_order(void **state)
{
    int client = dial(*state);
    say(client, "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\none"
                "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\ntwo");
    assert_reply(client, 200, "one");
    assert_reply(client, 200, "two");
    (void)close(client);
}

static void the_head_arrives_raw(void **state)
{
    int client = dial(*state);
    say(client, "GET /a%2Fb//../c%00?x=%41+&&y HTTP/1.1\r\nHost: h:80\r\nX-Utf8: \xC3\xA9\r\n\r\n");
    assert_reply(client, 200,
                 "GET|/a%2Fb//../c%00?x=%41+&&y|/a%2Fb//../c%00|x=%41+&&y|h:80|\xC3\xA9");
    say(client, "BREW / HTTP/1.1\r\nHost: h\r\n\r\n");
    assert_reply(client, 200, "BREW|/|/||h|");
    (void)close(client);
}

static void absolute_and_odd_targets_become_paths(void **state)
{
    static const char *const targets[] = {"http://h/a?b=/c", "http://h?b=/c", "https://h", "*",
                                          "/a?u=http://x/y"};
    static const char *const expected[] = {"GET|/a?b=/c|/a|b=/c|h|", "GET|/?b=/c|/|b=/c|h|",
                                           "GET|/|/||h|", "GET|/*|/*||h|",
                                           "GET|/a?u=http://x/y|/a|u=http://x/y|h|"};
    int client = dial(*state);
    for (size_t i = 0; i < 5; i++) {
        char request[128];
        (void)snprintf(request, sizeof(request), "GET %s HTTP/1.1\r\nHost: h\r\n\r\n", targets[i]);
        say(client, request);
        assert_reply(client, 200, expected[i]);
    }
    (void)close(client);
}

static void a_query_of_thousands_of_parameters_arrives(void **state)
{
    enum { PARAMETERS = 9000 };

    int client = dial(*state);
    char *query = malloc(PARAMETERS + 1);
    memset(query, '&', PARAMETERS);
    query[PARAMETERS] = '\0';
    say(client, "GET /echo?");
    say(client, query);
    say(client, " HTTP/1.1\r\nHost: h\r\n\r\n");
    assert_reply(client, 200, "");
    assert_still_works(client);
    free(query);
    (void)close(client);
}

static void a_chunked_body_arrives_whole(void **state)
{
    int client = dial(*state);
    say(client, "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
                "5\r\nfirst\r\n7;x=y\r\n second\r\n0\r\nX-Trailer: t\r\n\r\n");
    assert_reply(client, 200, "first second");
    assert_still_works(client);
    (void)close(client);
}

static void a_large_body_arrives_whole(void **state)
{
    int client = dial(*state);
    char *bytes = make_bytes(BODY_MAX_BYTES);
    struct reply reply;
    say(client, "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\n");
    say_bytes(client, bytes, BODY_MAX_BYTES);
    hear(client, &reply);
    assert_slices_equal(text_slice(&reply.body), slice_make(bytes, BODY_MAX_BYTES));
    text_close(&reply.body);
    free(bytes);
    (void)close(client);
}

static void a_range_of_a_file_is_sent(void **state)
{
    int client = dial(*state);
    struct reply reply;
    say(client, "GET /file HTTP/1.1\r\nHost: h\r\n\r\n");
    hear(client, &reply);
    assert_int_equal(reply.status, 206);
    assert_int_equal(reply.body.len, 900000);
    assert_memory_equal(reply.body.ptr, "1234\n000001235\n", 15);
    assert_memory_equal(reply.body.ptr + 900000 - 15, "000091233\n00009", 15);
    text_close(&reply.body);
    say(client, "GET /no-bytes-of-file HTTP/1.1\r\nHost: h\r\n\r\n");
    assert_reply(client, 206, "");
    assert_still_works(client);
    (void)close(client);
}

static void a_head_answer_has_the_length_and_no_bytes(void **state)
{
    int client = dial(*state);
    struct reply reply;
    say(client, "HEAD /length HTTP/1.1\r\nHost: h\r\n\r\n");
    hear_head(client, &reply);
    assert_int_equal(reply.status, 200);
    assert_true(number_of(&reply, "\r\nContent-Length:") == 5000000000);
    assert_still_works(client);
    say(client, "HEAD /refuse HTTP/1.1\r\nHost: h\r\n\r\n");
    hear_head(client, &reply);
    assert_int_equal(reply.status, 403);
    assert_still_works(client);
    (void)close(client);
}

static void answers_without_a_body_leave_the_connection_usable(void **state)
{
    int client = dial(*state);
    struct reply reply;
    static const char *const paths[] = {"/204", "/304"};
    for (size_t i = 0; i < 2; i++) {
        char request[64];
        (void)snprintf(request, sizeof(request), "GET %s HTTP/1.1\r\nHost: h\r\n\r\n", paths[i]);
        say(client, request);
        hear_head(client, &reply);
        assert_int_equal(reply.status, i == 0 ? 204 : 304);
        assert_null(strcasestr(reply.head, "\r\nContent-Type:"));
        assert_still_works(client);
    }
    (void)close(client);
}

static void a_header_with_a_line_break_becomes_an_empty_500(void **state)
{
    int client = dial(*state);
    say(client, "GET /line-break HTTP/1.1\r\nHost: h\r\n\r\n");
    assert_reply(client, 500, "");
    assert_still_works(client);
    (void)close(client);
}

/* ---- refusals ---- */

static void a_refused_body_is_dropped_and_the_connection_stays(void **state)
{
    struct fixture *f = *state;
    int client = dial(f);
    char *bytes = make_bytes(2 * BODY_MAX_BYTES);
    say(client, "PUT /refuse HTTP/1.1\r\nHost: h\r\nContent-Length: 200000\r\n\r\n");
    say_bytes(client, bytes, 2 * BODY_MAX_BYTES);
    assert_reply(client, 403, "Refused");
    say(client, "PUT /refuse HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
                "5\r\nfirst\r\n0\r\n\r\n");
    assert_reply(client, 403, "Refused");
    assert_still_works(client);
    assert_int_equal(f->runs, 1);
    free(bytes);
    (void)close(client);
}

static void a_body_above_the_maximum_is_too_large_whichever_way_it_comes(void **state)
{
    int client = dial(*state);
    char *bytes = make_bytes(BODY_MAX_BYTES + 1);
    say(client, "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 100001\r\n\r\n");
    say_bytes(client, bytes, BODY_MAX_BYTES + 1);
    assert_reply(client, 413, "TooLarge");
    say(client, "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n186a1\r\n");
    say_bytes(client, bytes, BODY_MAX_BYTES + 1);
    say(client, "\r\n0\r\n\r\n");
    assert_reply(client, 413, "TooLarge");
    assert_still_works(client);
    free(bytes);
    (void)close(client);
}

static void an_expecting_client_is_told_to_go_on(void **state)
{
    int client = dial(*state);
    struct reply reply;
    say(client,
        "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");
    hear_head(client, &reply);
    assert_int_equal(reply.status, 100);
    say(client, "body");
    assert_reply(client, 200, "body");
    assert_still_works(client);
    (void)close(client);
}

static void an_expecting_client_is_refused_before_its_body(void **state)
{
    int client = dial(*state);
    say(client, "PUT /refuse HTTP/1.1\r\nHost: h\r\nContent-Length: 9000\r\n"
                "Expect: 100-continue\r\n\r\n");
    assert_reply(client, 403, "Refused");
    assert_closed(client);
    (void)close(client);
}

static void an_enormous_body_is_refused_without_reading_it(void **state)
{
    int client = dial(*state);
    say(client, "PUT /refuse HTTP/1.1\r\nHost: h\r\nContent-Length: 5000000000\r\n\r\n");
    assert_reply(client, 403, "Refused");
    assert_closed(client);
    (void)close(client);
}

static void a_length_beyond_any_number_is_too_large(void **state)
{
    static const char *const lengths[] = {"9223372036854775807", "9223372036854775808",
                                          "18446744073709551615"};
    for (size_t i = 0; i < 3; i++) {
        char head[128];
        int client = dial(*state);
        (void)snprintf(head, sizeof(head),
                       "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: %s\r\n\r\n{}",
                       lengths[i]);
        say(client, head);
        assert_reply(client, 413, "TooLarge");
        assert_closed(client);
        (void)close(client);
    }
}

/* Nobody can say where such a request ends, so what follows is not looked at. */
static void a_body_whose_end_is_unclear_is_refused(void **state)
{
    static const char *const framings[] = {
        "Transfer-Encoding: gzip\r\n",
        "Transfer-Encoding: gzip, chunked\r\n",
        "Transfer-Encoding: identity\r\nContent-Length: 2\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 2\r\n",
        "Content-Length: 2\r\nContent-Length: 3\r\n",
    };
    struct fixture *f = *state;
    for (size_t i = 0; i < sizeof(framings) / sizeof(framings[0]); i++) {
        char head[256];
        int client = dial(f);
        (void)snprintf(head, sizeof(head),
                       "POST /echo HTTP/1.1\r\nHost: h\r\n%s\r\n2\r\n{}\r\n0\r\n\r\n"
                       "GET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n",
                       framings[i]);
        say(client, head);
        assert_reply(client, 400, "Malformed");
        assert_closed(client);
        (void)close(client);
    }
    assert_int_equal(f->runs, 0);
}

static void a_length_said_twice_is_fine_when_it_is_the_same(void **state)
{
    int client = dial(*state);
    say(client, "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nContent-Length: 4\r\n\r\n"
                "body");
    assert_reply(client, 200, "body");
    assert_still_works(client);
    (void)close(client);
}

/* ---- the server itself ---- */

static void a_taken_port_is_busy_and_an_unknown_host_invalid(void **state)
{
    struct fixture *f = *state;
    struct server *second = NULL;
    struct server_options options = {.host = "127.0.0.1", .port = server_port(f->server)};
    assert_status(server_start(f->loop, &options, &second), STATUS_BUSY);
    options.host = "192.0.2.1";
    assert_status(server_start(f->loop, &options, &second), STATUS_INVALID);
    options.host = "no such host";
    assert_status(server_start(f->loop, &options, &second), STATUS_INVALID);
    assert_null(second);
}

static void stop_listening(struct fixture *f)
{
    server_stop_listening(f->server);
}

static void after_listening_ended_open_connections_go_on(void **state)
{
    struct fixture *f = *state;
    int client = dial(f);
    assert_still_works(client);
    run_on_loop(f, stop_listening);
    assert_still_works(client);
    (void)close(client);
}

static void a_request_without_memory_breaks_nothing(void **state)
{
    struct fixture *f = *state;
    int client = -1;
    FAULT_SWEEP(mem_fault, n, false) {
        char byte;
        client = dial(f);
        say(client, "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nbody");
        assert_true(recv(client, &byte, 1, 0) <= 1); /* an answer, or the end */
        (void)close(client);
        fault_disarm(mem_fault);
        client = dial(f);
        assert_still_works(client);
        (void)close(client);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_connection_serves_one_request_after_the_other),
        TEST(pipelined_requests_are_answered_in_order),
        TEST(the_head_arrives_raw),
        TEST(absolute_and_odd_targets_become_paths),
        TEST(a_query_of_thousands_of_parameters_arrives),
        TEST(a_chunked_body_arrives_whole),
        TEST(a_large_body_arrives_whole),
        TEST(a_range_of_a_file_is_sent),
        TEST(a_head_answer_has_the_length_and_no_bytes),
        TEST(answers_without_a_body_leave_the_connection_usable),
        TEST(a_header_with_a_line_break_becomes_an_empty_500),
        TEST(a_refused_body_is_dropped_and_the_connection_stays),
        TEST(a_body_above_the_maximum_is_too_large_whichever_way_it_comes),
        TEST(an_expecting_client_is_told_to_go_on),
        TEST(an_expecting_client_is_refused_before_its_body),
        TEST(an_enormous_body_is_refused_without_reading_it),
        TEST(a_length_beyond_any_number_is_too_large),
        TEST(a_body_whose_end_is_unclear_is_refused),
        TEST(a_length_said_twice_is_fine_when_it_is_the_same),
        TEST(a_taken_port_is_busy_and_an_unknown_host_invalid),
        TEST(after_listening_ended_open_connections_go_on),
        TEST(a_request_without_memory_breaks_nothing),
    };
    log_set_level(LOG_ERROR + 1);
    (void)signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}

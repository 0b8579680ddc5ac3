#include "emulator/cli/admin_client.h"

#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "emulator/app.h"
#include "emulator/base/arena.h"
#include "emulator/base/text.h"
#include "tests/lib/asserts.h"

int app_run(struct config *config, const struct config_sources *sources)
{
    (void)sources;
    (void)config;
    return -1; /* never called here */
}

struct endpoint_case {
    const char *url;
    const char *host;
    const char *port;
};

static void an_endpoint_is_taken_apart(void **state)
{
    (void)state;
    static const struct endpoint_case cases[] = {
        {"http://127.0.0.1:4566", "127.0.0.1", "4566"}, {"http://hydrant:1/", "hydrant", "1"},
        {"HTTP://localhost", "localhost", "80"},        {"http://[::1]:65535/", "::1", "65535"},
        {"http://[fe80::1]", "fe80::1", "80"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct admin_endpoint endpoint;
        assert_ok(admin_client_endpoint(slice_of(cases[i].url), &endpoint));
        assert_string_equal(endpoint.host, cases[i].host);
        assert_string_equal(endpoint.port, cases[i].port);
    }
}

static void other_texts_are_no_endpoints(void **state)
{
    (void)state;
    static const char *const bad[] = {"",
                                      "localhost:4566",
                                      "https://localhost",
                                      "http://",
                                      "http://:80",
                                      "http://host:0",
                                      "http://host:65536",
                                      "http://host:port",
                                      "http://host:80:80",
                                      "http://host/path",
                                      "http://[::1",
                                      "http://[::1]80"};
    struct admin_endpoint endpoint;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        if (admin_client_endpoint(slice_of(bad[i]), &endpoint) != STATUS_INVALID)
            fail_msg("%s was taken", bad[i]);
}

/* Answers one connection with `answer` and keeps what was asked. */
struct server {
    int listener;
    int port;
    const char *answer;
    char asked[4096];
    pthread_t thread;
};

static void *serve(void *arg)
{
    struct server *server = arg;
    int fd = accept(server->listener, NULL, NULL);
    ssize_t got = recv(fd, server->asked, sizeof(server->asked) - 1, 0);
    server->asked[got > 0 ? got : 0] = '\0';
    ssize_t sent = send(fd, server->answer, strlen(server->answer), MSG_NOSIGNAL);
    (void)sent;
    (void)close(fd);
    return NULL;
}

static void start(struct server *server)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof(address);
    server->listener = socket(AF_INET, SOCK_STREAM, 0);
    assert_true(server->listener >= 0);
    assert_int_equal(bind(server->listener, (struct sockaddr *)&address, len), 0);
    assert_int_equal(listen(server->listener, 1), 0);
    assert_int_equal(getsockname(server->listener, (struct sockaddr *)&address, &len), 0);
    server->port = ntohs(address.sin_port);
    assert_int_equal(pthread_create(&server->thread, NULL, serve, server), 0);
}

static enum status ask(struct server *server, struct arena *arena, struct admin_answer *answer,
                       struct text *problem)
{
    char url[64];
    start(server);
    (void)snprintf(url, sizeof(url), "http://127.0.0.1:%d", server->port);
    struct admin_request request = {.endpoint = url,
                                    .method = "POST",
                                    .target = SLICE("/path?x=1"),
                                    .body = SLICE("{\"by\":1}"),
                                    .patience_s = 30};
    enum status status = admin_client_call(&request, arena, answer, problem);
    assert_int_equal(pthread_join(server->thread, NULL), 0);
    (void)close(server->listener);
    return status;
}

static void an_answer_is_read_to_its_end(void **state)
{
    (void)state;
    struct server server = {.answer = "HTTP/1.1 404 Not Found\r\nX: y\r\n\r\n{\"a\":\r\n\r\n1}"};
    struct arena arena;
    struct text problem;
    struct admin_answer answer = {0};
    arena_init(&arena, (size_t)4 * 1024 * 1024);
    text_init(&problem, 4096);

    assert_ok(ask(&server, &arena, &answer, &problem));

    assert_int_equal(answer.status, 404);
    assert_slice(answer.body, "{\"a\":\r\n\r\n1}");
    char expected[256];
    (void)snprintf(expected, sizeof(expected),
                   "POST /path?x=1 HTTP/1.0\r\nHost: 127.0.0.1:%d\r\nUser-Agent: hydrant/%s\r\n"
                   "Content-Type: application/json\r\nContent-Length: 8\r\n\r\n{\"by\":1}",
                   server.port, HYDRANT_VERSION);
    assert_string_equal(server.asked, expected);
    text_close(&problem);
    arena_clear(&arena);
}

static void what_is_no_http_is_an_error(void **state)
{
    (void)state;
    static const char *const answers[] = {"", "220 mail\r\n\r\n", "HTTP/1.1 200 OK\r\n",
                                          "HTTP/1.1 abc\r\n\r\n"};
    for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
        struct server server = {.answer = answers[i]};
        struct arena arena;
        struct text problem;
        struct admin_answer answer = {.status = 1};
        arena_init(&arena, (size_t)4 * 1024 * 1024);
        text_init(&problem, 4096);
        assert_status(ask(&server, &arena, &answer, &problem), STATUS_IO_ERROR);
        assert_int_equal(answer.status, 1);
        assert_true(slice_ends_with(text_slice(&problem), SLICE("that is no HTTP server")));
        text_close(&problem);
        arena_clear(&arena);
    }
}

static void an_answer_beyond_the_maximum_is_an_error(void **state)
{
    (void)state;
    char *long_answer = malloc(ADMIN_ANSWER_MAX_BYTES + 2);
    assert_non_null(long_answer);
    memset(long_answer, 'x', ADMIN_ANSWER_MAX_BYTES + 1);
    long_answer[ADMIN_ANSWER_MAX_BYTES + 1] = '\0';
    struct server server = {.answer = long_answer};
    struct arena arena;
    struct text problem;
    struct admin_answer answer = {0};
    arena_init(&arena, (size_t)8 * 1024 * 1024);
    text_init(&problem, 4096);
    assert_status(ask(&server, &arena, &answer, &problem), STATUS_TOO_LARGE);
    text_close(&problem);
    arena_clear(&arena);
    free(long_answer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_endpoint_is_taken_apart),
        cmocka_unit_test(other_texts_are_no_endpoints),
        cmocka_unit_test(an_answer_is_read_to_its_end),
        cmocka_unit_test(what_is_no_http_is_an_error),
        cmocka_unit_test(an_answer_beyond_the_maximum_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * A real server on a thread of its own and a client on bare sockets: the test. What the server is
 * to do with a request is its path.
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "emulator/base/log.h"
#include "emulator/http/call.h"
#include "emulator/http/server.h"
#include "emulator/http/service.h"
#include "emulator/loop/loop.h"
#include "tests/lib/asserts.h"
#include "tests/lib/mem_fault.h"

#define BODY_MAX_BYTES 100000U
#define SINK_STEP_BYTES 1000U

struct fixture {
    struct loop *loop;
    struct server *server;
    pthread_t thread;
    struct loop_task task; /* of the test, for the loop thread */
    void (*on_loop)(struct fixture *f);
    sem_t done; /* the task ran */
    sem_t held; /* the loop thread stands still, until `released` */
    sem_t released;
    struct call *waiting; /* loop thread */
    struct list answered; /* loop thread */
    atomic_uint turns;
    sem_t began; /* a head was seen */
    sem_t came;  /* a call waits, a sink pauses */
    sem_t freed; /* a call was freed */
    unsigned count;
    atomic_int runs;
};

static struct fixture *fixture;

/* ---- the service ---- */

static const struct api_error internal = {"InternalFailure", 500, "", false};
static const struct api_error too_large = {"TooLarge", 413, "", false};
static const struct api_error refused = {"Refused", 403, "", false};
static const struct api_error malformed = {"Malformed", 400, "", false};
static const struct common_errors errors = {.internal = &internal,
                                            .unavailable = &internal,
                                            .too_large = &too_large,
                                            .validation = &malformed};

static void write_error(struct call *call, const struct api_error *error, struct slice message)
{
    (void)message;
    call_answer(call, error->status, "text/plain", slice_of(error->code));
}

static const struct service service = {
    .name = "fake", .title = "Fake", .errors = &errors, .write_error = write_error};

struct slow_sink {
    struct body_sink base;
    struct call *call;
    struct loop_task read_on;
    struct text taken;
    size_t room;
    bool stays_paused;
};

static void on_read_on(struct loop_task *task)
{
    struct slow_sink *sink = list_entry(task, struct slow_sink, read_on);
    sink->room = SINK_STEP_BYTES;
    call_body_ready(sink->call);
}

static size_t sink_write(struct body_sink *base, struct slice bytes)
{
    struct slow_sink *sink = list_entry(base, struct slow_sink, base);
    struct slice taken = slice_first(bytes, sink->room);
    text_append(&sink->taken, taken);
    sink->room -= taken.len;
    if (taken.len == bytes.len)
        return taken.len;
    if (!sink->stays_paused) {
        loop_defer(fixture->loop, &sink->read_on);
        return taken.len;
    }
    fixture->waiting = sink->call;
    (void)sem_post(&fixture->came);
    return taken.len;
}

static void use_sink(struct call *call, bool stays_paused)
{
    struct slow_sink *sink = arena_zalloc(&call->arena, sizeof(*sink));
    sink->base.write = sink_write;
    sink->call = call;
    sink->room = SINK_STEP_BYTES;
    sink->stays_paused = stays_paused;
    loop_task_init(&sink->read_on, on_read_on);
    text_init_in(&sink->taken, &call->arena, (size_t)4 * 1024 * 1024);
    call->sink = &sink->base;
    call->service_data = sink;
}

static void on_freed(void *arg)
{
    (void)sem_post(arg);
}

static bool asks_for(const struct call *call, const char *path)
{
    return slice_equal_text(call->request.path, path);
}

static void on_head(void *ctx, struct call *call)
{
    struct fixture *f = ctx;
    call->service = &service;
    call->body_max_bytes = BODY_MAX_BYTES;
    (void)sem_post(&f->began);
    if (arena_on_clear(&call->arena, on_freed, &f->freed) != STATUS_OK)
        call_fail_internal(call, STATUS_NO_MEMORY, "watching the call");
    else if (asks_for(call, "/refuse"))
        call_fail(call, &refused, "%s", "");
    else if (asks_for(call, "/sink"))
        use_sink(call, false);
    else if (asks_for(call, "/paused"))
        use_sink(call, true);
}

static void answer_with_head(struct call *call)
{
    struct slice parts[] = {call->request.method, call->request.target, call->request.path,
                            call->request.query, call->request.host};
    struct text text;
    text_init_in(&text, &call->arena, 10000);
    for (size_t i = 0; i < 5; i++) {
        text_append(&text, parts[i]);
        text_append_byte(&text, '|');
    }
    text_append(&text, request_header(&call->request, "X-Utf8"));
    call_answer_text(call, 200, "text/plain", &text);
}

static void answer_with_file(struct call *call, uint64_t offset, uint64_t length)
{
    int file = memfd_create("body", MFD_CLOEXEC);
    for (int i = 0; i < 100000; i++)
        (void)dprintf(file, "%09d\n", i);
    call_answer_file(call, 206, "text/plain", file, offset, length);
}

static void answer(struct call *call)
{
    if (asks_for(call, "/echo"))
        call_answer(call, 200, "text/plain", call->body);
    else if (asks_for(call, "/file"))
        answer_with_file(call, 12345, 900000);
    else if (asks_for(call, "/no-bytes-of-file"))
        answer_with_file(call, 10, 0);
    else if (asks_for(call, "/length"))
        call_answer_head(call, 200, "text/plain", 5000000000);
    else if (asks_for(call, "/204"))
        call_answer(call, 204, NULL, SLICE(""));
    else if (asks_for(call, "/304"))
        call_answer(call, 304, NULL, SLICE(""));
    else if (call->sink != NULL)
        call_answer_text(call, 200, NULL, &((struct slow_sink *)call->service_data)->taken);
    else
        answer_with_head(call);
}

static void on_answered(struct call *call)
{
    list_append(&fixture->answered, &call->link);
}

static void on_run(void *ctx, struct call *call)
{
    struct fixture *f = ctx;
    f->runs++;
    if (asks_for(call, "/late")) {
        call->state = CALL_WAITING;
        call->answered = on_answered;
        f->waiting = call;
        (void)sem_post(&f->came);
        return;
    }
    if (asks_for(call, "/line-break"))
        call_add_header_text(call, "x-one", "a\r\nb");
    answer(call);
    call->send(call);
}

static bool on_commit(void *ctx)
{
    struct fixture *f = ctx;
    bool sent = false;
    atomic_fetch_add(&f->turns, 1);
    for (struct list *link = list_take_first(&f->answered); link != NULL;
         link = list_take_first(&f->answered)) {
        struct call *call = list_entry(link, struct call, link);
        call->send(call);
        sent = true;
    }
    return sent;
}

/* ---- the fixture ---- */

static void await(sem_t *semaphore)
{
    struct timespec limit;
    (void)clock_gettime(CLOCK_REALTIME, &limit);
    limit.tv_sec += 10;
    int result = 0;
    do
        result = sem_timedwait(semaphore, &limit);
    while (result != 0 && errno == EINTR);
    assert_int_equal(result, 0);
}

static void on_task(struct loop_task *task)
{
    struct fixture *f = list_entry(task, struct fixture, task);
    f->on_loop(f);
    (void)sem_post(&f->done);
}

static void run_on_loop(struct fixture *f, void (*fn)(struct fixture *f))
{
    f->on_loop = fn;
    loop_post(f->loop, &f->task);
    await(&f->done);
}

static void *loop_thread(void *arg)
{
    struct fixture *f = arg;
    loop_run(f->loop);
    server_stop(f->server);
    return NULL;
}

static int start(void **state, unsigned max_connections, unsigned idle_timeout_s)
{
    struct fixture *f = calloc(1, sizeof(*f));
    *state = fixture = f;
    mem_fault_install();
    list_init(&f->answered);
    loop_task_init(&f->task, on_task);
    (void)sem_init(&f->done, 0, 0);
    (void)sem_init(&f->held, 0, 0);
    (void)sem_init(&f->released, 0, 0);
    (void)sem_init(&f->began, 0, 0);
    (void)sem_init(&f->came, 0, 0);
    (void)sem_init(&f->freed, 0, 0);
    const struct server_options options = {
        .host = "127.0.0.1",
        .max_connections = max_connections,
        .idle_timeout_s = idle_timeout_s,
        .ctx = f,
        .head = on_head,
        .run = on_run,
        .commit = on_commit,
    };
    if (loop_create(&f->loop) != STATUS_OK ||
        server_start(f->loop, &options, &f->server) != STATUS_OK)
        return -1;
    return pthread_create(&f->thread, NULL, loop_thread, f);
}

static int set_up(void **state)
{
    return start(state, 100, 60);
}

static int set_up_impatient(void **state)
{
    return start(state, 100, 1);
}

static int set_up_narrow(void **state)
{
    return start(state, 1, 60);
}

static void stop_loop(struct fixture *f)
{
    loop_stop(f->loop);
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    f->on_loop = stop_loop;
    loop_post(f->loop, &f->task);
    (void)pthread_join(f->thread, NULL);
    loop_destroy(f->loop);
    (void)sem_destroy(&f->done);
    (void)sem_destroy(&f->held);
    (void)sem_destroy(&f->released);
    (void)sem_destroy(&f->began);
    (void)sem_destroy(&f->came);
    (void)sem_destroy(&f->freed);
    free(f);
    return mem_fault_tear_down(state);
}

/* ---- the client ---- */

static int dial(const struct fixture *f)
{
    int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(server_port(f->server))};
    struct timeval limit = {.tv_sec = 10};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    (void)setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
    (void)setsockopt(client, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
    assert_int_equal(connect(client, (struct sockaddr *)&address, sizeof(address)), 0);
    return client;
}

static void say_bytes(int client, const void *bytes, size_t len)
{
    const char *at = bytes;
    while (len > 0) {
        ssize_t sent = send(client, at, len, MSG_NOSIGNAL);
        assert_true(sent > 0);
        at += sent;
        len -= (size_t)sent;
    }
}

static void say(int client, const char *text)
{
    say_bytes(client, text, strlen(text));
}

struct reply {
    int status;
    char head[2048];
    struct text body;
};

static void hear_head(int client, struct reply *reply)
{
    size_t len = 0;
    while (len < 4 || memcmp(reply->head + len - 4, "\r\n\r\n", 4) != 0) {
        assert_true(len < sizeof(reply->head) - 1);
        assert_int_equal(recv(client, reply->head + len, 1, 0), 1);
        len++;
    }
    reply->head[len] = '\0';
    assert_int_equal(sscanf(reply->head, "HTTP/1.1 %d", &reply->status), 1); /* NOLINT */
}

/* The value of a header of the answer, or -1. */
static long long number_of(const struct reply *reply, const char *name)
{
    const char *found = strcasestr(reply->head, name);
    return found != NULL ? strtoll(found + strlen(name), NULL, 10) : -1;
}

static void hear(int client, struct reply *reply)
{
    hear_head(client, reply);
    long long left = number_of(reply, "\r\nContent-Length:");
    text_init(&reply->body, 10 * 1000 * 1000);
    while (left > 0) {
        char *room = text_reserve(&reply->body, (size_t)left);
        assert_non_null(room);
        ssize_t got = recv(client, room, (size_t)left, 0);
        assert_true(got > 0);
        text_grew(&reply->body, (size_t)got);
        left -= got;
    }
}

static void assert_reply(int client, int status, const char *body)
{
    struct reply reply;
    hear(client, &reply);
    assert_int_equal(reply.status, status);
    assert_slice(text_slice(&reply.body), body);
    text_close(&reply.body);
}

static void assert_closed(int client)
{
    char byte;
    ssize_t got = recv(client, &byte, 1, 0);
    assert_true(got == 0 || (got < 0 && errno == ECONNRESET));
}

static void assert_still_works(int client)
{
    say(client, "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nagain");
    assert_reply(client, 200, "again");
}

static char *make_bytes(size_t len)
{
    char *bytes = malloc(len);
    for (size_t i = 0; i < len; i++)
        bytes[i] = (char)('a' + (i * 7 + i / 1000) % 26);
    return bytes;
}

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

/* ---- sinks ---- */

static void a_slow_sink_gets_every_byte_once_and_in_order(void **state)
{
    struct fixture *f = *state;
    int client = dial(f);
    size_t len = 300000;
    char *bytes = make_bytes(len);
    struct reply reply;
    say(client, "PUT /sink HTTP/1.1\r\nHost: h\r\nContent-Length: 300000\r\n\r\n");
    say_bytes(client, bytes, len);
    hear(client, &reply);
    assert_int_equal(reply.status, 200);
    assert_slices_equal(text_slice(&reply.body), slice_make(bytes, len));
    text_close(&reply.body);
    assert_int_equal(f->runs, 1);
    assert_still_works(client);
    free(bytes);
    (void)close(client);
}

static void a_slow_sink_gets_a_chunked_body_too(void **state)
{
    struct fixture *f = *state;
    int client = dial(f);
    size_t len = 0x4000;
    char *bytes = make_bytes(len);
    struct reply reply;
    say(client, "PUT /sink HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (int i = 0; i < 2; i++) {
        say(client, "2000\r\n");
        say_bytes(client, bytes + i * 0x2000, 0x2000);
        say(client, "\r\n");
    }
    say(client, "0\r\n\r\n");
    hear(client, &reply);
    assert_slices_equal(text_slice(&reply.body), slice_make(bytes, len));
    text_close(&reply.body);
    assert_int_equal(f->runs, 1);
    free(bytes);
    (void)close(client);
}

static void do_nothing(struct fixture *f)
{
    (void)f;
}

static void end_pause(struct fixture *f)
{
    struct slow_sink *sink = f->waiting->service_data;
    sink->stays_paused = false;
    loop_defer(f->loop, &sink->read_on);
}

static void a_paused_sink_lets_the_loop_sleep_and_others_work(void **state)
{
    struct fixture *f = *state;
    int paused = dial(f);
    int other = dial(f);
    say(paused, "PUT /paused HTTP/1.1\r\nHost: h\r\nContent-Length: 5000\r\n\r\n");
    char *bytes = make_bytes(5000);
    say_bytes(paused, bytes, 5000);
    await(&f->came);
    assert_still_works(other);
    unsigned before = atomic_load(&f->turns);
    for (int i = 0; i < 50; i++)
        run_on_loop(f, do_nothing);
    assert_in_range(atomic_load(&f->turns) - before, 1, 50 * 3);
    run_on_loop(f, end_pause);
    struct reply reply;
    hear(paused, &reply);
    assert_slices_equal(text_slice(&reply.body), slice_make(bytes, 5000));
    text_close(&reply.body);
    (void)close(other);
    (void)close(paused);
    free(bytes);
}

/* ---- late answers, and clients that go away ---- */

static void count_waiting(struct fixture *f)
{
    f->count = server_waiting(f->server);
}

static void answer_late(struct fixture *f)
{
    call_answer(f->waiting, 200, "text/plain", f->waiting->body);
}

static void read_on_late(struct fixture *f)
{
    call_body_ready(f->waiting);
}

static void a_suspended_call_is_answered_later(void **state)
{
    struct fixture *f = *state;
    int client = dial(f);
    int other = dial(f);
    say(client, "POST /late HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nlate");
    await(&f->came);
    assert_still_works(other);
    run_on_loop(f, count_waiting);
    assert_int_equal(f->count, 1);
    run_on_loop(f, answer_late);
    assert_reply(client, 200, "late");
    assert_still_works(client);
    (void)close(client);
    (void)close(other);
}

static void reading_on_after_the_last_byte_runs_nothing_twice(void **state)
{
    struct fixture *f = *state;
    int client = dial(f);
    say(client, "POST /late HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nlate");
    await(&f->came);
    run_on_loop(f, read_on_late);
    run_on_loop(f, do_nothing);
    assert_int_equal(f->runs, 1);
    run_on_loop(f, answer_late);
    assert_reply(client, 200, "late");
    (void)close(client);
}

static void a_client_that_left_is_answered_into_the_void(void **state)
{
    struct fixture *f = *state;
    int client = dial(f);
    say(client, "POST /late HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nlate");
    await(&f->came);
    (void)close(client);
    run_on_loop(f, do_nothing);
    run_on_loop(f, answer_late);
    await(&f->freed);
    int other = dial(f);
    assert_still_works(other);
    (void)close(other);
}

static void a_client_that_leaves_in_mid_body_frees_its_call(void **state)
{
    static const char *const heads[] = {
        "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 90000\r\n\r\npart",
        "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nff\r\npart",
        "PUT /sink HTTP/1.1\r\nHost: h\r\nContent-Length: 90000\r\n\r\npart",
        "PUT /refuse HTTP/1.1\r\nHost: h\r\nContent-Length: 90000\r\n\r\npart"};
    struct fixture *f = *state;
    for (size_t i = 0; i < 4; i++) {
        int client = dial(f);
        say(client, heads[i]);
        await(&f->began);
        (void)close(client);
        await(&f->freed);
    }
    assert_int_equal(f->runs, 0);
}

static void hold(struct fixture *f)
{
    (void)sem_post(&f->held);
    await(&f->released);
}

/* All of it is there before the server looks: the bytes and that no more will come. */
static int say_at_once_and_end(struct fixture *f, const char *text, bool closes)
{
    int client = dial(f);
    run_on_loop(f, do_nothing);
    f->on_loop = hold;
    loop_post(f->loop, &f->task);
    await(&f->held);
    say(client, text);
    if (closes)
        (void)close(client);
    else
        (void)shutdown(client, SHUT_WR);
    (void)sem_post(&f->released);
    await(&f->done);
    return closes ? -1 : client;
}

static void a_request_cut_off_together_with_its_last_bytes_is_freed(void **state)
{
    static const char *const starts[] = {
        "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 90000\r\n\r\npart",
        "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nff\r\npart",
        "PUT /sink HTTP/1.1\r\nHost: h\r\nContent-Length: 90000\r\n\r\npart",
        "PUT /refuse HTTP/1.1\r\nHost: h\r\nContent-Length: 90000\r\n\r\npart"};
    struct fixture *f = *state;
    for (size_t i = 0; i < 4; i++) {
        (void)say_at_once_and_end(f, starts[i], true);
        await(&f->freed);
    }
    run_on_loop(f, count_waiting);
    assert_int_equal(f->count, 0);
    assert_int_equal(f->runs, 0);
}

static void a_half_of_a_head_and_no_more_ends_the_connection(void **state)
{
    static const char *const starts[] = {"", "POST /ec", "POST /echo HTTP/1.1\r\nHost: h\r\n"};
    for (size_t i = 0; i < 3; i++) {
        int client = say_at_once_and_end(*state, starts[i], false);
        assert_closed(client);
        (void)close(client);
    }
}

static void a_client_that_only_listens_any_more_gets_its_answer(void **state)
{
    struct fixture *f = *state;
    int client = say_at_once_and_end(
        f, "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nbody", false);
    assert_reply(client, 200, "body");
    assert_closed(client);
    (void)close(client);
    client = say_at_once_and_end(
        f, "POST /late HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nlate", false);
    await(&f->came);
    run_on_loop(f, do_nothing);
    run_on_loop(f, answer_late);
    assert_reply(client, 200, "late");
    assert_closed(client);
    (void)close(client);
}

static void a_head_that_is_no_http_gets_400_and_leaves_nothing(void **state)
{
    struct fixture *f = *state;
    struct reply reply;
    int client = dial(f);
    say(client, "POST /echo HTTP/1.1\r\nno colon here\r\nContent-Length: -4\r\n\r\n");
    hear_head(client, &reply);
    assert_int_equal(reply.status, 400);
    (void)close(client);
    assert_int_equal(f->runs, 0);
}

static void whoever_waits_for_a_place_gets_it_when_the_last_has_left(void **state)
{
    int client = dial(*state);
    for (int i = 0; i < 3; i++) {
        assert_still_works(client);
        int next = dial(*state); /* the kernel's backlog takes it */
        (void)close(client);
        assert_still_works(next);
        client = next;
    }
    (void)close(client);
}

static void idle_connections_are_closed_one_after_the_other(void **state)
{
    for (int i = 0; i < 2; i++) {
        int client = dial(*state);
        assert_still_works(client);
        assert_closed(client);
        (void)close(client);
    }
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
        TEST(a_slow_sink_gets_every_byte_once_and_in_order),
        TEST(a_slow_sink_gets_a_chunked_body_too),
        TEST(a_paused_sink_lets_the_loop_sleep_and_others_work),
        TEST(a_suspended_call_is_answered_later),
        TEST(reading_on_after_the_last_byte_runs_nothing_twice),
        TEST(a_client_that_left_is_answered_into_the_void),
        TEST(a_client_that_leaves_in_mid_body_frees_its_call),
        TEST(a_request_cut_off_together_with_its_last_bytes_is_freed),
        TEST(a_half_of_a_head_and_no_more_ends_the_connection),
        TEST(a_client_that_only_listens_any_more_gets_its_answer),
        TEST(a_head_that_is_no_http_gets_400_and_leaves_nothing),
        cmocka_unit_test_setup_teardown(idle_connections_are_closed_one_after_the_other,
                                        set_up_impatient, tear_down),
        cmocka_unit_test_setup_teardown(whoever_waits_for_a_place_gets_it_when_the_last_has_left,
                                        set_up_narrow, tear_down),
        TEST(a_taken_port_is_busy_and_an_unknown_host_invalid),
        TEST(after_listening_ended_open_connections_go_on),
        TEST(a_request_without_memory_breaks_nothing),
    };
    log_set_level(LOG_ERROR + 1);
    (void)signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "server_world.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>

#include "emulator/http/service.h"
#include "tests/lib/asserts.h"
#include "tests/lib/mem_fault.h"

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

void await(sem_t *semaphore)
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

void run_on_loop(struct fixture *f, void (*fn)(struct fixture *f))
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

int set_up(void **state)
{
    return start(state, 100, 60);
}

int set_up_impatient(void **state)
{
    return start(state, 100, 1);
}

int set_up_narrow(void **state)
{
    return start(state, 1, 60);
}

static void stop_loop(struct fixture *f)
{
    loop_stop(f->loop);
}

int tear_down(void **state)
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

int dial(const struct fixture *f)
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

void say_bytes(int client, const void *bytes, size_t len)
{
    const char *at = bytes;
    while (len > 0) {
        ssize_t sent = send(client, at, len, MSG_NOSIGNAL);
        assert_true(sent > 0);
        at += sent;
        len -= (size_t)sent;
    }
}

void say(int client, const char *text)
{
    say_bytes(client, text, strlen(text));
}

void hear_head(int client, struct reply *reply)
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

long long number_of(const struct reply *reply, const char *name)
{
    const char *found = strcasestr(reply->head, name);
    return found != NULL ? strtoll(found + strlen(name), NULL, 10) : -1;
}

void hear(int client, struct reply *reply)
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

void assert_reply(int client, int status, const char *body)
{
    struct reply reply;
    hear(client, &reply);
    assert_int_equal(reply.status, status);
    assert_slice(text_slice(&reply.body), body);
    text_close(&reply.body);
}

void assert_closed(int client)
{
    char byte;
    ssize_t got = recv(client, &byte, 1, 0);
    assert_true(got == 0 || (got < 0 && errno == ECONNRESET));
}

void assert_still_works(int client)
{
    say(client, "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nagain");
    assert_reply(client, 200, "again");
}

char *make_bytes(size_t len)
{
    char *bytes = malloc(len);
    for (size_t i = 0; i < len; i++)
        bytes[i] = (char)('a' + (i * 7 + i / 1000) % 26);
    return bytes;
}

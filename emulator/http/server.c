/*
 * server.c
 *
 * Happy path of a request: on_target() makes the call, on_access() is entered once for the head,
 * once for each piece of body, once at its end and, when the answer had to wait, again: after the
 * COMMIT at the end of the turn (libmicrohttpd keeps a connection without an answer ready and asks
 * in its next run, which costs less than suspending it), or after the connection was resumed
 * because a callback answered.
 *
 * Possible failures:
 *   - the client goes away: on_completed() frees the call (server_hangup.h makes sure that
 *     libmicrohttpd notices); a suspended connection is not looked at by libmicrohttpd, so a
 * waiting call is always answered first and freed then;
 *   - head() answers (bad credentials, unknown bucket): the body is read and dropped, since most
 * clients look for an answer only after they have sent everything; a very large one, or one the
 * client asks for with Expect, is not read and libmicrohttpd closes the connection after the
 * answer;
 *   - a chunked body outgrows its maximum: the rest is dropped too, but libmicrohttpd takes no
 * answer in mid-body, so a very large rest ends the connection without one.
 */
#include "emulator/http/server.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "emulator/base/log.h"
#include "emulator/base/mem.h"
#include "emulator/http/call.h"
#include "emulator/http/request_framing.h"
#include "emulator/http/server_exchange.h"
#include "emulator/http/server_hangup.h"
#include "emulator/http/server_internal.h"
#include "emulator/http/service.h"
#include "emulator/loop/loop.h"

/*
 * Headers and body pieces of a connection live in a pool of this size. libmicrohttpd clears all of
 * it after every request, so a larger one costs small requests what it gives to large uploads.
 */
#define CONNECTION_POOL_BYTES ((size_t)32 * 1024)
#define DROPPED_BODY_MAX_BYTES ((int64_t)64 * 1024 * 1024)

struct server {
    struct server_options options;
    struct loop *loop; /* borrowed */
    struct MHD_Daemon *daemon;
    struct exchange_pool exchanges;
    struct hangup_list *hangups;
    struct loop_watch *watch;
    struct loop_hook hook;
    struct loop_timer idle;
    bool idle_is_armed;
    bool needs_run;
    unsigned waiting;
    uint16_t port;
};

static struct exchange *exchange_of(struct call *call)
{
    return call->transport;
}

static void resume(struct exchange *exchange)
{
    if (!exchange->is_suspended)
        return;
    exchange->is_suspended = false;
    exchange->server->needs_run = true;
    MHD_resume_connection(exchange->connection);
}

static void suspend(struct exchange *exchange)
{
    exchange->is_suspended = true;
    MHD_suspend_connection(exchange->connection);
}

/* call->send: the answer is committed. */
static void on_send(struct call *call)
{
    call->state = CALL_SENT;
    resume(exchange_of(call));
}

/* Later than the last byte there is nothing to read on, and the connection waits for the answer. */
static void on_read_on(struct call *call)
{
    if (call->state == CALL_BODY)
        resume(exchange_of(call));
}

/* ---- the head ---- */

/*
 * libmicrohttpd would make a record of every parameter, in the connection's pool; when that is full
 * it forgets the request without an answer. Nobody wants these records, so its copy ends at '?'.
 */
static void hide_parameters(const char *uri)
{
    char *query = strchr((char *)(uintptr_t)uri, '?');
    if (query != NULL)
        query[1] = '\0';
}

static void *on_target(void *ctx, const char *uri, struct MHD_Connection *connection)
{
    struct server *server = ctx;
    struct exchange *exchange = exchange_take(&server->exchanges);
    if (exchange == NULL)
        return NULL;
    struct call *call = &exchange->call;
    call->transport = exchange;
    call->send = on_send;
    call->read_on = on_read_on;
    call->started_us = loop_monotonic_us();
    exchange->server = server;
    exchange->connection = connection;
    server->waiting++;
    call->request.target = server_copy_target(&call->arena, uri);
    hide_parameters(uri);
    return exchange;
}

static bool may_drop_body(const struct http_request *request)
{
    return request->content_length <= DROPPED_BODY_MAX_BYTES &&
           !request_has_header(request, "Expect");
}

static bool has_body(const struct http_request *request)
{
    return request->is_chunked || request->content_length > 0;
}

/* Where the next request would begin is not known, so there is none. */
static void check_framing(struct call *call)
{
    const char *problem = request_framing_problem(&call->request);
    if (problem == NULL)
        return;
    call->response.close_connection = true;
    if (!call_is_answered(call))
        call_fail(call, call->service->errors->validation,
                  "It is not clear where the request's body ends: %s.", problem);
}

static void check_body_size(struct call *call)
{
    if (call->sink == NULL && call->request.content_length > 0 &&
        (uint64_t)call->request.content_length > call->body_max_bytes)
        call_fail(call, call->service->errors->too_large, "Request must be smaller than %zu bytes.",
                  call->body_max_bytes);
}

static bool make_room_for_body(struct exchange *exchange)
{
    const struct call *call = &exchange->call;
    text_init(&exchange->body, call->body_max_bytes);
    return call->sink != NULL || call->request.content_length <= 0 ||
           text_reserve(&exchange->body, (size_t)call->request.content_length) != NULL;
}

static enum MHD_Result pass_on_answer(struct exchange *exchange);

static enum MHD_Result on_head(struct exchange *exchange, const char *method)
{
    struct call *call = &exchange->call;
    if (!server_read_head(exchange->connection, call, method))
        return MHD_NO;
    exchange->server->options.head(exchange->server->options.ctx, call);
    check_framing(call);
    if (!call_is_answered(call))
        check_body_size(call);
    if (!call_is_answered(call) && !make_room_for_body(exchange))
        call_fail_internal(call, STATUS_NO_MEMORY, "reading the request");
    if (!call_is_answered(call)) {
        call->state = CALL_BODY;
        return MHD_YES;
    }
    exchange->drops_body = true;
    if (has_body(&call->request) &&
        (call->response.close_connection || !may_drop_body(&call->request)))
        return pass_on_answer(exchange);
    return MHD_YES;
}

/* ---- the body ---- */

static size_t take_into_sink(struct call *call, struct slice bytes)
{
    size_t taken = call->sink->write(call->sink, bytes);
    call->body_bytes += taken;
    return taken;
}

static void take_into_memory(struct exchange *exchange, struct slice bytes)
{
    struct call *call = &exchange->call;
    text_append(&exchange->body, bytes);
    call->body_bytes += bytes.len;
    if (exchange->body.status == STATUS_OK)
        return;
    exchange->drops_body = true;
    if (exchange->body.status == STATUS_TOO_LARGE)
        call_fail(call, call->service->errors->too_large, "Request must be smaller than %zu bytes.",
                  call->body_max_bytes);
    else
        call_fail_internal(call, exchange->body.status, "reading the request");
}

static enum MHD_Result drop_piece(struct exchange *exchange, struct slice bytes)
{
    exchange->dropped_bytes += (int64_t)bytes.len;
    return exchange->dropped_bytes <= DROPPED_BODY_MAX_BYTES ? MHD_YES : MHD_NO;
}

static enum MHD_Result on_piece(struct exchange *exchange, struct slice bytes, size_t *ret_left)
{
    struct call *call = &exchange->call;
    size_t taken = bytes.len;
    *ret_left = 0;
    if (exchange->drops_body)
        return drop_piece(exchange, bytes);
    if (call->sink != NULL)
        taken = take_into_sink(call, bytes);
    else
        take_into_memory(exchange, bytes);
    *ret_left = bytes.len - taken;
    if (*ret_left > 0)
        suspend(exchange);
    return MHD_YES;
}

/* ---- the answer ---- */

static enum MHD_Result send_now(struct exchange *exchange)
{
    return server_send_response(exchange->connection, &exchange->call);
}

/* Answered by the head, or in mid-body: nothing was written, so there is no commit to wait for. */
static enum MHD_Result pass_on_answer(struct exchange *exchange)
{
    exchange->call.state = CALL_SENT;
    return send_now(exchange);
}

static enum MHD_Result on_end(struct exchange *exchange)
{
    struct call *call = &exchange->call;
    if (exchange->drops_body)
        return pass_on_answer(exchange);
    call->body = text_slice(&exchange->body);
    call->state = CALL_RUNNING;
    exchange->server->options.run(exchange->server->options.ctx, call);
    if (call->state == CALL_SENT)
        return send_now(exchange);
    if (call->state == CALL_WAITING)
        suspend(exchange);
    return MHD_YES;
}

/* libmicrohttpd's signature. NOLINTNEXTLINE(readability-function-size) */
static enum MHD_Result on_access(void *ctx, struct MHD_Connection *connection, const char *url,
                                 const char *method, const char *version, const char *data,
                                 size_t *data_size, void **request_ctx)
{
    (void)ctx;
    (void)connection;
    (void)url;
    (void)version;
    struct exchange *exchange = *request_ctx;
    if (exchange == NULL)
        return MHD_NO;
    if (exchange->call.state == CALL_HEAD && !exchange->drops_body)
        return on_head(exchange, method);
    if (*data_size > 0)
        return on_piece(exchange, slice_make(data, *data_size), data_size);
    if (exchange->call.state == CALL_SENT)
        return send_now(exchange);
    if (exchange->call.state == CALL_ANSWERED && !exchange->drops_body)
        return MHD_YES;
    return on_end(exchange);
}

static void on_completed(void *ctx, struct MHD_Connection *connection, void **request_ctx,
                         enum MHD_RequestTerminationCode why)
{
    (void)ctx;
    (void)connection;
    (void)why;
    struct exchange *exchange = *request_ctx;
    if (exchange == NULL)
        return;
    exchange->server->waiting--;
    exchange_give_back(&exchange->server->exchanges, exchange);
    *request_ctx = NULL;
}

/* Paths and queries are kept raw (request.h), so libmicrohttpd decodes nothing. */
static size_t keep_escapes(void *ctx, struct MHD_Connection *connection, char *text)
{
    (void)ctx;
    (void)connection;
    return strlen(text);
}

/* ---- the loop ---- */

static void on_readable(void *arg)
{
    struct server *server = arg;
    (void)MHD_run(server->daemon);
}

static void on_idle(struct loop_timer *timer)
{
    struct server *server = list_entry(timer, struct server, idle);
    server->idle_is_armed = false;
    (void)MHD_run(server->daemon);
}

/* libmicrohttpd reads from whatever is resumed, and so does whoever resumes a suspended one. */
static void on_hangup(void *ctx, struct MHD_Connection *connection)
{
    struct server *server = ctx;
    if (MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_SUSPENDED)->suspended)
        return;
    MHD_suspend_connection(connection);
    MHD_resume_connection(connection);
    server->needs_run = true;
}

/*
 * With every place taken, or no descriptor left, libmicrohttpd stops listening, and only its next
 * run after a place became free listens again.
 */
static void on_connection(void *ctx, struct MHD_Connection *connection, void **socket_ctx,
                          enum MHD_ConnectionNotificationCode what)
{
    (void)socket_ctx;
    struct server *server = ctx;
    if (what == MHD_CONNECTION_NOTIFY_STARTED) {
        hangup_list_add(server->hangups, connection);
        return;
    }
    hangup_list_remove(server->hangups, connection);
    server->needs_run = true;
}

/* Idle connections are closed by MHD_run(), which must be called when the first one is due. */
static void arm_idle_timer(struct server *server, uint64_t delay_ms)
{
    if (server->idle_is_armed)
        return;
    enum status status =
        loop_timer_start(server->loop, &server->idle, (int64_t)delay_ms + 1, on_idle);
    server->idle_is_armed = status == STATUS_OK;
}

static bool on_turn(struct loop_hook *hook)
{
    struct server *server = list_entry(hook, struct server, hook);
    bool worked = server->options.commit(server->options.ctx);
    unsigned long long delay_ms = 0;
    bool has_timeout = MHD_get_timeout(server->daemon, &delay_ms) == MHD_YES;
    if (server->needs_run || (has_timeout && delay_ms == 0)) {
        server->needs_run = false;
        (void)MHD_run(server->daemon);
        return true;
    }
    if (has_timeout)
        arm_idle_timer(server, delay_ms);
    return worked;
}

/* ---- start and stop ---- */

__attribute__((format(printf, 2, 0))) static void on_library_log(void *ctx, const char *format,
                                                                 va_list args)
{
    (void)ctx;
    char line[512];
    (void)vsnprintf(line, sizeof(line), format, args);
    line[strcspn(line, "\n")] = '\0';
    log_line(LOG_DEBUG, "http: %s", line);
}

static struct MHD_Daemon *start_daemon(struct server *server, int fd)
{
    return MHD_start_daemon(
        MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG, 0, NULL, NULL, on_access,
        server, MHD_OPTION_EXTERNAL_LOGGER, on_library_log, NULL, MHD_OPTION_LISTEN_SOCKET, fd,
        MHD_OPTION_URI_LOG_CALLBACK, on_target, server, MHD_OPTION_NOTIFY_COMPLETED, on_completed,
        server, MHD_OPTION_NOTIFY_CONNECTION, on_connection, server, MHD_OPTION_UNESCAPE_CALLBACK,
        keep_escapes, NULL, MHD_OPTION_CONNECTION_MEMORY_LIMIT, CONNECTION_POOL_BYTES,
        MHD_OPTION_CONNECTION_LIMIT, server->options.max_connections, MHD_OPTION_CONNECTION_TIMEOUT,
        server->options.idle_timeout_s, MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1, MHD_OPTION_END);
}

static enum status attach(struct server *server)
{
    const union MHD_DaemonInfo *info =
        MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_EPOLL_FD);
    enum status status =
        loop_watch_start(server->loop, info->epoll_fd, on_readable, server, &server->watch);
    if (status != STATUS_OK)
        return status;
    server->hook.fn = on_turn;
    loop_add_hook(server->loop, &server->hook);
    return STATUS_OK;
}

enum status server_start(struct loop *loop, const struct server_options *options,
                         struct server **ret_server)
{
    int fd = options->socket;
    enum status status = fd > 0 ? STATUS_OK : server_listen(options->host, options->port, &fd);
    if (status != STATUS_OK)
        return status;
    struct server *server = mem_zalloc(sizeof(*server));
    if (server == NULL) {
        (void)close(fd);
        return STATUS_NO_MEMORY;
    }
    server->options = *options;
    server->loop = loop;
    server->port = server_bound_port(fd);
    list_init(&server->hook.link);
    exchange_pool_init(&server->exchanges);
    status = hangup_list_create(loop, on_hangup, server, &server->hangups);
    if (status == STATUS_OK)
        server->daemon = start_daemon(server, fd);
    if (server->daemon == NULL)
        (void)close(fd);
    else
        status = attach(server);
    if (status == STATUS_OK && server->daemon == NULL)
        status = STATUS_IO_ERROR;
    if (status != STATUS_OK) {
        server_stop(server);
        return status;
    }
    *ret_server = server;
    return STATUS_OK;
}

uint16_t server_port(const struct server *server)
{
    return server->port;
}

void server_stop_listening(struct server *server)
{
    int fd = MHD_quiesce_daemon(server->daemon);
    if (fd >= 0)
        (void)close(fd);
}

unsigned server_waiting(const struct server *server)
{
    return server->waiting;
}

void server_stop(struct server *server)
{
    if (server == NULL)
        return;
    loop_remove_hook(&server->hook);
    loop_watch_stop(server->watch);
    loop_timer_close(&server->idle);
    if (server->daemon != NULL)
        MHD_stop_daemon(server->daemon);
    exchange_pool_close(&server->exchanges);
    hangup_list_destroy(server->hangups);
    mem_free(server);
}

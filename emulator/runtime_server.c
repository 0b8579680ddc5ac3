#include "emulator/runtime_server.h"

#include "emulator/base/list.h"
#include "emulator/base/mem.h"
#include "emulator/http/call.h"
#include "emulator/http/server.h"
#include "emulator/loop/loop.h"
#include "emulator/sandbox.h"
#include "handlers/runtime/runtime.h"

/* A process has one connection; what it starts may have more. */
#define MAX_CONNECTIONS 16

struct runtime_endpoint {
    struct runtime_server *owner; /* borrowed */
    struct runtime_api *api;      /* borrowed until closed */
    struct server *server;
    struct loop_task stop;
    bool is_closing;
};

/* Nothing it says is written anywhere: no commit to wait for. */
static void on_late_answer(struct call *call)
{
    call->send(call);
}

static void on_head(void *ctx, struct call *call)
{
    struct runtime_endpoint *endpoint = ctx;
    call->service = &runtime_service;
    call->service_data = endpoint->api;
    call->sandbox = endpoint->owner->sandbox;
    call->answered = on_late_answer;
    call->body_max_bytes = runtime_service.body_max_bytes;
    runtime_service.begin(call);
    if (endpoint->is_closing && !call_is_answered(call))
        call_fail(call, runtime_service.errors->unavailable, "There is nothing more to do.");
}

static void on_run(void *ctx, struct call *call)
{
    (void)ctx;
    call->service->handle(call);
    if (call_is_answered(call))
        call->send(call);
    else
        call->state = CALL_WAITING;
}

static void on_stop(struct loop_task *task)
{
    struct runtime_endpoint *endpoint = list_entry(task, struct runtime_endpoint, stop);
    endpoint->owner->endpoints--;
    server_stop(endpoint->server);
    mem_free(endpoint);
}

/* A server can only be stopped between turns, when all its answers have left. */
static bool on_turn(void *ctx)
{
    struct runtime_endpoint *endpoint = ctx;
    if (!endpoint->is_closing || server_waiting(endpoint->server) > 0 || endpoint->stop.waiting)
        return false;
    loop_defer(endpoint->owner->sandbox->loop, &endpoint->stop);
    return true;
}

static enum status open_endpoint(void *ctx, struct runtime_api *api,
                                 struct runtime_endpoint **ret_endpoint, uint16_t *ret_port)
{
    struct runtime_server *server = ctx;
    struct runtime_endpoint *endpoint = mem_zalloc(sizeof(*endpoint));
    if (endpoint == NULL)
        return STATUS_NO_MEMORY;
    endpoint->owner = server;
    endpoint->api = api;
    loop_task_init(&endpoint->stop, on_stop);
    const struct server_options options = {
        .host = "127.0.0.1",
        .max_connections = MAX_CONNECTIONS,
        .idle_timeout_s = 0, /* a function may take its time between two requests */
        .ctx = endpoint,
        .head = on_head,
        .run = on_run,
        .commit = on_turn,
    };
    enum status status = server_start(server->sandbox->loop, &options, &endpoint->server);
    if (status != STATUS_OK) {
        mem_free(endpoint);
        return status;
    }
    server->endpoints++;
    *ret_port = server_port(endpoint->server);
    *ret_endpoint = endpoint;
    return STATUS_OK;
}

static void close_endpoint(void *ctx, struct runtime_endpoint *endpoint)
{
    (void)ctx;
    if (endpoint != NULL)
        endpoint->is_closing = true;
}

static const char *aws_url(void *ctx)
{
    const struct runtime_server *server = ctx;
    return server->aws_url != NULL ? server->aws_url : "";
}

struct runtime_port runtime_server_port(struct runtime_server *server)
{
    return (struct runtime_port){
        .ctx = server, .open = open_endpoint, .close = close_endpoint, .aws_url = aws_url};
}

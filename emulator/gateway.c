#include "emulator/gateway.h"

#include "emulator/base/log.h"
#include "emulator/base/mem.h"
#include "emulator/foreign_service.h"
#include "emulator/http/call.h"
#include "emulator/http/service.h"
#include "emulator/lambda/api_port.h"
#include "emulator/loop/loop.h"
#include "emulator/sandbox.h"
#include "emulator/unknown_service.h"
#include "storage/db.h"

#define HEAD_MAX_BYTES ((size_t)16 * 1024)

void gateway_init(struct gateway *gateway, const struct router *router,
                  const struct credentials_defaults *defaults)
{
    *gateway = (struct gateway){.router = *router, .defaults = *defaults};
    list_init(&gateway->worlds);
}

void gateway_add_world(struct gateway *gateway, struct gateway_world *world,
                       struct sandbox *sandbox, void (*before_commit)(struct sandbox *sandbox))
{
    world->before_commit = before_commit;
    world->sandbox = sandbox;
    list_init(&world->answered);
    list_append(&gateway->worlds, &world->link);
}

void gateway_remove_world(struct gateway_world *world)
{
    list_remove(&world->link);
}

static struct gateway_world *world_of(const struct gateway *gateway, const struct sandbox *sandbox)
{
    list_for_each(link, &gateway->worlds) {
        struct gateway_world *world = list_entry(link, struct gateway_world, link);
        if (world->sandbox == sandbox)
            return world;
    }
    return NULL;
}

/* Sandboxes are told apart by access key; a key no sandbox was made with belongs to the first. */
static struct sandbox *sandbox_for(const struct gateway *gateway)
{
    return list_entry(gateway->worlds.next, struct gateway_world, link)->sandbox;
}

static void note_answer(const struct call *call)
{
    enum log_level level = call->response.status >= 500 ? LOG_WARNING : LOG_DEBUG;
    log_line(level, "AWS %s.%s => %d%s%s", call->service->name,
             call->operation != NULL ? call->operation->name : "?", call->response.status,
             call->error_code != NULL ? " " : "", call->error_code != NULL ? call->error_code : "");
}

/* Whatever the group wrote must be committed first; with nothing written there is no wait. */
static void send_or_wait(struct call *call)
{
    struct sandbox *sandbox = call->sandbox;
    note_answer(call);
    if (call->world == NULL || !db_is_dirty(sandbox->db))
        call->send(call);
    else
        list_append(&call->world->answered, &call->link);
}

static void on_late_answer(struct call *call)
{
    note_answer(call);
    list_append(&call->world->answered, &call->link);
}

/* ---- head ---- */

#define INVALID_KEY_TEXT "The security token included in the request is invalid."
#define EXPIRED_KEY_TEXT "The security token included in the request is expired"

static void check_key(struct call *call, enum key_state state)
{
    const struct common_errors *errors = call->service->errors;
    const char *invalid = errors->invalid_key_text;
    const char *expired = errors->expired_key_text;
    if (state == KEY_INVALID && errors->invalid_key != NULL)
        call_fail(call, errors->invalid_key, "%s", invalid != NULL ? invalid : INVALID_KEY_TEXT);
    else if (state == KEY_EXPIRED && errors->expired_key != NULL)
        call_fail(call, errors->expired_key, "%s", expired != NULL ? expired : EXPIRED_KEY_TEXT);
}

static void check_credentials(struct call *call, enum status status, struct slice problem)
{
    const struct common_errors *errors = call->service->errors;
    if (status == STATUS_INVALID)
        call_fail(call, errors->incomplete_signature, "%.*s", SLICE_ARG(problem));
    else if (status == STATUS_NOT_FOUND && !call->service->allows_anonymous)
        call_fail(call, errors->missing_authentication, "Request is missing Authentication Token");
    else if (status != STATUS_NOT_FOUND)
        call_fail_internal(call, status, "reading the credentials");
}

static void begin(struct gateway *gateway, struct call *call)
{
    call->sandbox = sandbox_for(gateway);
    call->world = world_of(gateway, call->sandbox);
    call->answered = on_late_answer;
    call->body_max_bytes = call->service->body_max_bytes;
}

static void find_service(struct gateway *gateway, struct call *call, struct slice *scope)
{
    const struct service *service = router_find(&gateway->router, &call->request, *scope);
    call->service = service != NULL ? service : &unknown_service;
    if (service == NULL)
        call->service_data = scope;
    if (!request_host_is_trusted(call->request.host, &gateway->allowed))
        call->service = &foreign_host_service;
    else if (!call->service->answers_pages &&
             !request_page_is_trusted(&call->request, &gateway->allowed))
        call->service = &foreign_page_service;
}

static void check_head(struct call *call, enum status credentials_status, enum key_state key_state,
                       struct slice problem)
{
    if (call->request.header_bytes > HEAD_MAX_BYTES)
        call_fail(call, call->service->errors->headers_too_large,
                  "Request headers must be smaller than %zu bytes.", HEAD_MAX_BYTES);
    else if (credentials_status != STATUS_OK)
        check_credentials(call, credentials_status, problem);
    else
        check_key(call, key_state);
}

void gateway_head(void *ctx, struct call *call)
{
    struct gateway *gateway = ctx;
    struct credentials *credentials = arena_zalloc(&call->arena, sizeof(*credentials));
    struct slice problem = {NULL, 0};
    enum status status = STATUS_NO_MEMORY;
    enum key_state key_state = KEY_VALID;
    call->service = &unknown_service;
    if (credentials != NULL) {
        status = credentials_read(&call->request, &call->arena, &gateway->defaults,
                                  sandbox_for(gateway)->keys, credentials, &problem);
        key_state = credentials->key_state;
        call->principal = &credentials->principal;
        find_service(gateway, call, &credentials->service);
    }
    begin(gateway, call);
    call->service->begin(call);
    if (!call_is_answered(call))
        check_head(call, status, key_state, problem);
    if (call_is_answered(call))
        note_answer(call);
}

/* ---- run ---- */

void gateway_run(void *ctx, struct call *call)
{
    (void)ctx;
    struct db *db = call->sandbox->db;
    db_unit_begin(db);
    call->service->handle(call);
    bool keep = !call_is_answered(call) || call->response.status < 400;
    enum status status = db_unit_end(db, keep);
    if (!call_is_answered(call)) {
        call->state = CALL_WAITING;
        if (status != STATUS_OK)
            log_line(LOG_ERROR, "%s: what a call wrote before it waited is lost: %s",
                     call->service->name, status_text(status));
        return;
    }
    if (status != STATUS_OK)
        call_replace_answer(call, status, "writing to the database");
    send_or_wait(call);
}

/* ---- commit ---- */

static bool commit_world(struct gateway_world *world)
{
    struct list ready;
    list_init(&ready);
    list_move_all(&ready, &world->answered);
    if (world->before_commit != NULL)
        world->before_commit(world->sandbox);
    enum status status = STATUS_OK;
    if (db_is_dirty(world->sandbox->db))
        status = db_commit(world->sandbox->db);
    if (status != STATUS_OK)
        log_line(LOG_ERROR, "sandbox %s: a commit failed: %s; nothing of it was acknowledged",
                 world->sandbox->name, status_text(status));
    bool sent = !list_is_empty(&ready);
    for (struct list *link = list_take_first(&ready); link; link = list_take_first(&ready)) {
        struct call *call = list_entry(link, struct call, link);
        if (status != STATUS_OK)
            call_replace_answer(call, status, "writing to the database");
        call->send(call);
    }
    return sent;
}

bool gateway_commit(void *ctx)
{
    struct gateway *gateway = ctx;
    bool sent = false;
    list_for_each_safe(link, &gateway->worlds) {
        if (commit_world(list_entry(link, struct gateway_world, link)))
            sent = true;
    }
    return sent;
}

/* ---- calls from inside ---- */

struct inside_call {
    struct call call;
    struct api_port_call *port_call; /* borrowed */
    struct gateway *gateway;
    struct loop_task start;
};

static void on_inside_sent(struct call *call)
{
    struct inside_call *inside = call->transport;
    call->state = CALL_SENT;
    inside->port_call->http_status = call->response.status;
    inside->port_call->output = call->response.body;
    inside->port_call->done(inside->port_call);
    call_close(call);
    mem_free(inside);
}

static void on_inside_start(struct loop_task *task)
{
    struct inside_call *inside = list_entry(task, struct inside_call, start);
    struct call *call = &inside->call;
    call->service->begin(call);
    call->body = inside->port_call->input;
    if (call_is_answered(call)) {
        send_or_wait(call);
        return;
    }
    call->state = CALL_RUNNING;
    gateway_run(inside->gateway, call);
}

static void fail_inside(struct api_port_call *port_call, const char *json)
{
    port_call->http_status = 500;
    port_call->output = slice_of(json);
    port_call->done(port_call);
}

/* The head such a request would have had: services find their operation in X-Amz-Target. */
static enum status make_inside_head(struct call *call, const struct api_port_call *port_call)
{
    bool is_known = call->service != &unknown_service;
    char *target = arena_printf(&call->arena, "%s.%s",
                                is_known ? call->service->target_prefix : port_call->service,
                                port_call->operation);
    struct http_header *header = arena_alloc(&call->arena, sizeof(*header));
    if (target == NULL || header == NULL)
        return STATUS_NO_MEMORY;
    *header = (struct http_header){SLICE_INIT("X-Amz-Target"), slice_of(target)};
    call->request = (struct http_request){.method = SLICE("POST"),
                                          .target = SLICE("/"),
                                          .path = SLICE("/"),
                                          .headers = header,
                                          .header_count = 1,
                                          .content_length = (int64_t)port_call->input.len};
    return STATUS_OK;
}

static struct inside_call *make_inside_call(struct gateway *gateway, struct sandbox *sandbox,
                                            struct api_port_call *port_call)
{
    struct inside_call *inside = mem_zalloc(sizeof(*inside));
    if (inside == NULL)
        return NULL;
    struct call *call = &inside->call;
    call_init(call);
    call->service = router_service(&gateway->router, slice_of(port_call->service));
    if (call->service == NULL || call->service->target_prefix == NULL)
        call->service = &unknown_service;
    call->principal = port_call->principal;
    call->sandbox = sandbox;
    call->world = world_of(gateway, sandbox);
    call->answered = on_late_answer;
    call->send = on_inside_sent;
    call->transport = inside;
    call->started_us = loop_monotonic_us();
    inside->port_call = port_call;
    inside->gateway = gateway;
    loop_task_init(&inside->start, on_inside_start);
    if (make_inside_head(call, port_call) != STATUS_OK) {
        call_close(call);
        mem_free(inside);
        return NULL;
    }
    return inside;
}

void gateway_call_inside(struct gateway *gateway, struct sandbox *sandbox,
                         struct api_port_call *port_call)
{
    struct inside_call *inside = make_inside_call(gateway, sandbox, port_call);
    if (inside == NULL)
        fail_inside(port_call, "{\"__type\":\"InternalFailure\",\"message\":\"out of memory\"}");
    else
        loop_defer(sandbox->loop, &inside->start);
}

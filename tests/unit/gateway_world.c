#include "gateway_world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "storage/query.h"
#include "tests/lib/asserts.h"
#include "tests/lib/fault_vfs.h"

struct fixture *fixture;

/* ---- the service ---- */

static const struct api_error internal = {"Internal", 500, "", false};
static const struct api_error unavailable = {"Unavailable", 503, "", false};
static const struct api_error too_large = {"TooLarge", 413, "", false};
static const struct api_error unsigned_call = {"Unsigned", 403, "", false};
static const struct api_error broken_signature = {"Broken", 400, "", false};
static const struct api_error invalid_key = {"InvalidKey", 403, "", false};
static const struct api_error expired_key = {"ExpiredKey", 403, "", false};
static const struct api_error refused = {"Refused", 400, "", false};
static const struct common_errors errors = {.internal = &internal,
                                            .unavailable = &unavailable,
                                            .headers_too_large = &too_large,
                                            .missing_authentication = &unsigned_call,
                                            .incomplete_signature = &broken_signature,
                                            .invalid_key = &invalid_key,
                                            .expired_key = &expired_key,
                                            .expired_key_text = "It is over."};
static const struct common_errors errors_without_keys = {.internal = &internal,
                                                         .headers_too_large = &too_large};

enum status put(struct db *db, struct slice name, struct slice value)
{
    static const char sql[] = "INSERT INTO setting(name, value) VALUES(?, ?)";
    struct query q;
    enum status status = db_write(db);
    if (status != STATUS_OK)
        return status;
    query_begin(&q, db, sql);
    query_bind_text(&q, name);
    query_bind_text(&q, value);
    return query_run(&q);
}

bool is_there(struct db *db, const char *name)
{
    static const char sql[] = "SELECT 1 FROM setting WHERE name = ?";
    struct query q;
    query_begin(&q, db, sql);
    query_bind_text(&q, slice_of(name));
    bool found = query_step(&q);
    assert_ok(query_end(&q));
    return found;
}

static void run_put(struct call *call)
{
    enum status status = put(call->sandbox->db, call->body, SLICE("x"));
    if (status != STATUS_OK)
        call_fail_internal(call, status, "putting");
    else
        call_answer(call, 200, "text/plain", call->body);
}

static void run_put_and_fail(struct call *call)
{
    assert_ok(put(call->sandbox->db, call->body, SLICE("x")));
    call_fail(call, &refused, "%s", "not this one");
}

static void run_put_much(struct call *call)
{
    static char much[400000];
    memset(much, 'x', sizeof(much));
    enum status status = put(call->sandbox->db, call->body, slice_make(much, sizeof(much)));
    if (status != STATUS_OK)
        call_fail_internal(call, status, "putting");
    else
        call_answer(call, 200, "text/plain", call->body);
}

static void run_read(struct call *call)
{
    bool found = is_there(call->sandbox->db, "a");
    call_answer(call, 200, "text/plain", found ? SLICE("there") : SLICE("missing"));
}

static void run_wait(struct call *call)
{
    (void)call;
}

static const struct operation operations[] = {
    {"put", run_put},           {"put_and_fail", run_put_and_fail},
    {"put_much", run_put_much}, {"read", run_read},
    {"wait", run_wait},
};

static void begin(struct call *call)
{
    struct slice target = request_header(&call->request, "X-Amz-Target");
    (void)slice_cut(&target, '.');
    call->operation = service_operation(call->service, target);
}

static void handle(struct call *call)
{
    call->operation->run(call);
}

static void write_error(struct call *call, const struct api_error *error, struct slice message)
{
    call_answer_text(call, error->status, "text/plain",
                     &(struct text){.ptr = (char *)(uintptr_t)message.ptr, .len = message.len});
    call->error_code = error->code;
}

const struct service fake = {
    .name = "fake",
    .target_prefix = "Fake_2026",
    .title = "Fake",
    .operations = operations,
    .operation_count = 5,
    .body_max_bytes = 1234,
    .errors = &errors,
    .begin = begin,
    .handle = handle,
    .write_error = write_error,
};

const struct service open_to_all = {
    .name = "open",
    .target_prefix = "Open",
    .title = "Open",
    .operations = operations,
    .operation_count = 5,
    .allows_anonymous = true,
    .errors = &errors,
    .begin = begin,
    .handle = handle,
    .write_error = write_error,
};

/* An API of our own: whose keys there are does not matter to it. */
const struct service blind = {
    .name = "blind",
    .target_prefix = "Blind",
    .title = "Blind",
    .operations = operations,
    .operation_count = 5,
    .errors = &errors_without_keys,
    .begin = begin,
    .handle = handle,
    .write_error = write_error,
};

static const struct service without_target = {.name = "s3", .title = "S3"};

/* ---- the fixture ---- */

static bool on_turn(struct loop_hook *hook)
{
    (void)hook;
    return gateway_commit(&fixture->gateway);
}

static void on_undone(struct db_listener *listener)
{
    (void)listener;
    fixture->times_undone++;
}

int set_up(void **state)
{
    static const struct service *const services[] = {&fake, &open_to_all, &blind, &without_target};
    static const struct router router = {services, 4};
    static const struct credentials_defaults defaults = {SLICE_INIT("000000000000"),
                                                         SLICE_INIT("us-east-1")};
    char path[128];
    struct fixture *f = calloc(1, sizeof(*f));
    *state = fixture = f;
    if (temporary_folder_make(f->folder) != 0 || loop_create(&f->sandbox.loop) != STATUS_OK)
        return -1;
    (void)snprintf(path, sizeof(path), "%s/hydrant.db", f->folder);
    fault_vfs_install();
    fault_vfs_choose(VFS_DISK_FULL);
    if (db_open(path, DB_DURABILITY_NORMAL, &f->sandbox.db) != STATUS_OK ||
        db_open_reader(f->sandbox.db, &f->reader) != STATUS_OK)
        return -1;
    f->sandbox.name = "main";
    f->listener.group_undone = on_undone;
    db_add_listener(f->sandbox.db, &f->listener);
    gateway_init(&f->gateway, &router, &defaults);
    gateway_add_world(&f->gateway, &f->world, &f->sandbox, NULL);
    f->hook.fn = on_turn;
    loop_add_hook(f->sandbox.loop, &f->hook);
    return 0;
}

int tear_down(void **state)
{
    struct fixture *f = *state;
    fault_disarm(vfs_fault);
    gateway_remove_world(&f->world);
    loop_remove_hook(&f->hook);
    loop_destroy(f->sandbox.loop);
    db_close(f->reader);
    db_close(f->sandbox.db);
    fault_vfs_remove();
    int result = temporary_folder_remove(f->folder);
    free(f);
    return result;
}

/* ---- calls ---- */

static void on_send(struct call *call)
{
    struct client *client = call->transport;
    assert_false(client->is_sent);
    client->is_sent = true;
    client->was_committed =
        call->body.len > 0 && is_there(fixture->reader, arena_text(&call->arena, call->body));
    call->state = CALL_SENT;
}

void ask_service(struct client *client, const char *prefix, const char *operation,
                 const char *authorization)
{
    *client = (struct client){0};
    (void)snprintf(client->target, sizeof(client->target), "%s.%s", prefix, operation);
    struct call *call = &client->call;
    call_init(call);
    call->transport = client;
    call->send = on_send;
    client->headers[0] = (struct http_header){SLICE("X-Amz-Target"), slice_of(client->target)};
    client->headers[1] = (struct http_header){SLICE("X-Amz-Date"), SLICE("20260101T000000Z")};
    client->headers[2] = (struct http_header){SLICE("Authorization"), slice_of(authorization)};
    call->request = (struct http_request){.method = SLICE("POST"),
                                          .target = SLICE("/"),
                                          .path = SLICE("/"),
                                          .headers = client->headers,
                                          .header_count = authorization != NULL ? 3 : 2};
    gateway_head(&fixture->gateway, call);
}

void run(struct client *client, const char *body)
{
    assert_false(call_is_answered(&client->call));
    client->call.body = slice_of(body);
    client->call.state = CALL_RUNNING;
    gateway_run(&fixture->gateway, &client->call);
}

void ask(struct client *client, const char *operation, const char *body)
{
    ask_service(client, "Fake_2026", operation, AUTHORIZATION);
    run(client, body);
}

void assert_answer(const struct client *client, int status, const char *body)
{
    assert_true(client->is_sent);
    assert_int_equal(client->call.response.status, status);
    assert_slice(client->call.response.body, body);
}

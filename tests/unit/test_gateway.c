/*
 * Gateway and database together, with a service of the test. A call's path names its operation;
 * the transport only notes what it was told to send.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "emulator/base/log.h"
#include "emulator/gateway.h"
#include "emulator/http/call.h"
#include "emulator/http/service.h"
#include "emulator/lambda/api_port.h"
#include "emulator/loop/loop.h"
#include "emulator/sandbox.h"
#include "storage/db.h"
#include "storage/query.h"
#include "tests/lib/asserts.h"
#include "tests/lib/fault_vfs.h"
#include "tests/lib/temporary_folder.h"

#define AUTHORIZATION                                                          \
    "AWS4-HMAC-SHA256 Credential=111122223333/d/us-west-2/fake/aws4_request, " \
    "SignedHeaders=host, Signature=00"

struct fixture {
    char folder[TEMPORARY_FOLDER_BYTES];
    struct sandbox sandbox;
    struct gateway gateway;
    struct gateway_world world;
    struct db *reader; /* sees what is committed */
    struct loop_hook hook;
    struct db_listener listener;
    int times_undone;
};

static struct fixture *fixture;

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

static enum status put(struct db *db, struct slice name, struct slice value)
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

static bool is_there(struct db *db, const char *name)
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

static const struct service fake = {
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

static const struct service open_to_all = {
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
static const struct service blind = {
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

static int set_up(void **state)
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

static int tear_down(void **state)
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

struct client {
    struct call call;
    struct http_header headers[3];
    char target[64];
    bool is_sent;
    bool was_committed; /* the row named by the body was, when the answer went out */
};

static void on_send(struct call *call)
{
    struct client *client = call->transport;
    assert_false(client->is_sent);
    client->is_sent = true;
    client->was_committed =
        call->body.len > 0 && is_there(fixture->reader, arena_text(&call->arena, call->body));
    call->state = CALL_SENT;
}

static void ask_service(struct client *client, const char *prefix, const char *operation,
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

static void run(struct client *client, const char *body)
{
    assert_false(call_is_answered(&client->call));
    client->call.body = slice_of(body);
    client->call.state = CALL_RUNNING;
    gateway_run(&fixture->gateway, &client->call);
}

static void ask(struct client *client, const char *operation, const char *body)
{
    ask_service(client, "Fake_2026", operation, AUTHORIZATION);
    run(client, body);
}

static void assert_answer(const struct client *client, int status, const char *body)
{
    assert_true(client->is_sent);
    assert_int_equal(client->call.response.status, status);
    assert_slice(client->call.response.body, body);
}

/* ---- head ---- */

static void the_head_says_who_calls_where(void **state)
{
    struct fixture *f = *state;
    struct client client;
    ask_service(&client, "Fake_2026", "put", AUTHORIZATION);
    assert_false(call_is_answered(&client.call));
    assert_ptr_equal(client.call.service, &fake);
    assert_string_equal(client.call.operation->name, "put");
    assert_slice(client.call.principal->account, "111122223333");
    assert_slice(client.call.principal->region, "us-west-2");
    assert_ptr_equal(client.call.sandbox, &f->sandbox);
    assert_int_equal(client.call.body_max_bytes, 1234);
    call_close(&client.call);
}

static void without_credentials_the_service_decides(void **state)
{
    (void)state;
    struct client client;
    ask_service(&client, "Fake_2026", "put", NULL);
    assert_string_equal(client.call.error_code, "Unsigned");
    assert_slice(client.call.response.body, "Request is missing Authentication Token");
    call_close(&client.call);
    ask_service(&client, "Open", "put", NULL);
    assert_false(call_is_answered(&client.call));
    assert_true(client.call.principal->is_anonymous);
    call_close(&client.call);
}

static void broken_credentials_are_refused_even_where_none_are_needed(void **state)
{
    (void)state;
    struct client client;
    ask_service(&client, "Open", "put", "Basic dGVzdA==");
    assert_string_equal(client.call.error_code, "Broken");
    call_close(&client.call);
}

/* What the key is called says what it is. */
static enum status find_key(void *ctx, struct slice access_key, struct slice token,
                            struct arena *arena, struct key_owner *ret_owner)
{
    (void)ctx;
    (void)token;
    (void)arena;
    if (slice_equal_text(access_key, "broken"))
        return STATUS_IO_ERROR;
    *ret_owner = (struct key_owner){
        .state = slice_equal_text(access_key, "valid")     ? KEY_VALID
                 : slice_equal_text(access_key, "invalid") ? KEY_INVALID
                                                           : KEY_EXPIRED,
        .account = SLICE("444455556666"),
        .arn = SLICE("arn:aws:iam::444455556666:user/u"),
    };
    return STATUS_OK;
}

#define SIGNED_BY(key) \
    "AWS4-HMAC-SHA256 Credential=" key "/d/r/fake/aws4_request, SignedHeaders=host, Signature=00"

static void keys_made_inside_are_their_owners_or_refused(void **state)
{
    static const struct key_port keys = {NULL, find_key};
    struct fixture *f = *state;
    struct client client;
    f->sandbox.keys = &keys;
    ask_service(&client, "Fake_2026", "put", SIGNED_BY("valid"));
    assert_false(call_is_answered(&client.call));
    assert_slice(client.call.principal->arn, "arn:aws:iam::444455556666:user/u");
    assert_slice(client.call.principal->account, "444455556666");
    call_close(&client.call);
    ask_service(&client, "Fake_2026", "put", SIGNED_BY("invalid"));
    assert_string_equal(client.call.error_code, "InvalidKey");
    assert_slice(client.call.response.body,
                 "The security token included in the request is invalid.");
    call_close(&client.call);
    ask_service(&client, "Open", "put", SIGNED_BY("expired"));
    assert_string_equal(client.call.error_code, "ExpiredKey");
    assert_slice(client.call.response.body, "It is over.");
    call_close(&client.call);
    ask_service(&client, "Fake_2026", "put", SIGNED_BY("broken"));
    assert_string_equal(client.call.error_code, "Internal");
    call_close(&client.call);
}

static void a_service_without_errors_of_keys_does_not_look_at_them(void **state)
{
    static const struct key_port keys = {NULL, find_key};
    struct fixture *f = *state;
    struct client client;
    f->sandbox.keys = &keys;
    ask_service(&client, "Blind", "put", SIGNED_BY("expired"));
    assert_false(call_is_answered(&client.call));
    call_close(&client.call);
}

static void a_service_nobody_has_is_named(void **state)
{
    (void)state;
    struct client client;
    ask_service(&client, "Kinesis_20131202", "PutRecord", NULL);
    assert_int_equal(client.call.response.status, 400);
    assert_slice(
        client.call.response.body,
        "{\"__type\":\"UnknownOperationException\",\"message\":\"Hydrant does not have the "
        "service or operation Kinesis_20131202.PutRecord.\"}");
    call_close(&client.call);
}

static void a_head_of_too_many_bytes_is_refused(void **state)
{
    (void)state;
    struct client client;
    ask_service(&client, "Fake_2026", "put", AUTHORIZATION);
    client.call.request.header_bytes = 16385;
    gateway_head(&fixture->gateway, &client.call);
    assert_string_equal(client.call.error_code, "TooLarge");
    call_close(&client.call);
}

/* ---- answers and commits ---- */

static void an_answer_that_wrote_is_not_sent_before_the_commit(void **state)
{
    struct fixture *f = *state;
    struct client client;
    ask(&client, "put", "a");
    assert_false(client.is_sent);
    assert_false(is_there(f->reader, "a"));
    assert_true(gateway_commit(&f->gateway));
    assert_answer(&client, 200, "a");
    assert_true(client.was_committed);
    assert_false(gateway_commit(&f->gateway));
    call_close(&client.call);
}

static void an_answer_that_only_read_is_sent_at_once(void **state)
{
    (void)state;
    struct client client;
    ask(&client, "read", "");
    assert_answer(&client, 200, "missing");
    call_close(&client.call);
}

static void what_was_read_from_an_uncommitted_group_waits_with_it(void **state)
{
    struct fixture *f = *state;
    struct client writer;
    struct client reader;
    ask(&writer, "put", "a");
    ask(&reader, "read", "");
    assert_false(reader.is_sent);
    assert_true(gateway_commit(&f->gateway));
    assert_answer(&reader, 200, "there");
    call_close(&writer.call);
    call_close(&reader.call);
}

static void a_failed_call_leaves_nothing_and_the_others_stay(void **state)
{
    struct fixture *f = *state;
    struct client clients[3];
    ask(&clients[0], "put", "a");
    ask(&clients[1], "put_and_fail", "b");
    ask(&clients[2], "put", "c");
    assert_true(gateway_commit(&f->gateway));
    assert_answer(&clients[0], 200, "a");
    assert_answer(&clients[1], 400, "not this one");
    assert_answer(&clients[2], 200, "c");
    assert_true(is_there(f->reader, "a"));
    assert_false(is_there(f->reader, "b"));
    assert_true(is_there(f->reader, "c"));
    for (int i = 0; i < 3; i++)
        call_close(&clients[i].call);
}

static void write_news(struct sandbox *sandbox)
{
    db_unit_begin(sandbox->db);
    assert_ok(put(sandbox->db, SLICE("news"), SLICE("x")));
    assert_ok(db_unit_end(sandbox->db, true));
}

static void what_the_sandbox_has_to_say_before_a_commit_is_in_it(void **state)
{
    struct fixture *f = *state;
    gateway_remove_world(&f->world);
    gateway_add_world(&f->gateway, &f->world, &f->sandbox, write_news);
    assert_false(gateway_commit(&f->gateway)); /* no answer was waiting */
    assert_true(is_there(f->reader, "news"));
    assert_false(db_is_dirty(f->sandbox.db));
    f->world.before_commit = NULL;
}

static void a_failed_commit_turns_every_answer_of_the_group_into_5xx(void **state)
{
    struct fixture *f = *state;
    struct client clients[3];
    ask(&clients[0], "put", "a");
    ask(&clients[1], "read", "");
    ask(&clients[2], "put", "c");
    fault_arm(vfs_fault, 1, true);
    assert_true(gateway_commit(&f->gateway));
    fault_disarm(vfs_fault);
    for (int i = 0; i < 3; i++) {
        assert_answer(&clients[i], 503,
                      "Hydrant could not do this: writing to the database "
                      "(no space left on device).");
        call_close(&clients[i].call);
    }
    assert_int_equal(f->times_undone, 1);
    assert_false(is_there(f->sandbox.db, "a"));
    assert_false(is_there(f->sandbox.db, "c"));
}

static void after_a_failed_commit_the_next_one_works(void **state)
{
    struct fixture *f = *state;
    struct client client;
    ask(&client, "put", "a");
    fault_arm(vfs_fault, 1, true);
    assert_true(gateway_commit(&f->gateway));
    fault_disarm(vfs_fault);
    call_close(&client.call);
    ask(&client, "put", "a");
    assert_true(gateway_commit(&f->gateway));
    assert_answer(&client, 200, "a");
    assert_true(client.was_committed);
    call_close(&client.call);
}

static void limit_database(struct db *db)
{
    static const char sql[] = "PRAGMA max_page_count = 1"; /* not below what is there */
    struct query q;
    query_begin(&q, db, sql);
    assert_ok(query_run(&q));
}

static void a_failure_that_ended_the_group_fails_everyone_in_it(void **state)
{
    struct fixture *f = *state;
    struct client clients[3];
    limit_database(f->sandbox.db);
    ask(&clients[0], "put", "a");
    ask(&clients[1], "put_much", "b");
    ask(&clients[2], "put", "c");
    assert_true(gateway_commit(&f->gateway));
    for (int i = 0; i < 3; i++) {
        assert_true(clients[i].is_sent);
        assert_int_equal(clients[i].call.response.status, 503);
        assert_string_equal(clients[i].call.error_code, "Unavailable");
        call_close(&clients[i].call);
    }
    assert_int_equal(f->times_undone, 1);
    assert_false(is_there(f->reader, "a"));
    assert_false(is_there(f->reader, "b"));
    assert_false(is_there(f->reader, "c"));
}

static void a_late_answer_is_sent_at_the_end_of_its_turn(void **state)
{
    struct fixture *f = *state;
    struct client client;
    ask(&client, "wait", "late");
    assert_int_equal(client.call.state, CALL_WAITING);
    assert_false(gateway_commit(&f->gateway));
    db_unit_begin(f->sandbox.db);
    assert_ok(put(f->sandbox.db, SLICE("late"), SLICE("x")));
    assert_ok(db_unit_end(f->sandbox.db, true));
    call_answer(&client.call, 200, "text/plain", SLICE("done"));
    assert_false(client.is_sent);
    assert_true(gateway_commit(&f->gateway));
    assert_answer(&client, 200, "done");
    assert_true(client.was_committed);
    call_close(&client.call);
}

/* ---- calls from inside ---- */

static struct principal role = {.account = SLICE_INIT("111122223333"),
                                .region = SLICE_INIT("us-west-2"),
                                .arn = SLICE_INIT("arn:aws:iam::111122223333:role/likes")};
static struct text output;
static bool done_was_committed;

static void on_done(struct api_port_call *call)
{
    text_init(&output, 10000);
    text_append(&output, call->output);
    done_was_committed = is_there(fixture->reader, "inside");
    loop_stop(fixture->sandbox.loop);
}

static int call_inside(struct fixture *f, const char *service, const char *operation)
{
    struct api_port_call call = {.principal = &role,
                                 .service = service,
                                 .operation = operation,
                                 .input = SLICE("inside"),
                                 .done = on_done};
    gateway_call_inside(&f->gateway, &f->sandbox, &call);
    assert_int_equal(call.http_status, 0); /* never from inside the call that asked */
    loop_run(f->sandbox.loop);
    return call.http_status;
}

static void a_call_from_inside_is_done_after_its_commit(void **state)
{
    assert_int_equal(call_inside(*state, "fake", "put"), 200);
    assert_slice(text_slice(&output), "inside");
    assert_true(done_was_committed);
    text_close(&output);
}

static void a_call_from_inside_that_fails_leaves_nothing(void **state)
{
    assert_int_equal(call_inside(*state, "fake", "put_and_fail"), 400);
    assert_slice(text_slice(&output), "not this one");
    assert_false(done_was_committed);
    text_close(&output);
}

static void a_call_from_inside_hears_of_a_failed_commit(void **state)
{
    fault_arm(vfs_fault, 1, true);
    assert_int_equal(call_inside(*state, "fake", "put"), 503);
    assert_false(done_was_committed);
    text_close(&output);
}

static void a_call_from_inside_names_the_service_nobody_has(void **state)
{
    static const char *const names[] = {"ec2", "s3"};
    for (size_t i = 0; i < 2; i++) {
        char expected[128];
        (void)snprintf(expected, sizeof(expected), "service or operation %s.Run.", names[i]);
        assert_int_equal(call_inside(*state, names[i], "Run"), 400);
        assert_true(slice_search(text_slice(&output), slice_of(expected)) < output.len);
        text_close(&output);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_head_says_who_calls_where),
        TEST(without_credentials_the_service_decides),
        TEST(broken_credentials_are_refused_even_where_none_are_needed),
        TEST(keys_made_inside_are_their_owners_or_refused),
        TEST(a_service_without_errors_of_keys_does_not_look_at_them),
        TEST(a_service_nobody_has_is_named),
        TEST(a_head_of_too_many_bytes_is_refused),
        TEST(an_answer_that_wrote_is_not_sent_before_the_commit),
        TEST(an_answer_that_only_read_is_sent_at_once),
        TEST(what_was_read_from_an_uncommitted_group_waits_with_it),
        TEST(a_failed_call_leaves_nothing_and_the_others_stay),
        TEST(what_the_sandbox_has_to_say_before_a_commit_is_in_it),
        TEST(a_failed_commit_turns_every_answer_of_the_group_into_5xx),
        TEST(after_a_failed_commit_the_next_one_works),
        TEST(a_failure_that_ended_the_group_fails_everyone_in_it),
        TEST(a_late_answer_is_sent_at_the_end_of_its_turn),
        TEST(a_call_from_inside_is_done_after_its_commit),
        TEST(a_call_from_inside_that_fails_leaves_nothing),
        TEST(a_call_from_inside_hears_of_a_failed_commit),
        TEST(a_call_from_inside_names_the_service_nobody_has),
    };
    log_set_level(LOG_ERROR + 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}

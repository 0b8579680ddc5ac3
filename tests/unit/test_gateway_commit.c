#include "gateway_world.h"

#include <stdio.h>

#include "emulator/base/log.h"
#include "emulator/lambda/api_port.h"
#include "storage/query.h"
#include "tests/lib/asserts.h"
#include "tests/lib/fault_vfs.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
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

#include "server_world.h"

#include <errno.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "emulator/base/log.h"
#include "emulator/http/call.h"
#include "emulator/http/server.h"
#include "emulator/loop/loop.h"
#include "tests/lib/asserts.h"
#include "tests/lib/mem_fault.h"

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

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
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
    };
    log_set_level(LOG_ERROR + 1);
    (void)signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * test_query_pool.c -- the daemon's side of queries' processes against good and bad ones. This
 * program is the launcher, too: as "run-query" it is the real process, unless the program it is
 * sent begins with '!' and says how it is to misbehave.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "emulator/base/arena.h"
#include "emulator/base/text.h"
#include "emulator/delivery/query_helper.h"
#include "emulator/delivery/query_pool.h"
#include "emulator/delivery/query_wire.h"
#include "emulator/loop/child_aside.h"
#include "emulator/loop/loop.h"
#include "tests/lib/asserts.h"

enum { STREAM = 7, RECORDS_MAX = 600 };

/* ---- the other side ---- */

static void say(const char *bytes, size_t len)
{
    if (write(CHILD_ASIDE_SOCKET, bytes, len) != (ssize_t)len)
        _exit(2);
}

static void say_verdict(void)
{
    static char verdict[QUERY_MESSAGE_HEAD_BYTES + QUERY_VERDICT_MAX_BYTES];
    say(verdict, query_wire_write_verdict(verdict, STATUS_OK, SLICE("")));
}

/* The program and, for what is said behind the verdict, some of the first record. */
static void hear(size_t len)
{
    static char bytes[65536];
    if (read(CHILD_ASIDE_SOCKET, bytes, len) <= 0)
        _exit(3);
}

static void misbehave(const char *how)
{
    static char garbage[300 * 1024];
    static char answer[QUERY_MESSAGE_HEAD_BYTES + QUERY_ANSWER_MAX_BYTES];
    struct query_page *page = child_aside_attach(sizeof(*page));
    size_t len = query_wire_write_answer(answer, &(struct metadata_answer){.count = 0});
    hear(65536);
    memset(garbage, 0xff, sizeof(garbage));
    if (strcmp(how, "!gone") == 0)
        _exit(0);
    if (strcmp(how, "!no verdict") == 0)
        say(garbage, sizeof(garbage));
    say_verdict();
    hear(65536);
    atomic_store(&page->at_hand, UINT64_MAX); /* is not believed */
    if (strcmp(how, "!garbage") == 0)
        say(garbage, sizeof(garbage));
    for (int i = 0; i < 3 && strcmp(how, "!too many") == 0; i++)
        say(answer, len);
    _exit(0);
}

static int be_process(void)
{
    static char start[256];
    ssize_t len = recv(CHILD_ASIDE_SOCKET, start, sizeof(start) - 1, MSG_PEEK);
    if (len > (ssize_t)QUERY_MESSAGE_HEAD_BYTES && start[QUERY_MESSAGE_HEAD_BYTES] == '!')
        misbehave(start + QUERY_MESSAGE_HEAD_BYTES);
    return query_helper_run();
}

/* ---- this side ---- */

static struct world {
    struct query_pool *pool;
    struct arena arena;
    struct query_record records[RECORDS_MAX];
    struct query_run run;
} w;

static int set_up(void **state)
{
    (void)state;
    memset(&w, 0, sizeof(w));
    arena_init(&w.arena, (size_t)16 * 1024 * 1024);
    return query_pool_create("/proc/self/exe", &w.pool) == STATUS_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    query_pool_destroy(w.pool);
    arena_clear(&w.arena);
    return 0;
}

static enum status run(const char *program, const char *const *records, size_t count)
{
    memset(w.records, 0, sizeof(w.records));
    for (size_t i = 0; i < count; i++)
        w.records[i].data = slice_of(records[i]);
    w.run = (struct query_run){.records = w.records, .count = count, .arena = &w.arena};
    return query_pool_run(w.pool, STREAM, slice_of(program), &w.run);
}

static void assert_key(size_t record, const char *value)
{
    assert_int_equal(w.records[record].answer.trouble, METADATA_NONE);
    assert_int_equal(w.records[record].answer.count, 1);
    assert_slice(w.records[record].answer.keys[0].value, value);
}

static void assert_trouble(size_t record, enum metadata_trouble trouble)
{
    assert_string_equal(metadata_trouble_text(w.records[record].answer.trouble),
                        metadata_trouble_text(trouble));
}

static void every_record_has_its_own_answer(void **state)
{
    (void)state;
    static const char *const records[] = {"{\"a\":1}", "{}", "no", "{\"a\":\"x\"}", ""};
    for (unsigned round = 0; round < 2; round++) {
        assert_ok(run("{a:.a}", records, 5));
        assert_key(0, "1");
        assert_trouble(1, METADATA_EMPTY_VALUE);
        assert_trouble(2, METADATA_NOT_JSON);
        assert_key(3, "x");
        assert_trouble(4, METADATA_NOT_JSON);
    }
}

static void those_at_fault_are_found_among_many(void **state)
{
    (void)state;
    static const char *records[RECORDS_MAX];
    for (size_t i = 0; i < RECORDS_MAX; i++)
        records[i] = i % 200 == 150 ? "{\"a\":null}" : "{\"a\":\"g\"}";
    assert_ok(run("if .a then {a:.a} else (\"x\"|.[nan:]) end", records, RECORDS_MAX));
    for (size_t i = 0; i < RECORDS_MAX; i++) {
        if (i % 200 == 150)
            assert_trouble(i, METADATA_PROCESS_ENDED);
        else
            assert_key(i, "g");
    }
}

static void one_that_does_not_end_is_given_up_and_the_next_go_on(void **state)
{
    (void)state;
    static const char *const records[] = {"{\"a\":1}", "{}", "{\"a\":2}"};
    assert_ok(run("def f: f; if .a then {a:.a} else f end", records, 3));
    assert_key(0, "1");
    assert_trouble(1, METADATA_LIMIT);
    assert_key(2, "2");
}

static void a_record_beyond_the_limit_is_not_asked_for(void **state)
{
    (void)state;
    char *large = calloc(1, METADATA_MAX_RECORD_BYTES + 2);
    memset(large, ' ', METADATA_MAX_RECORD_BYTES + 1);
    const char *const records[] = {large, "{\"a\":1}", large, "{\"a\":2}", large};
    assert_ok(run("{a:.a}", records, 5));
    assert_trouble(0, METADATA_RECORD_TOO_LARGE);
    assert_key(1, "1");
    assert_trouble(2, METADATA_RECORD_TOO_LARGE);
    assert_key(3, "2");
    assert_trouble(4, METADATA_RECORD_TOO_LARGE);
    free(large);
}

static void a_program_that_does_not_compile_fails_every_record(void **state)
{
    (void)state;
    static const char *const records[] = {"{}", "{}"};
    assert_ok(run("{a:", records, 2));
    assert_trouble(0, METADATA_NO_PROGRAM);
    assert_trouble(1, METADATA_NO_PROGRAM);
}

static void a_process_that_is_astray_costs_its_records_and_no_more(void **state)
{
    (void)state;
    static const char *const records[] = {"{\"a\":1}", "{\"a\":2}"};
    static const char *const ways[] = {"!garbage", "!too many", "!leaves"};
    for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
        assert_ok(run(ways[i], records, 2));
        assert_int_equal(w.run.next, 2);
    }
    static const char *const early[] = {"!gone", "!no verdict"};
    for (size_t i = 0; i < sizeof(early) / sizeof(early[0]); i++) {
        assert_ok(run(early[i], records, 2));
        assert_trouble(0, METADATA_NO_PROGRAM);
        assert_trouble(1, METADATA_NO_PROGRAM);
    }
    assert_ok(run("{a:.a}", records, 2));
    assert_key(1, "2");
}

static void *stop_soon(void *pool)
{
    (void)usleep(200000);
    query_pool_stop(pool);
    return NULL;
}

static void a_stop_ends_the_run_and_later_ones_do_not_begin(void **state)
{
    (void)state;
    static const char *const records[] = {"{}"};
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, stop_soon, w.pool), 0);
    assert_int_equal(run("def f: f; f", records, 1), STATUS_CANCELLED);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(run("{a:.a}", records, 1), STATUS_CANCELLED);
}

static void idle_ones_go_with_their_stream(void **state)
{
    (void)state;
    static const char *const records[] = {"{\"a\":1}"};
    assert_ok(run("{a:.a}", records, 1));
    query_pool_drop(w.pool, STREAM + 1);
    assert_true(query_pool_trim(w.pool));
    query_pool_drop(w.pool, STREAM);
    assert_false(query_pool_trim(w.pool));
}

static void a_check_says_why_a_program_is_none(void **state)
{
    (void)state;
    struct text problem;
    text_init(&problem, 4096);
    assert_ok(query_pool_check(w.pool, SLICE("{a:.a}"), &problem));
    assert_int_equal(problem.len, 0);
    assert_false(query_pool_trim(w.pool));
    assert_int_equal(query_pool_check(w.pool, SLICE("{a:nosuch}"), &problem), STATUS_INVALID);
    assert_true(slice_starts_with(text_slice(&problem), SLICE("jq: error: nosuch/0")));
    text_clear(&problem);
    assert_int_equal(query_pool_check(w.pool, SLICE("!gone"), &problem), STATUS_INVALID);
    assert_slice(text_slice(&problem), "compiling it takes too long, too much memory, or ends jq");
    text_close(&problem);
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "run-query") == 0)
        return be_process();
#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(every_record_has_its_own_answer),
        TEST(those_at_fault_are_found_among_many),
        TEST(one_that_does_not_end_is_given_up_and_the_next_go_on),
        TEST(a_record_beyond_the_limit_is_not_asked_for),
        TEST(a_program_that_does_not_compile_fails_every_record),
        TEST(a_process_that_is_astray_costs_its_records_and_no_more),
        TEST(a_stop_ends_the_run_and_later_ones_do_not_begin),
        TEST(idle_ones_go_with_their_stream),
        TEST(a_check_says_why_a_program_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

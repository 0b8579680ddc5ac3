/*
 * test_kinesis_source.c -- a delivery stream that reads a Kinesis stream: each record once,
 * whatever is undone or ends in between.
 */
#include <stdio.h>
#include <string.h>

#include "emulator/delivery/kinesis_source.h"
#include "storage/kinesis_store.h"
#include "storage/source_store.h"
#include "tests/lib/asserts.h"
#include "tests/unit/delivery_world.h"

#define SECOND INT64_C(1000)
#define HOUR (INT64_C(3600) * SECOND)
#define SHARDS 3

static const struct kinesis_owner owner = {SLICE_INIT(WORLD_ACCOUNT), SLICE_INIT(WORLD_REGION)};
static const struct slice configuration =
    SLICE_INIT("{\"KinesisStreamARN\":\"arn:aws:kinesis:" WORLD_REGION ":" WORLD_ACCOUNT
               ":stream/k\",\"RoleARN\":\"r\"}");

static struct kinesis_stream_row find_kinesis(struct world *w)
{
    struct kinesis_stream_row row = {0};
    assert_ok(kinesis_stream_find(w->db, &owner, SLICE("k"), &w->arena, &row));
    return row;
}

static void make_kinesis(struct world *w)
{
    struct kinesis_stream_row row = {
        .name = SLICE("k"), .shards = SHARDS, .retention_hours = 24, .created_ms = WORLD_START_MS};
    db_unit_begin(w->db);
    assert_ok(kinesis_stream_create(w->db, &owner, &row));
    assert_ok(db_unit_end(w->db, true));
}

/* One record in a unit, without a commit. */
static void put_at(struct world *w, int64_t shard, const char *text, int64_t arrival_ms, bool keep)
{
    struct kinesis_shard_row row;
    struct kinesis_record record = {
        .arrival_ms = arrival_ms, .partition_key = SLICE("key"), .data = slice_of(text)};
    db_unit_begin(w->db);
    assert_ok(kinesis_shard_find(w->db, find_kinesis(w).id, shard, &row));
    assert_ok(kinesis_record_append(w->db, &row, 0, &record));
    kinesis_source_notify(w->engine, owner.account, owner.region, SLICE("k"));
    assert_ok(db_unit_end(w->db, keep));
}

static void put(struct world *w, int64_t shard, const char *text)
{
    put_at(w, shard, text, sim_clock_now_ms(&w->clock), true);
    world_commit(w);
}

static void attach(struct world *w, bool keep)
{
    db_unit_begin(w->db);
    assert_ok(kinesis_source_attach(world_stream(w, "s"), configuration));
    assert_ok(db_unit_end(w->db, keep));
}

static void make_all(struct world *w)
{
    world_make_bucket(w, "bucket");
    make_kinesis(w);
    world_make_stream(w, "s", false);
    attach(w, true);
    world_commit(w);
}

/* The lines of all objects in one text, after everything was read and delivered. */
static const char *delivered(struct world *w)
{
    static char text[200000];
    size_t len = 0;
    world_advance(w, 2 * SECOND);
    world_advance(w, 600 * SECOND);
    text[0] = '\0';
    for (unsigned n = 0; n < world_object_count(w); n++) {
        struct slice body = world_object(w, n);
        assert_true(len + body.len < sizeof(text));
        memcpy(text + len, body.ptr, body.len);
        len += body.len;
        text[len] = '\0';
    }
    return text;
}

static void records_are_read_at_the_next_full_second(void **state)
{
    struct world *w = *state;
    make_all(w);
    world_advance(w, 300);
    put(w, 0, "a\n");
    world_advance(w, 699);
    assert_int_equal(world_chunks(w), 0);
    world_advance(w, 1);
    assert_int_equal(world_chunks(w), 1);
    assert_string_equal(delivered(w), "a\n");
}

static void what_was_put_before_the_stream_was_active_is_not_read(void **state)
{
    struct world *w = *state;
    world_make_bucket(w, "bucket");
    make_kinesis(w);
    put(w, 0, "before\n");
    world_make_stream(w, "s", false);
    attach(w, true);
    world_commit(w);
    put(w, 0, "after\n");
    assert_string_equal(delivered(w), "after\n");
}

static void a_source_that_was_undone_reads_nothing(void **state)
{
    struct world *w = *state;
    world_make_bucket(w, "bucket");
    make_kinesis(w);
    world_make_stream(w, "s", false);
    attach(w, false);
    world_restart(w);
    put(w, 0, "x\n");
    assert_string_equal(delivered(w), "");
}

static void a_put_that_was_undone_is_not_read(void **state)
{
    struct world *w = *state;
    make_all(w);
    put_at(w, 0, "undone\n", WORLD_START_MS, false);
    world_commit(w);
    put(w, 0, "kept\n");
    assert_string_equal(delivered(w), "kept\n");
}

static void a_portion_whose_commit_fails_is_read_again(void **state)
{
    struct world *w = *state;
    make_all(w);
    put(w, 0, "a\n");
    put(w, 1, "b\n");
    world_spoil_commit(w);
    const char *text = delivered(w);
    assert_int_equal(strlen(text), 4);
    assert_non_null(strstr(text, "a\n"));
    assert_non_null(strstr(text, "b\n"));
}

static void records_past_their_retention_are_passed_over(void **state)
{
    struct world *w = *state;
    make_all(w);
    put_at(w, 0, "old\n", WORLD_START_MS - 25 * HOUR, true);
    put(w, 0, "new\n");
    assert_string_equal(delivered(w), "new\n");
}

static void a_deleted_delivery_stream_reads_no_more(void **state)
{
    struct world *w = *state;
    make_all(w);
    put(w, 0, "x\n");
    db_unit_begin(w->db);
    assert_ok(delivery_stream_delete(w->engine, world_stream(w, "s")));
    assert_ok(db_unit_end(w->db, true));
    world_commit(w);
    assert_string_equal(delivered(w), "");
    assert_null(world_stream(w, "s"));
    assert_int_equal(world_chunks(w), 0);
}

/* Puts, restarts and lost groups in random order: in the end each acknowledged record is there
 * once. */
static void each_record_is_read_once_whatever_ends_in_between(void **state)
{
    enum { MOST = 2000 };

    static bool is_kept[MOST];
    struct world *w = *state;
    unsigned next = 0;
    make_all(w);
    for (unsigned round = 0; round < 120; round++) {
        unsigned first = next;
        unsigned count = (unsigned)random_below(&w->random, 6);
        for (unsigned i = 0; i < count; i++) {
            char text[32];
            (void)snprintf(text, sizeof(text), "r%04u\n", next);
            is_kept[next] = random_below(&w->random, 6) != 0;
            put_at(w, (int64_t)random_below(&w->random, SHARDS), text, sim_clock_now_ms(&w->clock),
                   is_kept[next]);
            next++;
        }
        if (random_below(&w->random, 5) == 0)
            world_spoil_commit(w);
        enum status status = world_try_commit(w);
        for (unsigned i = first; status != STATUS_OK && i < next; i++)
            is_kept[i] = false;
        if (random_below(&w->random, 4) == 0)
            world_spoil_commit(w);
        world_advance(w, (int64_t)random_below(&w->random, 1500));
        if (random_below(&w->random, 6) == 0)
            world_restart(w);
    }
    w->spoils_commit = false;
    const char *text = delivered(w);
    size_t expected = 0;
    for (unsigned i = 0; i < next; i++) {
        char line[32];
        (void)snprintf(line, sizeof(line), "r%04u\n", i);
        assert_int_equal(strstr(text, line) != NULL, is_kept[i]);
        expected += is_kept[i] ? strlen(line) : 0;
    }
    assert_int_equal(strlen(text), expected);
    assert_true(expected > 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_set_up, world_tear_down)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(records_are_read_at_the_next_full_second),
        TEST(what_was_put_before_the_stream_was_active_is_not_read),
        TEST(a_source_that_was_undone_reads_nothing),
        TEST(a_put_that_was_undone_is_not_read),
        TEST(a_portion_whose_commit_fails_is_read_again),
        TEST(records_past_their_retention_are_passed_over),
        TEST(a_deleted_delivery_stream_reads_no_more),
        TEST(each_record_is_read_once_whatever_ends_in_between),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "emulator/delivery/delivery_buffer.h"
#include "storage/delivery_stream_store.h"
#include "storage/record_store.h"
#include "tests/lib/asserts.h"
#include "tests/unit/delivery_world.h"

#define SECOND INT64_C(1000)
#define HOUR (3600 * SECOND)

static void assert_matches(const char *key, const char *start)
{
    if (strncmp(key, start, strlen(start)) != 0)
        fail_msg("\"%s\" does not begin with \"%s\"", key, start);
}

static void records_become_one_object_when_the_first_has_waited_for_the_interval(void **state)
{
    struct world *w = *state;
    world_make_bucket(w, "bucket");
    world_make_stream(w, "s", false);
    world_put(w, "s", "abc");
    world_advance(w, 200 * SECOND);
    world_put(w, "s", "def\n");
    world_advance(w, 99 * SECOND);
    assert_int_equal(world_object_count(w), 0);

    world_advance(w, SECOND);

    assert_int_equal(world_object_count(w), 1);
    assert_slice(world_object(w, 0), "abcdef\n");
    assert_matches(world_key(w, 0), "in/2026/11/25/22/s-1-2026-11-25-22-27-23-");
    assert_int_equal(strlen(world_key(w, 0)),
                     strlen("in/2026/11/25/22/s-1-2026-11-25-22-27-23-") + 36);
    assert_int_equal(world_chunks(w), 0);
}

static void a_full_buffer_is_delivered_without_waiting(void **state)
{
    struct world *w = *state;
    world_make_bucket(w, "bucket");
    world_make_stream(w, "s", false);
    size_t len = (size_t)1000 * 1024;
    char *data = malloc(len);
    memset(data, 'x', len);
    for (int i = 0; i < 5; i++)
        assert_ok(world_put_in_unit(w, "s", slice_make(data, len), true));
    world_advance(w, 0);
    assert_int_equal(world_object_count(w), 0);

    assert_ok(world_put_in_unit(w, "s", slice_make(data, len), true));
    world_advance(w, 0);

    assert_int_equal(world_object_count(w), 1);
    assert_int_equal(world_object(w, 0).len, 6 * len);
    free(data);
}

/* Discarded rows are removed a portion per turn of the loop, for which no clock waits. */
static void wait_for_removal(struct world *w)
{
    for (unsigned turns = 0; turns < 1000 && world_chunks(w) > 0; turns++)
        world_advance(w, 0);
}

/* More than is deleted in one go: the rows are discarded with the object and removed later. */
static void a_large_object_is_delivered_once_although_its_rows_go_later(void **state)
{
    struct world *w = *state;
    world_make_bucket(w, "bucket");
    world_make_stream(w, "s", false);
    size_t len = (size_t)1000 * 1024;
    char *data = calloc(1, len);
    for (int i = 0; i < 6; i++)
        assert_ok(world_put_in_unit(w, "s", slice_make(data, len), true));
    world_commit(w);
    world_spoil_commit(w); /* the first object is lost with its group */
    world_advance(w, 0);
    assert_int_equal(world_object_count(w), 0);
    assert_int_equal(world_chunks(w), 6);

    world_advance(w, SECOND);
    world_restart(w);
    world_put(w, "s", "next");
    world_advance(w, HOUR);

    assert_int_equal(world_object_count(w), 2);
    assert_int_equal(world_object(w, 0).len, 6 * len);
    assert_slice(world_object(w, 1), "next");
    wait_for_removal(w);
    assert_int_equal(world_chunks(w), 0);
    free(data);
}

static void no_stop(struct sim_advance *advance)
{
    (void)advance;
}

/* Counts the rows that go from one turn of the loop to the next. */
struct row_watch {
    struct loop_task task;
    struct world *world;
    unsigned rows;
    unsigned most;
};

static void on_watch(struct loop_task *task)
{
    struct row_watch *watch = list_entry(task, struct row_watch, task);
    unsigned rows = world_chunks(watch->world);
    if (rows < watch->rows && watch->rows - rows > watch->most)
        watch->most = watch->rows - rows;
    watch->rows = rows;
    if (rows > 0)
        loop_defer_turn(watch->world->loop, task);
    else
        loop_stop(watch->world->loop);
}

static void the_rows_of_a_large_object_go_a_portion_per_turn_of_the_loop(void **state)
{
    struct world *w = *state;
    struct row_watch watch = {.world = w};
    struct sim_advance advance;
    world_make_bucket(w, "bucket");
    world_make_stream(w, "s", false);
    size_t len = (size_t)1000 * 1024;
    char *data = calloc(1, len);
    for (int i = 0; i < 6; i++)
        assert_ok(world_put_in_unit(w, "s", slice_make(data, len), true));
    world_commit(w);
    watch.rows = world_chunks(w);
    assert_int_equal(watch.rows, 6);
    loop_task_init(&watch.task, on_watch);
    loop_defer_turn(w->loop, &watch.task);
    sim_clock_advance(&w->clock, &advance, sim_clock_now_ms(&w->clock), no_stop);
    loop_run(w->loop);

    assert_int_equal(world_object_count(w), 1);
    assert_int_equal(watch.rows, 0);
    assert_int_equal(watch.most, 1);
    free(data);
}

/* As a kill leaves it between an object's commit and the last portion of the clean-up. */
static void what_is_accepted_after_a_restart_is_not_taken_for_what_was_discarded(void **state)
{
    struct world *w = *state;
    world_make_bucket(w, "bucket");
    world_make_stream(w, "s", false);
    for (int i = 0; i < 3; i++)
        world_put(w, "s", "delivered");
    world_commit(w);
    int64_t buffer = record_store_buffer(delivery_stream_id(world_stream(w, "s")), STAGE_DELIVER);
    int64_t first = record_store_first_id(buffer) + 1;
    db_unit_begin(w->db);
    assert_ok(record_store_discard(w->db, first, first + 2));
    assert_ok(db_unit_end(w->db, true));
    world_commit(w);

    world_restart(w);
    world_put(w, "s", "next");
    world_commit(w);
    world_advance(w, HOUR);

    assert_int_equal(world_object_count(w), 1);
    assert_slice(world_object(w, 0), "next");
    assert_int_equal(world_chunks(w), 0);
}

static void a_creation_that_is_undone_leaves_no_stream(void **state)
{
    struct world *w = *state;
    struct delivery_stream_row row = {.account = SLICE(WORLD_ACCOUNT),
                                      .region = SLICE(WORLD_REGION),
                                      .name = SLICE("s"),
                                      .configuration = SLICE("{\"BucketARN\":\"b\"}")};
    db_unit_begin(w->db);
    assert_ok(delivery_stream_create(w->engine, &row));
    assert_ok(db_unit_end(w->db, false));

    world_advance(w, SECOND);

    assert_null(world_stream(w, "s"));
    world_make_stream(w, "s", false);
    assert_non_null(world_stream(w, "s"));
}

static void a_deletion_whose_unit_is_undone_leaves_the_stream(void **state)
{
    struct world *w = *state;
    world_make_bucket(w, "bucket");
    world_make_stream(w, "s", false);
    world_put(w, "s", "a");
    world_commit(w);
    db_unit_begin(w->db);
    assert_ok(delivery_stream_delete(w->engine, world_stream(w, "s")));
    assert_ok(db_unit_end(w->db, false));

    world_advance(w, HOUR);

    assert_non_null(world_stream(w, "s"));
    assert_slice(world_object(w, 0), "a");
}

static void empty_records_are_delivered_and_counted(void **state)
{
    struct world *w = *state;
    world_make_bucket(w, "bucket");
    world_make_stream(w, "s", false);
    world_put(w, "s", "");

    world_advance(w, 300 * SECOND);

    assert_int_equal(world_object_count(w), 1);
    assert_int_equal(world_object(w, 0).len, 0);
    assert_int_equal(world_chunks(w), 0);
}

static void a_missing_bucket_is_waited_for_and_reported(void **state)
{
    struct world *w = *state;
    world_make_stream(w, "s", false);
    world_put(w, "s", "a");
    world_advance(w, 300 * SECOND);
    world_put(w, "s", "b");
    world_advance(w, HOUR);
    assert_non_null(strstr(w->logs.ptr, "\"errorCode\":\"S3.NoSuchBucket\""));
    assert_int_equal(world_object_count(w), 0);

    world_make_bucket(w, "bucket");
    world_advance(w, HOUR);

    assert_int_equal(world_object_count(w), 1);
    assert_slice(world_object(w, 0), "ab");
    assert_matches(world_key(w, 0), "in/2026/11/25/22/s-1-2026-11-25-22-27-23-");
}

static void records_are_dropped_after_a_day_without_a_bucket(void **state)
{
    struct world *w = *state;
    world_make_stream(w, "s", false);
    world_put(w, "s", "a");
    world_advance(w, 23 * HOUR);
    assert_int_equal(world_chunks(w), 1);

    world_advance(w, 2 * HOUR);

    assert_int_equal(world_chunks(w), 0);
    assert_non_null(world_stream(w, "s"));
}

static void deleting_a_stream_discards_what_it_holds(void **state)
{
    struct world *w = *state;
    world_make_bucket(w, "bucket");
    world_make_stream(w, "s", false);
    for (int i = 0; i < 200; i++)
        world_put(w, "s", "a");
    world_commit(w);
    db_unit_begin(w->db);
    assert_ok(delivery_stream_delete(w->engine, world_stream(w, "s")));
    assert_ok(db_unit_end(w->db, true));
    assert_null(world_stream(w, "s"));

    world_advance(w, HOUR);

    assert_int_equal(world_object_count(w), 0);
    assert_int_equal(world_chunks(w), 0);
}

static void an_undone_deletion_leaves_the_stream_as_it_was(void **state)
{
    struct world *w = *state;
    world_make_bucket(w, "bucket");
    world_make_stream(w, "s", false);
    world_put(w, "s", "a");
    world_commit(w);
    db_unit_begin(w->db);
    assert_ok(delivery_stream_delete(w->engine, world_stream(w, "s")));
    assert_ok(db_unit_end(w->db, true));
    world_spoil_commit(w);
    assert_int_not_equal(world_try_commit(w), STATUS_OK);

    assert_non_null(world_stream(w, "s"));
    world_advance(w, HOUR);

    assert_int_equal(world_object_count(w), 1);
    assert_slice(world_object(w, 0), "a");
}

static void an_update_re_arms_the_buffer_and_counts_in_the_key(void **state)
{
    struct world *w = *state;
    world_make_bucket(w, "bucket");
    world_make_stream(w, "s", false);
    world_put(w, "s", "a");
    world_advance(w, 10 * SECOND);
    db_unit_begin(w->db);
    assert_ok(delivery_stream_update(
        w->engine, world_stream(w, "s"),
        SLICE("{\"BucketARN\":\"arn:aws:s3:::bucket\",\"Prefix\":\"other/\","
              "\"BufferingHints\":{\"SizeInMBs\":5,\"IntervalInSeconds\":60}}")));
    assert_ok(db_unit_end(w->db, true));
    world_advance(w, 49 * SECOND);
    assert_int_equal(world_object_count(w), 0);

    world_advance(w, SECOND);

    assert_int_equal(world_object_count(w), 1);
    assert_matches(world_key(w, 0), "other/2026/11/25/22/s-2-2026-11-25-22-27-23-");
}

static void gzip_objects_hold_one_stream_of_all_records(void **state)
{
    struct world *w = *state;
    world_make_bucket(w, "bucket");
    world_make_stream_of(w, "s",
                         "{\"BucketARN\":\"arn:aws:s3:::bucket\","
                         "\"CompressionFormat\":\"GZIP\"}");
    world_put(w, "s", "abc");
    world_put(w, "s", "def");

    world_advance(w, HOUR);

    const char *key = world_key(w, 0);
    assert_string_equal(key + strlen(key) - 3, ".gz");
    struct slice body = world_object(w, 0);
    char plain[64];
    z_stream zip = {.next_in = (Bytef *)body.ptr,
                    .avail_in = (uInt)body.len,
                    .next_out = (Bytef *)plain,
                    .avail_out = sizeof(plain)};
    assert_int_equal(inflateInit2(&zip, 31), Z_OK);
    assert_int_equal(inflate(&zip, Z_FINISH), Z_STREAM_END);
    assert_int_equal(inflateEnd(&zip), Z_OK);
    assert_slice(slice_make(plain, zip.total_out), "abcdef");
}

/* ---- flush ---- */

struct flushing {
    struct delivery_flush flush;
    struct world *world;
    bool is_done;
};

static void on_flushed(struct delivery_flush *flush)
{
    struct flushing *f = list_entry(flush, struct flushing, flush);
    f->is_done = true;
    loop_stop(f->world->loop);
}

static void flush_it(struct world *w, struct flushing *f)
{
    *f = (struct flushing){.flush.done = on_flushed, .world = w};
    assert_ok(delivery_flush(w->engine, SLICE(WORLD_ACCOUNT), SLICE(WORLD_REGION), SLICE("s"),
                             &f->flush));
    assert_false(f->is_done);
    loop_run(w->loop);
    assert_true(f->is_done);
}

static void a_flush_delivers_through_transform_and_retries_at_once(void **state)
{
    struct world *w = *state;
    struct flushing f;
    world_make_bucket(w, "bucket");
    world_make_stream(w, "s", true);
    w->outcome = LAMBDA_FUNCTION_ERROR;
    w->failures_left = 2;
    world_put(w, "s", "a");
    world_put(w, "s", "fail");

    flush_it(w, &f);

    assert_int_equal(f.flush.status, STATUS_OK);
    assert_int_equal(f.flush.objects, 2);
    assert_int_equal(f.flush.delivered_records, 1);
    assert_int_equal(f.flush.failed_records, 1);
    assert_int_equal(f.flush.waiting_records, 0);
    assert_int_equal(w->invocations, 3);
    assert_int_equal(sim_clock_now_ms(&w->clock), WORLD_START_MS);
    assert_int_equal(world_object_count(w), 2);
}

static void a_flush_of_nothing_is_done_and_an_unknown_stream_is_not_found(void **state)
{
    struct world *w = *state;
    struct flushing f;
    world_make_stream(w, "s", true);

    flush_it(w, &f);

    assert_int_equal(f.flush.status, STATUS_OK);
    assert_int_equal(f.flush.objects, 0);
    assert_int_equal(
        delivery_flush(w->engine, SLICE(WORLD_ACCOUNT), SLICE("eu-west-1"), SLICE("s"), &f.flush),
        STATUS_NOT_FOUND);
}

static void a_flush_says_what_s3_refused(void **state)
{
    struct world *w = *state;
    struct flushing f;
    world_make_stream(w, "s", false);
    world_put(w, "s", "a");

    flush_it(w, &f);

    assert_int_equal(f.flush.status, STATUS_CONFLICT);
    assert_int_equal(f.flush.objects, 0);
    assert_int_equal(f.flush.waiting_records, 1);
    world_make_bucket(w, "bucket");
    flush_it(w, &f);
    assert_int_equal(f.flush.status, STATUS_OK);
    assert_int_equal(f.flush.delivered_records, 1);
}

int main(void)
{
#define WITH_WORLD(test) cmocka_unit_test_setup_teardown(test, world_set_up, world_tear_down)
    const struct CMUnitTest tests[] = {
        WITH_WORLD(records_become_one_object_when_the_first_has_waited_for_the_interval),
        WITH_WORLD(a_full_buffer_is_delivered_without_waiting),
        WITH_WORLD(a_large_object_is_delivered_once_although_its_rows_go_later),
        WITH_WORLD(the_rows_of_a_large_object_go_a_portion_per_turn_of_the_loop),
        WITH_WORLD(what_is_accepted_after_a_restart_is_not_taken_for_what_was_discarded),
        WITH_WORLD(a_creation_that_is_undone_leaves_no_stream),
        WITH_WORLD(a_deletion_whose_unit_is_undone_leaves_the_stream),
        WITH_WORLD(empty_records_are_delivered_and_counted),
        WITH_WORLD(a_missing_bucket_is_waited_for_and_reported),
        WITH_WORLD(records_are_dropped_after_a_day_without_a_bucket),
        WITH_WORLD(deleting_a_stream_discards_what_it_holds),
        WITH_WORLD(an_undone_deletion_leaves_the_stream_as_it_was),
        WITH_WORLD(an_update_re_arms_the_buffer_and_counts_in_the_key),
        WITH_WORLD(gzip_objects_hold_one_stream_of_all_records),
        WITH_WORLD(a_flush_delivers_through_transform_and_retries_at_once),
        WITH_WORLD(a_flush_of_nothing_is_done_and_an_unknown_stream_is_not_found),
        WITH_WORLD(a_flush_says_what_s3_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

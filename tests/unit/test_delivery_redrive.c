/*
 * test_delivery_redrive.c -- failed records that are put in again, a portion at a time.
 */
#include <stdlib.h>
#include <string.h>

#include "emulator/base/text.h"
#include "tests/unit/redrive_fixture.h"

#define HOUR INT64_C(3600000)
#define LINES 3000u /* several portions */

/* LINES records of 600 bytes, each of one letter that tells its place. */
static struct slice make_lines(struct world *w)
{
    struct text text;
    text_init_in(&text, &w->arena, (size_t)16 * 1024 * 1024);
    for (unsigned n = 0; n < LINES; n++) {
        text_append_text(&text, "{\"rawData\":\"");
        for (unsigned i = 0; i < 200; i++)
            text_append_text(&text, n % 2 == 0 ? "YWFh" : "YmJi");
        text_append_text(&text, "\",\"errorCode\":\"E\"}\n");
    }
    assert_ok(text.status);
    return text_slice(&text);
}

static void assert_all_delivered_once(struct world *w)
{
    struct text found;
    struct text expected;
    world_advance(w, HOUR);
    text_init_in(&found, &w->arena, (size_t)16 * 1024 * 1024);
    text_init_in(&expected, &w->arena, (size_t)16 * 1024 * 1024);
    for (unsigned i = 0; i < world_object_count(w); i++)
        text_append(&found, world_object(w, i));
    for (unsigned n = 0; n < LINES; n++) {
        for (unsigned i = 0; i < 600; i++)
            text_append_byte(&expected, n % 2 == 0 ? 'a' : 'b');
    }
    assert_slices_equal(text_slice(&found), text_slice(&expected));
    assert_null(strstr(world_keys(w), "processing-failed"));
}

static struct world *begin(void **state)
{
    struct world *w = *state;
    world_make_bucket(w, "bucket");
    world_make_stream(w, "s", false);
    return w;
}

static void every_record_is_put_once_and_the_object_goes(void **state)
{
    struct world *w = begin(state);
    struct redrive_fixture_run run;
    redrive_fixture_put(w, 1, make_lines(w));
    assert_ok(redrive_fixture_run(w, &run));
    assert_int_equal(run.redrive.objects, 1);
    assert_int_equal(run.redrive.records, LINES);
    assert_false(run.redrive.has_more);
    assert_all_delivered_once(w);
}

static void a_redrive_whose_group_is_undone_says_so_and_another_goes_on(void **state)
{
    struct world *w = begin(state);
    struct redrive_fixture_run run;
    redrive_fixture_put(w, 1, make_lines(w));
    world_spoil_commit(w);
    assert_int_equal(redrive_fixture_run(w, &run), STATUS_IO_ERROR);
    assert_non_null(strstr(world_keys(w), "processing-failed"));
    assert_ok(redrive_fixture_run(w, &run));
    assert_int_equal(run.redrive.objects, 1);
    assert_all_delivered_once(w);
}

static void a_redrive_that_is_stopped_leaves_the_rest_to_another(void **state)
{
    struct world *w = begin(state);
    struct redrive_fixture_run run;
    redrive_fixture_put(w, 1, make_lines(w));
    assert_ok(redrive_fixture_start(w, &run));
    world_restart(w);
    assert_true(run.is_done);
    assert_int_equal(run.redrive.status, STATUS_CANCELLED);
    assert_ok(redrive_fixture_run(w, &run));
    assert_all_delivered_once(w);
}

static void one_redrive_of_a_stream_runs_at_a_time(void **state)
{
    struct world *w = begin(state);
    struct redrive_fixture_run run;
    struct redrive_fixture_run second;
    redrive_fixture_put(w, 1, make_lines(w));
    assert_ok(redrive_fixture_start(w, &run));
    assert_int_equal(redrive_fixture_start(w, &second), STATUS_BUSY);
    loop_run(w->loop);
    assert_ok(run.redrive.status);
    assert_false(second.is_done);
    assert_all_delivered_once(w);
}

static void a_stream_without_its_bucket_is_told(void **state)
{
    struct world *w = *state;
    struct redrive_fixture_run run;
    world_make_stream(w, "s", false);
    assert_int_equal(redrive_fixture_run(w, &run), STATUS_NOT_FOUND);
}

static void a_stream_without_error_objects_has_nothing_to_take(void **state)
{
    struct world *w = begin(state);
    struct redrive_fixture_run run;
    assert_ok(redrive_fixture_run(w, &run));
    assert_int_equal(run.redrive.objects, 0);
    assert_int_equal(run.redrive.records, 0);
}

#define WITH_WORLD(test) cmocka_unit_test_setup_teardown(test, world_set_up, world_tear_down)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        WITH_WORLD(every_record_is_put_once_and_the_object_goes),
        WITH_WORLD(a_redrive_whose_group_is_undone_says_so_and_another_goes_on),
        WITH_WORLD(a_redrive_that_is_stopped_leaves_the_rest_to_another),
        WITH_WORLD(one_redrive_of_a_stream_runs_at_a_time),
        WITH_WORLD(a_stream_without_its_bucket_is_told),
        WITH_WORLD(a_stream_without_error_objects_has_nothing_to_take),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

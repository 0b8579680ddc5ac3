/*
 * redrive_fixture.h -- error objects of the stream "s", and a redrive from its start to its end.
 */
#ifndef TESTS_UNIT_REDRIVE_FIXTURE_H
#define TESTS_UNIT_REDRIVE_FIXTURE_H

#include "emulator/delivery/delivery_redrive.h"
#include "storage/object_store.h"
#include "tests/lib/asserts.h"
#include "tests/unit/delivery_world.h"

/* One record's line, by the base64 of its data. */
#define REDRIVE_LINE(data) "{\"rawData\":\"" data "\",\"errorCode\":\"E\"}\n"

static inline void redrive_fixture_put(struct world *w, unsigned number, struct slice lines)
{
    struct body_writer *writer = NULL;
    struct body body;
    const char *key = arena_printf(&w->arena,
                                   "in/processing-failed/2026/11/25/22/s-1-2026-11-25-22-27-23-"
                                   "%08u-0000-4000-8000-000000000000",
                                   number);
    struct object_put put = {.bucket = SLICE("bucket"), .key = slice_of(key)};
    assert_ok(body_writer_create(w->blobs, &writer));
    assert_ok(body_writer_append(writer, lines));
    assert_ok(body_writer_finish(writer, &body));
    db_unit_begin(w->db);
    assert_ok(object_store_put(w->db, w->blobs, &put, &body));
    assert_ok(db_unit_end(w->db, true));
    body_writer_keep(writer);
    body_writer_destroy(writer);
    world_commit(w);
}

struct redrive_fixture_run {
    struct delivery_redrive redrive;
    struct loop *loop;
    bool is_done;
};

static inline void redrive_fixture_done(struct delivery_redrive *redrive)
{
    struct redrive_fixture_run *run = list_entry(redrive, struct redrive_fixture_run, redrive);
    assert_false(run->is_done);
    run->is_done = true;
    loop_stop(run->loop);
}

static inline enum status redrive_fixture_start(struct world *w, struct redrive_fixture_run *run)
{
    *run = (struct redrive_fixture_run){.redrive.done = redrive_fixture_done, .loop = w->loop};
    return delivery_redrive(world_stream(w, "s"), &run->redrive);
}

/* To its end; how it ended. What it wrote is committed, or undone. */
static inline enum status redrive_fixture_run(struct world *w, struct redrive_fixture_run *run)
{
    enum status status = redrive_fixture_start(w, run);
    if (status != STATUS_OK)
        return status;
    loop_run(w->loop);
    assert_true(run->is_done);
    if (db_is_dirty(w->db))
        status = world_try_commit(w);
    return run->redrive.status != STATUS_OK ? run->redrive.status : status;
}

#endif

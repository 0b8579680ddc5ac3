/*
 * delivery_sweep.c -- what is left to do after a commit: streams that were created, changed or
 * deleted are compared with their rows, and chunks that were discarded are removed, a portion per
 * turn.
 */
#include "emulator/base/log.h"
#include "emulator/delivery/delivery_internal.h"
#include "storage/record_store.h"

static enum status settle_streams(struct delivery_engine *engine)
{
    list_for_each_safe(link, &engine->streams) {
        struct delivery_stream *stream = list_entry(link, struct delivery_stream, link);
        if (!stream->is_unsettled)
            continue;
        enum status status = delivery_stream_settle(stream);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

static enum status purge_some(struct db *db, bool *ret_more)
{
    db_unit_begin(db);
    enum status status = record_store_purge(db, ret_more);
    enum status ended = db_unit_end(db, status == STATUS_OK);
    return status != STATUS_OK ? status : ended;
}

/* A failure leaves the rest to the next sweep: what was discarded counts no more anyway. */
static void on_sweep(struct loop_task *task)
{
    struct delivery_engine *engine = list_entry(task, struct delivery_engine, sweep);
    bool more = false;
    if (!engine->is_running)
        return;
    if (db_is_dirty(engine->deps.db)) {
        loop_defer(engine->deps.loop, task); /* the COMMIT comes in between */
        return;
    }
    enum status status = settle_streams(engine);
    if (status == STATUS_OK)
        status = purge_some(engine->deps.db, &more);
    if (status != STATUS_OK)
        log_line(LOG_WARNING, "firehose: cleaning up failed: %s", status_text(status));
    else if (more)
        loop_defer_turn(engine->deps.loop, task);
}

void delivery_sweep_init(struct delivery_engine *engine)
{
    loop_task_init(&engine->sweep, on_sweep);
}

void delivery_sweep(struct delivery_engine *engine)
{
    if (engine->is_running)
        loop_defer(engine->deps.loop, &engine->sweep);
}

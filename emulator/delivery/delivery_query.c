#include "emulator/delivery/delivery_query.h"

#include "emulator/base/log.h"
#include "emulator/delivery/delivery_internal.h"
#include "emulator/delivery/metadata_query.h"
#include "emulator/delivery/transform_batch.h"

#define LOOK_AGAIN_MS 50

/* ---- the watch ---- */

/*
 * libjq takes its memory where everybody does, so it is the process that is looked at. Nothing else
 * makes it grow by as much.
 */
static bool is_too_large(const struct delivery_batch *batch)
{
    size_t now = loop_process_memory();
    return now > batch->memory_before && now - batch->memory_before > DELIVERY_QUERY_MAX_BYTES;
}

static bool watch_batch(struct delivery_batch *batch, int64_t now_us)
{
    if (batch->give_up_us == 0)
        return false;
    if (now_us >= batch->give_up_us || is_too_large(batch))
        metadata_query_stop(batch->query); /* again and again: a run may not have noticed */
    return true;
}

static void on_watch(struct loop_timer *timer)
{
    struct delivery_engine *engine = list_entry(timer, struct delivery_engine, query_watch);
    int64_t now_us = loop_monotonic_us();
    bool is_running = false;
    list_for_each(link, &engine->streams) {
        struct delivery_stream *stream = list_entry(link, struct delivery_stream, link);
        list_for_each(batch, &stream->batches)
            is_running |= watch_batch(list_entry(batch, struct delivery_batch, link), now_us);
    }
    /* Cannot fail: the handle is there. */
    if (is_running && loop_timer_start(engine->deps.loop, timer, LOOK_AGAIN_MS, on_watch))
        log_line(LOG_ERROR, "firehose: queries are no longer watched");
}

enum status delivery_query_init(struct delivery_engine *engine)
{
    return loop_timer_start(engine->deps.loop, &engine->query_watch, LOOK_AGAIN_MS, on_watch);
}

/* ---- the query ---- */

enum status delivery_query_take(struct delivery_batch *batch)
{
    struct delivery_stream *stream = batch->stream;
    struct delivery_engine *engine = stream->engine;
    enum status status = STATUS_OK;
    batch->query = stream->query;
    stream->query = NULL;
    if (batch->query != NULL &&
        !slice_equal(metadata_query_program(batch->query), batch->steps.query)) {
        metadata_query_destroy(batch->query);
        batch->query = NULL;
    }
    if (batch->query == NULL)
        status = metadata_query_create(batch->steps.query, NULL, &batch->query);
    if (status != STATUS_OK)
        return status;
    batch->memory_before = loop_process_memory();
    batch->give_up_us = loop_monotonic_us() + INT64_C(1000) * DELIVERY_QUERY_MAX_MS;
    return loop_timer_start(engine->deps.loop, &engine->query_watch, LOOK_AGAIN_MS, on_watch);
}

void delivery_query_give_back(struct delivery_batch *batch)
{
    struct delivery_stream *stream = batch->stream;
    batch->give_up_us = 0;
    if (batch->query == NULL)
        return;
    if (stream->query == NULL && !stream->is_gone && !metadata_query_is_stopped(batch->query))
        stream->query = batch->query;
    else
        metadata_query_destroy(batch->query);
    batch->query = NULL;
}

void delivery_query_drop(struct delivery_stream *stream)
{
    metadata_query_destroy(stream->query);
    stream->query = NULL;
}

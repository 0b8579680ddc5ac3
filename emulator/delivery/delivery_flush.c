/*
 * delivery_flush.c -- delivering at once what is buffered.
 *
 *     asked -> PROCESS through its newest chunk -> all other buffers through theirs -> done
 *
 * Only chunks up to the marks count, so a flush ends although records keep coming.
 */
#include "emulator/delivery/delivery_internal.h"
#include "emulator/delivery/delivery_post.h"

static struct delivery_flush *serving(struct delivery_stream *stream)
{
    if (list_is_empty(&stream->flushes))
        return NULL;
    return list_entry(stream->flushes.next, struct delivery_flush, link);
}

/* Nothing up to the mark waits or is in flight any more. */
static bool is_through(const struct delivery_buffer *buffer)
{
    if (buffer->records > 0 && buffer->first_id <= buffer->flush_through_id)
        return false;
    list_for_each(link, &buffer->claims) {
        struct delivery_claim *claim = list_entry(link, struct delivery_claim, link);
        if (claim->first_id <= buffer->flush_through_id)
            return false;
    }
    return true;
}

static bool are_all_through(struct delivery_stream *stream)
{
    delivery_buffers_each(buffer, stream)
    {
        if (buffer->stage != STAGE_PROCESS && !is_through(buffer))
            return false;
    }
    return true;
}

static void mark(struct delivery_buffer *buffer)
{
    buffer->flush_through_id = buffer->last_id;
}

static void mark_objects(struct delivery_stream *stream)
{
    delivery_buffers_each(buffer, stream)
    {
        if (buffer->stage != STAGE_PROCESS)
            mark(buffer);
    }
}

static uint64_t waiting_records(struct delivery_stream *stream)
{
    int64_t records = 0;
    delivery_buffers_each(buffer, stream)
    {
        records += buffer->records;
        list_for_each(link, &buffer->claims)
            records += list_entry(link, struct delivery_claim, link)->records;
    }
    return (uint64_t)records;
}

static void end_first(struct delivery_stream *stream, struct delivery_flush *flush)
{
    flush->waiting_records = waiting_records(stream);
    list_remove(&flush->link);
    list_append(&stream->engine->ended, &flush->link);
    loop_defer(stream->engine->deps.loop, &stream->engine->tell);
    delivery_buffers_each(buffer, stream) buffer->flush_through_id = 0;
}

static void begin_first(struct delivery_stream *stream)
{
    stream->flush_reached_objects = false;
    if (serving(stream) == NULL)
        return;
    mark(&stream->buffers[STAGE_PROCESS]);
    delivery_transform_hurry(stream);
}

void delivery_flush_check(struct delivery_stream *stream)
{
    struct delivery_flush *flush = NULL;
    while ((flush = serving(stream)) != NULL && is_through(&stream->buffers[STAGE_PROCESS])) {
        if (!stream->flush_reached_objects) {
            stream->flush_reached_objects = true;
            mark_objects(stream);
            delivery_post_hurry(stream);
        }
        if (!are_all_through(stream))
            return;
        end_first(stream, flush);
        begin_first(stream);
    }
}

void delivery_flush_failed(struct delivery_stream *stream)
{
    struct delivery_flush *flush = serving(stream);
    if (flush != NULL)
        flush->status = STATUS_CONFLICT;
}

void delivery_flush_count(struct delivery_stream *stream, enum delivery_stage stage,
                          int64_t records)
{
    struct delivery_flush *flush = serving(stream);
    if (flush == NULL)
        return;
    flush->objects++;
    if (stage == STAGE_ERROR || stage == STAGE_UNPACK_ERROR || stage == STAGE_ENDPOINT_ERROR)
        flush->failed_records += (uint64_t)records;
    else if (stage == STAGE_BACKUP)
        flush->backup_records += (uint64_t)records;
    else
        flush->delivered_records += (uint64_t)records;
}

void delivery_flush_cancel(struct delivery_stream *stream)
{
    struct delivery_flush *flush = NULL;
    while ((flush = serving(stream)) != NULL) {
        flush->status = STATUS_CANCELLED;
        end_first(stream, flush);
    }
}

enum status delivery_flush(struct delivery_engine *engine, struct slice account,
                           struct slice region, struct slice name, struct delivery_flush *flush)
{
    struct delivery_stream *stream = delivery_stream_find(engine, account, region, name);
    if (stream == NULL)
        return STATUS_NOT_FOUND;
    void (*done)(struct delivery_flush *) = flush->done;
    *flush = (struct delivery_flush){.done = done};
    bool is_first = serving(stream) == NULL;
    list_append(&stream->flushes, &flush->link);
    if (is_first)
        begin_first(stream);
    delivery_pump_check(stream);
    return STATUS_OK;
}

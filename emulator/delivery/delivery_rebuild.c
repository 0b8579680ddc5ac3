/*
 * delivery_rebuild.c -- the engine's memory from the database, at the start and after a group was
 * undone: then streams may have come back, vanished or have an older version, and any counter may
 * be wrong. What is in flight keeps its claims: only committed rows are ever claimed, so they
 * are still there.
 */
#include "emulator/delivery/delivery_internal.h"
#include "emulator/delivery/delivery_partition.h"
#include "storage/delivery_partition_store.h"
#include "storage/delivery_stream_store.h"
#include "storage/record_store.h"

/* After an undone group, so that a full disk does not make the engine run in circles. */
#define PAUSE_MS 1000

static struct delivery_stream *find_by_id(struct delivery_engine *engine, int64_t id)
{
    list_for_each(link, &engine->streams) {
        struct delivery_stream *stream = list_entry(link, struct delivery_stream, link);
        if (stream->id == id)
            return stream;
    }
    return NULL;
}

static enum status see_row(void *arg, const struct delivery_stream_row *row)
{
    struct delivery_engine *engine = arg;
    struct delivery_stream *stream = find_by_id(engine, row->id);
    enum status status = STATUS_OK;
    if (stream == NULL) {
        status = delivery_stream_load(engine, row, &stream);
    } else {
        status = delivery_stream_set(stream, row);
        if (status == STATUS_OK)
            delivery_stream_show(stream);
    }
    if (status == STATUS_OK)
        stream->is_seen = true;
    return status;
}

static void forget_counts(struct delivery_engine *engine)
{
    list_for_each(link, &engine->streams) {
        struct delivery_stream *stream = list_entry(link, struct delivery_stream, link);
        stream->is_seen = false;
        delivery_buffers_each(buffer, stream)
        {
            buffer->records = 0;
            buffer->bytes = 0;
        }
    }
}

static enum status see_partition(void *arg, const struct delivery_partition_row *row)
{
    struct delivery_stream *stream = find_by_id(arg, row->stream);
    return stream != NULL ? delivery_partition_load(stream, row) : STATUS_OK;
}

/* Lanes of partitions gone by only say which ids are not to be used again. */
static struct delivery_buffer *find_buffer(struct delivery_stream *stream,
                                           const struct record_store_totals *totals)
{
    unsigned lane = record_store_buffer_lane(totals->buffer);
    if (lane < DELIVERY_FIRST_PARTITION_LANE)
        return lane < STAGE_COUNT ? &stream->buffers[lane] : NULL;
    int64_t used = totals->last_id - record_store_first_id(totals->buffer);
    if (used > stream->lane_sequence)
        stream->lane_sequence = used;
    list_for_each(link, &stream->partitions) {
        struct delivery_partition *partition = list_entry(link, struct delivery_partition, link);
        if (partition->lane == lane)
            return &partition->buffer;
    }
    return NULL;
}

/* Statements do not nest, so the totals are only noted here and the first rows found later. */
static void see_totals(void *arg, const struct record_store_totals *totals)
{
    struct delivery_engine *engine = arg;
    int64_t id = record_store_buffer_stream(totals->buffer);
    struct delivery_stream *stream = find_by_id(engine, id);
    if (stream == NULL) /* a chunk whose stream is gone is discarded: there is none */
        return;
    struct delivery_buffer *buffer = find_buffer(stream, totals);
    if (buffer == NULL)
        return;
    buffer->records = totals->records;
    buffer->bytes = totals->bytes;
    if (totals->last_id > buffer->last_id)
        buffer->last_id = totals->last_id;
}

static enum status recount(struct delivery_stream *stream, int64_t pause_until_ms)
{
    delivery_buffers_each(buffer, stream)
    {
        buffer->not_before_ms = pause_until_ms;
        enum status status = delivery_buffer_recount(
            buffer, stream->engine->deps.db, buffer->records, buffer->bytes, buffer->last_id);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

static enum status recount_all(struct delivery_engine *engine, int64_t pause_until_ms)
{
    list_for_each_safe(link, &engine->streams) {
        struct delivery_stream *stream = list_entry(link, struct delivery_stream, link);
        if (!stream->is_seen) {
            delivery_stream_hide(stream);
            delivery_flush_cancel(stream);
            delivery_stream_free_if_done(stream);
            continue;
        }
        enum status status = recount(stream, pause_until_ms);
        if (status != STATUS_OK)
            return status;
        delivery_pump_check(stream);
    }
    return STATUS_OK;
}

enum status delivery_rebuild(struct delivery_engine *engine)
{
    bool is_first = list_is_empty(&engine->streams);
    int64_t now_ms = sim_clock_now_ms(engine->deps.clock);
    forget_counts(engine);
    enum status status = delivery_stream_store_each(engine->deps.db, see_row, engine);
    if (status != STATUS_OK)
        return status;
    status = delivery_partition_store_each(engine->deps.db, see_partition, engine);
    if (status != STATUS_OK)
        return status;
    status = record_store_totals(engine->deps.db, see_totals, engine);
    if (status != STATUS_OK)
        return status;
    engine->needs_rebuild = false;
    return recount_all(engine, is_first ? 0 : now_ms + PAUSE_MS);
}

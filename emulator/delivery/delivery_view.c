#include "emulator/delivery/delivery_view.h"

#include "emulator/delivery/delivery_internal.h"
#include "emulator/delivery/delivery_partition.h"
#include "emulator/delivery/delivery_post.h"
#include "emulator/delivery/transform_batch.h"

static const char *const stage_names[STAGE_COUNT] = {
    [STAGE_PROCESS] = "process",
    [STAGE_DELIVER] = "deliver",
    [STAGE_ERROR] = "error",
    [STAGE_BACKUP] = "backup",
    [STAGE_UNPACK_ERROR] = "decompression_error",
    [STAGE_ENDPOINT_ERROR] = "http_endpoint_error",
};

static int64_t not_before_ms(const struct delivery_buffer *buffer)
{
    int64_t now_ms = sim_clock_now_ms(buffer->stream->engine->deps.clock);
    return buffer->not_before_ms > now_ms ? buffer->not_before_ms : 0;
}

static struct delivery_view_buffer view(struct delivery_buffer *buffer)
{
    struct delivery_limits limits = delivery_stream_limits(buffer->stream, buffer->stage);
    struct delivery_view_buffer view = {
        .stage = stage_names[buffer->stage],
        .records = buffer->records,
        .bytes = buffer->bytes,
        .size_bytes = limits.size_bytes,
        .oldest_ms = buffer->records > 0 ? buffer->first_queued_ms : 0,
        .due_ms = buffer->records > 0 ? delivery_buffer_due_ms(buffer, &limits) : 0,
        .failures = buffer->failures,
        .retry_ms = not_before_ms(buffer),
    };
    const struct delivery_partition *partition = delivery_partition_of(buffer);
    if (partition != NULL) {
        view.prefix = partition->prefix;
        view.keys = partition->keys;
    }
    list_for_each(link, &buffer->claims) {
        const struct delivery_claim *claim = list_entry(link, struct delivery_claim, link);
        view.in_flight_records += claim->records;
        view.in_flight_bytes += claim->bytes;
    }
    return view;
}

void delivery_view_buffers(struct delivery_stream *stream,
                           void (*each)(void *arg, const struct delivery_view_buffer *buffer),
                           void *arg)
{
    delivery_buffers_each(buffer, stream)
    {
        struct delivery_view_buffer seen = view(buffer);
        bool is_always_there =
            buffer->stage != STAGE_UNPACK_ERROR && buffer->stage != STAGE_ENDPOINT_ERROR;
        if (is_always_there || seen.records > 0 || seen.in_flight_records > 0)
            each(arg, &seen);
    }
}

const struct delivery_last *delivery_view_last(const struct delivery_stream *stream)
{
    return &stream->last;
}

int64_t delivery_view_next_retry_ms(const struct delivery_stream *stream)
{
    int64_t next_ms = delivery_post_retry_ms(stream);
    list_for_each(link, &stream->batches) {
        const struct delivery_batch *batch = list_entry(link, struct delivery_batch, link);
        if (batch->is_waiting && (next_ms == 0 || batch->retry.due_ms < next_ms))
            next_ms = batch->retry.due_ms;
    }
    return next_ms;
}

struct delivery_view_stream delivery_view_names(const struct delivery_stream *stream)
{
    return (struct delivery_view_stream){
        .account = stream->account,
        .region = stream->region,
        .name = stream->name,
        .arn = stream->arn,
        .version = stream->version,
    };
}

void delivery_view_streams(struct delivery_engine *engine,
                           void (*each)(void *arg, const struct delivery_view_stream *stream),
                           void *arg)
{
    list_for_each(link, &engine->streams) {
        const struct delivery_stream *stream = list_entry(link, struct delivery_stream, link);
        struct delivery_view_stream names = delivery_view_names(stream);
        if (!delivery_stream_is_ending(stream))
            each(arg, &names);
    }
}

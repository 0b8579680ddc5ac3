#include "emulator/delivery/delivery_partition.h"

#include <string.h>

#include "emulator/base/mem.h"
#include "emulator/delivery/delivery_internal.h"
#include "storage/delivery_partition_store.h"
#include "storage/record_store.h"

struct delivery_partition *delivery_partition_of(struct delivery_buffer *buffer)
{
    struct delivery_stream *stream = buffer->stream;
    bool is_own = buffer >= stream->buffers && buffer < stream->buffers + STAGE_COUNT;
    return is_own ? NULL : list_entry(buffer, struct delivery_partition, buffer);
}

static struct delivery_partition *find(const struct delivery_stream *stream, struct slice prefix,
                                       struct slice keys)
{
    list_for_each(link, &stream->partitions) {
        struct delivery_partition *partition = list_entry(link, struct delivery_partition, link);
        if (slice_equal(partition->keys, keys) && slice_equal(partition->prefix, prefix))
            return partition;
    }
    return NULL;
}

static bool is_free(const struct delivery_stream *stream, unsigned lane)
{
    list_for_each(link, &stream->partitions) {
        if (list_entry(link, struct delivery_partition, link)->lane == lane)
            return false;
    }
    return true;
}

/* In rotation, so that a lane's discarded chunks are gone before it is used again. */
static unsigned take_lane(struct delivery_stream *stream)
{
    unsigned lanes = RECORD_STORE_LANES - DELIVERY_FIRST_PARTITION_LANE;
    unsigned lane = 0;
    do {
        lane = DELIVERY_FIRST_PARTITION_LANE + stream->next_partition;
        stream->next_partition = (stream->next_partition + 1) % lanes;
    } while (!is_free(stream, lane)); /* there are more lanes than partitions */
    return lane;
}

static struct slice copy_to(char *at, struct slice bytes)
{
    if (bytes.len > 0)
        memcpy(at, bytes.ptr, bytes.len);
    return slice_make(at, bytes.len);
}

static enum status begin(struct delivery_stream *stream, const struct delivery_partition_row *row,
                         struct delivery_partition **ret_partition)
{
    struct delivery_partition *p = mem_alloc(sizeof(*p) + row->prefix.len + row->keys.len);
    if (p == NULL)
        return STATUS_NO_MEMORY;
    int64_t buffer = record_store_buffer(stream->id, row->lane);
    delivery_buffer_init(&p->buffer, stream, STAGE_DELIVER, record_store_first_id(buffer));
    p->buffer.last_id += stream->lane_sequence;
    p->lane = row->lane;
    p->prefix = copy_to((char *)(p + 1), row->prefix);
    p->keys = copy_to((char *)(p + 1) + row->prefix.len, row->keys);
    list_append(&stream->partitions, &p->link);
    stream->partition_count++;
    *ret_partition = p;
    return STATUS_OK;
}

enum status delivery_partition_get(struct delivery_stream *stream, struct slice prefix,
                                   struct slice keys, struct delivery_partition **ret_partition)
{
    struct delivery_partition *found = find(stream, prefix, keys);
    if (found != NULL) {
        *ret_partition = found;
        return STATUS_OK;
    }
    if (stream->partition_count >= DELIVERY_MAX_PARTITIONS)
        return STATUS_TOO_LARGE;
    struct delivery_partition_row row = {
        .stream = stream->id, .lane = take_lane(stream), .prefix = prefix, .keys = keys};
    return begin(stream, &row, ret_partition);
}

enum status delivery_partition_append(struct delivery_partition *partition,
                                      const struct record_chunk *chunk, int64_t now_ms)
{
    struct delivery_stream *stream = partition->buffer.stream;
    struct delivery_partition_row row = {
        .stream = stream->id,
        .lane = partition->lane,
        .prefix = partition->prefix,
        .keys = partition->keys,
    };
    enum status status = delivery_partition_store_put(stream->engine->deps.db, &row);
    if (status == STATUS_OK)
        status = delivery_stream_append(&partition->buffer, chunk, now_ms);
    return status;
}

/* One claim, that of the object, and nothing that waits. */
static bool is_last_claim(const struct delivery_buffer *buffer)
{
    const struct list *claims = &buffer->claims;
    return buffer->records == 0 && claims->next != claims && claims->next->next == claims;
}

enum status delivery_partition_end(struct delivery_partition *partition)
{
    struct delivery_stream *stream = partition->buffer.stream;
    if (!is_last_claim(&partition->buffer))
        return STATUS_OK;
    return delivery_partition_store_delete(stream->engine->deps.db, stream->id, partition->lane);
}

static void drop(struct delivery_partition *partition)
{
    struct delivery_stream *stream = partition->buffer.stream;
    sim_timer_stop(stream->engine->deps.clock, &partition->buffer.timer);
    int64_t used = partition->buffer.last_id - partition->buffer.base_id;
    if (used > stream->lane_sequence)
        stream->lane_sequence = used;
    list_remove(&partition->link);
    stream->partition_count--;
    mem_free(partition);
}

void delivery_partition_trim(struct delivery_stream *stream)
{
    list_for_each_safe(link, &stream->partitions) {
        struct delivery_partition *partition = list_entry(link, struct delivery_partition, link);
        const struct delivery_buffer *buffer = &partition->buffer;
        if (buffer->records == 0 && list_is_empty(&buffer->claims) && !buffer->is_writing)
            drop(partition);
    }
}

enum status delivery_partition_load(struct delivery_stream *stream,
                                    const struct delivery_partition_row *row)
{
    struct delivery_partition *partition = NULL;
    if (!is_free(stream, row->lane))
        return STATUS_OK;
    return begin(stream, row, &partition);
}

void delivery_partition_free_all(struct delivery_stream *stream)
{
    list_for_each_safe(link, &stream->partitions)
        drop(list_entry(link, struct delivery_partition, link));
}

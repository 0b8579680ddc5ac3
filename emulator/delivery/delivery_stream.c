#include "emulator/delivery/delivery.h"

#include <assert.h>

#include "emulator/base/mem.h"
#include "emulator/delivery/delivery_internal.h"
#include "emulator/delivery/delivery_partition.h"
#include "emulator/delivery/delivery_post.h"
#include "emulator/delivery/delivery_query.h"
#include "emulator/delivery/endpoint_request.h"
#include "emulator/delivery/kinesis_source.h"
#include "emulator/delivery/record_chunk.h"
#include "storage/delivery_stream_store.h"
#include "storage/record_store.h"

/* Of records that are looked at without waiting for a function's buffering hints. */
#define PASSING_BYTES ((int64_t)1024 * 1024)

/* What is taken apart grows: fewer records, and less of what is compressed, at once. */
#define COMPRESSED_BYTES ((int64_t)256 * 1024)
#define AGGREGATED_RECORDS 500

/* What goes on without a transform at once: a few milliseconds' work. */
#define PASS_BYTES ((int64_t)1024 * 1024)

#define DELETE_AGAIN_MS 1000

static enum status create_empty(struct delivery_engine *engine, int64_t id,
                                struct delivery_stream **ret_stream)
{
    struct delivery_stream *stream = mem_zalloc(sizeof(*stream));
    if (stream == NULL)
        return STATUS_NO_MEMORY;
    stream->engine = engine;
    stream->id = id;
    list_init(&stream->name_link);
    list_init(&stream->ready_link);
    list_init(&stream->partitions);
    list_init(&stream->batches);
    list_init(&stream->flushes);
    sim_timer_init(&stream->change, delivery_stream_on_change);
    for (unsigned stage = 0; stage < STAGE_COUNT; stage++) {
        int64_t buffer = record_store_buffer(id, stage);
        delivery_buffer_init(&stream->buffers[stage], stream, (enum delivery_stage)stage,
                             record_store_first_id(buffer));
    }
    list_append(&engine->streams, &stream->link);
    *ret_stream = stream;
    return STATUS_OK;
}

void delivery_stream_free(struct delivery_stream *stream)
{
    if (stream == NULL)
        return;
    delivery_stream_hide(stream);
    assert(list_is_empty(&stream->batches));
    delivery_partition_free_all(stream);
    delivery_query_drop(stream);
    mem_free(stream->last.object_key);
    kinesis_source_free(stream);
    list_remove(&stream->link);
    list_remove(&stream->ready_link);
    delivery_texts_free(&stream->texts);
    mem_free(stream);
}

static bool is_busy(const struct delivery_stream *stream)
{
    list_for_each(link, &stream->partitions) {
        if (list_entry(link, struct delivery_partition, link)->buffer.is_writing)
            return true;
    }
    for (unsigned stage = 0; stage < STAGE_COUNT; stage++) {
        if (stream->buffers[stage].is_writing)
            return true;
    }
    return stream->batch_count > 0 || stream->is_ready || stream->redriving != NULL ||
           kinesis_source_is_reading(stream);
}

void delivery_stream_free_if_done(struct delivery_stream *stream)
{
    if (stream->is_gone && !stream->is_unsettled && !is_busy(stream))
        delivery_stream_free(stream);
}

/* The stages' own, then the partitions'. */
struct delivery_buffer *delivery_stream_next_buffer(struct delivery_stream *stream,
                                                    struct delivery_buffer *previous)
{
    if (previous == NULL)
        return &stream->buffers[0];
    struct delivery_partition *partition = delivery_partition_of(previous);
    if (partition == NULL && previous->stage + 1 < STAGE_COUNT)
        return previous + 1;
    struct list *next = partition != NULL ? partition->link.next : stream->partitions.next;
    if (next == &stream->partitions)
        return NULL;
    return &list_entry(next, struct delivery_partition, link)->buffer;
}

/* ---- names ---- */

static size_t name_bucket(struct slice account, struct slice region, struct slice name)
{
    const struct slice parts[] = {account, region, name};
    uint32_t hash = 2166136261U; /* FNV-1a */
    for (size_t i = 0; i < 3; i++) {
        for (size_t at = 0; at < parts[i].len; at++)
            hash = (hash ^ (unsigned char)parts[i].ptr[at]) * 16777619U;
    }
    return hash % DELIVERY_NAME_BUCKETS;
}

struct delivery_stream *delivery_stream_find(struct delivery_engine *engine, struct slice account,
                                             struct slice region, struct slice name)
{
    struct list *bucket = &engine->names[name_bucket(account, region, name)];
    list_for_each(link, bucket) {
        struct delivery_stream *stream = list_entry(link, struct delivery_stream, name_link);
        if (slice_equal(stream->name, name) && slice_equal(stream->account, account) &&
            slice_equal(stream->region, region))
            return stream;
    }
    return NULL;
}

/* The ends of CREATING, ENABLING and DISABLING change nothing stored. */
static int64_t next_change_ms(const struct delivery_stream *stream)
{
    int64_t now_ms = sim_clock_now_ms(stream->engine->deps.clock);
    if (stream->gone_ms != 0)
        return stream->gone_ms;
    if (stream->active_ms > now_ms)
        return stream->active_ms;
    return stream->encrypted_ms > now_ms ? stream->encrypted_ms : INT64_MAX;
}

static void await_change(struct delivery_stream *stream)
{
    struct sim_clock *clock = stream->engine->deps.clock;
    int64_t due_ms = next_change_ms(stream);
    if (due_ms != INT64_MAX)
        sim_timer_start(clock, &stream->change, due_ms);
    else
        sim_timer_stop(clock, &stream->change);
}

void delivery_stream_show(struct delivery_stream *stream)
{
    struct delivery_engine *engine = stream->engine;
    stream->is_gone = false;
    list_remove(&stream->name_link);
    list_append(&engine->names[name_bucket(stream->account, stream->region, stream->name)],
                &stream->name_link);
    await_change(stream);
    kinesis_source_arm(stream);
}

void delivery_stream_hide(struct delivery_stream *stream)
{
    stream->is_gone = true;
    kinesis_source_stop(stream);
    list_remove(&stream->name_link);
    sim_timer_stop(stream->engine->deps.clock, &stream->change);
    delivery_buffers_each(buffer, stream)
        sim_timer_stop(stream->engine->deps.clock, &buffer->timer);
    delivery_transform_drop(stream);
    delivery_post_drop(stream);
}

/* ---- loading ---- */

enum status delivery_stream_load(struct delivery_engine *engine,
                                 const struct delivery_stream_row *row,
                                 struct delivery_stream **ret_stream)
{
    struct delivery_stream *stream = NULL;
    enum status status = create_empty(engine, row->id, &stream);
    if (status == STATUS_OK)
        status = delivery_stream_set(stream, row);
    if (status != STATUS_OK) {
        delivery_stream_free(stream);
        return status;
    }
    delivery_stream_show(stream);
    *ret_stream = stream;
    return STATUS_OK;
}

/* ---- undone changes ---- */

static void unsettle(struct delivery_stream *stream)
{
    stream->is_unsettled = true;
    delivery_sweep(stream->engine);
}

enum status delivery_stream_settle(struct delivery_stream *stream)
{
    struct delivery_stream_row row;
    struct arena arena;
    arena_init(&arena, DELIVERY_ROW_MAX_BYTES);
    enum status status =
        delivery_stream_store_find(stream->engine->deps.db, stream->id, &arena, &row);
    if (status == STATUS_OK)
        status = delivery_stream_set(stream, &row);
    arena_clear(&arena);
    if (status == STATUS_NOT_FOUND) {
        stream->is_unsettled = false;
        delivery_stream_hide(stream);
        delivery_stream_free_if_done(stream);
        return STATUS_OK;
    }
    if (status != STATUS_OK)
        return status;
    stream->is_unsettled = false;
    delivery_stream_show(stream);
    delivery_pump_check(stream);
    return STATUS_OK;
}

/* ---- what handlers call ---- */

enum delivery_state delivery_stream_state(const struct delivery_stream *stream)
{
    if (stream->gone_ms != 0)
        return DELIVERY_DELETING;
    int64_t now_ms = sim_clock_now_ms(stream->engine->deps.clock);
    return now_ms >= stream->active_ms ? DELIVERY_ACTIVE : DELIVERY_CREATING;
}

bool delivery_stream_is_ending(const struct delivery_stream *stream)
{
    return stream->is_gone || stream->gone_ms != 0;
}

bool delivery_stream_is_encrypted(const struct delivery_stream *stream)
{
    int64_t now_ms = sim_clock_now_ms(stream->engine->deps.clock);
    return stream->is_encrypted && now_ms >= stream->encrypted_ms;
}

int64_t delivery_stream_id(const struct delivery_stream *stream)
{
    return stream->id;
}

enum status delivery_stream_create(struct delivery_engine *engine, struct delivery_stream_row *row)
{
    row->version = 1;
    row->created_ms = sim_clock_now_ms(engine->deps.clock);
    row->active_ms = row->created_ms + engine->deps.create_delay_ms;
    row->updated_ms = 0;
    row->encryption.since_ms = row->active_ms;
    enum status status = delivery_stream_store_insert(engine->deps.db, row);
    if (status != STATUS_OK)
        return status;
    struct delivery_stream *stream = NULL;
    status = delivery_stream_load(engine, row, &stream);
    if (status == STATUS_OK)
        unsettle(stream);
    return status;
}

enum status delivery_stream_update(struct delivery_engine *engine, struct delivery_stream *stream,
                                   struct slice configuration)
{
    struct delivery_stream_row row = {
        .id = stream->id,
        .account = stream->account,
        .region = stream->region,
        .name = stream->name,
        .version = stream->version + 1,
        .active_ms = stream->active_ms,
        .encryption = {.is_on = stream->is_encrypted, .since_ms = stream->encrypted_ms},
        .updated_ms = sim_clock_now_ms(engine->deps.clock),
        .configuration = configuration,
    };
    enum status status = delivery_stream_store_update(engine->deps.db, &row);
    if (status == STATUS_OK)
        status = delivery_stream_set(stream, &row);
    if (status != STATUS_OK)
        return status;
    delivery_buffers_each(buffer, stream) buffer->not_before_ms =
        0; /* the update may be the remedy */
    unsettle(stream);
    delivery_pump_check(stream);
    return STATUS_OK;
}

static enum status discard_records(struct delivery_stream *stream)
{
    int64_t first = record_store_first_id(record_store_buffer(stream->id, 0)) + 1;
    int64_t last = record_store_first_id(record_store_buffer(stream->id + 1, 0));
    return record_store_discard(stream->engine->deps.db, first, last);
}

enum status delivery_stream_encrypt(struct delivery_stream *stream,
                                    struct delivery_encryption *encryption)
{
    struct delivery_engine *engine = stream->engine;
    encryption->since_ms = sim_clock_now_ms(engine->deps.clock) + engine->deps.encrypt_delay_ms;
    enum status status =
        delivery_stream_store_set_encryption(engine->deps.db, stream->id, encryption);
    if (status != STATUS_OK)
        return status;
    stream->is_encrypted = encryption->is_on;
    stream->encrypted_ms = encryption->since_ms;
    unsettle(stream);
    await_change(stream);
    return STATUS_OK;
}

/* ---- the end of a stream ---- */

static enum status remove_stream(struct delivery_stream *stream)
{
    enum status status = delivery_stream_store_delete(stream->engine->deps.db, stream->id);
    if (status == STATUS_OK)
        status = discard_records(stream);
    if (status != STATUS_OK)
        return status;
    delivery_stream_hide(stream);
    delivery_flush_cancel(stream);
    unsettle(stream);
    return STATUS_OK;
}

/* Its records go at once, whatever DELETING waits for. */
static enum status begin_deleting(struct delivery_stream *stream, int64_t gone_ms)
{
    struct delivery_engine *engine = stream->engine;
    enum status status = delivery_stream_store_set_gone(engine->deps.db, stream->id, gone_ms);
    if (status == STATUS_OK)
        status = discard_records(stream);
    if (status != STATUS_OK)
        return status;
    stream->gone_ms = gone_ms;
    delivery_buffers_each(buffer, stream)
    {
        buffer->records = 0;
        buffer->bytes = 0;
        sim_timer_stop(engine->deps.clock, &buffer->timer);
    }
    delivery_transform_drop(stream);
    delivery_post_drop(stream);
    delivery_flush_cancel(stream);
    unsettle(stream);
    await_change(stream);
    return STATUS_OK;
}

enum status delivery_stream_delete(struct delivery_engine *engine, struct delivery_stream *stream)
{
    if (stream->gone_ms != 0)
        return STATUS_OK;
    if (engine->deps.delete_delay_ms == 0)
        return remove_stream(stream);
    return begin_deleting(stream,
                          sim_clock_now_ms(engine->deps.clock) + engine->deps.delete_delay_ms);
}

/* DELETING is over; or an automatic clock has got somewhere. */
void delivery_stream_on_change(struct sim_timer *timer)
{
    struct delivery_stream *stream = list_entry(timer, struct delivery_stream, change);
    struct delivery_deps *deps = &stream->engine->deps;
    int64_t now_ms = sim_clock_now_ms(deps->clock);
    if (stream->gone_ms == 0 || now_ms < stream->gone_ms) {
        await_change(stream);
        return;
    }
    db_unit_begin(deps->db);
    enum status status = remove_stream(stream);
    enum status ended = db_unit_end(deps->db, status == STATUS_OK);
    if (status != STATUS_OK || ended != STATUS_OK)
        sim_timer_start(deps->clock, timer, now_ms + DELETE_AGAIN_MS);
}

/* ---- records ---- */

/* Records from before the backup was configured there are none: it cannot be switched off. */
const struct delivery_target *delivery_stream_target(const struct delivery_stream *stream,
                                                     enum delivery_stage stage)
{
    const struct delivery_settings *settings = &stream->settings;
    if (stage == STAGE_BACKUP)
        return &settings->backup;
    bool is_endpoint = settings->has_endpoint && (stage == STAGE_DELIVER || stage == STAGE_PROCESS);
    return is_endpoint ? &settings->endpoint.target : &settings->destination;
}

static struct delivery_limits process_limits(const struct delivery_settings *settings)
{
    const struct delivery_steps *steps = &settings->steps;
    struct delivery_limits limits = {
        .size_bytes = settings->has_lambda ? settings->lambda_size_bytes : PASSING_BYTES,
        .interval_ms = settings->has_lambda ? settings->lambda_interval_ms : 0,
        .event_bytes = DELIVERY_EVENT_MAX_BYTES,
        .records = steps->splits ? AGGREGATED_RECORDS : 0,
    };
    if (steps->decompresses && limits.size_bytes > COMPRESSED_BYTES)
        limits.size_bytes = COMPRESSED_BYTES;
    return limits;
}

struct delivery_limits delivery_stream_limits(const struct delivery_stream *stream,
                                              enum delivery_stage stage)
{
    const struct delivery_target *target = delivery_stream_target(stream, stage);
    if (stage == STAGE_PROCESS)
        return process_limits(&stream->settings);
    struct delivery_limits limits = {
        .size_bytes = target->size_bytes,
        .interval_ms = target->interval_ms,
    };
    if (target == &stream->settings.endpoint.target) {
        limits.event_bytes = ENDPOINT_REQUEST_MAX_BYTES;
        limits.records = ENDPOINT_REQUEST_MAX_RECORDS;
    }
    return limits;
}

static enum delivery_stage first_stage(const struct delivery_stream *stream)
{
    return delivery_settings_has_processing(&stream->settings) ? STAGE_PROCESS : STAGE_DELIVER;
}

uint64_t delivery_stream_chunk_bytes(const struct delivery_stream *stream)
{
    return (uint64_t)delivery_stream_limits(stream, first_stage(stream)).size_bytes;
}

bool delivery_stream_decompresses(const struct delivery_stream *stream)
{
    return stream->settings.steps.decompresses;
}

enum status delivery_stream_append(struct delivery_buffer *buffer, const struct record_chunk *chunk,
                                   int64_t now_ms)
{
    if (buffer->last_id - buffer->base_id >= RECORD_STORE_MAX_SEQUENCE)
        return STATUS_TOO_LARGE;
    struct record_store_chunk row = {
        .id = buffer->last_id + 1,
        .records = chunk->records,
        .bytes = (int64_t)chunk->bytes,
        .oldest_ms = chunk->oldest_ms,
        .queued_ms = now_ms,
        .packed = chunk->packed,
        .origins = chunk->origins,
    };
    enum status status = record_store_append(buffer->stream->engine->deps.db, &row);
    if (status == STATUS_OK)
        delivery_buffer_count(buffer, row.id, row.records, row.bytes, now_ms);
    return status;
}

/* The backup gets its own copy: it is delivered for itself, whatever becomes of the other one. */
static enum status append_accepted(struct delivery_stream *stream, const struct record_chunk *chunk,
                                   int64_t now_ms)
{
    enum status status =
        delivery_stream_append(&stream->buffers[first_stage(stream)], chunk, now_ms);
    if (status == STATUS_OK && stream->settings.has_backup)
        status = delivery_stream_append(&stream->buffers[STAGE_BACKUP], chunk, now_ms);
    return status;
}

enum status delivery_accept(struct delivery_engine *engine, struct delivery_stream *stream,
                            const struct record_chunk *chunks, size_t count)
{
    int64_t now_ms = sim_clock_now_ms(engine->deps.clock);
    int64_t records = 0;
    int64_t bytes = 0;
    for (size_t i = 0; i < count; i++) {
        enum status status = append_accepted(stream, &chunks[i], now_ms);
        if (status != STATUS_OK)
            return status;
        records += chunks[i].records;
        bytes += (int64_t)chunks[i].bytes;
    }
    delivery_report_accepted(stream, records, bytes);
    delivery_pump_check(stream);
    return STATUS_OK;
}

/*
 * delivery_pump.c -- starts what is due.
 *
 * Whatever changes a stream calls delivery_pump_check(). If something is due and may start, the
 * stream becomes ready and holds the clock; the pump, a task, starts it after the group was
 * committed, because only committed rows may be taken up:
 *
 *     check() -> ready, clock held -> [COMMIT] -> pump: start -> not ready, clock released
 */
#include "emulator/base/log.h"
#include "emulator/delivery/delivery_internal.h"
#include "emulator/delivery/delivery_partition.h"
#include "emulator/delivery/delivery_post.h"

static bool is_posted(const struct delivery_buffer *buffer)
{
    return buffer->stage == STAGE_DELIVER && buffer->stream->settings.has_endpoint;
}

static bool may_start(const struct delivery_buffer *buffer)
{
    if (buffer->stage == STAGE_PROCESS)
        return buffer->stream->batch_count < DELIVERY_MAX_OUTSTANDING;
    return !buffer->is_writing;
}

/* A buffer that is due and finds no room is looked at again by whoever makes some. */
static bool has_room(const struct delivery_buffer *buffer)
{
    return !is_posted(buffer) || delivery_post_has_room(buffer->stream->engine);
}

static bool is_startable(const struct delivery_buffer *buffer)
{
    const struct delivery_stream *stream = buffer->stream;
    struct delivery_limits limits = delivery_stream_limits(stream, buffer->stage);
    return may_start(buffer) &&
           delivery_buffer_is_due(buffer, &limits, sim_clock_now_ms(stream->engine->deps.clock)) &&
           has_room(buffer);
}

static void make_ready(struct delivery_stream *stream)
{
    struct delivery_engine *engine = stream->engine;
    if (stream->is_ready)
        return;
    stream->is_ready = true;
    list_append(&engine->ready, &stream->ready_link);
    sim_clock_hold(engine->deps.clock);
    loop_defer(engine->deps.loop, &engine->pump);
}

static void on_due(struct sim_timer *timer)
{
    delivery_pump_check(list_entry(timer, struct delivery_buffer, timer)->stream);
}

/* A buffer that is due but may not start yet is looked at again by what is in flight. */
static void set_timer(struct delivery_buffer *buffer)
{
    struct sim_clock *clock = buffer->stream->engine->deps.clock;
    struct delivery_limits limits = delivery_stream_limits(buffer->stream, buffer->stage);
    int64_t due_ms = delivery_buffer_due_ms(buffer, &limits);
    buffer->timer.fn = on_due;
    bool can_start = may_start(buffer) && (due_ms > sim_clock_now_ms(clock) || has_room(buffer));
    if (due_ms != INT64_MAX && can_start)
        sim_timer_start(clock, &buffer->timer, due_ms);
    else
        sim_timer_stop(clock, &buffer->timer);
}

void delivery_pump_check(struct delivery_stream *stream)
{
    struct delivery_engine *engine = stream->engine;
    if (!engine->is_running || engine->needs_rebuild || delivery_stream_is_ending(stream))
        return;
    delivery_flush_check(stream);
    bool has_work = false;
    delivery_buffers_each(buffer, stream)
    {
        bool starts = is_startable(buffer);
        has_work |= starts;
        if (starts)
            sim_timer_stop(engine->deps.clock, &buffer->timer);
        else
            set_timer(buffer);
    }
    if (has_work)
        make_ready(stream);
}

static enum status start_one(struct delivery_buffer *buffer)
{
    if (buffer->stage == STAGE_PROCESS)
        return delivery_transform_start(buffer->stream);
    return is_posted(buffer) ? delivery_post_start(buffer) : delivery_object_start(buffer);
}

/* What cannot start for lack of memory or disk waits a little, like any failed attempt. */
static void start_later(struct delivery_buffer *buffer, enum status status)
{
    struct delivery_stream *stream = buffer->stream;
    log_line(LOG_ERROR, "firehose: %.*s: delivery could not start: %s", SLICE_ARG(stream->name),
             status_text(status));
    buffer->not_before_ms = sim_clock_now_ms(stream->engine->deps.clock) + 1000;
    buffer->flush_through_id = 0;
    delivery_flush_failed(stream);
}

/* Until something was written: what is due then is started behind the COMMIT. */
static void start_all(struct delivery_stream *stream)
{
    const struct db *db = stream->engine->deps.db;
    delivery_buffers_each(buffer, stream)
    {
        while (!db_is_dirty(db) && is_startable(buffer)) {
            enum status status = start_one(buffer);
            if (status != STATUS_OK && status != STATUS_END)
                start_later(buffer, status);
        }
    }
}

static void take_up(struct delivery_engine *engine, struct delivery_stream *stream)
{
    list_remove(&stream->ready_link);
    stream->is_ready = false;
    if (engine->is_running && !delivery_stream_is_ending(stream) && !engine->needs_rebuild)
        start_all(stream);
    delivery_partition_trim(stream);
    delivery_pump_check(stream);
    sim_clock_release(engine->deps.clock);
    delivery_stream_free_if_done(stream);
}

static void on_pump(struct loop_task *task)
{
    struct delivery_engine *engine = list_entry(task, struct delivery_engine, pump);
    while (!list_is_empty(&engine->ready)) {
        if (db_is_dirty(engine->deps.db) && engine->is_running) {
            loop_defer(engine->deps.loop, task); /* the COMMIT comes in between */
            return;
        }
        take_up(engine, list_entry(engine->ready.next, struct delivery_stream, ready_link));
    }
}

void delivery_pump_began(struct delivery_engine *engine)
{
    engine->in_flight++;
    sim_clock_hold(engine->deps.clock);
}

void delivery_pump_ended(struct delivery_engine *engine)
{
    engine->in_flight--;
    sim_clock_release(engine->deps.clock);
    if (engine->in_flight == 0 && !engine->is_running)
        loop_defer(engine->deps.loop, &engine->tell);
}

void delivery_pump_init(struct delivery_engine *engine)
{
    loop_task_init(&engine->pump, on_pump);
}

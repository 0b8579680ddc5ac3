#include "emulator/delivery/delivery.h"

#include <assert.h>

#include "emulator/base/log.h"
#include "emulator/base/mem.h"
#include "emulator/delivery/delivery_internal.h"
#include "emulator/delivery/delivery_post.h"
#include "emulator/delivery/delivery_query.h"
#include "emulator/delivery/delivery_redrive.h"
#include "emulator/delivery/http_client.h"
#include "emulator/delivery/kinesis_source.h"
#include "emulator/loop/random.h"

#define REBUILD_AGAIN_MS 1000
#define RUN_DIGITS UINT64_C(1000000000000000) /* 15 decimal digits */

/* ---- being told of an undone group ---- */

static void rebuild(struct delivery_engine *engine);

static void on_rebuild_again(struct loop_timer *timer)
{
    rebuild(list_entry(timer, struct delivery_engine, rebuild_again));
}

/* Without memory or disk it is tried again: until then nothing new is taken up. */
static void rebuild(struct delivery_engine *engine)
{
    enum status status = delivery_rebuild(engine);
    engine->needs_rebuild = status != STATUS_OK;
    if (status == STATUS_OK)
        return;
    log_line(LOG_ERROR, "firehose: buffers could not be rebuilt: %s", status_text(status));
    status = loop_timer_start(engine->deps.loop, &engine->rebuild_again, REBUILD_AGAIN_MS,
                              on_rebuild_again);
    assert(status == STATUS_OK); /* delivery_engine_start() has made the handle */
    (void)status;
}

static void on_group_undone(struct db_listener *listener)
{
    struct delivery_engine *engine = list_entry(listener, struct delivery_engine, listener);
    delivery_redrive_undone(engine);
    if (engine->is_running)
        rebuild(engine);
}

/* ---- life ---- */

static void tell_flushes(struct delivery_engine *engine)
{
    struct list ended;
    list_init(&ended);
    list_move_all(&ended, &engine->ended);
    struct list *link = NULL;
    while ((link = list_take_first(&ended)) != NULL) {
        struct delivery_flush *flush = list_entry(link, struct delivery_flush, link);
        flush->done(flush);
    }
}

/* Last of all: the one who waits may destroy the engine. */
static void tell_drains(struct delivery_engine *engine)
{
    struct list drains;
    list_init(&drains);
    list_move_all(&drains, &engine->drains);
    struct list *link = NULL;
    while ((link = list_take_first(&drains)) != NULL) {
        struct delivery_drain *drain = list_entry(link, struct delivery_drain, link);
        drain->done(drain);
    }
}

static void on_tell(struct loop_task *task)
{
    struct delivery_engine *engine = list_entry(task, struct delivery_engine, tell);
    tell_flushes(engine);
    if (delivery_engine_is_idle(engine) && !engine->is_running)
        tell_drains(engine);
}

enum status delivery_engine_create(const struct delivery_deps *deps,
                                   struct delivery_engine **ret_engine)
{
    struct delivery_engine *engine = mem_zalloc(sizeof(*engine));
    if (engine == NULL)
        return STATUS_NO_MEMORY;
    engine->deps = *deps;
    enum status status = delivery_query_init(engine);
    if (status != STATUS_OK) {
        mem_free(engine);
        return status;
    }
    list_init(&engine->streams);
    list_init(&engine->sources);
    list_init(&engine->ready);
    list_init(&engine->drains);
    list_init(&engine->ended);
    for (size_t i = 0; i < DELIVERY_NAME_BUCKETS; i++)
        list_init(&engine->names[i]);
    loop_task_init(&engine->tell, on_tell);
    delivery_pump_init(engine);
    worker_lane_init(&engine->bodies, engine->deps.loop);
    delivery_sweep_init(engine);
    engine->listener.group_undone = on_group_undone;
    db_add_listener(deps->db, &engine->listener);
    *ret_engine = engine;
    return STATUS_OK;
}

enum status delivery_engine_start(struct delivery_engine *engine)
{
    enum status status = loop_timer_start(engine->deps.loop, &engine->rebuild_again,
                                          REBUILD_AGAIN_MS, on_rebuild_again);
    if (status != STATUS_OK)
        return status;
    loop_timer_stop(&engine->rebuild_again);
    engine->run = random_below(engine->deps.random, RUN_DIGITS);
    engine->is_running = true;
    delivery_sweep(engine); /* what a crash left over */
    return delivery_rebuild(engine);
}

static void stop_timers(struct delivery_engine *engine)
{
    list_for_each(link, &engine->streams) {
        struct delivery_stream *stream = list_entry(link, struct delivery_stream, link);
        sim_timer_stop(engine->deps.clock, &stream->change);
        delivery_buffers_each(buffer, stream) sim_timer_stop(engine->deps.clock, &buffer->timer);
        kinesis_source_stop(stream);
        delivery_transform_drop(stream);
        delivery_post_drop(stream);
        delivery_flush_cancel(stream);
    }
}

void delivery_engine_stop(struct delivery_engine *engine)
{
    if (!engine->is_running)
        return;
    engine->is_running = false;
    if (engine->http != NULL)
        http_client_stop(engine->http);
    loop_timer_stop(&engine->rebuild_again);
    loop_task_cancel(&engine->sweep);
    delivery_query_stop(engine);
    stop_timers(engine);
    loop_defer(engine->deps.loop, &engine->tell);
}

bool delivery_engine_is_idle(const struct delivery_engine *engine)
{
    return engine->in_flight == 0;
}

void delivery_engine_drain(struct delivery_engine *engine, struct delivery_drain *drain)
{
    list_append(&engine->drains, &drain->link);
    loop_defer(engine->deps.loop, &engine->tell);
}

void delivery_engine_destroy(struct delivery_engine *engine)
{
    if (engine == NULL)
        return;
    assert(delivery_engine_is_idle(engine));
    delivery_engine_stop(engine);
    loop_task_cancel(&engine->pump);
    loop_task_cancel(&engine->tell);
    loop_task_cancel(&engine->sweep);
    loop_timer_close(&engine->rebuild_again);
    list_for_each_safe(link, &engine->streams) {
        struct delivery_stream *stream = list_entry(link, struct delivery_stream, link);
        if (stream->is_ready)
            sim_clock_release(engine->deps.clock);
        delivery_stream_free(stream);
    }
    delivery_query_close(engine);
    http_client_close(engine->http);
    db_remove_listener(&engine->listener);
    mem_free(engine);
}

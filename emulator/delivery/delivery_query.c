#include "emulator/delivery/delivery_query.h"

#include "emulator/base/arena.h"
#include "emulator/base/log.h"
#include "emulator/delivery/delivery_internal.h"
#include "emulator/delivery/query_pool.h"
#include "emulator/delivery/transform_items.h"

/* ---- idle processes ---- */

static void on_trim(struct loop_timer *timer)
{
    struct delivery_queries *queries = list_entry(timer, struct delivery_queries, trim);
    struct delivery_engine *engine = list_entry(queries, struct delivery_engine, queries);
    /* Cannot fail: the handle is there. */
    if (query_pool_trim(queries->pool) &&
        loop_timer_start(engine->deps.loop, timer, QUERY_IDLE_MS / 2, on_trim) != STATUS_OK)
        log_line(LOG_ERROR, "firehose: idle queries stay");
}

static void watch_idle(struct delivery_engine *engine)
{
    struct loop_timer *timer = &engine->queries.trim;
    if (loop_timer_start(engine->deps.loop, timer, QUERY_IDLE_MS + 1, on_trim) != STATUS_OK)
        log_line(LOG_ERROR, "firehose: idle queries stay");
}

void delivery_query_drop(struct delivery_stream *stream)
{
    query_pool_drop(stream->engine->queries.pool, stream->id);
}

/* ---- in line ---- */

static void on_worker(struct worker_job *job)
{
    struct delivery_query_job *own = list_entry(job, struct delivery_query_job, job);
    own->work(own);
}

static bool has_room(const struct delivery_queries *queries, const struct delivery_query_job *job)
{
    unsigned same = 0;
    list_for_each(link, &queries->working)
        same += list_entry(link, struct delivery_query_job, link)->stream == job->stream;
    return same < DELIVERY_QUERIES_OF_STREAM;
}

static struct delivery_query_job *find_startable(struct delivery_queries *queries)
{
    list_for_each(link, &queries->waiting) {
        struct delivery_query_job *job = list_entry(link, struct delivery_query_job, link);
        if (has_room(queries, job))
            return job;
    }
    return NULL;
}

static void on_done(struct worker_job *job);

/* Done without having worked. */
static void refuse(struct delivery_queries *queries, struct delivery_query_job *job,
                   enum status status)
{
    list_remove(&job->link);
    queries->running--;
    job->status = status;
    job->done(job);
}

static void start_waiting(struct delivery_engine *engine)
{
    struct delivery_queries *queries = &engine->queries;
    struct delivery_query_job *job = NULL;
    while (queries->running < DELIVERY_QUERIES_AT_ONCE && (job = find_startable(queries)) != NULL) {
        list_remove(&job->link);
        job->job = (struct worker_job){.work = on_worker, .done = on_done};
        list_append(&queries->working, &job->link);
        queries->running++;
        /* From here on the job is the worker's, unless there is none. */
        enum status status = worker_submit(engine->deps.loop, &job->job);
        if (status != STATUS_OK)
            refuse(queries, job, status);
    }
}

static void on_turn(struct loop_task *task)
{
    struct delivery_queries *queries = list_entry(task, struct delivery_queries, start);
    start_waiting(list_entry(queries, struct delivery_engine, queries));
}

static void on_done(struct worker_job *job)
{
    struct delivery_query_job *own = list_entry(job, struct delivery_query_job, job);
    struct delivery_engine *engine = own->engine;
    list_remove(&own->link);
    engine->queries.running--;
    watch_idle(engine);
    loop_defer(engine->deps.loop, &engine->queries.start);
    own->done(own); /* may free it */
}

void delivery_query_submit(struct delivery_engine *engine, struct delivery_query_job *job)
{
    job->engine = engine;
    list_append(&engine->queries.waiting, &job->link);
    loop_defer(engine->deps.loop, &engine->queries.start);
}

/* ---- life ---- */

enum status delivery_query_init(struct delivery_engine *engine)
{
    struct delivery_queries *queries = &engine->queries;
    list_init(&queries->waiting);
    list_init(&queries->working);
    loop_task_init(&queries->start, on_turn);
    return query_pool_create(engine->deps.launcher, &queries->pool);
}

void delivery_query_stop(struct delivery_engine *engine)
{
    loop_timer_stop(&engine->queries.trim);
    query_pool_stop(engine->queries.pool);
}

void delivery_query_close(struct delivery_engine *engine)
{
    loop_task_cancel(&engine->queries.start);
    loop_timer_close(&engine->queries.trim);
    query_pool_destroy(engine->queries.pool);
}

/* ---- work ---- */

static bool is_asked(const struct transform_outcome *outcome)
{
    return outcome->error == NULL && !outcome->is_dropped;
}

static enum status begin(const struct transform_items *items, struct arena *arena,
                         struct query_run *run)
{
    *run = (struct query_run){.arena = arena};
    run->records = arena_zalloc(arena, (items->count + 1) * sizeof(*run->records));
    if (run->records == NULL)
        return STATUS_NO_MEMORY;
    for (size_t i = 0; i < items->count; i++)
        if (is_asked(&items->outcomes[i]))
            run->records[run->count++].data = items->outcomes[i].data;
    return STATUS_OK;
}

static void take_answers(struct transform_items *items, const struct query_run *run)
{
    const struct query_record *record = run->records;
    for (size_t i = 0; i < items->count; i++)
        if (is_asked(&items->outcomes[i]))
            transform_items_answer(&items->outcomes[i], &record++->answer);
}

enum status delivery_query_extract(struct delivery_query_job *job, struct transform_items *items,
                                   struct slice program, struct arena *arena)
{
    struct query_run run;
    enum status status = begin(items, arena, &run);
    if (status == STATUS_OK)
        status = query_pool_run(job->engine->queries.pool, job->stream, program, &run);
    if (status == STATUS_OK)
        take_answers(items, &run);
    return status;
}

/* ---- checks ---- */

static void check_program(struct delivery_query_job *job)
{
    struct delivery_query_check *check = list_entry(job, struct delivery_query_check, job);
    job->status = query_pool_check(job->engine->queries.pool, check->program, check->problem);
}

static void on_checked(struct delivery_query_job *job)
{
    struct delivery_query_check *check = list_entry(job, struct delivery_query_check, job);
    struct delivery_engine *engine = job->engine;
    check->status = job->status;
    check->done(check);
    delivery_pump_ended(engine);
}

void delivery_query_check(struct delivery_engine *engine, struct delivery_query_check *check)
{
    check->job = (struct delivery_query_job){.work = check_program, .done = on_checked};
    delivery_pump_began(engine);
    delivery_query_submit(engine, &check->job);
}

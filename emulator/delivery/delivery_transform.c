/*
 * delivery_transform.c -- batches of records on their way through the function.
 *
 *     state         entered by                          leaves by
 *     ------------  ----------------------------------  -------------------------------------------
 *     PREPARING     start, if records are taken apart   on_prepared()
 *     INVOKING      start, the timer, hurry, or the     on_invoked()
 *                   part before
 *     WAITING       on_invoked(): failed, retries are   the timer, delivery_transform_hurry(),
 *                   left                                delivery_transform_drop()
 *     PARTITIONING  the last part, if partitioned       on_partitioned()
 *     (gone)        results stored; or they could not be, and the records wait in PROCESS again;
 *                   or the stream was deleted
 *
 *     start -> (PREPARING) -> INVOKING --all parts--> (PARTITIONING) -> one unit: input rows
 *                              ^    |  deleted, results in DELIVER, error lines in ERROR -> gone
 *                              |    v
 *                              WAITING (sandbox time; holds its claim; memory only for a batch
 *                                       with several parts)
 *
 * PREPARING and PARTITIONING are on a worker, several batches at once; their results are stored in
 * the order the batches were started in. A batch that was never finished (the daemon ended,
 * the group was undone) leaves its input rows where they were, and they are taken up again.
 */
#include "emulator/base/ids.h"
#include "emulator/base/log.h"
#include "emulator/base/mem.h"
#include "emulator/delivery/delivery_internal.h"
#include "emulator/delivery/delivery_query.h"
#include "emulator/delivery/transform_batch.h"
#include "emulator/delivery/transform_error.h"
#include "emulator/delivery/transform_output.h"
#include "emulator/loop/random.h"

#define FIRST_BACK_OFF_MS 5000 /* 5 s, 10 s, 20 s: AWS's schedule is not published */
#define LAST_BACK_OFF_MS 60000
#define FUNCTION_LIMIT_MS (5 * 60 * 1000) /* real time, as a function's Timeout */

static void start(struct delivery_batch *batch);
static void go_on(struct delivery_batch *batch);

/* ---- back-off ---- */

static int64_t back_off_ms(unsigned failures)
{
    int64_t delay_ms = FIRST_BACK_OFF_MS;
    for (unsigned i = 1; i < failures && delay_ms < LAST_BACK_OFF_MS; i++)
        delay_ms *= 2;
    return delay_ms < LAST_BACK_OFF_MS ? delay_ms : LAST_BACK_OFF_MS;
}

static void on_retry(struct sim_timer *timer)
{
    struct delivery_batch *batch = list_entry(timer, struct delivery_batch, retry);
    struct delivery_stream *stream = batch->stream;
    start(batch);
    delivery_pump_check(stream);
}

static void wait_for_retry(struct delivery_batch *batch, unsigned failures)
{
    struct sim_clock *clock = batch->stream->engine->deps.clock;
    bool is_flushing = !list_is_empty(&batch->stream->flushes);
    int64_t delay_ms = is_flushing ? 0 : back_off_ms(failures);
    batch->is_waiting = true;
    sim_timer_start(clock, &batch->retry, sim_clock_now_ms(clock) + delay_ms);
}

/* ---- life ---- */

static void destroy(struct delivery_batch *batch)
{
    struct delivery_stream *stream = batch->stream;
    sim_timer_stop(stream->engine->deps.clock, &batch->retry);
    list_remove(&batch->link);
    stream->batch_count--;
    transform_batch_unload(batch);
    mem_free(batch);
}

void delivery_transform_drop(struct delivery_stream *stream)
{
    list_for_each_safe(link, &stream->batches) {
        struct delivery_batch *batch = list_entry(link, struct delivery_batch, link);
        if (!batch->is_waiting)
            continue;
        delivery_buffer_give_back(&stream->buffers[STAGE_PROCESS], &batch->claim);
        destroy(batch);
    }
}

void delivery_transform_hurry(struct delivery_stream *stream)
{
    struct sim_clock *clock = stream->engine->deps.clock;
    list_for_each(link, &stream->batches) {
        struct delivery_batch *batch = list_entry(link, struct delivery_batch, link);
        if (batch->is_waiting)
            sim_timer_start(clock, &batch->retry, sim_clock_now_ms(clock));
    }
}

/* ---- results ---- */

static void report(struct delivery_batch *batch, const struct transform_errors *errors)
{
    for (size_t i = 0; i < errors->count; i++) {
        const struct transform_error *error = errors->kinds[i].error;
        struct delivery_report line = {
            .code = error->code,
            .message = error->message,
            .records = errors->kinds[i].records,
            .bytes = errors->kinds[i].bytes,
            .is_lambda = transform_error_is_of_lambda(error),
        };
        delivery_report_failed(batch->stream, &line);
        if (error->is_logged)
            delivery_report_error(batch->stream, &line);
    }
}

/* What the function succeeded with, as it was before. */
static void measure_results(const struct delivery_batch *batch)
{
    const struct transform_items *items = &batch->items;
    int64_t records = 0;
    int64_t bytes = 0;
    for (size_t i = 0; i < items->count; i++) {
        const struct transform_error *error = items->outcomes[i].error;
        if (error != NULL && transform_error_is_of_lambda(error))
            continue;
        records++;
        bytes += (int64_t)items->records[i].data.len;
    }
    if (batch->has_lambda)
        delivery_metrics_processed(batch->stream, records, bytes);
}

static void measure_unpacking(const struct delivery_batch *batch)
{
    const struct transform_items *items = &batch->items;
    struct delivery_unpacked unpacked = {.records = 0};
    for (size_t i = 0; i < items->accepted_count; i++) {
        bool has_failed = items->failures[i] == transform_error_of_unpacking();
        unpacked.records += !has_failed;
        unpacked.failed_records += has_failed;
        unpacked.failed_bytes += has_failed ? (int64_t)items->accepted[i].data.len : 0;
    }
    for (size_t i = 0; i < items->count; i++)
        unpacked.bytes += (int64_t)items->records[i].data.len;
    delivery_metrics_unpacked(batch->stream, &unpacked);
}

static bool has_error(const struct transform_errors *errors, const struct transform_error *error)
{
    for (size_t i = 0; i < errors->count; i++)
        if (errors->kinds[i].error == error)
            return true;
    return false;
}

static void measure(const struct delivery_batch *batch, const struct transform_errors *errors)
{
    measure_results(batch);
    if (batch->steps.decompresses)
        measure_unpacking(batch);
    if (batch->steps.is_partitioned)
        delivery_metrics_partitioned(batch->stream, batch->query_us,
                                     has_error(errors, transform_error_of_too_many_partitions()));
}

/* The batch leaves PROCESS and its results enter the next stages: all of it or nothing. */
static enum status finish(struct delivery_batch *batch)
{
    struct db *db = batch->stream->engine->deps.db;
    struct transform_errors errors;
    db_unit_begin(db);
    enum status status = delivery_buffer_remove(&batch->claim, db);
    if (status == STATUS_OK)
        status = transform_output_store(batch, &errors);
    if (status == STATUS_OK) {
        report(batch, &errors);
        measure(batch, &errors);
    }
    enum status ended = db_unit_end(db, status == STATUS_OK);
    return status != STATUS_OK ? status : ended;
}

static void report_retry(struct delivery_batch *batch, const struct transform_error *error)
{
    struct db *db = batch->stream->engine->deps.db;
    struct delivery_report line = {
        .code = error->code,
        .message = error->message,
        .records = batch->claim.records,
        .bytes = batch->claim.bytes,
        .is_lambda = true,
    };
    db_unit_begin(db);
    delivery_report_retry(batch->stream, &line);
    delivery_report_error(batch->stream, &line);
    enum status status = db_unit_end(db, true);
    if (status != STATUS_OK)
        log_line(LOG_WARNING, "firehose: a log event was not stored: %s", status_text(status));
}

/* Nothing is moved: the records wait in PROCESS again. */
static void abandon(struct delivery_batch *batch)
{
    delivery_buffer_give_back(&batch->stream->buffers[STAGE_PROCESS], &batch->claim);
    destroy(batch);
}

/* Our own trouble (memory, disk), not the function's: the records wait a little, all is redone. */
static void postpone(struct delivery_batch *batch, const char *what, enum status status)
{
    struct delivery_stream *stream = batch->stream;
    struct delivery_buffer *buffer = &stream->buffers[STAGE_PROCESS];
    log_line(LOG_ERROR, "firehose: %.*s: %s: %s", SLICE_ARG(stream->name), what,
             status_text(status));
    buffer->not_before_ms = sim_clock_now_ms(stream->engine->deps.clock) + FIRST_BACK_OFF_MS;
    buffer->flush_through_id = 0;
    delivery_flush_failed(stream);
    abandon(batch);
}

static void settle(struct delivery_batch *batch)
{
    if (delivery_stream_is_ending(batch->stream)) {
        abandon(batch);
        return;
    }
    enum status status = finish(batch);
    if (status != STATUS_OK) {
        postpone(batch, "results could not be stored", status);
        return;
    }
    delivery_buffer_settle(&batch->claim);
    delivery_sweep(batch->stream->engine);
    destroy(batch);
}

/* Up to the first that is on a worker; those with their function, or waiting for it, may be late.
 */
static void settle_in_order(struct delivery_stream *stream)
{
    list_for_each_safe(link, &stream->batches) {
        struct delivery_batch *batch = list_entry(link, struct delivery_batch, link);
        if (batch->is_on_worker)
            return;
        if (batch->is_complete)
            settle(batch);
    }
}

static void complete(struct delivery_batch *batch)
{
    batch->is_complete = true;
    settle_in_order(batch->stream);
}

/* ---- on a worker ---- */

static void prepare(struct worker_job *job)
{
    struct delivery_batch *batch = list_entry(job, struct delivery_batch, job);
    batch->job_status = transform_items_prepare(&batch->items, &batch->steps, &batch->arena);
}

static void partition(struct worker_job *job)
{
    struct delivery_batch *batch = list_entry(job, struct delivery_batch, job);
    batch->job_status = transform_items_partition(&batch->items, &batch->steps, &batch->arena);
}

static void query_and_partition(struct delivery_query_job *job)
{
    struct delivery_batch *batch = list_entry(job, struct delivery_batch, query_job);
    int64_t from_us = loop_monotonic_us();
    job->status = delivery_query_extract(job, &batch->items, batch->steps.query, &batch->arena);
    batch->query_us = loop_monotonic_us() - from_us + 1;
    if (job->status == STATUS_OK)
        job->status = transform_items_partition(&batch->items, &batch->steps, &batch->arena);
}

/* After each callback, as for invocations and objects. */
static void ended(struct delivery_stream *stream)
{
    struct delivery_engine *engine = stream->engine;
    settle_in_order(stream);
    delivery_pump_check(stream);
    delivery_pump_ended(engine);
    delivery_stream_free_if_done(stream);
}

static void submit(struct delivery_batch *batch, void (*work)(struct worker_job *),
                   void (*done)(struct worker_job *))
{
    struct delivery_engine *engine = batch->stream->engine;
    batch->job = (struct worker_job){.work = work, .done = done};
    delivery_pump_began(engine);
    enum status status = worker_submit(engine->deps.loop, &batch->job);
    batch->is_on_worker = status == STATUS_OK;
    if (status == STATUS_OK)
        return;
    postpone(batch, "a batch could not be worked on", status);
    delivery_pump_ended(engine);
}

static void on_prepared(struct worker_job *job)
{
    struct delivery_batch *batch = list_entry(job, struct delivery_batch, job);
    struct delivery_stream *stream = batch->stream;
    batch->is_on_worker = false;
    if (delivery_stream_is_ending(stream))
        abandon(batch);
    else if (batch->job_status != STATUS_OK)
        postpone(batch, "a batch could not be taken apart", batch->job_status);
    else
        go_on(batch);
    ended(stream);
}

static void end_partitioning(struct delivery_batch *batch, enum status status)
{
    struct delivery_stream *stream = batch->stream;
    batch->is_on_worker = false;
    if (status == STATUS_OK || delivery_stream_is_ending(stream))
        complete(batch);
    else if (status == STATUS_CANCELLED)
        abandon(batch);
    else
        postpone(batch, "a batch could not be partitioned", status);
    ended(stream);
}

static void on_partitioned(struct worker_job *job)
{
    struct delivery_batch *batch = list_entry(job, struct delivery_batch, job);
    end_partitioning(batch, batch->job_status);
}

static void on_queried(struct delivery_query_job *job)
{
    end_partitioning(list_entry(job, struct delivery_batch, query_job), job->status);
}

static void submit_query(struct delivery_batch *batch)
{
    struct delivery_engine *engine = batch->stream->engine;
    batch->query_job = (struct delivery_query_job){
        .work = query_and_partition, .done = on_queried, .stream = batch->stream->id};
    batch->is_on_worker = true;
    delivery_pump_began(engine);
    delivery_query_submit(engine, &batch->query_job);
}

/* All items have an outcome. */
static void find_partitions(struct delivery_batch *batch)
{
    if (!batch->steps.is_partitioned)
        complete(batch);
    else if (batch->steps.query.len > 0)
        submit_query(batch);
    else
        submit(batch, partition, on_partitioned);
}

/* ---- one attempt ---- */

/* A function that timed out takes no work until it returns: for its batch that is one trouble. */
static void join_time_outs(struct delivery_batch *batch)
{
    struct lambda_invocation *invocation = &batch->invocation;
    batch->has_timed_out |= invocation->outcome == LAMBDA_TIMED_OUT;
    batch->was_over_limit |= invocation->is_over_limit;
    if (batch->has_timed_out && invocation->outcome == LAMBDA_THROTTLED) {
        invocation->outcome = LAMBDA_TIMED_OUT;
        invocation->is_over_limit = batch->was_over_limit;
    }
}

static void measure_attempt(struct delivery_batch *batch, bool succeeded)
{
    struct db *db = batch->stream->engine->deps.db;
    db_unit_begin(db);
    delivery_metrics_attempt(batch->stream, batch->invocation.duration_us, succeeded);
    enum status status = db_unit_end(db, true);
    if (status != STATUS_OK)
        log_line(LOG_WARNING, "firehose: an attempt was not measured: %s", status_text(status));
}

static void end_part(struct delivery_batch *batch, const struct transform_error *error)
{
    enum status status = transform_batch_collect(batch, error);
    if (status == STATUS_OK)
        go_on(batch);
    else
        postpone(batch, "results could not be kept", status);
}

static void remember(struct delivery_batch *batch, const struct transform_error *error)
{
    struct delivery_last *last = &batch->stream->last;
    last->invocation_ms = sim_clock_now_ms(batch->stream->engine->deps.clock);
    last->invocation_error = error != NULL ? error->code : slice_make(NULL, 0);
    last->invocation_records = (int64_t)batch->part_count;
    last->invocation_attempts = batch->attempts;
    last->invocation_us = batch->invocation.duration_us;
}

static void end_attempt(struct delivery_batch *batch)
{
    struct delivery_engine *engine = batch->stream->engine;
    join_time_outs(batch);
    const struct transform_error *error = transform_error_of_invocation(&batch->invocation);
    remember(batch, error);
    measure_attempt(batch, error == NULL);
    bool retries = error != NULL && error->is_retried &&
                   batch->attempts <= batch->stream->settings.lambda_retries;
    if (delivery_stream_is_ending(batch->stream) || (retries && !engine->is_running)) {
        abandon(batch);
    } else if (retries) {
        report_retry(batch, error);
        if (batch->part_first == 0)
            transform_batch_unload(batch);
        else
            lambda_invocation_clear(&batch->invocation);
        wait_for_retry(batch, batch->attempts);
    } else {
        end_part(batch, error);
    }
}

static void on_invoked(struct lambda_invocation *invocation)
{
    struct delivery_batch *batch = list_entry(invocation, struct delivery_batch, invocation);
    struct delivery_stream *stream = batch->stream;
    end_attempt(batch);
    ended(stream);
}

/* The next part of the batch into the function; behind the last one what comes after it. */
static void go_on(struct delivery_batch *batch)
{
    struct delivery_engine *engine = batch->stream->engine;
    if (!batch->has_lambda) /* or the transform was taken out of the configuration */
        transform_batch_pass(batch);
    if (!transform_batch_next_part(batch)) {
        find_partitions(batch);
        return;
    }
    random_uuid(engine->deps.random, batch->invocation_id);
    batch->batch.invocation_id = slice_of(batch->invocation_id);
    batch->attempts++;
    batch->invocation.limit_ms = FUNCTION_LIMIT_MS;
    batch->invocation.done = on_invoked;
    delivery_pump_began(engine);
    lambda_invoke(engine->deps.lambda, &batch->invocation);
}

static void start(struct delivery_batch *batch)
{
    struct delivery_engine *engine = batch->stream->engine;
    enum status status = STATUS_OK;
    batch->is_waiting = false;
    if (batch->is_loaded) { /* a retry of a later part */
        go_on(batch);
        return;
    }
    status = transform_batch_load(batch, engine->deps.db, engine->run);
    if (status != STATUS_OK)
        postpone(batch, "a batch could not be read", status);
    else if (delivery_steps_prepare(&batch->steps))
        submit(batch, prepare, on_prepared);
    else
        go_on(batch);
}

enum status delivery_transform_start(struct delivery_stream *stream)
{
    struct delivery_batch *batch = mem_zalloc(sizeof(*batch));
    if (batch == NULL)
        return STATUS_NO_MEMORY;
    struct delivery_limits limits = delivery_stream_limits(stream, STAGE_PROCESS);
    enum status status = delivery_buffer_claim(
        &stream->buffers[STAGE_PROCESS], stream->engine->deps.db, &limits, true, &batch->claim);
    if (status != STATUS_OK) {
        mem_free(batch);
        return status;
    }
    batch->stream = stream;
    sim_timer_init(&batch->retry, on_retry);
    list_append(&stream->batches, &batch->link);
    stream->batch_count++;
    start(batch);
    return STATUS_OK;
}

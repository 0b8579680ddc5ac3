/*
 * delivery_transform.c -- batches of records on their way through the function.
 *
 *     state      entered by                                leaves by
 *     ---------  ----------------------------------------  ------------------------------------
 *     INVOKING   delivery_transform_start(), the timer,    on_invoked()
 *                delivery_transform_hurry()
 *     WAITING    on_invoked(): failed, retries are left    the timer, delivery_transform_hurry(),
 *                                                          delivery_transform_drop()
 *     (gone)     on_invoked(): results stored; or they could not be, and the records wait in
 *                PROCESS again; or the stream was deleted
 *
 *     start --> INVOKING --ok, or out of retries--> one unit: input rows deleted, results in
 *                 ^  |                              DELIVER, error lines in ERROR --> gone
 *                 |  v
 *               WAITING (sandbox time; holds its claim, no memory for records)
 *
 * A batch that was never finished (the daemon ended, the group was undone) leaves its input
 * rows where they were, and they are invoked again.
 */
#include "emulator/base/ids.h"
#include "emulator/base/log.h"
#include "emulator/base/mem.h"
#include "emulator/base/text.h"
#include "emulator/delivery/delivery_internal.h"
#include "emulator/delivery/record_chunk.h"
#include "emulator/delivery/transform_batch.h"
#include "emulator/delivery/transform_error.h"
#include "emulator/loop/random.h"

#define FIRST_BACK_OFF_MS 5000 /* 5 s, 10 s, 20 s: AWS's schedule is not published */
#define LAST_BACK_OFF_MS 60000

static void invoke(struct delivery_batch *batch);

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
    invoke(batch);
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

static enum status append_results(struct delivery_batch *batch, struct transform_output *output)
{
    struct delivery_stream *stream = batch->stream;
    int64_t now_ms = sim_clock_now_ms(stream->engine->deps.clock);
    enum status status = STATUS_OK;
    if (output->delivered.records > 0)
        status =
            delivery_stream_append(&stream->buffers[STAGE_DELIVER], &output->delivered, now_ms);
    if (status == STATUS_OK && output->failed.records > 0)
        status = delivery_stream_append(&stream->buffers[STAGE_ERROR], &output->failed, now_ms);
    return status;
}

static void report(struct delivery_batch *batch, const struct transform_output *output)
{
    for (size_t i = 0; i < output->error_count; i++) {
        const struct transform_error *error = output->errors[i].error;
        struct delivery_report line = {
            .code = error->code,
            .message = error->message,
            .records = output->errors[i].records,
            .bytes = output->errors[i].bytes,
            .is_lambda = true,
        };
        delivery_report_failed(batch->stream, &line);
        if (error->is_logged)
            delivery_report_error(batch->stream, &line);
    }
}

/* The batch leaves PROCESS and its results enter the next stages: all of it or nothing. */
static enum status move_on(struct delivery_batch *batch, struct transform_output *output)
{
    struct db *db = batch->stream->engine->deps.db;
    db_unit_begin(db);
    enum status status = delivery_buffer_remove(&batch->claim, db);
    if (status == STATUS_OK)
        status = append_results(batch, output);
    if (status == STATUS_OK)
        report(batch, output);
    enum status ended = db_unit_end(db, status == STATUS_OK);
    return status != STATUS_OK ? status : ended;
}

static enum status finish(struct delivery_batch *batch, const struct transform_error *error)
{
    struct transform_output output;
    transform_output_init(&output);
    enum status status = transform_batch_output(
        batch, error, sim_clock_now_ms(batch->stream->engine->deps.clock), &output);
    if (status == STATUS_OK)
        status = move_on(batch, &output);
    transform_output_close(&output);
    return status;
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

static void settle(struct delivery_batch *batch, const struct transform_error *error)
{
    enum status status = finish(batch, error);
    if (status != STATUS_OK) {
        postpone(batch, "results could not be stored", status);
        return;
    }
    delivery_buffer_settle(&batch->claim);
    delivery_sweep(batch->stream->engine);
    destroy(batch);
}

/* ---- one attempt ---- */

/* A function that timed out takes no work until it returns: for its batch that is one trouble. */
static void join_time_outs(struct delivery_batch *batch)
{
    struct lambda_invocation *invocation = &batch->invocation;
    batch->has_timed_out |= invocation->outcome == LAMBDA_TIMED_OUT;
    if (batch->has_timed_out && invocation->outcome == LAMBDA_THROTTLED)
        invocation->outcome = LAMBDA_TIMED_OUT;
}

static void end_attempt(struct delivery_batch *batch)
{
    struct delivery_engine *engine = batch->stream->engine;
    join_time_outs(batch);
    const struct transform_error *error = transform_error_of_invocation(&batch->invocation);
    bool retries = error != NULL && error->is_retried &&
                   batch->attempts <= batch->stream->settings.lambda_retries;
    if (batch->stream->is_gone || (retries && !engine->is_running)) {
        abandon(batch);
    } else if (retries) {
        report_retry(batch, error);
        transform_batch_unload(batch);
        wait_for_retry(batch, batch->attempts);
    } else {
        settle(batch, error);
    }
}

static void on_invoked(struct lambda_invocation *invocation)
{
    struct delivery_batch *batch = list_entry(invocation, struct delivery_batch, invocation);
    struct delivery_stream *stream = batch->stream;
    struct delivery_engine *engine = stream->engine;
    end_attempt(batch);
    delivery_pump_check(stream);
    delivery_pump_ended(engine);
    delivery_stream_free_if_done(stream);
}

/* The transform was taken out of the stream's configuration: the records go on as they are. */
static void pass_on(struct delivery_batch *batch)
{
    enum status status = transform_batch_pass(batch);
    if (status == STATUS_OK)
        settle(batch, NULL);
    else
        postpone(batch, "a batch could not be moved", status);
}

static void invoke(struct delivery_batch *batch)
{
    struct delivery_engine *engine = batch->stream->engine;
    batch->is_waiting = false;
    enum status status = transform_batch_load(batch, engine->deps.db, engine->run);
    if (status != STATUS_OK) {
        postpone(batch, "a batch could not be read", status);
        return;
    }
    if (!batch->stream->settings.has_lambda) {
        pass_on(batch);
        return;
    }
    random_uuid(engine->deps.random, batch->invocation_id);
    batch->batch.invocation_id = slice_of(batch->invocation_id);
    batch->attempts++;
    batch->invocation.done = on_invoked;
    delivery_pump_began(engine);
    lambda_invoke(engine->deps.lambda, &batch->invocation);
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
    invoke(batch);
    return STATUS_OK;
}

/*
 * How an invocation ends for its caller: refused before it began, complete, or timed out. `done`
 * runs outside any unit of work, behind the one in which the log lines were published.
 */
#include "emulator/base/log.h"
#include "emulator/base/mem.h"
#include "emulator/events/event_bus.h"
#include "emulator/lambda/function_name.h"
#include "emulator/lambda/function_process.h"
#include "emulator/lambda/lambda_internal.h"
#include "emulator/loop/sim_clock.h"
#include "emulator/transform/plugin_file.h"
#include "storage/db.h"

/* ---- answering --------------------------------------------------------------------------- */

static void answer(struct lambda_engine *engine, struct lambda_invocation *invocation)
{
    invocation->engine_part = NULL;
    invocation->done(invocation);
    engine->busy--;
    sim_clock_release(engine->options.clock);
}

void lambda_refuse(struct lambda_engine *engine, struct lambda_invocation *invocation,
                   enum lambda_outcome outcome, struct slice why)
{
    invocation->outcome = outcome;
    invocation->error_message = why;
    invocation->engine_part = engine->refused;
    engine->refused = invocation;
    loop_defer(engine->options.loop, &engine->refuse);
}

static void publish_throttled(struct lambda_engine *engine,
                              const struct lambda_invocation *invocation)
{
    struct function_name name;
    if (function_name_parse(invocation->function, &name) != STATUS_OK)
        return;
    struct event event = {
        .kind = EVENT_INVOKED,
        .at_ms = sim_clock_now_ms(engine->options.clock),
        .account = name.account.len > 0 ? name.account : invocation->account,
        .region = name.region.len > 0 ? name.region : invocation->region,
        .service = SLICE("lambda"),
        .resource = name.name,
        .detail = SLICE("throttled"),
        .status = 429,
    };
    db_unit_begin(engine->options.db);
    event_bus_publish(engine->options.bus, &event);
    enum status status = db_unit_end(engine->options.db, true);
    if (status != STATUS_OK)
        log_line(LOG_ERROR, "function %.*s: %s", SLICE_ARG(name.name), status_text(status));
}

void lambda_invocation_refused(struct lambda_engine *engine, struct lambda_invocation *invocation)
{
    if (invocation->outcome == LAMBDA_THROTTLED)
        publish_throttled(engine, invocation);
    answer(engine, invocation);
}

void lambda_run_free(struct lambda_run *run)
{
    loop_timer_close(&run->timeout);
    plugin_file_close(run->next);
    invocation_log_close(&run->log);
    api_gate_close(&run->gate);
    arena_clear(&run->run.arena);
    mem_free(run);
}

/* ---- what is told about an invocation ---------------------------------------------------- */

static const char *outcome_text(enum lambda_outcome outcome)
{
    switch (outcome) {
    case LAMBDA_OK:
        return "ok";
    case LAMBDA_TIMED_OUT:
        return "timed out";
    case LAMBDA_FUNCTION_ERROR:
        return "function error";
    case LAMBDA_MALFORMED:
    case LAMBDA_NOT_FOUND:
    case LAMBDA_THROTTLED:
    case LAMBDA_INTERNAL_ERROR:
        break;
    }
    return "failed";
}

static void publish_lines(const struct lambda_run *run, struct event *event)
{
    struct arena arena;
    struct event_log_line *lines = NULL;
    arena_init(&arena, 4 * INVOCATION_LOG_MAX_BYTES);
    event->kind = EVENT_LOG;
    event->log_group = run->row.log_group;
    event->log_stream =
        slice_of(run->process != NULL ? run->process->log_stream : run->slot->log_stream);
    if (invocation_log_lines(&run->log, &arena, &lines) == STATUS_OK) {
        event->lines = lines;
        event->line_count = run->log.count;
        event_bus_publish(run->slot->engine->options.bus, event);
    } else {
        log_line(LOG_ERROR, "function %.*s: its log lines are lost: out of memory",
                 SLICE_ARG(run->row.name));
    }
    arena_clear(&arena);
}

/* Readers write in the publisher's unit of work: this is it. */
static void publish(const struct lambda_run *run, enum lambda_outcome outcome, int64_t duration_us,
                    int64_t now_ms)
{
    const struct lambda_engine_options *options = &run->slot->engine->options;
    struct event event = {
        .kind = EVENT_INVOKED,
        .at_ms = now_ms,
        .account = run->row.account,
        .region = run->row.region,
        .service = SLICE("lambda"),
        .resource = run->row.name,
        .detail = slice_of(outcome_text(outcome)),
        .status = outcome == LAMBDA_OK ? 200 : 500,
        .records = run->run.has_batch ? (int64_t)run->run.batch.record_count : 0,
        .duration_us = duration_us,
        .concurrent = run->process != NULL ? (int64_t)run->slot->process_count : 1,
    };
    db_unit_begin(options->db);
    event_bus_publish(options->bus, &event);
    publish_lines(run, &event);
    enum status status = db_unit_end(options->db, true);
    if (status != STATUS_OK)
        log_line(LOG_ERROR, "function %.*s: its log lines are lost: %s", SLICE_ARG(run->row.name),
                 status_text(status));
}

static void take_log_tail(const struct lambda_run *run, struct lambda_invocation *invocation)
{
    if (!invocation->wants_log_tail)
        return;
    struct slice tail = invocation_log_tail(&run->log);
    if (arena_copy(&invocation->arena, tail, &invocation->log_tail) != STATUS_OK)
        invocation->log_tail = slice_make(NULL, 0);
}

static int64_t used_mb(const struct plugin_run *run)
{
    return (int64_t)(run->used_bytes / ((size_t)1024 * 1024)) + 1;
}

static const char *report_status(const struct plugin_run *run)
{
    return run->init_failed ? "error" : NULL;
}

/* The world it was invoked in is gone, and nothing of it goes into the new one. */
static void complete_after_reset(struct lambda_run *run)
{
    struct lambda_invocation *invocation = run->invocation;
    invocation->outcome = LAMBDA_INTERNAL_ERROR;
    invocation->error_message = SLICE(LAMBDA_RESET_MESSAGE);
    run->invocation = NULL;
    answer(run->slot->engine, invocation);
}

/* The worker is back in time. The results go with the run's arena to the caller. */
void lambda_run_complete(struct lambda_run *run)
{
    if (atomic_load(&run->run.is_abandoned)) {
        complete_after_reset(run);
        return;
    }
    struct plugin_run *own = &run->run;
    struct lambda_engine *engine = run->slot->engine;
    struct lambda_invocation *invocation = run->invocation;
    int64_t now_ms = sim_clock_now_ms(engine->options.clock);
    invocation_log_end(&run->log, now_ms,
                       &(struct invocation_report){
                           .request_id = own->request_id,
                           .duration_us = own->duration_us,
                           .init_us = own->init_us,
                           .memory_mb = own->memory_mb,
                           .used_mb = used_mb(own),
                           .status = report_status(own),
                           .error_type = own->init_failed ? own->error_type : NULL,
                       });
    publish(run, own->outcome, own->duration_us, now_ms);

    invocation->outcome = own->outcome;
    invocation->payload = own->payload;
    invocation->error_message = slice_of(own->error_message);
    invocation->results = own->results;
    invocation->duration_us = own->duration_us;
    invocation->arena = own->arena;
    arena_init(&own->arena, 0);
    take_log_tail(run, invocation);
    run->invocation = NULL;
    answer(engine, invocation);
}

void lambda_slot_refuse_waiting(struct lambda_slot *slot, enum lambda_outcome outcome,
                                const char *why)
{
    struct list *link = NULL;
    while ((link = list_take_first(&slot->waiting)) != NULL) {
        struct lambda_run *run = list_entry(link, struct lambda_run, link);
        slot->waiting_count--;
        lambda_refuse(slot->engine, run->invocation, outcome, slice_of(why));
        lambda_run_free(run);
    }
}

/* ---- time-out ---------------------------------------------------------------------------- */

static void fill_timed_out(struct lambda_run *run, struct lambda_invocation *invocation)
{
    const struct plugin_run *own = &run->run;
    const char *message =
        arena_printf(&invocation->arena, "RequestId: %s Error: Task timed out after %.2f seconds",
                     own->request_id, (double)own->timeout_ms / 1000.0);
    invocation->outcome = LAMBDA_TIMED_OUT;
    invocation->is_over_limit = own->has_limit;
    invocation->error_message = slice_of(message);
    invocation->duration_us = own->timeout_ms * 1000;
    if (message != NULL)
        invocation->payload =
            runtime_plugin_error_payload(&invocation->arena, "Sandbox.Timedout", message);
}

void lambda_run_answer_timed_out(struct lambda_run *run)
{
    struct plugin_run *own = &run->run;
    struct lambda_engine *engine = run->slot->engine;
    struct lambda_invocation *invocation = run->invocation;
    int64_t now_ms = sim_clock_now_ms(engine->options.clock);
    bool was_reset = atomic_exchange(&own->is_abandoned, true);
    invocation_log_end(&run->log, now_ms,
                       &(struct invocation_report){
                           .request_id = own->request_id,
                           .duration_us = own->timeout_ms * 1000,
                           .memory_mb = own->memory_mb,
                           .used_mb = used_mb(own),
                           .status = "timeout",
                       });
    if (!was_reset)
        publish(run, LAMBDA_TIMED_OUT, own->timeout_ms * 1000, now_ms);
    fill_timed_out(run, invocation);
    take_log_tail(run, invocation);
    run->invocation = NULL;
    answer(engine, invocation);
}

/*
 * The happy path of an invocation:
 *
 *     lambda_invoke -> wait for the slot -> lambda_run_start -> worker -> on_worker_done -> done
 *
 * What can go wrong:
 *   - no such function, too many waiting, no memory: refused, answered on a later turn;
 *   - the function fails: the worker says so in the run's outcome;
 *   - Timeout passes: on_timeout() answers the caller and leaves the run to its worker; whoever
 *     waits for the slot is throttled, and on_worker_done() later only cleans up.
 *
 * The clock is held from lambda_invoke() until `done` has returned.
 */
#include "emulator/lambda/invoke.h"

#include "emulator/base/log.h"
#include "emulator/base/mem.h"
#include "emulator/events/event_bus.h"
#include "emulator/lambda/function_name.h"
#include "emulator/lambda/function_version.h"
#include "emulator/lambda/lambda_internal.h"
#include "emulator/lambda/plugin_file.h"
#include "emulator/loop/random.h"
#include "emulator/loop/sim_clock.h"
#include "storage/db.h"

#define ANSWER_ARENA_BYTES ((size_t)1024 * 1024)

/* ---- answering --------------------------------------------------------------------------- */

static void answer(struct lambda_engine *engine, struct lambda_invocation *invocation)
{
    invocation->engine_part = NULL;
    invocation->done(invocation);
    engine->busy--;
    sim_clock_release(engine->options.clock);
}

static void refuse(struct lambda_engine *engine, struct lambda_invocation *invocation,
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

static void run_free(struct lambda_run *run)
{
    loop_timer_close(&run->timeout);
    plugin_file_close(run->next);
    invocation_log_close(&run->run.log);
    api_gate_close(&run->run.gate);
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
    event->log_stream = slice_of(run->slot->log_stream);
    if (invocation_log_lines(&run->run.log, &arena, &lines) == STATUS_OK) {
        event->lines = lines;
        event->line_count = run->run.log.count;
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
        .concurrent = 1, /* a slot runs one at a time */
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
    struct slice tail = invocation_log_tail(&run->run.log);
    if (arena_copy(&invocation->arena, tail, &invocation->log_tail) != STATUS_OK)
        invocation->log_tail = slice_make(NULL, 0);
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
static void complete(struct lambda_run *run)
{
    struct plugin_run *own = &run->run;
    struct lambda_engine *engine = run->slot->engine;
    struct lambda_invocation *invocation = run->invocation;
    int64_t now_ms = sim_clock_now_ms(engine->options.clock);
    invocation_log_end(&own->log, now_ms,
                       &(struct invocation_report){
                           .request_id = own->request_id,
                           .duration_us = own->duration_us,
                           .init_us = own->init_us,
                           .memory_mb = own->memory_mb,
                           .used_mb = (int64_t)(own->used_bytes / ((size_t)1024 * 1024)) + 1,
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

/* ---- time-out ---------------------------------------------------------------------------- */

void lambda_slot_refuse_waiting(struct lambda_slot *slot, enum lambda_outcome outcome,
                                const char *why)
{
    struct list *link = NULL;
    while ((link = list_take_first(&slot->waiting)) != NULL) {
        struct lambda_run *run = list_entry(link, struct lambda_run, link);
        slot->waiting_count--;
        refuse(slot->engine, run->invocation, outcome, slice_of(why));
        run_free(run);
    }
}

static void fill_timed_out(struct lambda_run *run, struct lambda_invocation *invocation)
{
    const struct plugin_run *own = &run->run;
    const char *message =
        arena_printf(&invocation->arena, "RequestId: %s Error: Task timed out after %.2f seconds",
                     own->request_id, (double)own->timeout_ms / 1000.0);
    invocation->outcome = LAMBDA_TIMED_OUT;
    invocation->error_message = slice_of(message);
    invocation->duration_us = own->timeout_ms * 1000;
    if (message != NULL)
        invocation->payload =
            runtime_plugin_error_payload(&invocation->arena, "Sandbox.Timedout", message);
}

static void time_out(struct lambda_run *run)
{
    struct plugin_run *own = &run->run;
    struct lambda_slot *slot = run->slot;
    struct lambda_invocation *invocation = run->invocation;
    int64_t now_ms = sim_clock_now_ms(slot->engine->options.clock);
    bool was_reset = atomic_exchange(&own->is_abandoned, true);
    slot->is_stuck = true;
    slot->engine->busy++; /* the worker's, which outlives the caller's */
    invocation_log_end(&own->log, now_ms,
                       &(struct invocation_report){
                           .request_id = own->request_id,
                           .duration_us = own->timeout_ms * 1000,
                           .memory_mb = own->memory_mb,
                           .used_mb = 1,
                           .status = "timeout",
                       });
    if (!was_reset)
        publish(run, LAMBDA_TIMED_OUT, own->timeout_ms * 1000, now_ms);
    log_line(LOG_WARNING,
             "function %.*s: timed out after %lld s; in-process code cannot be stopped, so it is "
             "throttled until it returns",
             SLICE_ARG(run->row.name), (long long)(own->timeout_ms / 1000));
    fill_timed_out(run, invocation);
    take_log_tail(run, invocation);
    run->invocation = NULL;
    lambda_slot_refuse_waiting(slot, LAMBDA_THROTTLED,
                               "the function is still busy with an invocation that timed out");
    answer(slot->engine, invocation);
}

/* Time counts from when a worker has the run, which a busy pool may delay. */
static void on_timeout(struct loop_timer *timer)
{
    struct lambda_run *run = list_entry(timer, struct lambda_run, timeout);
    int64_t started_us = atomic_load(&run->run.started_us);
    int64_t elapsed_ms = started_us != 0 ? (loop_monotonic_us() - started_us) / 1000 : 0;
    int64_t left_ms = run->run.timeout_ms - elapsed_ms;
    if (left_ms <= 0 || loop_timer_start(timer->loop, timer, left_ms, on_timeout) != STATUS_OK)
        time_out(run);
}

/* ---- running ----------------------------------------------------------------------------- */

static void work(struct worker_job *job)
{
    struct lambda_run *run = list_entry(job, struct lambda_run, job);
    if (run->must_unload || run->next != NULL)
        runtime_plugin_unload(run->run.instance);
    if (run->next != NULL)
        run->run.instance->file = run->next;
    run->next = NULL;
    runtime_plugin_run(&run->run);
}

static void on_worker_done(struct worker_job *job)
{
    struct lambda_run *run = list_entry(job, struct lambda_run, job);
    struct lambda_slot *slot = run->slot;
    loop_timer_stop(&run->timeout);
    slot->is_busy = false;
    slot->running = NULL;
    if (slot->is_stuck) {
        slot->is_stuck = false;
        slot->engine->busy--;
        log_line(LOG_INFO, "function %.*s: the invocation that timed out has returned",
                 SLICE_ARG(slot->name));
    }
    if (run->invocation != NULL && atomic_load(&run->run.is_abandoned))
        complete_after_reset(run);
    else if (run->invocation != NULL)
        complete(run);
    run_free(run);
    lambda_slot_next(slot);
}

void lambda_run_start(struct lambda_run *run)
{
    struct lambda_slot *slot = run->slot;
    struct loop *loop = slot->engine->options.loop;
    run->job.work = work;
    run->job.done = on_worker_done;
    enum status status = lambda_run_fill(run);
    if (status == STATUS_OK)
        status = loop_timer_start(loop, &run->timeout, run->run.timeout_ms, on_timeout);
    if (status == STATUS_OK) {
        lambda_run_choose_instance(run);
        status = worker_submit(loop, &run->job);
    }
    if (status == STATUS_OK) {
        slot->is_busy = true;
        slot->running = run;
        return;
    }
    lambda_run_leave_instance(run);
    refuse(slot->engine, run->invocation, LAMBDA_INTERNAL_ERROR, slice_of(status_text(status)));
    run_free(run);
}

/* ---- the way in -------------------------------------------------------------------------- */

static struct lambda_run *run_create(struct lambda_engine *engine,
                                     struct lambda_invocation *invocation)
{
    struct lambda_run *run = mem_zalloc(sizeof(*run));
    if (run == NULL)
        return NULL;
    list_init(&run->link);
    run->invocation = invocation;
    arena_init(&run->run.arena, runtime_plugin_arena_bytes(0));
    invocation_log_init(&run->run.log);
    api_gate_init(&run->run.gate, engine->options.loop, engine->options.api_port);
    return run;
}

static enum status find_function(struct lambda_engine *engine, struct lambda_run *run)
{
    const struct lambda_invocation *invocation = run->invocation;
    struct function_name name;
    if (function_name_parse(invocation->function, &name) != STATUS_OK)
        return STATUS_NOT_FOUND;
    bool is_elsewhere = (name.account.len > 0 && !slice_equal(name.account, invocation->account)) ||
                        (name.region.len > 0 && !slice_equal(name.region, invocation->region));
    if (is_elsewhere)
        return STATUS_NOT_FOUND;
    const struct function_target target = {invocation->account, invocation->region, name.name,
                                           name.qualifier};
    enum status status = function_version_find(engine, &target, FUNCTION_VERSION_WEIGHED,
                                               &run->run.arena, &run->row);
    run->run.arena.max_bytes = runtime_plugin_arena_bytes(run->row.memory_mb);
    return status;
}

/* The reserved concurrency stands in the row of $LATEST and counts for all versions. */
static enum status check_reserved(struct lambda_engine *engine, struct lambda_run *run)
{
    const struct function_row *row = &run->row;
    struct function_row latest = *row;
    if (row->version != 0) {
        enum status status = lambda_engine_find(engine, row->account, row->region, row->name,
                                                &run->run.arena, &latest);
        if (status != STATUS_OK)
            return status;
    }
    if (!latest.has_concurrency || lambda_slot_in_flight(engine, row) < latest.concurrency)
        return STATUS_OK;
    run->invocation->throttle_reason = SLICE("ReservedFunctionConcurrentInvocationLimitExceeded");
    return STATUS_BUSY;
}

/* Every version has a slot of its own. */
static struct lambda_slot *slot_of(struct lambda_engine *engine, struct lambda_run *run)
{
    const struct function_row *row = &run->row;
    struct slice region = lambda_engine_is_from_file(row) ? SLICE("") : row->region;
    struct slice name = row->name;
    if (row->version != 0)
        name = slice_of(arena_printf(&run->run.arena, "%.*s:%lld", SLICE_ARG(row->name),
                                     (long long)row->version));
    if (name.len == 0)
        return NULL;
    struct lambda_slot *slot = lambda_slot_find(engine, row->account, region, name);
    return slot != NULL ? slot : lambda_slot_create(engine, row->account, region, name);
}

static enum status enqueue(struct lambda_engine *engine, struct lambda_run *run)
{
    enum status status = find_function(engine, run);
    if (status == STATUS_OK)
        status = check_reserved(engine, run);
    if (status != STATUS_OK)
        return status;
    struct lambda_slot *slot = slot_of(engine, run);
    if (slot == NULL)
        return STATUS_NO_MEMORY;
    if (slot->is_stuck || slot->waiting_count >= LAMBDA_WAITING_MAX)
        return STATUS_BUSY;
    run->slot = slot;
    function_version_text(&run->row, run->invocation->executed_version);
    list_append(&slot->waiting, &run->link);
    slot->waiting_count++;
    lambda_slot_next(slot);
    return STATUS_OK;
}

static void refuse_status(struct lambda_engine *engine, struct lambda_invocation *invocation,
                          enum status status)
{
    if (status == STATUS_NOT_FOUND)
        refuse(engine, invocation, LAMBDA_NOT_FOUND, SLICE("no such function"));
    else if (status == STATUS_BUSY)
        refuse(engine, invocation, LAMBDA_THROTTLED,
               SLICE("too many invocations wait, or the function is busy with one that timed out"));
    else
        refuse(engine, invocation, LAMBDA_INTERNAL_ERROR, slice_of(status_text(status)));
}

void lambda_invoke(struct lambda_engine *engine, struct lambda_invocation *invocation)
{
    invocation->payload = slice_make(NULL, 0);
    invocation->error_message = slice_make(NULL, 0);
    invocation->log_tail = slice_make(NULL, 0);
    invocation->results = NULL;
    invocation->duration_us = 0;
    invocation->executed_version[0] = '\0';
    invocation->throttle_reason = SLICE("ConcurrentInvocationLimitExceeded");
    arena_init(&invocation->arena, ANSWER_ARENA_BYTES);
    random_uuid(engine->options.random, invocation->request_id);
    sim_clock_hold(engine->options.clock);
    engine->busy++;

    struct lambda_run *run = run_create(engine, invocation);
    enum status status = run != NULL ? enqueue(engine, run) : STATUS_NO_MEMORY;
    if (status == STATUS_OK)
        return;
    if (run != NULL)
        run_free(run);
    refuse_status(engine, invocation, status);
}

void lambda_invocation_clear(struct lambda_invocation *invocation)
{
    arena_clear(&invocation->arena);
}

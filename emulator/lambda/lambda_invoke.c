/*
 * The happy path of an invocation:
 *
 *     lambda_invoke -> wait for the slot -> lambda_run_start -> worker -> on_worker_done -> done
 *                                                         \-> process_pool.h: a process -> done
 *
 * What can go wrong:
 *   - no such function, too many waiting, no memory: refused, answered on a later turn;
 *   - the function fails: the worker or the process says so in the run's outcome;
 *   - Timeout passes: a process is killed; in ours on_timeout() answers the caller and leaves the
 * run to its worker; whoever waits for the slot is throttled, and on_worker_done() later only
 * cleans up.
 *
 * The clock is held from lambda_invoke() until `done` has returned.
 */
#include "emulator/lambda/invoke.h"

#include <stdio.h>

#include "emulator/base/log.h"
#include "emulator/base/mem.h"
#include "emulator/lambda/function_name.h"
#include "emulator/lambda/function_version.h"
#include "emulator/lambda/lambda_internal.h"
#include "emulator/lambda/process_pool.h"
#include "emulator/loop/random.h"
#include "emulator/loop/sim_clock.h"

#define ANSWER_ARENA_BYTES ((size_t)1024 * 1024)

/* ---- time-out ---------------------------------------------------------------------------- */

/* In-process code cannot be stopped. */
static void time_out(struct lambda_run *run)
{
    struct lambda_slot *slot = run->slot;
    slot->is_stuck = true;
    slot->engine->busy++; /* the worker's, which outlives the caller's */
    log_line(LOG_WARNING,
             "function %.*s: timed out after %lld s; in-process code cannot be stopped, so it is "
             "throttled until it returns",
             SLICE_ARG(run->row.name), (long long)(run->run.timeout_ms / 1000));
    lambda_slot_refuse_waiting(slot, LAMBDA_THROTTLED,
                               "the function is still busy with an invocation that timed out");
    lambda_run_answer_timed_out(run);
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
    if (run->invocation != NULL)
        lambda_run_complete(run);
    lambda_run_free(run);
    lambda_slot_next(slot);
}

static void start_in_process(struct lambda_run *run)
{
    struct lambda_engine *engine = run->slot->engine;
    enum status status = lambda_run_fill(run);
    if (status == STATUS_OK)
        status = process_pool_start(run->slot, run);
    if (status == STATUS_OK)
        return;
    lambda_refuse(engine, run->invocation, LAMBDA_INTERNAL_ERROR, slice_of(status_text(status)));
    lambda_run_free(run);
}

/* In ours, on a worker. */
static void start_here(struct lambda_run *run)
{
    struct lambda_slot *slot = run->slot;
    struct loop *loop = slot->engine->options.loop;
    run->job.work = work;
    run->job.done = on_worker_done;
    process_pool_retire(slot); /* it was isolated before, perhaps */
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
    lambda_refuse(slot->engine, run->invocation, LAMBDA_INTERNAL_ERROR,
                  slice_of(status_text(status)));
    lambda_run_free(run);
}

void lambda_run_start(struct lambda_run *run)
{
    if (run->place == LAMBDA_HERE)
        start_here(run);
    else
        start_in_process(run);
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
    invocation_log_init(&run->log);
    api_gate_init(&run->gate, engine->options.loop, engine->options.api_port);
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

/* Tags and the reserved concurrency stand in the row of $LATEST and count for all versions. */
static enum status check_whole(struct lambda_engine *engine, struct lambda_run *run)
{
    const struct function_row *row = &run->row;
    struct function_row latest = *row;
    enum status status = STATUS_OK;
    if (row->version != 0)
        status = lambda_engine_find(engine, row->account, row->region, row->name, &run->run.arena,
                                    &latest);
    if (status == STATUS_OK)
        status = lambda_run_choose_place(run, engine, latest.tags);
    if (status != STATUS_OK)
        return status;
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
        status = check_whole(engine, run);
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
        lambda_refuse(engine, invocation, LAMBDA_NOT_FOUND, SLICE("no such function"));
    else if (status == STATUS_BUSY)
        lambda_refuse(
            engine, invocation, LAMBDA_THROTTLED,
            SLICE("too many invocations wait, or the function is busy with one that timed out"));
    else
        lambda_refuse(engine, invocation, LAMBDA_INTERNAL_ERROR, slice_of(status_text(status)));
}

void lambda_invoke(struct lambda_engine *engine, struct lambda_invocation *invocation)
{
    invocation->payload = slice_make(NULL, 0);
    invocation->error_message = slice_make(NULL, 0);
    invocation->log_tail = slice_make(NULL, 0);
    invocation->results = NULL;
    invocation->duration_us = 0;
    invocation->is_over_limit = false;
    invocation->executed_version[0] = '\0';
    invocation->throttle_reason = SLICE("ConcurrentInvocationLimitExceeded");
    arena_init(&invocation->arena, ANSWER_ARENA_BYTES);
    if (invocation->request_id_given.len > 0)
        (void)snprintf(invocation->request_id, sizeof(invocation->request_id), "%.*s",
                       SLICE_ARG(invocation->request_id_given));
    else
        random_uuid(engine->options.random, invocation->request_id);
    sim_clock_hold(engine->options.clock);
    engine->busy++;

    struct lambda_run *run = run_create(engine, invocation);
    enum status status = run != NULL ? enqueue(engine, run) : STATUS_NO_MEMORY;
    if (status == STATUS_OK)
        return;
    if (run != NULL)
        lambda_run_free(run);
    refuse_status(engine, invocation, status);
}

void lambda_invocation_clear(struct lambda_invocation *invocation)
{
    arena_clear(&invocation->arena);
}

#include "emulator/lambda/function_process.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "emulator/base/log.h"
#include "emulator/base/mem.h"
#include "emulator/lambda/lambda_internal.h"
#include "emulator/lambda/process_folder.h"
#include "emulator/lambda/process_kind.h"
#include "emulator/lambda/process_output.h"
#include "emulator/lambda/process_pool.h"
#include "emulator/lambda/process_watch.h"
#include "emulator/loop/child.h"
#include "emulator/loop/sim_clock.h"

struct lambda_engine *function_process_engine(const struct function_process *process)
{
    return process->slot->engine;
}

int64_t function_process_now_ms(const struct function_process *process)
{
    return sim_clock_now_ms(function_process_engine(process)->options.clock);
}

/* ---- the end of a run -------------------------------------------------------------------- */

void function_process_fail_run(struct lambda_run *run, const char *type, const char *message)
{
    struct plugin_run *own = &run->run;
    own->outcome = LAMBDA_FUNCTION_ERROR;
    own->error_type = type;
    own->error_message = message != NULL ? message : "out of memory";
    own->payload = runtime_plugin_error_payload(&own->arena, type, own->error_message);
}

/* The process ended, or never began: REPORT names the error, as on AWS. */
static void fail_run_by_exit(struct lambda_run *run, const char *type, const char *message)
{
    function_process_fail_run(run, type, message);
    run->run.init_failed = true;
}

/* Complete it; the process has no part in it any more. */
static void end_run(struct function_process *process)
{
    struct lambda_run *run = process->run;
    struct plugin_run *own = &run->run;
    int64_t from_us = process->delivered_us != 0 ? process->delivered_us : process->started_us;
    loop_timer_stop(&run->timeout);
    loop_timer_stop(&process->watch);
    process_output_end(process);
    own->duration_us = loop_monotonic_us() - from_us;
    own->init_us = process->init_us;
    if (own->used_bytes < process->peak_bytes)
        own->used_bytes = process->peak_bytes;
    process->init_us = 0;
    process->run = NULL;
    lambda_run_complete(run);
    lambda_run_free(run);
}

static const char *exit_text(struct function_process *process, struct child_exit how)
{
    struct lambda_run *run = process->run;
    struct arena *arena = &run->run.arena;
    char reason[96];
    if (how.signal != 0)
        (void)snprintf(reason, sizeof(reason), "with error: signal: %s",
                       sigdescr_np(how.signal) != NULL ? sigdescr_np(how.signal) : "unknown");
    else if (how.status != 0)
        (void)snprintf(reason, sizeof(reason), "with error: exit status %d", how.status);
    else
        (void)snprintf(reason, sizeof(reason), "without providing a reason");
    for (char *at = strstr(reason, "signal: "); at != NULL && *at != '\0'; at++)
        *at = (char)tolower((unsigned char)*at);
    return arena_printf(arena, "RequestId: %s Error: Runtime exited %s", run->run.request_id,
                        reason);
}

static void on_exit_of(void *ctx, struct child_exit how)
{
    struct function_process *process = ctx;
    process->kind->hang_up(process);
    if (process->run != NULL) {
        process->kind->conclude(process);
        if (!process->is_answered)
            fail_run_by_exit(process->run, "Runtime.ExitError", exit_text(process, how));
        if (!process->is_answered && !process->is_retired)
            log_line(LOG_WARNING, "function %.*s: %s", SLICE_ARG(process->run->row.name),
                     process->run->run.error_message);
        end_run(process);
    }
    process_pool_gone(process);
}

/* ---- invoking ---------------------------------------------------------------------------- */

bool function_process_is_idle(const struct function_process *process)
{
    return process->run == NULL && process->kind->is_waiting(process);
}

void function_process_invoke(struct function_process *process, struct lambda_run *run)
{
    process->run = run;
    process->is_answered = false;
    run->process = process;
    process->kind->deliver(process);
}

void function_process_delivered(struct function_process *process)
{
    process->delivered_us = loop_monotonic_us();
    process_watch_memory(process);
    function_process_start_timeout(process, process->run->run.timeout_ms);
}

void function_process_finish(struct function_process *process)
{
    child_drain(process->child);
    if (process->run != NULL)
        end_run(process);
    if (!function_process_is_idle(process))
        return;
    process_watch_idleness(process);
    process_pool_idle(process);
}

/* Never from inside lambda_invoke(). */
void function_process_fail_delivery(struct function_process *process, const char *why)
{
    struct plugin_run *own = &process->run->run;
    process->is_answered = true;
    process->is_retired = true;
    own->outcome = LAMBDA_INTERNAL_ERROR;
    own->error_message = why;
    function_process_kill(process);
}

void function_process_let_go(struct function_process *process)
{
    process->is_retired = true;
    process->is_let_go = true;
    if (function_process_is_idle(process))
        process->kind->let_go(process);
}

void function_process_kill(struct function_process *process)
{
    process->kind->forget(process);
    if (process->child != NULL)
        child_kill(process->child);
}

/* ---- start ------------------------------------------------------------------------------- */

enum status function_process_spawn(struct function_process *process, struct child_options options)
{
    options.ctx = process;
    options.on_output = process_output_take;
    options.on_exit = on_exit_of;
    process->started_us = loop_monotonic_us();
    return child_start(function_process_engine(process)->options.loop, &options, &process->child);
}

static void on_failed(struct loop_task *task)
{
    struct function_process *process = list_entry(task, struct function_process, failed);
    end_run(process);
    process_pool_gone(process);
}

/* The invocation fails on a later turn as the function's own fault; log and answer say why. */
static void fail_to_start(struct function_process *process, const char *why)
{
    struct lambda_run *run = process->run;
    const char *message =
        arena_printf(&run->run.arena, "RequestId: %s Error: %s", run->run.request_id, why);
    log_line(LOG_WARNING, "function %.*s: %s", SLICE_ARG(run->row.name), why);
    invocation_log_start(&run->log, function_process_now_ms(process), run->run.request_id,
                         run->run.version);
    invocation_log_append(&run->log, function_process_now_ms(process), slice_of(message));
    fail_run_by_exit(run, "Runtime.InvalidEntrypoint", message);
    process->is_retired = true;
    process->started_us = loop_monotonic_us();
    loop_defer(function_process_engine(process)->options.loop, &process->failed);
}

static enum status start(struct function_process *process)
{
    const char *problem = NULL;
    enum status status = process->kind->start(process, &problem);
    if (status == STATUS_NO_MEMORY || status == STATUS_IO_ERROR)
        return status;
    process->run->process = process;
    if (status != STATUS_OK)
        fail_to_start(process, problem != NULL ? problem : status_text(status));
    else
        function_process_start_timeout(process,
                                       FUNCTION_INIT_TIMEOUT_MS + process->run->run.timeout_ms);
    return STATUS_OK;
}

const struct process_kind *function_process_kind_of(const struct lambda_run *run)
{
    return run->place == LAMBDA_ISOLATED ? &isolated_process_kind : &runtime_process_kind;
}

enum status function_process_create(struct lambda_slot *slot, struct lambda_run *run)
{
    const struct process_kind *kind = function_process_kind_of(run);
    struct function_process *process = mem_zalloc(kind->size);
    if (process == NULL)
        return STATUS_NO_MEMORY;
    process->kind = kind;
    process->slot = slot;
    process->run = run;
    process->good_until_ms = INT64_MAX;
    process->place = -1;
    text_init(&process->line, 2 * INVOCATION_LOG_LINE_BYTES);
    (void)snprintf(process->revision_id, sizeof(process->revision_id), "%.*s",
                   SLICE_ARG(run->row.revision_id));
    lambda_log_stream_name(slot->engine, run->run.version, process->log_stream);
    list_append(&slot->processes, &process->link);
    slot->process_count++;
    slot->engine->process_count++;
    loop_task_init(&process->failed, on_failed);
    enum status status = start(process);
    if (status != STATUS_OK)
        function_process_destroy(process);
    return status;
}

void function_process_destroy(struct function_process *process)
{
    loop_timer_close(&process->watch);
    loop_task_cancel(&process->failed);
    function_process_kill(process);
    child_destroy(process->child);
    process->kind->hang_up(process);
    process->kind->close(process);
    process_folder_leave(process);
    text_close(&process->line);
    list_remove(&process->link);
    process->slot->process_count--;
    function_process_engine(process)->process_count--;
    mem_free(process);
}

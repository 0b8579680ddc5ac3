#include "emulator/lambda/function_process.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "emulator/base/log.h"
#include "emulator/base/mem.h"
#include "emulator/lambda/lambda_internal.h"
#include "emulator/lambda/process_kind.h"
#include "emulator/lambda/process_pool.h"
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

/* ---- output ------------------------------------------------------------------------------ */

static void log_output_line(struct function_process *process, struct slice line)
{
    invocation_log_append_line(&process->run->log, function_process_now_ms(process), line);
}

/* Whole lines; what follows the last line feed waits for the rest. */
void function_process_log_output(struct function_process *process)
{
    struct slice rest = text_slice(&process->line);
    size_t end = 0;
    while (process->run != NULL && (end = slice_find(rest, '\n')) < rest.len) {
        log_output_line(process, slice_first(rest, end));
        rest = slice_from(rest, end + 1);
    }
    size_t left = rest.len;
    if (left > 0 && left < process->line.len)
        memmove(process->line.ptr, rest.ptr, left);
    process->line.len = left;
}

/* Nothing more of it will come for this run. */
static void log_rest_of_output(struct function_process *process)
{
    function_process_log_output(process);
    if (process->line.len > 0)
        log_output_line(process, text_slice(&process->line));
    text_clear(&process->line);
}

/* Between two invocations, when nobody may take it, a full buffer stays as it is. */
static void on_output(void *ctx, struct slice bytes)
{
    struct function_process *process = ctx;
    if (process->run != NULL)
        process->kind->collect(process);
    while (bytes.len > 0) {
        size_t room = INVOCATION_LOG_LINE_BYTES - process->line.len;
        struct slice piece = slice_first(bytes, room < bytes.len ? room : bytes.len);
        bytes = slice_from(bytes, piece.len);
        text_append(&process->line, piece);
        function_process_log_output(process);
        if (process->line.status != STATUS_OK || process->line.len < INVOCATION_LOG_LINE_BYTES)
            continue;
        if (process->run == NULL)
            return;
        log_rest_of_output(process);
    }
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
    log_rest_of_output(process);
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

/* ---- time and memory --------------------------------------------------------------------- */

static void on_timeout(struct loop_timer *timer)
{
    struct lambda_run *run = list_entry(timer, struct lambda_run, timeout);
    struct function_process *process = run->process;
    child_drain(process->child);
    log_rest_of_output(process);
    process->kind->conclude(process);
    run->run.used_bytes = process->peak_bytes;
    log_line(LOG_WARNING, "function %.*s: timed out after %lld s; its process is killed",
             SLICE_ARG(run->row.name), (long long)(run->run.timeout_ms / 1000));
    loop_timer_stop(&process->watch); /* of the run's memory */
    process->run = NULL;
    process->is_retired = true;
    function_process_kill(process);
    lambda_run_answer_timed_out(run);
    lambda_run_free(run);
}

void function_process_start_timeout(struct function_process *process, int64_t ms)
{
    struct lambda_run *run = process->run;
    if (loop_timer_start(function_process_engine(process)->options.loop, &run->timeout, ms,
                         on_timeout) != STATUS_OK)
        function_process_kill(process); /* without a clock it may not run */
}

static void watch(struct function_process *process, int64_t ms,
                  void (*fn)(struct loop_timer *timer))
{
    /* Without it a process lives longer than it might; nothing else is lost. */
    if (loop_timer_start(function_process_engine(process)->options.loop, &process->watch, ms, fn) !=
        STATUS_OK)
        log_line(LOG_WARNING, "a function's process is not watched: out of memory");
}

static void on_memory_watch(struct loop_timer *timer)
{
    struct function_process *process = list_entry(timer, struct function_process, watch);
    size_t used = child_memory(process->child);
    size_t most =
        (size_t)process->run->run.memory_mb * 1024 * 1024 + process->kind->memory_spare_bytes;
    if (used > process->peak_bytes)
        process->peak_bytes = used;
    if (used <= most) {
        watch(process, process->kind->memory_watch_ms, on_memory_watch);
        return;
    }
    log_line(LOG_WARNING, "function %.*s: its process used more than %lld MB and is killed",
             SLICE_ARG(process->run->row.name), (long long)process->run->run.memory_mb);
    process->peak_bytes = most - process->kind->memory_spare_bytes - 1; /* as AWS reports it */
    process->is_retired = true;
    function_process_kill(process);
}

static void on_idle_too_long(struct loop_timer *timer)
{
    function_process_let_go(list_entry(timer, struct function_process, watch));
}

static void on_kill_time(struct loop_timer *timer)
{
    function_process_kill(list_entry(timer, struct function_process, watch));
}

void function_process_kill_after(struct function_process *process, int64_t ms)
{
    if (loop_timer_start(function_process_engine(process)->options.loop, &process->watch, ms,
                         on_kill_time) != STATUS_OK)
        function_process_kill(process);
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
    watch(process, process->kind->memory_watch_ms, on_memory_watch);
    function_process_start_timeout(process, process->run->run.timeout_ms);
}

void function_process_finish(struct function_process *process)
{
    child_drain(process->child);
    if (process->run != NULL)
        end_run(process);
    if (!function_process_is_idle(process))
        return;
    watch(process, PROCESS_IDLE_MS, on_idle_too_long);
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
    options.on_output = on_output;
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
    text_close(&process->line);
    list_remove(&process->link);
    process->slot->process_count--;
    function_process_engine(process)->process_count--;
    mem_free(process);
}

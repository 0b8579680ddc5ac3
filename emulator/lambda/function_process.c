#include "emulator/lambda/function_process.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "emulator/base/json.h"
#include "emulator/base/log.h"
#include "emulator/base/mem.h"
#include "emulator/lambda/lambda_internal.h"
#include "emulator/lambda/layer_folder.h"
#include "emulator/lambda/process_pool.h"
#include "emulator/lambda/runtime_port.h"
#include "emulator/loop/child.h"
#include "emulator/loop/random.h"
#include "emulator/loop/sim_clock.h"
#include "emulator/transform/firehose_event.h"

#define MEMORY_WATCH_MS 100
#define INIT_ERROR_GRACE_MS 1000
#define EVENT_MAX_BYTES ((size_t)64 * 1024 * 1024)

static struct lambda_engine *engine_of(const struct function_process *process)
{
    return process->slot->engine;
}

static int64_t now_ms(const struct function_process *process)
{
    return sim_clock_now_ms(engine_of(process)->options.clock);
}

/* ---- output ------------------------------------------------------------------------------ */

static void log_output_line(struct function_process *process, struct slice line)
{
    invocation_log_append_line(&process->run->log, now_ms(process), line);
}

/* Whole lines; what follows the last line feed waits for the rest. */
static void log_output(struct function_process *process)
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
    log_output(process);
    if (process->line.len > 0)
        log_output_line(process, text_slice(&process->line));
    text_clear(&process->line);
}

/* Between two invocations, when nobody may take it, a full buffer stays as it is. */
static void on_output(void *ctx, struct slice bytes)
{
    struct function_process *process = ctx;
    while (bytes.len > 0) {
        size_t room = INVOCATION_LOG_LINE_BYTES - process->line.len;
        struct slice piece = slice_first(bytes, room < bytes.len ? room : bytes.len);
        bytes = slice_from(bytes, piece.len);
        text_append(&process->line, piece);
        log_output(process);
        if (process->line.status != STATUS_OK || process->line.len < INVOCATION_LOG_LINE_BYTES)
            continue;
        if (process->run == NULL)
            return;
        log_rest_of_output(process);
    }
}

/* ---- the end of a run -------------------------------------------------------------------- */

static void fail_run(struct lambda_run *run, const char *type, const char *message)
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
    fail_run(run, type, message);
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
    runtime_api_close(&process->api);
    if (process->run != NULL) {
        if (!process->is_answered)
            fail_run_by_exit(process->run, "Runtime.ExitError", exit_text(process, how));
        end_run(process);
    }
    process_pool_gone(process);
}

/* ---- what the process says --------------------------------------------------------------- */

static bool keep_payload(struct function_process *process, struct slice body)
{
    struct plugin_run *own = &process->run->run;
    process->is_answered = true;
    if (arena_copy(&own->arena, body, &own->payload) == STATUS_OK)
        return true;
    own->outcome = LAMBDA_INTERNAL_ERROR;
    own->error_message = "out of memory";
    return false;
}

static void has_response(void *ctx, struct slice body)
{
    struct function_process *process = ctx;
    struct plugin_run *own = &process->run->run;
    if (!keep_payload(process, body))
        return;
    own->outcome = LAMBDA_OK;
    if (!own->has_batch)
        return;
    enum status status =
        firehose_event_parse_response(own->payload, &own->batch, &own->arena, &own->results);
    if (status == STATUS_OK)
        return;
    own->outcome = status == STATUS_INVALID ? LAMBDA_MALFORMED : LAMBDA_INTERNAL_ERROR;
    own->error_message = status_text(status);
}

static void has_error(void *ctx, struct slice body)
{
    struct function_process *process = ctx;
    struct plugin_run *own = &process->run->run;
    const struct json *error = NULL;
    if (!keep_payload(process, body))
        return;
    own->outcome = LAMBDA_FUNCTION_ERROR;
    if (json_parse(own->payload, &own->arena, &error) != STATUS_OK)
        error = NULL;
    own->error_type = arena_text(&own->arena, json_member_string(error, "errorType"));
    own->error_message = arena_text(&own->arena, json_member_string(error, "errorMessage"));
}

static void on_grace_over(struct loop_timer *timer)
{
    function_process_kill(list_entry(timer, struct function_process, watch));
}

/* It is about to end by itself; the run ends with it. */
static void has_init_error(void *ctx, struct slice body)
{
    struct function_process *process = ctx;
    if (process->run == NULL)
        return;
    has_error(process, body);
    process->run->run.init_failed = true;
    process->is_retired = true;
    if (loop_timer_start(engine_of(process)->options.loop, &process->watch, INIT_ERROR_GRACE_MS,
                         on_grace_over) != STATUS_OK)
        function_process_kill(process);
}

static void has_too_much(void *ctx)
{
    struct function_process *process = ctx;
    process->is_answered = true;
    fail_run(process->run, "Function.ResponseSizeTooLarge",
             "Response payload size exceeded maximum allowed payload size (6291556 bytes).");
}

/* ---- time and memory --------------------------------------------------------------------- */

static void on_timeout(struct loop_timer *timer)
{
    struct lambda_run *run = list_entry(timer, struct lambda_run, timeout);
    struct function_process *process = run->process;
    child_drain(process->child);
    log_rest_of_output(process);
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

static void start_timeout(struct function_process *process, int64_t ms)
{
    struct lambda_run *run = process->run;
    if (loop_timer_start(engine_of(process)->options.loop, &run->timeout, ms, on_timeout) !=
        STATUS_OK)
        function_process_kill(process); /* without a clock it may not run */
}

static void watch(struct function_process *process, int64_t ms,
                  void (*fn)(struct loop_timer *timer))
{
    /* Without it a process lives longer than it might; nothing else is lost. */
    if (loop_timer_start(engine_of(process)->options.loop, &process->watch, ms, fn) != STATUS_OK)
        log_line(LOG_WARNING, "a function's process is not watched: out of memory");
}

static void on_memory_watch(struct loop_timer *timer)
{
    struct function_process *process = list_entry(timer, struct function_process, watch);
    size_t used = child_memory(process->child);
    size_t most = (size_t)process->run->run.memory_mb * 1024 * 1024;
    if (used > process->peak_bytes)
        process->peak_bytes = used;
    if (used <= most) {
        watch(process, MEMORY_WATCH_MS, on_memory_watch);
        return;
    }
    log_line(LOG_WARNING, "function %.*s: its process used more than %lld MB and is killed",
             SLICE_ARG(process->run->row.name), (long long)process->run->run.memory_mb);
    process->is_retired = true;
    function_process_kill(process);
}

static void on_idle_too_long(struct loop_timer *timer)
{
    struct function_process *process = list_entry(timer, struct function_process, watch);
    process->is_retired = true;
    function_process_kill(process);
}

/* ---- invoking ---------------------------------------------------------------------------- */

static struct slice event_of(struct plugin_run *own)
{
    if (!own->has_batch)
        return own->event.len > 0 ? own->event : SLICE("{}");
    struct text text;
    text_init_in(&text, &own->arena, EVENT_MAX_BYTES);
    firehose_event_build(&own->batch, &text);
    return text.status == STATUS_OK ? text_slice(&text) : slice_make(NULL, 0);
}

/* X-Ray's form; nothing is sampled. */
static const char *trace_id(struct function_process *process)
{
    struct random *random = engine_of(process)->options.random;
    char root[25];
    char parent[17];
    random_text(random, 24, "0123456789abcdef", root);
    random_text(random, 16, "0123456789abcdef", parent);
    return arena_printf(&process->run->run.arena, "Root=1-%08llx-%s;Parent=%s;Sampled=0",
                        (unsigned long long)(now_ms(process) / 1000), root, parent);
}

static void deliver(struct function_process *process)
{
    struct lambda_run *run = process->run;
    struct plugin_run *own = &run->run;
    const struct function_row *row = &run->row;
    const char *arn =
        arena_printf(&own->arena, "arn:aws:lambda:%.*s:%.*s:function:%.*s", SLICE_ARG(row->region),
                     SLICE_ARG(row->account), SLICE_ARG(row->name));
    const struct runtime_event event = {
        .request_id = slice_of(own->request_id),
        .function_arn = slice_of(arn),
        .trace_id = slice_of(trace_id(process)),
        .client_context = own->client_context,
        .deadline_ms = loop_wall_ms() + own->timeout_ms,
        .body = event_of(own),
    };
    if (event.body.ptr == NULL) { /* never from inside lambda_invoke(): its exit ends the run */
        (void)keep_payload(process, slice_make(NULL, 0));
        own->outcome = LAMBDA_INTERNAL_ERROR;
        process->is_retired = true;
        function_process_kill(process);
        return;
    }
    log_output(process);
    invocation_log_start(&run->log, now_ms(process), own->request_id, own->version);
    process->delivered_us = loop_monotonic_us();
    watch(process, MEMORY_WATCH_MS, on_memory_watch);
    start_timeout(process, own->timeout_ms);
    runtime_api_invoke(&process->api, &event);
}

static void is_idle(void *ctx)
{
    struct function_process *process = ctx;
    if (process->run != NULL && !process->is_answered) { /* the first one of all */
        int64_t took_us = loop_monotonic_us() - process->started_us;
        process->init_us = took_us > 0 ? took_us : 1;
        deliver(process);
        return;
    }
    child_drain(process->child);
    size_t peak = child_peak_memory(process->child);
    if (peak > process->peak_bytes)
        process->peak_bytes = peak;
    if (process->run != NULL)
        end_run(process);
    if (!function_process_is_idle(process))
        return;
    watch(process, PROCESS_IDLE_MS, on_idle_too_long);
    process_pool_idle(process);
}

bool function_process_is_idle(const struct function_process *process)
{
    return process->run == NULL && process->api.state == RUNTIME_IDLE;
}

void function_process_invoke(struct function_process *process, struct lambda_run *run)
{
    process->run = run;
    process->is_answered = false;
    run->process = process;
    deliver(process);
}

void function_process_kill(struct function_process *process)
{
    if (process->child != NULL)
        child_kill(process->child);
}

/* ---- start ------------------------------------------------------------------------------- */

static const struct runtime_listener listener = {
    .is_idle = is_idle,
    .has_response = has_response,
    .has_error = has_error,
    .has_init_error = has_init_error,
    .has_too_much = has_too_much,
};

static enum status open_api(struct function_process *process, uint16_t *ret_port)
{
    const struct runtime_port *port = engine_of(process)->options.runtime_port;
    runtime_api_init(&process->api, &listener, process);
    return port->open(port->ctx, &process->api, &process->endpoint, ret_port);
}

/* One for all processes of a function: what they leave there is there for the next. */
static const char *make_temporary_folder(struct function_process *process, struct arena *arena)
{
    const struct lambda_slot *slot = process->slot;
    const char *folder =
        arena_printf(arena, "%s/%.*s.%.*s.%.*s", slot->engine->temporary_folder,
                     SLICE_ARG(slot->account), SLICE_ARG(slot->region), SLICE_ARG(slot->name));
    if (folder != NULL && mkdir(folder, 0700) != 0 && errno != EEXIST)
        log_line(LOG_WARNING, "cannot make %s: %s", folder, status_text(status_from_errno(errno)));
    return folder;
}

static enum status make_command(struct function_process *process, uint16_t port,
                                struct function_command *command, const char **ret_folder)
{
    struct lambda_run *run = process->run;
    struct lambda_engine *engine = engine_of(process);
    struct arena *arena = &run->run.arena;
    const struct function_command_place place = {
        .code_folder = arena_printf(arena, "%s/%.*s/%.*s", engine->functions_folder,
                                    SLICE_ARG(run->row.name), SLICE_ARG(run->row.code_revision)),
        .opt_folder = layer_folder_path(engine, arena, &run->row),
        .temporary_folder = make_temporary_folder(process, arena),
        .log_stream = process->log_stream,
        .aws_url = engine->options.runtime_port->aws_url(engine->options.runtime_port->ctx),
        .version = run->run.version,
        .api_port = port,
    };
    bool has_layers = run->row.layer_folder.len > 0;
    if (place.code_folder == NULL || place.temporary_folder == NULL ||
        (has_layers && place.opt_folder == NULL))
        return STATUS_NO_MEMORY;
    *ret_folder = place.code_folder;
    return function_command_make(&engine->command, &run->row, &place, arena, command);
}

static enum status spawn(struct function_process *process, const struct function_command *command,
                         const char *folder)
{
    const struct child_options options = {
        .arguments = command->arguments,
        .environment = command->environment,
        .folder = folder,
        .ctx = process,
        .on_output = on_output,
        .on_exit = on_exit_of,
    };
    struct invocation_log *log = &process->run->log;
    if (command->warning != NULL)
        invocation_log_append(log, now_ms(process), slice_of(command->warning));
    process->started_us = loop_monotonic_us();
    return child_start(engine_of(process)->options.loop, &options, &process->child);
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
    invocation_log_start(&run->log, now_ms(process), run->run.request_id, run->run.version);
    invocation_log_append(&run->log, now_ms(process), slice_of(message));
    fail_run_by_exit(run, "Runtime.InvalidEntrypoint", message);
    process->is_retired = true;
    process->started_us = loop_monotonic_us();
    loop_defer(engine_of(process)->options.loop, &process->failed);
}

static enum status start(struct function_process *process)
{
    uint16_t port = 0;
    struct function_command command = {.problem = NULL};
    const char *folder = "";
    enum status status = open_api(process, &port);
    if (status == STATUS_OK)
        status = make_command(process, port, &command, &folder);
    if (status == STATUS_OK)
        status = spawn(process, &command, folder);
    if (status == STATUS_OK) {
        process->run->process = process;
        start_timeout(process, FUNCTION_INIT_TIMEOUT_MS + process->run->run.timeout_ms);
        return STATUS_OK;
    }
    if (status == STATUS_NO_MEMORY || process->endpoint == NULL)
        return status;
    process->run->process = process;
    fail_to_start(process, command.problem != NULL ? command.problem : status_text(status));
    return STATUS_OK;
}

enum status function_process_create(struct lambda_slot *slot, struct lambda_run *run)
{
    struct function_process *process = mem_zalloc(sizeof(*process));
    if (process == NULL)
        return STATUS_NO_MEMORY;
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
    const struct runtime_port *port = engine_of(process)->options.runtime_port;
    loop_timer_close(&process->watch);
    loop_task_cancel(&process->failed);
    function_process_kill(process);
    child_destroy(process->child);
    runtime_api_close(&process->api);
    port->close(port->ctx, process->endpoint);
    text_close(&process->line);
    list_remove(&process->link);
    process->slot->process_count--;
    engine_of(process)->process_count--;
    mem_free(process);
}

/*
 * runtime_process.c -- processes on the Runtime API (process_kind.h): Python, Node.js, "bootstrap".
 */
#include "emulator/base/json.h"
#include "emulator/base/log.h"
#include "emulator/lambda/function_keys.h"
#include "emulator/lambda/function_process.h"
#include "emulator/lambda/lambda_internal.h"
#include "emulator/lambda/layer_folder.h"
#include "emulator/lambda/process_folder.h"
#include "emulator/lambda/process_kind.h"
#include "emulator/lambda/runtime_port.h"
#include "emulator/loop/child.h"
#include "emulator/loop/random.h"
#include "emulator/transform/firehose_event.h"

#define MEMORY_WATCH_MS 100
#define INIT_ERROR_GRACE_MS 1000
#define EVENT_MAX_BYTES ((size_t)64 * 1024 * 1024)

struct runtime_process {
    struct function_process process;
    struct runtime_api api;
    struct runtime_endpoint *endpoint; /* the port's */
};

static struct runtime_process *of(const struct function_process *process)
{
    return list_entry(process, struct runtime_process, process);
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

/* It is about to end by itself; the run ends with it. */
static void has_init_error(void *ctx, struct slice body)
{
    struct function_process *process = ctx;
    if (process->run == NULL)
        return;
    has_error(process, body);
    process->run->run.init_failed = true;
    process->is_retired = true;
    function_process_kill_after(process, INIT_ERROR_GRACE_MS);
}

static void has_too_much(void *ctx)
{
    struct function_process *process = ctx;
    process->is_answered = true;
    function_process_fail_run(
        process->run, "Function.ResponseSizeTooLarge",
        "Response payload size exceeded maximum allowed payload size (6291556 bytes).");
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
    struct random *random = function_process_engine(process)->options.random;
    char root[25];
    char parent[17];
    random_text(random, 24, "0123456789abcdef", root);
    random_text(random, 16, "0123456789abcdef", parent);
    return arena_printf(&process->run->run.arena, "Root=1-%08llx-%s;Parent=%s;Sampled=0",
                        (unsigned long long)(function_process_now_ms(process) / 1000), root,
                        parent);
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
    if (event.body.ptr == NULL) {
        function_process_fail_delivery(process, "out of memory");
        return;
    }
    function_process_log_output(process);
    invocation_log_start(&run->log, function_process_now_ms(process), own->request_id,
                         own->version);
    function_process_delivered(process);
    runtime_api_invoke(&of(process)->api, &event);
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
    size_t peak = child_peak_memory(process->child);
    if (peak > process->peak_bytes)
        process->peak_bytes = peak;
    function_process_finish(process);
}

/* ---- start and end ----------------------------------------------------------------------- */

static const struct runtime_listener listener = {
    .is_idle = is_idle,
    .has_response = has_response,
    .has_error = has_error,
    .has_init_error = has_init_error,
    .has_too_much = has_too_much,
};

static enum status open_api(struct function_process *process, uint16_t *ret_port)
{
    const struct runtime_port *port = function_process_engine(process)->options.runtime_port;
    runtime_api_init(&of(process)->api, &listener, process);
    return port->open(port->ctx, &of(process)->api, &of(process)->endpoint, ret_port);
}

/* The process is of use as long as they are. */
static enum status take_keys(struct function_process *process, struct function_keys *keys,
                             struct function_command *command)
{
    enum status status = function_keys_take(process->run, keys);
    if (status == STATUS_OK)
        process->good_until_ms = keys->expires_ms;
    else if (status == STATUS_TOO_LARGE)
        command->problem = "Hydrant has no room for another session of the function's role";
    return status;
}

static enum status make_command(struct function_process *process, uint16_t port,
                                struct function_command *command, const char **ret_folder)
{
    struct function_keys keys;
    struct lambda_run *run = process->run;
    struct lambda_engine *engine = function_process_engine(process);
    struct arena *arena = &run->run.arena;
    const char *temporary_folder = NULL;
    enum status status = take_keys(process, &keys, command);
    if (status == STATUS_OK)
        status = process_folder_take(process, arena, &temporary_folder);
    if (status != STATUS_OK)
        return status;
    const struct function_command_place place = {
        .code_folder = arena_printf(arena, "%s/%.*s/%.*s", engine->functions_folder,
                                    SLICE_ARG(run->row.name), SLICE_ARG(run->row.code_revision)),
        .opt_folder = layer_folder_path(engine, arena, &run->row),
        .temporary_folder = temporary_folder,
        .log_stream = process->log_stream,
        .keys = &keys,
        .aws_url = engine->options.runtime_port->aws_url(engine->options.runtime_port->ctx),
        .version = run->run.version,
        .api_port = port,
    };
    bool has_layers = run->row.layer_folder.len > 0;
    if (place.code_folder == NULL || (has_layers && place.opt_folder == NULL))
        return STATUS_NO_MEMORY;
    *ret_folder = place.code_folder;
    return function_command_make(&engine->command, &run->row, &place, arena, command);
}

static enum status spawn(struct function_process *process, const struct function_command *command,
                         const char *folder)
{
    if (command->warning != NULL)
        invocation_log_append(&process->run->log, function_process_now_ms(process),
                              slice_of(command->warning));
    return function_process_spawn(process, (struct child_options){
                                               .arguments = command->arguments,
                                               .environment = command->environment,
                                               .folder = folder,
                                           });
}

static enum status start(struct function_process *process, const char **ret_problem)
{
    uint16_t port = 0;
    struct function_command command = {.problem = NULL};
    const char *folder = "";
    enum status status = open_api(process, &port);
    if (status != STATUS_OK)
        return status == STATUS_NO_MEMORY ? status : STATUS_IO_ERROR;
    status = make_command(process, port, &command, &folder);
    if (status == STATUS_OK)
        status = spawn(process, &command, folder);
    *ret_problem = command.problem != NULL ? command.problem : status_text(status);
    /* What the system would not start is the function's error, but for want of memory. */
    return status == STATUS_IO_ERROR ? STATUS_INVALID : status;
}

static bool is_waiting(const struct function_process *process)
{
    return of(process)->api.state == RUNTIME_IDLE;
}

/* All it logs comes through its output, and it asks over HTTP, as anybody does. */
static void nothing(struct function_process *process)
{
    (void)process;
}

static void hang_up(struct function_process *process)
{
    runtime_api_close(&of(process)->api);
}

static void close_api(struct function_process *process)
{
    const struct runtime_port *port = function_process_engine(process)->options.runtime_port;
    port->close(port->ctx, of(process)->endpoint);
}

const struct process_kind runtime_process_kind = {
    .size = sizeof(struct runtime_process),
    .memory_watch_ms = MEMORY_WATCH_MS,
    .start = start,
    .deliver = deliver,
    .is_waiting = is_waiting,
    .collect = nothing,
    .conclude = nothing,
    .let_go = function_process_kill,
    .forget = nothing,
    .hang_up = hang_up,
    .close = close_api,
};

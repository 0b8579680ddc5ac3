/*
 * invocation.c -- Invoke: RequestResponse, Event and DryRun.
 */
#include <inttypes.h>
#include <stdio.h>

#include "emulator/auth/principal.h"
#include "emulator/base/base64.h"
#include "emulator/base/json.h"
#include "emulator/base/json_writer.h"
#include "emulator/base/list.h"
#include "emulator/base/log.h"
#include "emulator/http/call.h"
#include "emulator/lambda/invoke.h"
#include "emulator/protocol/rest_json.h"
#include "emulator/sandbox.h"
#include "handlers/lambda/event_invocation.h"
#include "handlers/lambda/function_address.h"
#include "handlers/lambda/function_state.h"
#include "handlers/lambda/lambda_errors.h"
#include "handlers/lambda/lambda_operations.h"

#define CLIENT_CONTEXT_MAX_BYTES ((size_t)16 * 1024)

/* ---- checks ------------------------------------------------------------------------------ */

static bool is_json_start(char c)
{
    return (c >= '0' && c <= '9') || (c != '\0' && slice_find(SLICE("{[\"-tfn"), c) < 7);
}

static bool is_payload_json(struct call *call)
{
    const struct json *json = NULL;
    if (call->body.len == 0)
        return true;
    enum status status = json_parse(call->body, &call->arena, &json);
    if (status == STATUS_OK || status == STATUS_UNSUPPORTED)
        return true;
    if (status == STATUS_NO_MEMORY) {
        call_fail_internal(call, status, "reading the payload");
        return false;
    }
    struct slice text = call->body;
    while (text.len > 0 && slice_find(SLICE(" \t\r\n"), text.ptr[0]) < 4)
        text = slice_from(text, 1);
    static const char start[] =
        "Could not parse request body into json: Could not parse payload into json:";
    if (text.len > 0 && !is_json_start(text.ptr[0]))
        call_fail(call, &lambda_error_invalid_content,
                  "%s Unexpected character ('%c' (code %d)): expected a valid value (JSON String, "
                  "Number, Array, Object or token 'null', 'true' or 'false')",
                  start, text.ptr[0], (unsigned char)text.ptr[0]);
    else
        call_fail(call, &lambda_error_invalid_content, "%s Unexpected character or end of input",
                  start);
    return false;
}

static bool refuse_unsupported(struct call *call)
{
    static const char *const headers[] = {"X-Amz-Tenant-Id", "X-Amz-Durable-Execution-Name"};
    for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++) {
        if (request_header(&call->request, headers[i]).len == 0)
            continue;
        call_fail(call, &lambda_error_invalid_parameter, "Hydrant does not support %s yet.",
                  headers[i]);
        return false;
    }
    return true;
}

/* Base64 of a JSON object; a C transform does not get to see it. */
static bool read_client_context(struct call *call, struct slice *ret_context)
{
    struct slice given = request_header(&call->request, "X-Amz-Client-Context");
    const struct json *json = NULL;
    struct text context;
    text_init_in(&context, &call->arena, CLIENT_CONTEXT_MAX_BYTES);
    enum status status = base64_decode_to(given, &context);
    if (status == STATUS_OK)
        status = context.status;
    if (status == STATUS_OK && given.len > 0)
        status = json_parse(text_slice(&context), &call->arena, &json);
    *ret_context = text_slice(&context);
    if (status == STATUS_OK && (given.len == 0 || json_kind(json) == JSON_OBJECT))
        return true;
    call_fail(call, &lambda_error_invalid_content,
              "Client context must be a valid Base64-encoded JSON object.");
    return false;
}

/* "name" or "name:qualifier"; empty when out of memory. */
static struct slice target_of(struct call *call, const struct function_address *address)
{
    if (address->qualifier.len == 0)
        return address->name;
    return slice_of(arena_printf(&call->arena, "%.*s:%.*s", SLICE_ARG(address->name),
                                 SLICE_ARG(address->qualifier)));
}

/* ---- RequestResponse --------------------------------------------------------------------- */

/* In the call's arena, which clears the invocation when it is cleared. */
struct waiting_call {
    struct call *call;
    struct function_address address;
    struct lambda_invocation invocation;
};

static void clear_invocation(void *arg)
{
    lambda_invocation_clear(arg);
}

static void add_trace_id(struct call *call)
{
    struct random *random = &call->sandbox->random;
    char root[25];
    char parent[17];
    random_text(random, 24, "0123456789abcdef", root);
    random_text(random, 16, "0123456789abcdef", parent);
    uint32_t seconds = (uint32_t)(sim_clock_now_ms(&call->sandbox->clock) / 1000);
    const char *trace = arena_printf(&call->arena, "Root=1-%08" PRIx32 "-%s;Parent=%s;Sampled=0",
                                     seconds, root, parent);
    if (trace != NULL)
        call_add_header_text(call, "X-Amzn-Trace-Id", trace);
}

static void add_log_result(struct call *call, const struct lambda_invocation *invocation)
{
    if (!invocation->wants_log_tail)
        return;
    struct text encoded;
    text_init_in(&encoded, &call->arena, 16 * (size_t)1024);
    base64_append(&encoded, invocation->log_tail);
    call_add_header(call, "X-Amz-Log-Result", text_slice(&encoded));
}

static void answer_ran(struct call *call, const struct lambda_invocation *invocation)
{
    if (invocation->outcome != LAMBDA_OK)
        call_add_header_text(call, "X-Amz-Function-Error", "Unhandled");
    call_add_header_text(call, "X-Amz-Executed-Version", invocation->executed_version);
    add_log_result(call, invocation);
    add_trace_id(call);
    rest_json_answer_raw(call, 200, invocation->payload);
}

static void answer_throttled(struct call *call, const struct lambda_invocation *invocation)
{
    const struct api_error *error = &lambda_error_too_many_requests;
    struct text body = rest_json_text(call);
    struct json_writer w = json_writer_make(&body);
    json_begin_object(&w);
    json_put_string(&w, "Reason", invocation->throttle_reason);
    json_put_text(&w, "Type", "User");
    json_put_text(&w, "message", "Rate Exceeded.");
    json_end_object(&w);
    call->error_code = error->code;
    call_add_header_text(call, "x-amzn-ErrorType", error->code);
    rest_json_answer(call, error->status, &body);
}

static void on_done(struct lambda_invocation *invocation)
{
    struct waiting_call *waiting = list_entry(invocation, struct waiting_call, invocation);
    struct call *call = waiting->call;
    switch (invocation->outcome) {
    case LAMBDA_OK:
    case LAMBDA_FUNCTION_ERROR:
    case LAMBDA_TIMED_OUT:
        answer_ran(call, invocation);
        return;
    case LAMBDA_THROTTLED:
        answer_throttled(call, invocation);
        return;
    case LAMBDA_NOT_FOUND: {
        struct slice arn = function_address_arn(call, waiting->address.name, SLICE("$LATEST"));
        call_fail(call, &lambda_error_resource_not_found, "Function not found: %.*s",
                  SLICE_ARG(arn));
        return;
    }
    case LAMBDA_MALFORMED:
    case LAMBDA_INTERNAL_ERROR:
        break;
    }
    log_line(LOG_ERROR, "lambda.Invoke: %.*s", SLICE_ARG(invocation->error_message));
    call_fail_internal(call, STATUS_NO_MEMORY, "running the function");
}

static void invoke_and_wait(struct call *call, const struct function_address *address)
{
    struct waiting_call *waiting = arena_zalloc(&call->arena, sizeof(*waiting));
    enum status status = waiting != NULL ? STATUS_OK : STATUS_NO_MEMORY;
    if (status == STATUS_OK)
        status = arena_on_clear(&call->arena, clear_invocation, &waiting->invocation);
    if (status != STATUS_OK) {
        call_fail_internal(call, status, "running the function");
        return;
    }
    struct slice context = {NULL, 0};
    if (!read_client_context(call, &context))
        return;
    struct slice log_type = request_header(&call->request, "X-Amz-Log-Type");
    waiting->call = call;
    waiting->address = *address;
    waiting->invocation = (struct lambda_invocation){
        .account = call->principal->account,
        .region = call->principal->region,
        .function = target_of(call, address),
        .event = call->body.len > 0 ? call->body : SLICE("{}"),
        .client_context = context,
        .wants_log_tail = slice_equal_text(log_type, "Tail"),
        .done = on_done,
    };
    lambda_invoke(call->sandbox->lambda, &waiting->invocation);
    /* The request's id is the invocation's, in the answer as in the log. */
    (void)snprintf(call->request_id, sizeof(call->request_id), "%s",
                   waiting->invocation.request_id);
}

/* ---- Event ------------------------------------------------------------------------------- */

static void invoke_later(struct call *call, const struct function_address *address)
{
    if (!event_invocation_accept(call, address))
        return;
    add_trace_id(call);
    rest_json_answer_nothing(call, 202);
}

/* Is there such a function, can it be invoked, and with this? */
static bool find_invokable(struct call *call, struct function_address *ret_address)
{
    return function_address_find(call, FUNCTION_NOT_FOUND_LATEST, ret_address) &&
           function_state_allows_invoke(call, &ret_address->row) && is_payload_json(call);
}

void lambda_invoke_function(struct call *call)
{
    struct function_address address;
    if (!refuse_unsupported(call) || !find_invokable(call, &address))
        return;
    struct slice type = request_header(&call->request, "X-Amz-Invocation-Type");
    if (slice_equal_text(type, "DryRun"))
        rest_json_answer_nothing(call, 204);
    else if (slice_equal_text(type, "Event"))
        invoke_later(call, &address);
    else
        invoke_and_wait(call, &address);
}

void lambda_invoke_async(struct call *call)
{
    struct function_address address;
    if (find_invokable(call, &address))
        invoke_later(call, &address);
}

#include "handlers/runtime/runtime.h"

#include "emulator/base/json_writer.h"
#include "emulator/http/call.h"
#include "emulator/lambda/runtime_api.h"
#include "handlers/runtime/runtime_errors.h"

#define PREFIX "/2018-06-01/runtime/"
#define ANSWER_MAX_BYTES ((size_t)64 * 1024)

/* Larger than what is too large for a function, so that the invocation can be told of it. */
#define BODY_MAX_BYTES ((size_t)64 * 1024 * 1024)

#define X(name, code, status) \
    const struct api_error runtime_error_##name = {code, status, "", false};
RUNTIME_ERRORS(X)
#undef X

static const struct common_errors errors = {
    .internal = &runtime_error_internal,
    .unavailable = &runtime_error_unavailable,
    .too_large = &runtime_error_too_large,
    .headers_too_large = &runtime_error_invalid_request,
    .unknown_operation = &runtime_error_not_found,
    .malformed = &runtime_error_invalid_request,
    .validation = &runtime_error_invalid_request,
    .missing_authentication = &runtime_error_invalid_request,
    .incomplete_signature = &runtime_error_invalid_request,
};

static struct runtime_api *api_of(const struct call *call)
{
    return call->service_data;
}

/* The last but one part of /2018-06-01/runtime/invocation/{id}/response. */
static struct slice invocation_id(const struct call *call)
{
    struct slice rest = slice_from(call->request.path, sizeof(PREFIX "invocation/") - 1);
    return slice_cut(&rest, '/');
}

/* ---- next -------------------------------------------------------------------------------- */

struct waiting {
    struct runtime_next next;
    struct call *call;
};

static void add_header(struct call *call, const char *name, struct slice value)
{
    struct slice copy = {NULL, 0};
    if (value.len == 0)
        return;
    if (arena_copy(&call->arena, value, &copy) != STATUS_OK)
        call_fail_internal(call, STATUS_NO_MEMORY, "handing out an event");
    else
        call_add_header(call, name, copy);
}

static void answer_event(struct call *call, const struct runtime_event *event)
{
    struct slice body = {NULL, 0};
    const char *deadline = arena_printf(&call->arena, "%lld", (long long)event->deadline_ms);
    add_header(call, "Lambda-Runtime-Aws-Request-Id", event->request_id);
    add_header(call, "Lambda-Runtime-Deadline-Ms", slice_of(deadline));
    add_header(call, "Lambda-Runtime-Invoked-Function-Arn", event->function_arn);
    add_header(call, "Lambda-Runtime-Trace-Id", event->trace_id);
    add_header(call, "Lambda-Runtime-Client-Context", event->client_context);
    if (arena_copy(&call->arena, event->body, &body) != STATUS_OK)
        call_fail_internal(call, STATUS_NO_MEMORY, "handing out an event");
    else if (!call_is_answered(call))
        call_answer(call, 200, "application/json", body);
}

static void deliver(struct runtime_next *next, const struct runtime_event *event)
{
    struct call *call = list_entry(next, struct waiting, next)->call;
    if (event != NULL)
        answer_event(call, event);
    else
        call_fail(call, &runtime_error_unavailable, "There is nothing more to do.");
}

static void fail_state(struct call *call, const char *wish)
{
    call_fail(call, &runtime_error_invalid_state,
              "State transition from %s to %s failed for runtime. Error: State transition is not "
              "allowed",
              runtime_api_state_name(api_of(call)), wish);
}

static void get_next(struct call *call)
{
    struct waiting *waiting = arena_alloc(&call->arena, sizeof(*waiting));
    if (waiting == NULL) {
        call_fail_internal(call, STATUS_NO_MEMORY, "waiting for an event");
        return;
    }
    *waiting = (struct waiting){.next = {.deliver = deliver}, .call = call};
    if (runtime_api_next(api_of(call), &waiting->next) != RUNTIME_ACCEPTED)
        fail_state(call, "Ready");
}

/* ---- answers ----------------------------------------------------------------------------- */

static void answer_verdict(struct call *call, enum runtime_verdict verdict, const char *wish)
{
    switch (verdict) {
    case RUNTIME_ACCEPTED:
        call_answer(call, 202, "application/json", SLICE("{\"status\":\"OK\"}\n"));
        return;
    case RUNTIME_BAD_ID:
        call_fail(call, &runtime_error_invalid_request_id, "Invalid request ID");
        return;
    case RUNTIME_TOO_LARGE:
        call_fail(call, &runtime_error_too_large,
                  "Exceeded maximum allowed payload size (%zu bytes).", RUNTIME_RESPONSE_MAX_BYTES);
        return;
    case RUNTIME_BAD_STATE:
        break;
    }
    fail_state(call, wish);
}

static void post_response(struct call *call)
{
    answer_verdict(call, runtime_api_response(api_of(call), invocation_id(call), call->body),
                   "InvocationResponse");
}

static void post_error(struct call *call)
{
    answer_verdict(call, runtime_api_error(api_of(call), invocation_id(call), call->body),
                   "InvocationErrorResponse");
}

static void post_init_error(struct call *call)
{
    answer_verdict(call, runtime_api_init_error(api_of(call), call->body), "InitError");
}

/* ---- the service ------------------------------------------------------------------------- */

static const struct operation operations[] = {
    {"Next", get_next},
    {"InvocationResponse", post_response},
    {"InvocationError", post_error},
    {"InitError", post_init_error},
};

enum { NEXT, RESPONSE, ERROR, INIT_ERROR };

static const struct operation *find_operation(const struct http_request *request)
{
    bool is_get = slice_equal(request->method, SLICE("GET"));
    bool is_post = slice_equal(request->method, SLICE("POST"));
    if (is_get && slice_equal(request->path, SLICE(PREFIX "invocation/next")))
        return &operations[NEXT];
    if (is_post && slice_equal(request->path, SLICE(PREFIX "init/error")))
        return &operations[INIT_ERROR];
    if (!is_post || !slice_starts_with(request->path, SLICE(PREFIX "invocation/")))
        return NULL;
    if (slice_ends_with(request->path, SLICE("/response")))
        return &operations[RESPONSE];
    return slice_ends_with(request->path, SLICE("/error")) ? &operations[ERROR] : NULL;
}

static void begin(struct call *call)
{
    call->body_max_bytes = BODY_MAX_BYTES;
    call->operation = find_operation(&call->request);
    if (call->operation == NULL)
        call_fail(call, &runtime_error_not_found,
                  "Hydrant's Runtime API has no %.*s %.*s (extensions, telemetry and SnapStart are "
                  "not supported).",
                  SLICE_ARG(call->request.method), SLICE_ARG(slice_first(call->request.path, 200)));
}

static void handle(struct call *call)
{
    call->operation->run(call);
}

static void write_error(struct call *call, const struct api_error *error, struct slice message)
{
    struct text body;
    text_init_in(&body, &call->arena, ANSWER_MAX_BYTES);
    struct json_writer w = json_writer_make(&body);
    json_begin_object(&w);
    json_put_string(&w, "errorMessage", message);
    json_put_text(&w, "errorType", error->code);
    json_end_object(&w);
    call_answer_text(call, error->status, "application/json", &body);
}

const struct service runtime_service = {
    .name = "runtime",
    .title = "Lambda's Runtime API",
    .operations = operations,
    .operation_count = sizeof(operations) / sizeof(operations[0]),
    .body_max_bytes = BODY_MAX_BYTES,
    .allows_anonymous = true,
    .errors = &errors,
    .begin = begin,
    .handle = handle,
    .write_error = write_error,
};

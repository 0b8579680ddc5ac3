#include "emulator/unknown_service.h"

#include "emulator/base/json_writer.h"
#include "emulator/base/log.h"
#include "emulator/base/xml.h"
#include "emulator/http/call.h"
#include "emulator/http/service.h"

#define BODY_MAX_BYTES ((size_t)8192)
#define SHOWN_CHARS 100

static const struct api_error internal = {"InternalFailure", 500, "", false};
static const struct api_error unavailable = {"ServiceUnavailable", 503, "", false};
static const struct api_error too_large = {"RequestEntityTooLarge", 413, "", false};
static const struct api_error unknown = {"UnknownOperationException", 400, "", false};

static const struct common_errors errors = {
    .internal = &internal,
    .unavailable = &unavailable,
    .too_large = &too_large,
    .headers_too_large = &too_large,
    .unknown_operation = &unknown,
    .malformed = &unknown,
    .validation = &unknown,
    .missing_authentication = &unknown,
    .incomplete_signature = &unknown,
};

static struct slice scope_of(const struct call *call)
{
    const struct slice *scope = call->service_data;
    return scope != NULL ? slice_first(*scope, SHOWN_CHARS) : slice_make(NULL, 0);
}

static void begin(struct call *call)
{
    struct slice target = slice_first(request_header(&call->request, "X-Amz-Target"), SHOWN_CHARS);
    struct slice method = slice_first(call->request.method, SHOWN_CHARS);
    struct slice path = slice_first(call->request.path, SHOWN_CHARS);
    struct slice scope = scope_of(call);
    log_line(LOG_WARNING, "no service for %.*s %.*s (X-Amz-Target: %.*s; signed for: %.*s)",
             SLICE_ARG(method), SLICE_ARG(path), SLICE_ARG(target), SLICE_ARG(scope));
    if (target.len > 0)
        call_fail(call, &unknown, "Hydrant does not have the service or operation %.*s.",
                  SLICE_ARG(target));
    else if (scope.len > 0)
        call_fail(call, &unknown, "Hydrant does not have the service %.*s.", SLICE_ARG(scope));
    else
        call_fail(call, &unknown, "Hydrant does not have a service for %.*s %.*s.",
                  SLICE_ARG(method), SLICE_ARG(path));
}

/* begin() always answers. */
static void handle(struct call *call)
{
    call_fail_internal(call, STATUS_UNSUPPORTED, "a request for no service");
}

static bool wants_xml(const struct call *call)
{
    return slice_starts_with(request_header(&call->request, "Content-Type"),
                             SLICE("application/x-www-form-urlencoded"));
}

static void answer_xml(struct call *call, const struct api_error *error, struct slice message)
{
    struct text body;
    text_init_in(&body, &call->arena, BODY_MAX_BYTES);
    xml_open(&body, "ErrorResponse", NULL);
    xml_open(&body, "Error", NULL);
    xml_put(&body, "Type", SLICE("Sender"));
    xml_put(&body, "Code", slice_of(error->code));
    xml_put(&body, "Message", message);
    xml_close(&body, "Error");
    xml_close(&body, "ErrorResponse");
    call_answer(call, error->status, "text/xml", text_slice(&body));
}

static void write_error(struct call *call, const struct api_error *error, struct slice message)
{
    if (wants_xml(call)) {
        answer_xml(call, error, message);
        return;
    }
    struct text body;
    text_init_in(&body, &call->arena, BODY_MAX_BYTES);
    struct json_writer w = json_writer_make(&body);
    json_begin_object(&w);
    json_put_text(&w, "__type", error->code);
    json_put_string(&w, "message", message);
    json_end_object(&w);
    call_answer(call, error->status, "application/x-amz-json-1.1", text_slice(&body));
}

const struct service unknown_service = {
    .name = "unknown",
    .title = "unknown service",
    .allows_anonymous = true,
    .errors = &errors,
    .begin = begin,
    .handle = handle,
    .write_error = write_error,
};

#include "emulator/foreign_service.h"

#include "emulator/base/json_writer.h"
#include "emulator/base/log.h"
#include "emulator/base/text.h"
#include "emulator/http/call.h"

#define BODY_MAX_BYTES ((size_t)8192)
#define SHOWN_CHARS 100

static const struct api_error forbidden = {"Forbidden", 403, "", false};
static const struct api_error internal = {"InternalError", 500, "", false};

static const struct common_errors errors = {
    .internal = &internal,
    .unavailable = &internal,
    .too_large = &forbidden,
    .headers_too_large = &forbidden,
    .unknown_operation = &forbidden,
    .malformed = &forbidden,
    .validation = &forbidden,
    .missing_authentication = &forbidden,
    .incomplete_signature = &forbidden,
};

static void refuse_host(struct call *call)
{
    struct slice host = slice_first(call->request.host, SHOWN_CHARS);
    log_line(LOG_WARNING, "refused a request for the host %.*s; --allowed-host takes further names",
             SLICE_ARG(host));
    call_fail(call, &forbidden,
              "%.*s is no name of this machine. If it is meant to be one, start Hydrant with "
              "--allowed-host.",
              SLICE_ARG(host));
}

static void refuse_page(struct call *call)
{
    struct slice page = slice_first(request_header(&call->request, "Origin"), SHOWN_CHARS);
    if (page.len == 0)
        page = SLICE("another site");
    log_line(LOG_WARNING, "refused a request of a page of %.*s; --allowed-host takes further names",
             SLICE_ARG(page));
    call_fail(call, &forbidden,
              "A page of %.*s may not call Hydrant. If it is meant to, start Hydrant with "
              "--allowed-host.",
              SLICE_ARG(page));
}

/* begin() always answers. */
static void handle(struct call *call)
{
    call_fail_internal(call, STATUS_UNSUPPORTED, "a request from elsewhere");
}

static void write_error(struct call *call, const struct api_error *error, struct slice message)
{
    struct text body;
    text_init_in(&body, &call->arena, BODY_MAX_BYTES);
    struct json_writer w = json_writer_make(&body);
    json_begin_object(&w);
    json_key(&w, "error");
    json_begin_object(&w);
    json_put_text(&w, "code", error->code);
    json_put_string(&w, "message", message);
    json_end_object(&w);
    json_end_object(&w);
    call_answer_text(call, error->status, "application/json", &body);
}

const struct service foreign_host_service = {
    .name = "hydrant",
    .title = "Hydrant",
    .allows_anonymous = true,
    .errors = &errors,
    .begin = refuse_host,
    .handle = handle,
    .write_error = write_error,
};

const struct service foreign_page_service = {
    .name = "hydrant",
    .title = "Hydrant",
    .allows_anonymous = true,
    .errors = &errors,
    .begin = refuse_page,
    .handle = handle,
    .write_error = write_error,
};

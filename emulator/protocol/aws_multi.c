#include "emulator/protocol/aws_multi.h"

#include "emulator/base/json.h"
#include "emulator/base/json_writer.h"
#include "emulator/base/log.h"
#include "emulator/base/text.h"
#include "emulator/http/call.h"
#include "emulator/http/service.h"
#include "emulator/loop/random.h"
#include "emulator/protocol/aws_query.h"
#include "emulator/protocol/request_body.h"
#include "emulator/protocol/rpc_cbor.h"
#include "emulator/sandbox.h"

enum protocol { PROTOCOL_JSON, PROTOCOL_CBOR, PROTOCOL_QUERY };

static const struct aws_multi_profile *profile_of(const struct call *call)
{
    return call->service->protocol;
}

static struct answer_forms forms_of(const struct call *call)
{
    return (struct answer_forms){profile_of(call)->forms, profile_of(call)->form_count};
}

/* Told anew each time: it is one look at the head. */
static enum protocol protocol_of(const struct call *call)
{
    if (slice_starts_with(call->request.path, SLICE("/service/")))
        return PROTOCOL_CBOR;
    return request_has_header(&call->request, "X-Amz-Target") ? PROTOCOL_JSON : PROTOCOL_QUERY;
}

/* ---- requests ---- */

static void begin_cbor(struct call *call)
{
    struct slice name = rpc_cbor_operation(&call->request, call->service->target_prefix);
    call->operation = service_operation(call->service, name);
    if (call->operation != NULL && slice_equal_text(call->request.method, "POST"))
        return;
    log_line(LOG_WARNING, "%s: operation \"%.*s\" is not supported", call->service->name,
             SLICE_ARG(slice_first(name, 100)));
    call_fail(call, call->service->errors->unknown_operation,
              "Hydrant does not support the %s operation %.*s.", call->service->title,
              SLICE_ARG(slice_first(name, 100)));
}

void aws_multi_begin(struct call *call)
{
    if (protocol_of(call) == PROTOCOL_JSON) {
        aws_json_begin(call);
        return;
    }
    random_uuid(&call->sandbox->random, call->request_id);
    if (protocol_of(call) == PROTOCOL_CBOR)
        begin_cbor(call);
}

static bool read_body(struct call *call)
{
    switch (protocol_of(call)) {
    case PROTOCOL_CBOR:
        return rpc_cbor_read(call);
    case PROTOCOL_QUERY:
        return aws_query_read(call);
    case PROTOCOL_JSON:
        break;
    }
    return true;
}

void aws_multi_handle(struct call *call)
{
    if (request_body_decode(call, call->service->errors->malformed) && read_body(call))
        aws_json_handle(call);
}

/* ---- answers ---- */

static void answer_value(struct call *call, const struct json *value)
{
    if (protocol_of(call) == PROTOCOL_CBOR)
        rpc_cbor_answer(call, value, forms_of(call));
    else
        aws_query_answer(call, value, forms_of(call));
}

void aws_multi_answer(struct call *call, const struct text *json)
{
    if (protocol_of(call) == PROTOCOL_JSON) {
        aws_json_answer(call, json);
        return;
    }
    const struct json *value = NULL;
    enum status status = json->status;
    if (status == STATUS_OK)
        status = json_parse(text_slice(json), &call->arena, &value);
    if (status != STATUS_OK)
        call_fail_internal(call, status, "composing the answer");
    else
        answer_value(call, value);
}

void aws_multi_answer_nothing(struct call *call)
{
    if (protocol_of(call) == PROTOCOL_JSON)
        aws_json_answer_empty_object(call);
    else
        answer_value(call, NULL);
}

/* Clients that knew the query protocol's codes ask for them in a header. */
static void add_query_error(struct call *call, const struct api_error *error)
{
    if (!request_has_header(&call->request, "x-amzn-query-mode"))
        return;
    const char *value = arena_printf(&call->arena, "%s;%s", error->code,
                                     error->status < 500 ? "Sender" : "Receiver");
    call_add_header_text(call, "x-amzn-query-error", value);
}

static void write_json_error(struct call *call, const struct api_error *error, struct slice message)
{
    const struct api_error shape = {.code = error->prefix, .status = error->status, .prefix = ""};
    aws_json_write_error(call, &shape, message);
}

void aws_multi_write_error(struct call *call, const struct api_error *error, struct slice message)
{
    switch (protocol_of(call)) {
    case PROTOCOL_JSON:
        add_query_error(call, error);
        write_json_error(call, error, message);
        break;
    case PROTOCOL_CBOR:
        add_query_error(call, error);
        rpc_cbor_write_error(call, error, message);
        break;
    case PROTOCOL_QUERY:
        aws_query_write_error(call, error, message);
        break;
    }
}

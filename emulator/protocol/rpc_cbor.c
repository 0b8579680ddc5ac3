#include "emulator/protocol/rpc_cbor.h"

#include "emulator/base/cbor.h"
#include "emulator/base/text.h"
#include "emulator/http/call.h"
#include "emulator/http/service.h"
#include "emulator/protocol/answer_form.h"
#include "emulator/protocol/aws_json.h"

#define CONTENT_TYPE "application/cbor"
#define JSON_MAX_BYTES ((size_t)64 * 1024 * 1024)

struct slice rpc_cbor_operation(const struct http_request *request, const char *target_prefix)
{
    struct slice rest = request->path;
    struct slice none = {NULL, 0};
    struct slice root = slice_cut(&rest, '/');
    struct slice service = slice_cut(&rest, '/');
    struct slice prefix = slice_cut(&rest, '/');
    struct slice word = slice_cut(&rest, '/');
    bool is_ours = root.len == 0 && slice_equal_text(service, "service") &&
                   slice_equal_text(prefix, target_prefix) && slice_equal_text(word, "operation");
    return is_ours ? rest : none;
}

bool rpc_cbor_read(struct call *call)
{
    struct text json;
    text_init_in(&json, &call->arena, JSON_MAX_BYTES);
    if (call->body.len == 0) {
        call->body = SLICE("{}");
        return true;
    }
    enum status status = cbor_to_json(call->body, &json);
    if (status == STATUS_INVALID)
        call_fail(call, call->service->errors->malformed, "The request body is not valid CBOR.");
    else if (status != STATUS_OK)
        call_fail_internal(call, status, "reading the request");
    call->body = text_slice(&json);
    return status == STATUS_OK;
}

static void add_headers(struct call *call)
{
    call_add_header_text(call, "x-amzn-RequestId", call->request_id);
    call_add_header_text(call, "smithy-protocol", "rpc-v2-cbor");
}

void rpc_cbor_answer(struct call *call, const struct json *value, struct answer_forms forms)
{
    struct text body = aws_json_text(call);
    add_headers(call);
    if (value != NULL)
        answer_form_write_cbor(value, forms, &body);
    call_answer_text(call, 200, value != NULL ? CONTENT_TYPE : NULL, &body);
}

void rpc_cbor_write_error(struct call *call, const struct api_error *error, struct slice message)
{
    struct text body = aws_json_text(call);
    add_headers(call);
    cbor_put_map(&body, 2);
    cbor_put_text(&body, SLICE("__type"));
    cbor_put_text(&body, slice_of(error->prefix));
    cbor_put_text(&body, SLICE("message"));
    cbor_put_text(&body, message);
    if (body.status != STATUS_OK)
        text_clear(&body); /* half of it is worse than none */
    call_answer(call, error->status, CONTENT_TYPE, text_slice(&body));
}

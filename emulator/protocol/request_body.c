#include "emulator/protocol/request_body.h"

#include "emulator/base/gunzip.h"
#include "emulator/base/text.h"
#include "emulator/http/call.h"
#include "emulator/http/service.h"

bool request_body_decode(struct call *call, const struct api_error *broken)
{
    struct slice encoding = request_header(&call->request, "Content-Encoding");
    bool is_encoded = slice_equal_nocase(encoding, SLICE("gzip")) ||
                      slice_equal_nocase(encoding, SLICE("deflate"));
    if (!is_encoded)
        return true;
    struct text plain;
    text_init_in(&plain, &call->arena, call->service->body_max_bytes + 1);
    enum status status = gunzip_append(call->body, &plain);
    if (status == STATUS_OK && plain.len > call->service->body_max_bytes)
        status = STATUS_TOO_LARGE;
    if (status == STATUS_INVALID)
        call_fail(call, broken, "The request body is not valid %.*s.", SLICE_ARG(encoding));
    else if (status == STATUS_TOO_LARGE)
        call_fail(call, call->service->errors->too_large, "The request body is too large.");
    else if (status != STATUS_OK)
        call_fail_internal(call, status, "reading the request");
    call->body = text_slice(&plain);
    return status == STATUS_OK;
}

#include "handlers/lambda/event_invocation.h"

#include "emulator/auth/principal.h"
#include "emulator/http/call.h"
#include "emulator/lambda/event_queue.h"
#include "emulator/sandbox.h"
#include "handlers/lambda/function_address.h"
#include "handlers/lambda/lambda_errors.h"
#include "storage/function_event_store.h"

#define EVENT_MAX_BYTES ((size_t)1024 * 1024)

bool event_invocation_accept(struct call *call, const struct function_address *address)
{
    if (call->body.len > EVENT_MAX_BYTES) {
        call_fail(call, &lambda_error_package_too_large,
                  "Request must be smaller than %zu bytes for the InvokeFunction operation",
                  EVENT_MAX_BYTES);
        return false;
    }
    /* The request's id is the invocation's, however often it is tried. */
    struct function_event event = {
        .account = call->principal->account,
        .region = call->principal->region,
        .function = address->name,
        .qualifier = address->qualifier,
        .request_id = slice_of(call->request_id),
        .payload = call->body.len > 0 ? call->body : SLICE("{}"),
    };
    enum status status = event_queue_add(call->sandbox->events, &event);
    if (status != STATUS_OK)
        call_fail_internal(call, status, "keeping the event");
    return status == STATUS_OK;
}

#include "handlers/firehose/stream_lookup.h"

#include "emulator/auth/principal.h"
#include "emulator/base/json.h"
#include "emulator/delivery/delivery.h"
#include "emulator/http/call.h"
#include "emulator/protocol/aws_json.h"
#include "emulator/sandbox.h"
#include "handlers/firehose/firehose_errors.h"

struct slice stream_lookup_name(const struct call *call)
{
    return json_member_string(call->input, "DeliveryStreamName");
}

const char *stream_lookup_state(const struct delivery_stream *stream)
{
    switch (delivery_stream_state(stream)) {
    case DELIVERY_CREATING:
        return "CREATING";
    case DELIVERY_DELETING:
        return "DELETING";
    case DELIVERY_ACTIVE:
        break;
    }
    return "ACTIVE";
}

void stream_lookup_fail_not_found(struct call *call)
{
    call_fail(call, &firehose_error_resource_not_found,
              "Firehose %.*s under account %.*s not found.", SLICE_ARG(stream_lookup_name(call)),
              SLICE_ARG(call->principal->account));
}

struct delivery_stream *stream_lookup_require(struct call *call)
{
    struct delivery_stream *stream =
        delivery_stream_find(call->sandbox->delivery, call->principal->account,
                             call->principal->region, stream_lookup_name(call));
    if (stream == NULL)
        stream_lookup_fail_not_found(call);
    return stream;
}

void stream_lookup_fail_storage(struct call *call, enum status status)
{
    call_fail_internal(call, status, "storing or reading a delivery stream");
}

void stream_lookup_answer_done(struct call *call, enum status status)
{
    if (status != STATUS_OK)
        stream_lookup_fail_storage(call, status);
    else
        aws_json_answer_empty_object(call);
}

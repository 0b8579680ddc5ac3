#include "handlers/firehose/firehose.h"

#include "emulator/auth/principal.h"
#include "emulator/delivery/delivery.h"
#include "emulator/http/call.h"
#include "emulator/protocol/aws_json.h"
#include "emulator/sandbox.h"
#include "emulator/shapes/shape_check.h"
#include "handlers/firehose/firehose_errors.h"
#include "handlers/firehose/firehose_operations.h"

/* 4 MiB of data is 5.6 MiB of base64; more still has to be read to be refused by its own error. */
#define BODY_MAX_BYTES ((size_t)16 * 1024 * 1024)

#define X(name, code, status) \
    const struct api_error firehose_error_##name = {code, status, "", false};
FIREHOSE_ERRORS(X)
#undef X

static const struct common_errors errors = {
    .internal = &firehose_error_internal,
    .unavailable = &firehose_error_unavailable,
    .too_large = &firehose_error_too_large,
    .headers_too_large = &firehose_error_headers_too_large,
    .unknown_operation = &firehose_error_unknown_operation,
    .malformed = &firehose_error_serialization,
    .validation = &firehose_error_validation,
    .missing_authentication = &firehose_error_missing_authentication,
    .incomplete_signature = &firehose_error_incomplete_signature,
    .invalid_key = &firehose_error_invalid_key,
    .expired_key = &firehose_error_expired_key,
};

static const struct aws_json_profile profile = {
    .content_type = "application/x-amz-json-1.1",
    .dialect = &shape_dialect_firehose,
};

static const struct operation operations[] = {
    {"CreateDeliveryStream", firehose_create_delivery_stream},
    {"DeleteDeliveryStream", firehose_delete_delivery_stream},
    {"DescribeDeliveryStream", firehose_describe_delivery_stream},
    {"ListDeliveryStreams", firehose_list_delivery_streams},
    {"ListTagsForDeliveryStream", firehose_list_tags_for_delivery_stream},
    {"PutRecord", firehose_put_record},
    {"PutRecordBatch", firehose_put_record_batch},
    {"StartDeliveryStreamEncryption", firehose_start_delivery_stream_encryption},
    {"StopDeliveryStreamEncryption", firehose_stop_delivery_stream_encryption},
    {"TagDeliveryStream", firehose_tag_delivery_stream},
    {"UntagDeliveryStream", firehose_untag_delivery_stream},
    {"UpdateDestination", firehose_update_destination},
};

static bool is_put(const struct operation *operation)
{
    return slice_starts_with(slice_of(operation->name), SLICE("Put"));
}

/* Putting has rates of its own, by stream (put_records.c). */
static void handle(struct call *call)
{
    const struct principal *who = call->principal;
    if (is_put(call->operation) || delivery_quota_take_call(call->sandbox->delivery, who->account,
                                                            who->region, call->operation->name))
        aws_json_handle(call);
    else
        call_fail(call, &firehose_error_throttling, "Rate exceeded");
}

const struct service firehose_service = {
    .name = "firehose",
    .target_prefix = "Firehose_20150804",
    .title = "Firehose",
    .operations = operations,
    .operation_count = sizeof(operations) / sizeof(operations[0]),
    .body_max_bytes = BODY_MAX_BYTES,
    .errors = &errors,
    .protocol = &profile,
    .begin = aws_json_begin,
    .handle = handle,
    .write_error = aws_json_write_error,
};

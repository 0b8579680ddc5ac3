#include "handlers/cloudwatch/cloudwatch.h"

#include "emulator/http/call.h"
#include "emulator/http/request.h"
#include "emulator/protocol/aws_multi.h"
#include "emulator/sandbox.h"
#include "emulator/shapes/shape_check.h"
#include "handlers/cloudwatch/cloudwatch_errors.h"
#include "handlers/cloudwatch/cloudwatch_operations.h"

#define TARGET_PREFIX "GraniteServiceVersion20100801"

/* PutMetricData is 1 MB of JSON or form at most, zipped or not. */
#define BODY_MAX_BYTES ((size_t)8 * 1024 * 1024)

#define X(name, code, shape, status) \
    const struct api_error cloudwatch_error_##name = {code, status, shape, false};
CLOUDWATCH_ERRORS(X)
#undef X

static const struct common_errors errors = {
    .internal = &cloudwatch_error_internal,
    .unavailable = &cloudwatch_error_unavailable,
    .too_large = &cloudwatch_error_too_large,
    .headers_too_large = &cloudwatch_error_headers_too_large,
    .unknown_operation = &cloudwatch_error_unknown_operation,
    .malformed = &cloudwatch_error_malformed,
    .validation = &cloudwatch_error_validation,
    .missing_authentication = &cloudwatch_error_missing_authentication,
    .incomplete_signature = &cloudwatch_error_incomplete_signature,
    .invalid_key = &cloudwatch_error_invalid_key,
    .expired_key = &cloudwatch_error_expired_key,
};

static const struct answer_form forms[] = {
    {"Timestamp", ANSWER_TIME},
    {"Timestamps", ANSWER_TIME},
    {"ExtendedStatistics", ANSWER_MAP},
};

static const struct aws_multi_profile profile = {
    .json = {.content_type = "application/x-amz-json-1.0", .dialect = &shape_dialect_logs},
    .xml_namespace = "http://monitoring.amazonaws.com/doc/2010-08-01/",
    .forms = forms,
    .form_count = sizeof(forms) / sizeof(forms[0]),
};

static const struct operation operations[] = {
    {"GetMetricData", cloudwatch_get_metric_data},
    {"GetMetricStatistics", cloudwatch_get_metric_statistics},
    {"ListMetrics", cloudwatch_list_metrics},
    {"PutMetricData", cloudwatch_put_metric_data},
};

/* What was measured up to now is to be found. */
static void begin(struct call *call)
{
    call->sandbox->settle(call->sandbox);
    aws_multi_begin(call);
}

/* Unsigned CBOR requests; unsigned forms do not say whose they are. */
static bool matches(const struct http_request *request)
{
    return slice_starts_with(request->path, SLICE("/service/" TARGET_PREFIX "/"));
}

const struct service cloudwatch_service = {
    .name = "monitoring",
    .target_prefix = TARGET_PREFIX,
    .title = "CloudWatch",
    .operations = operations,
    .operation_count = sizeof(operations) / sizeof(operations[0]),
    .body_max_bytes = BODY_MAX_BYTES,
    .errors = &errors,
    .protocol = &profile,
    .matches = matches,
    .begin = begin,
    .handle = aws_multi_handle,
    .write_error = aws_multi_write_error,
};

#include "handlers/lambda/event_source_settings.h"

#include "emulator/auth/principal.h"
#include "emulator/base/json.h"
#include "emulator/http/call.h"
#include "emulator/lambda/event_stream.h"
#include "emulator/lambda/function_version.h"
#include "emulator/sandbox.h"
#include "handlers/lambda/function_address.h"
#include "handlers/lambda/function_settings.h"
#include "handlers/lambda/lambda_errors.h"
#include "storage/event_source_store.h"

static bool fail(struct call *call, const char *message)
{
    call_fail(call, &lambda_error_invalid_parameter, "%s", message);
    return false;
}

static bool fail_unsupported(struct call *call, const char *what)
{
    call_fail(call, &lambda_error_invalid_parameter,
              "Hydrant does not support %s of event source mappings yet.", what);
    return false;
}

/* ---- what is not honoured ---------------------------------------------------------------- */

static bool refuse_unsupported(struct call *call)
{
    static const char *const members[] = {
        "FilterCriteria",
        "DestinationConfig",
        "Topics",
        "Queues",
        "SourceAccessConfigurations",
        "SelfManagedEventSource",
        "AmazonManagedKafkaEventSourceConfig",
        "SelfManagedKafkaEventSourceConfig",
        "ScalingConfig",
        "DocumentDBEventSourceConfig",
        "KMSKeyArn",
        "MetricsConfig",
        "LoggingConfig",
        "ProvisionedPollerConfig",
    };
    for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
        if (!function_settings_is_nothing(json_member(call->input, members[i])))
            return fail_unsupported(call, members[i]);
    }
    if (json_member_integer(call->input, "ParallelizationFactor", 1) > 1)
        return fail_unsupported(call, "a ParallelizationFactor above 1");
    if (json_member_integer(call->input, "TumblingWindowInSeconds", 0) > 0)
        return fail_unsupported(call, "TumblingWindowInSeconds");
    return true;
}

/* ---- the function ------------------------------------------------------------------------ */

/* "name" or "name:qualifier", of a function that is there. */
static bool read_function(struct call *call, struct event_source_row *row)
{
    struct slice given = json_member_string(call->input, "FunctionName");
    struct function_address address;
    if (given.len == 0)
        return true;
    if (!function_address_parse(call, given, slice_make(NULL, 0), &address))
        return false;
    const struct function_target target = {call->principal->account, call->principal->region,
                                           address.name, address.qualifier};
    enum status status = function_version_find(call->sandbox->lambda, &target,
                                               FUNCTION_VERSION_MAIN, &call->arena, &address.row);
    if (status == STATUS_NOT_FOUND)
        return fail(call, "Function does not exist");
    row->function = address.name;
    if (status == STATUS_OK && address.qualifier.len > 0)
        row->function = slice_of(arena_printf(&call->arena, "%.*s:%.*s", SLICE_ARG(address.name),
                                              SLICE_ARG(address.qualifier)));
    if (status == STATUS_OK && row->function.len == 0)
        status = STATUS_NO_MEMORY;
    if (status != STATUS_OK)
        call_fail_internal(call, status, "finding the function");
    return status == STATUS_OK;
}

/* ---- settings ---------------------------------------------------------------------------- */

static void read_number(struct call *call, const char *member, int64_t *value)
{
    *value = json_member_integer(call->input, member, *value);
}

static void read_response_types(struct call *call, struct event_source_row *row)
{
    const struct json *types = json_member(call->input, "FunctionResponseTypes");
    if (types != NULL) /* there is one: ReportBatchItemFailures */
        row->reports_failures = json_count(types) > 0;
}

bool event_source_settings_read(struct call *call, struct event_source_row *row)
{
    if (!refuse_unsupported(call) || !read_function(call, row))
        return false;
    read_number(call, "BatchSize", &row->batch_size);
    read_number(call, "MaximumBatchingWindowInSeconds", &row->window_s);
    read_number(call, "MaximumRecordAgeInSeconds", &row->max_age_s);
    read_number(call, "MaximumRetryAttempts", &row->max_retries);
    row->bisects = json_member_bool(call->input, "BisectBatchOnFunctionError", row->bisects);
    row->is_enabled = json_member_bool(call->input, "Enabled", row->is_enabled);
    read_response_types(call, row);
    return true;
}

/* ---- the source -------------------------------------------------------------------------- */

static bool read_position(struct call *call, const struct event_stream *stream,
                          struct event_source_row *row)
{
    row->starting_position = json_member_string(call->input, "StartingPosition");
    if (row->starting_position.len == 0)
        return fail(call, "1 validation error detected: Value null at 'startingPosition' failed to "
                          "satisfy constraint: Member must not be null.");
    if (!slice_equal_text(row->starting_position, "AT_TIMESTAMP"))
        return true;
    if (stream->kind == EVENT_STREAM_DYNAMODB) {
        call_fail(call, &lambda_error_invalid_parameter,
                  "Unsupported starting position for arn type: %.*s", SLICE_ARG(row->source_arn));
        return false;
    }
    const struct json *at = json_member(call->input, "StartingPositionTimestamp");
    if (at == NULL)
        return fail(call, "StartingPositionTimestamp is needed for the starting position "
                          "AT_TIMESTAMP.");
    row->starting_ms = (int64_t)(json_number(at) * 1000);
    return true;
}

bool event_source_settings_read_source(struct call *call, struct event_source_row *row)
{
    const struct principal *principal = call->principal;
    struct event_stream stream;
    row->source_arn = json_member_string(call->input, "EventSourceArn");
    if (row->source_arn.len == 0)
        return fail(call, "Unrecognized event source.");
    if (event_stream_parse(row->source_arn, &stream) != STATUS_OK ||
        !slice_equal(stream.account, principal->account) ||
        !slice_equal(stream.region, principal->region)) {
        call_fail(call, &lambda_error_invalid_parameter,
                  "Hydrant does not support %.*s as an event source: it reads Kinesis streams and "
                  "DynamoDB streams of the function's account and region.",
                  SLICE_ARG(row->source_arn));
        return false;
    }
    return read_position(call, &stream, row);
}

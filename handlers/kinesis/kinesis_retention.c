#include "emulator/base/json.h"
#include "emulator/http/call.h"
#include "emulator/sandbox.h"
#include "handlers/kinesis/kinesis_errors.h"
#include "handlers/kinesis/kinesis_limits.h"
#include "handlers/kinesis/kinesis_lookup.h"
#include "handlers/kinesis/kinesis_operations.h"

/* False: the call is answered. */
static bool check_range(struct call *call, int64_t hours)
{
    if (hours < KINESIS_RETENTION_MIN_HOURS)
        call_fail(call, &kinesis_error_invalid_argument,
                  "Minimum allowed retention period is %d hours. Requested retention period (%lld"
                  " hours) is too short.",
                  KINESIS_RETENTION_MIN_HOURS, (long long)hours);
    else if (hours > KINESIS_RETENTION_MAX_HOURS)
        call_fail(call, &kinesis_error_invalid_argument,
                  "Maximum allowed retention period is %d hours. Requested retention period (%lld"
                  " hours) is too long.",
                  KINESIS_RETENTION_MAX_HOURS, (long long)hours);
    return !call_is_answered(call);
}

/* `sign` is 1 to increase, -1 to decrease. */
static bool check_direction(struct call *call, const struct kinesis_stream_row *stream,
                            int64_t hours, int sign)
{
    if ((hours - stream->retention_hours) * sign >= 0)
        return true;
    call_fail(call, &kinesis_error_invalid_argument,
              "Requested retention period (%lld hours) for stream %.*s can not be %s than existing"
              " retention period (%lld hours). Use %sRetentionPeriod API.",
              (long long)hours, SLICE_ARG(stream->name), sign > 0 ? "shorter" : "longer",
              (long long)stream->retention_hours, sign > 0 ? "Decrease" : "Increase");
    return false;
}

static void change(struct call *call, int sign)
{
    struct kinesis_stream_row stream;
    int64_t hours = json_member_integer(call->input, "RetentionPeriodHours", 0);
    if (!kinesis_require_stream(call, &stream) || !check_range(call, hours) ||
        !check_direction(call, &stream, hours, sign))
        return;
    kinesis_answer_done(call, kinesis_stream_set_retention(call->sandbox->db, stream.id, hours));
}

void kinesis_increase_stream_retention_period(struct call *call)
{
    change(call, 1);
}

void kinesis_decrease_stream_retention_period(struct call *call)
{
    change(call, -1);
}

#include "handlers/cloudwatch/metric_request.h"

#include <math.h>

#include "emulator/auth/principal.h"
#include "emulator/base/json.h"
#include "emulator/base/text.h"
#include "emulator/http/call.h"
#include "handlers/cloudwatch/cloudwatch_errors.h"

#define DIMENSIONS_MAX 30
#define DIMENSIONS_MAX_BYTES ((size_t)64 * 1024)
#define LATEST_MS 1.0e14 /* the year 5138 */
#define LONGEST_PERIOD_S 86400

struct dimension {
    struct slice name;
    struct slice value;
};

/* Into its place by name. False when there is one of that name. */
static bool insert(struct dimension *sorted, size_t count, struct dimension added)
{
    size_t at = count;
    while (at > 0 && slice_compare(sorted[at - 1].name, added.name) > 0) {
        sorted[at] = sorted[at - 1];
        at--;
    }
    sorted[at] = added;
    return at == 0 || !slice_equal(sorted[at - 1].name, added.name);
}

static bool pack(struct call *call, const struct dimension *sorted, size_t count,
                 struct slice *ret_packed)
{
    struct text packed;
    text_init_in(&packed, &call->arena, DIMENSIONS_MAX_BYTES);
    for (size_t i = 0; i < count; i++)
        metric_dimension_pack(&packed, sorted[i].name, sorted[i].value);
    if (packed.status != STATUS_OK) {
        call_fail_internal(call, packed.status, "reading dimensions");
        return false;
    }
    *ret_packed = text_slice(&packed);
    return true;
}

/* The shape allows no more than DIMENSIONS_MAX. */
static bool read_dimensions(struct call *call, const struct json *dimensions,
                            struct slice *ret_packed)
{
    struct dimension sorted[DIMENSIONS_MAX];
    size_t count = 0;
    for (const struct json *d = json_first(dimensions); d != NULL; d = json_next(d)) {
        struct dimension added = {json_member_string(d, "Name"), json_member_string(d, "Value")};
        if (count == DIMENSIONS_MAX || !insert(sorted, count++, added)) {
            call_fail(call, &cloudwatch_error_invalid_value,
                      "The dimension %.*s is given more than once, or there are more than %d.",
                      SLICE_ARG(added.name), DIMENSIONS_MAX);
            return false;
        }
    }
    return pack(call, sorted, count, ret_packed);
}

bool metric_request_key(struct call *call, const struct json *dimensions, struct slice namespace,
                        struct slice name, struct metric_key *ret_key)
{
    struct metric_key key = {
        .account = call->principal->account,
        .region = call->principal->region,
        .namespace = namespace,
        .name = name,
    };
    if (!read_dimensions(call, dimensions, &key.dimensions))
        return false;
    *ret_key = key;
    return true;
}

int64_t metric_request_ms(const struct json *time)
{
    double ms = json_number(time) * 1000.0;
    return (int64_t)llround(fmax(fmin(ms, LATEST_MS), -LATEST_MS));
}

bool metric_request_times(struct call *call, const struct api_error *error, int64_t *ret_start_ms,
                          int64_t *ret_end_ms)
{
    int64_t start_ms = metric_request_ms(json_member(call->input, "StartTime"));
    int64_t end_ms = metric_request_ms(json_member(call->input, "EndTime"));
    if (start_ms >= end_ms) {
        call_fail(call, error, "The parameter StartTime must be less than the parameter EndTime.");
        return false;
    }
    *ret_start_ms = metric_point_minute_ms(start_ms);
    *ret_end_ms = end_ms;
    return true;
}

bool metric_request_period(struct call *call, const struct json *input, const char *where,
                           int64_t *ret_period_ms)
{
    int64_t period_s = json_member_integer(input, "Period", 0);
    bool is_short =
        period_s == 1 || period_s == 5 || period_s == 10 || period_s == 20 || period_s == 30;
    if (!is_short && (period_s % 60 != 0 || period_s > LONGEST_PERIOD_S)) {
        call_fail(call, &cloudwatch_error_invalid_value,
                  "The value %lld for parameter %sPeriod is invalid: it must be 1, 5, 10, 20, 30 or"
                  " a multiple of 60, up to %d.",
                  (long long)period_s, where, LONGEST_PERIOD_S);
        return false;
    }
    *ret_period_ms = period_s * 1000;
    return true;
}

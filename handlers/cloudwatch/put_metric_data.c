/*
 * put_metric_data.c -- PutMetricData: each datum is checked, then added to its metric's minute. A
 * request is stored whole or not at all.
 */
#include <math.h>

#include "emulator/base/json.h"
#include "emulator/base/log.h"
#include "emulator/http/call.h"
#include "emulator/protocol/aws_multi.h"
#include "emulator/sandbox.h"
#include "handlers/cloudwatch/cloudwatch_errors.h"
#include "handlers/cloudwatch/cloudwatch_operations.h"
#include "handlers/cloudwatch/metric_request.h"
#include "storage/metric_store.h"

#define OLDEST_MS ((int64_t)14 * 24 * 3600 * 1000)
#define NEWEST_MS ((int64_t)2 * 3600 * 1000)
#define LARGEST 0x1p360 /* AWS's range of values */
#define VALUES_MAX 150
#define DATA_MAX 1000

/* The datum being read. */
struct datum {
    struct call *call;
    const struct json *input;
    unsigned number; /* from 1, as messages count */
    struct metric_point point;
};

static bool is_number(const struct json *value)
{
    return fabs(json_number(value)) <= LARGEST;
}

static bool fail_value(const struct datum *d, const char *member)
{
    call_fail(d->call, &cloudwatch_error_invalid_value,
              "The value for parameter MetricData.member.%u.%s is invalid.", d->number, member);
    return false;
}

static bool added(const struct datum *d, enum status status)
{
    if (status != STATUS_OK)
        call_fail_internal(d->call, status, "reading a datum");
    return status == STATUS_OK;
}

static bool read_value(struct datum *d, const struct json *value)
{
    if (!is_number(value))
        return fail_value(d, "Value");
    return added(d, metric_point_add(&d->point, json_number(value), 1));
}

static bool read_set(struct datum *d, const struct json *set)
{
    const struct json *min = json_member(set, "Minimum");
    const struct json *max = json_member(set, "Maximum");
    const struct json *sum = json_member(set, "Sum");
    const struct json *count = json_member(set, "SampleCount");
    bool fits = is_number(min) && is_number(max) && is_number(sum) && is_number(count);
    if (!fits || json_number(count) <= 0 || json_number(min) > json_number(max))
        return fail_value(d, "StatisticValues");
    d->point = (struct metric_point){.sum = json_number(sum),
                                     .count = json_number(count),
                                     .min = json_number(min),
                                     .max = json_number(max)};
    return true;
}

/* Values, each with its count, or once when there are no Counts. */
static bool read_values(struct datum *d, const struct json *values)
{
    const struct json *counts = json_member(d->input, "Counts");
    const struct json *count = json_first(counts);
    if (json_count(values) > VALUES_MAX || json_count(values) == 0)
        return fail_value(d, "Values");
    if (counts != NULL && json_count(counts) != json_count(values)) {
        call_fail(d->call, &cloudwatch_error_invalid_value,
                  "The parameters MetricData.member.%u.Values and MetricData.member.%u.Counts must"
                  " be of the same size.",
                  d->number, d->number);
        return false;
    }
    for (const struct json *value = json_first(values); value != NULL; value = json_next(value)) {
        double times = counts != NULL ? json_number(count) : 1;
        if (!is_number(value))
            return fail_value(d, "Values");
        if (!(times > 0 && times <= LARGEST))
            return fail_value(d, "Counts");
        if (!added(d, metric_point_add(&d->point, json_number(value), times)))
            return false;
        count = json_next(count);
    }
    return true;
}

/* Exactly one of Value, StatisticValues and Values. */
static bool read_point(struct datum *d)
{
    const struct json *value = json_member(d->input, "Value");
    const struct json *set = json_member(d->input, "StatisticValues");
    const struct json *values = json_member(d->input, "Values");
    int given = (value != NULL) + (set != NULL) + (values != NULL);
    if (given == 0) {
        call_fail(d->call, &cloudwatch_error_missing_parameter,
                  "At least one of the parameters MetricData.member.%u.Value, StatisticValues and"
                  " Values must be specified.",
                  d->number);
        return false;
    }
    if (given > 1) {
        call_fail(d->call, &cloudwatch_error_invalid_combination,
                  "The parameters MetricData.member.%u.%s and MetricData.member.%u.%s are mutually"
                  " exclusive and you have specified both.",
                  d->number, value != NULL ? "Value" : "StatisticValues", d->number,
                  value != NULL && set != NULL ? "StatisticValues" : "Values");
        return false;
    }
    if (value != NULL)
        return read_value(d, value);
    return set != NULL ? read_set(d, set) : read_values(d, values);
}

static bool read_time(struct datum *d, int64_t *ret_at_ms)
{
    int64_t now_ms = sim_clock_now_ms(&d->call->sandbox->clock);
    const struct json *time = json_member(d->input, "Timestamp");
    int64_t at_ms = time != NULL ? metric_request_ms(time) : now_ms;
    if (at_ms < now_ms - OLDEST_MS || at_ms > now_ms + NEWEST_MS) {
        call_fail(d->call, &cloudwatch_error_invalid_value,
                  "The parameter MetricData.member.%u.Timestamp must specify a time no more than"
                  " two weeks in the past and no more than two hours in the future.",
                  d->number);
        return false;
    }
    *ret_at_ms = at_ms;
    return true;
}

static bool store(struct datum *d, const struct metric_key *key, int64_t at_ms)
{
    struct db *db = d->call->sandbox->db;
    struct slice unit = json_member_string(d->input, "Unit");
    struct metric_place place = {.minute_ms = metric_point_minute_ms(at_ms),
                                 .unit = unit.len > 0 ? unit : SLICE("None")};
    enum status status =
        metric_store_make(db, key, sim_clock_now_ms(&d->call->sandbox->clock), &place.metric_id);
    if (status == STATUS_TOO_LARGE) {
        call_fail(d->call, &cloudwatch_error_limit_exceeded,
                  "A sandbox keeps no more than %d metrics.", METRIC_STORE_MAX);
        return false;
    }
    if (status == STATUS_OK)
        status = metric_store_add(db, &place, &d->point);
    if (status != STATUS_OK)
        call_fail_internal(d->call, status, "storing a datum");
    return status == STATUS_OK;
}

static bool put(struct datum *d)
{
    struct metric_key key;
    int64_t at_ms = 0;
    struct slice namespace = json_member_string(d->call->input, "Namespace");
    bool stored = read_time(d, &at_ms) && read_point(d) &&
                  metric_request_key(d->call, json_member(d->input, "Dimensions"), namespace,
                                     json_member_string(d->input, "MetricName"), &key) &&
                  store(d, &key, at_ms);
    metric_point_close(&d->point);
    return stored;
}

static bool check(struct call *call)
{
    struct slice namespace = json_member_string(call->input, "Namespace");
    if (slice_starts_with(namespace, SLICE("AWS/"))) {
        call_fail(call, &cloudwatch_error_invalid_value,
                  "The value AWS/ for parameter Namespace is invalid.");
        return false;
    }
    if (json_member(call->input, "EntityMetricData") != NULL) {
        call_fail(call, &cloudwatch_error_invalid_value,
                  "Hydrant does not support the parameter EntityMetricData.");
        return false;
    }
    if (json_count(json_member(call->input, "MetricData")) == 0) {
        call_fail(call, &cloudwatch_error_missing_parameter,
                  "The parameter MetricData is required.");
        return false;
    }
    if (json_count(json_member(call->input, "MetricData")) <= DATA_MAX)
        return true;
    call_fail(call, &cloudwatch_error_validation,
              "The collection MetricData must not have a size greater than %d.", DATA_MAX);
    return false;
}

static void warn_of_resolution(const struct datum *d)
{
    if (json_member_integer(d->input, "StorageResolution", 60) < 60)
        log_line(LOG_WARNING, "metric %.*s: StorageResolution is ignored: minutes are kept",
                 SLICE_ARG(json_member_string(d->input, "MetricName")));
}

void cloudwatch_put_metric_data(struct call *call)
{
    if (!check(call))
        return;
    struct datum d = {.call = call};
    const struct json *data = json_member(call->input, "MetricData");
    for (d.input = json_first(data); d.input != NULL; d.input = json_next(d.input)) {
        d.number++;
        warn_of_resolution(&d);
        if (!put(&d))
            return;
    }
    aws_multi_answer_nothing(call);
}

/*
 * get_metric_statistics.c -- GetMetricStatistics: one metric, several statistics, periods counted
 * from StartTime. Datapoints come by time, one for each unit.
 */
#include "emulator/base/json.h"
#include "emulator/base/json_writer.h"
#include "emulator/base/text.h"
#include "emulator/http/call.h"
#include "emulator/protocol/aws_multi.h"
#include "emulator/sandbox.h"
#include "handlers/cloudwatch/cloudwatch_errors.h"
#include "handlers/cloudwatch/cloudwatch_operations.h"
#include "handlers/cloudwatch/metric_request.h"
#include "handlers/cloudwatch/metric_series.h"

#define DATAPOINTS_MAX 1440

static bool check_statistics(struct call *call)
{
    const struct json *simple = json_member(call->input, "Statistics");
    const struct json *extended = json_member(call->input, "ExtendedStatistics");
    struct metric_statistic statistic;
    if (json_count(simple) + json_count(extended) == 0) {
        call_fail(call, &cloudwatch_error_missing_parameter,
                  "The request must contain at least one of the parameters Statistics and"
                  " ExtendedStatistics.");
        return false;
    }
    for (const struct json *s = json_first(extended); s != NULL; s = json_next(s)) {
        if (metric_statistic_parse(json_string(s), &statistic) &&
            statistic.kind == STATISTIC_PERCENTILE)
            continue;
        call_fail(call, &cloudwatch_error_invalid_value,
                  "Hydrant does not support the value %.*s for parameter ExtendedStatistics:"
                  " only percentiles such as p99.9.",
                  SLICE_ARG(json_string(s)));
        return false;
    }
    return true;
}

static bool check_count(struct call *call, const struct metric_series_request *request)
{
    int64_t count = (request->end_ms - request->start_ms) / request->period_ms;
    if (count <= DATAPOINTS_MAX)
        return true;
    call_fail(call, &cloudwatch_error_invalid_combination,
              "You have requested up to %lld datapoints, which exceeds the limit of 1,440. You may"
              " reduce the datapoints requested by increasing Period, or decreasing the time"
              " range.",
              (long long)count);
    return false;
}

static void put_statistics(struct json_writer *w, const struct json *names,
                           const struct metric_point *point)
{
    struct metric_statistic statistic;
    double value = 0;
    for (const struct json *name = json_first(names); name != NULL; name = json_next(name)) {
        if (!metric_statistic_parse(json_string(name), &statistic) ||
            !metric_statistic_of(&statistic, point, &value))
            continue;
        json_key_slice(w, json_string(name));
        json_write_double(w, value);
    }
}

static void put_datapoint(struct json_writer *w, const struct json *input,
                          const struct metric_period *period)
{
    const struct json *extended = json_member(input, "ExtendedStatistics");
    json_begin_object(w);
    json_put_seconds(w, "Timestamp", period->start_ms);
    put_statistics(w, json_member(input, "Statistics"), &period->point);
    json_put_string(w, "Unit", period->unit);
    if (json_count(extended) > 0) {
        json_key(w, "ExtendedStatistics");
        json_begin_object(w);
        put_statistics(w, extended, &period->point);
        json_end_object(w);
    }
    json_end_object(w);
}

static void answer(struct call *call, const struct metric_series *series)
{
    struct text body = aws_json_text(call);
    struct json_writer w = json_writer_make(&body);
    json_begin_object(&w);
    json_put_string(&w, "Label", json_member_string(call->input, "MetricName"));
    json_key(&w, "Datapoints");
    json_begin_array(&w);
    for (size_t i = 0; i < series->count; i++)
        put_datapoint(&w, call->input, &series->periods[i]);
    json_end_array(&w);
    json_end_object(&w);
    aws_multi_answer(call, &body);
}

void cloudwatch_get_metric_statistics(struct call *call)
{
    const struct json *input = call->input;
    struct metric_key key;
    struct metric_series_request request = {
        .key = &key, .unit = json_member_string(input, "Unit"), .splits_units = true};
    if (!metric_request_times(call, &cloudwatch_error_invalid_value, &request.start_ms,
                              &request.end_ms) ||
        !metric_request_period(call, input, "", &request.period_ms) || !check_statistics(call) ||
        !check_count(call, &request) ||
        !metric_request_key(call, json_member(input, "Dimensions"),
                            json_member_string(input, "Namespace"),
                            json_member_string(input, "MetricName"), &key))
        return;
    request.origin_ms = request.start_ms;
    struct metric_series series = {0};
    enum status status = metric_series_read(call->sandbox->db, &request, &call->arena, &series);
    if (status == STATUS_OK)
        answer(call, &series);
    else
        call_fail_internal(call, status, "reading a metric");
    metric_series_close(&series);
}

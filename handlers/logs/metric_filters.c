/*
 * metric_filters.c -- PutMetricFilter, DescribeMetricFilters, DeleteMetricFilter and
 * TestMetricFilter. What a filter makes of events is in log_metric.h.
 */
#include "emulator/base/arena.h"
#include "emulator/base/json.h"
#include "emulator/base/json_writer.h"
#include "emulator/http/call.h"
#include "emulator/protocol/aws_json.h"
#include "handlers/logs/filter_condition.h"
#include "handlers/logs/log_filter_request.h"
#include "handlers/logs/log_lookup.h"
#include "handlers/logs/logs_errors.h"
#include "handlers/logs/logs_operations.h"

#define DIMENSIONS_MAX 3
#define SCRATCH_MAX_BYTES ((size_t)128 * 1024 * 1024)

/* ---- PutMetricFilter ---- */

/* A number, or what a field is called; false when the call has been answered. */
static bool check_value(struct call *call, const struct filter_pattern *pattern,
                        const struct json *transformation)
{
    struct slice value = json_member_string(transformation, "metricValue");
    double number = 0;
    bool has_fields =
        pattern->kind == FILTER_PATTERN_JSON || pattern->kind == FILTER_PATTERN_COLUMNS;
    if (filter_condition_number(value, &number) == STATUS_OK ||
        (slice_starts_with(value, SLICE("$")) && has_fields))
        return true;
    call_fail(call, &logs_error_invalid_parameter, "Invalid metric transformation value: %.*s",
              SLICE_ARG(value));
    return false;
}

static bool check_dimensions(struct call *call, const struct filter_pattern *pattern,
                             const struct json *transformation)
{
    const struct json *dimensions = json_member(transformation, "dimensions");
    size_t count = json_count(dimensions);
    if (count == 0)
        return true;
    if (json_member(transformation, "defaultValue") != NULL)
        call_fail(call, &logs_error_invalid_parameter,
                  "Invalid metric transformation: dimensions and default value are mutually "
                  "exclusive properties.");
    else if (pattern->kind != FILTER_PATTERN_JSON && pattern->kind != FILTER_PATTERN_COLUMNS)
        call_fail(call, &logs_error_invalid_parameter,
                  "The specified filter pattern does not support dimensions");
    else if (count > DIMENSIONS_MAX)
        call_fail(call, &logs_error_invalid_parameter,
                  "Invalid metric transformation: more than %d dimensions", DIMENSIONS_MAX);
    return !call_is_answered(call);
}

void logs_put_metric_filter(struct call *call)
{
    static const char *const members[] = {"metricTransformations", "applyOnTransformedLogs", NULL};
    struct filter_pattern pattern;
    struct log_group_row group;
    const struct json *transformation =
        json_first(json_member(call->input, "metricTransformations"));
    if (log_filter_request_check_members(call) && log_filter_request_pattern(call, &pattern) &&
        check_value(call, &pattern, transformation) &&
        check_dimensions(call, &pattern, transformation) && logs_require_group(call, &group) &&
        log_filter_request_put(call, &group, LOG_FILTER_METRIC, &pattern, members))
        aws_json_answer_nothing(call);
}

/* ---- the others ---- */

void logs_delete_metric_filter(struct call *call)
{
    log_filter_request_delete(call, LOG_FILTER_METRIC, "metric filter");
}

/* By metricName and metricNamespace, when they are there. */
static bool is_wanted(struct call *call, const struct log_filter_row *row)
{
    struct slice name = json_member_string(call->input, "metricName");
    struct slice namespace = json_member_string(call->input, "metricNamespace");
    const struct json *settings = NULL;
    if (name.len == 0 || json_parse(row->settings, &call->arena, &settings) != STATUS_OK)
        return true;
    const struct json *first = json_first(json_member(settings, "metricTransformations"));
    return slice_equal(json_member_string(first, "metricName"), name) &&
           slice_equal(json_member_string(first, "metricNamespace"), namespace);
}

void logs_describe_metric_filters(struct call *call)
{
    static const struct log_filter_list list = {LOG_FILTER_METRIC, "metricFilters", is_wanted};
    struct log_group_row group;
    bool has_group = json_member(call->input, "logGroupName") != NULL;
    bool has_name = json_member(call->input, "metricName") != NULL;
    if (has_name != (json_member(call->input, "metricNamespace") != NULL)) {
        call_fail(call, &logs_error_invalid_parameter,
                  "If you include the metricName parameter in your request, you must also include "
                  "the metricNamespace parameter, and the other way round.");
        return;
    }
    if (!has_group || logs_require_group(call, &group))
        log_filter_request_list(call, has_group ? &group : NULL, &list);
}

/* ---- TestMetricFilter ---- */

static enum status write_value(void *ctx, struct slice selector, struct slice text)
{
    struct json_writer *w = ctx;
    json_key_slice(w, selector);
    json_write_string(w, text);
    return STATUS_OK;
}

static enum status test_message(const struct filter_pattern *pattern, struct slice message,
                                int64_t number, struct arena *scratch, struct json_writer *w)
{
    struct filter_match match = {.is_match = false};
    enum status status = filter_pattern_match(pattern, message, scratch, &match);
    if (status != STATUS_OK || !match.is_match)
        return status;
    json_begin_object(w);
    json_put_integer(w, "eventNumber", number);
    json_put_string(w, "eventMessage", message);
    json_key(w, "extractedValues");
    json_begin_object(w);
    status = filter_pattern_values(pattern, &match, scratch, write_value, w);
    json_end_object(w);
    json_end_object(w);
    return status;
}

/* Counted from 1, as on AWS. */
void logs_test_metric_filter(struct call *call)
{
    struct filter_pattern pattern;
    struct arena scratch;
    enum status status = STATUS_OK;
    int64_t number = 0;
    if (!log_filter_request_pattern(call, &pattern))
        return;
    struct text body = aws_json_text(call);
    struct json_writer w = json_writer_make(&body);
    const struct json *messages = json_member(call->input, "logEventMessages");
    arena_init(&scratch, SCRATCH_MAX_BYTES);
    json_begin_object(&w);
    json_key(&w, "matches");
    json_begin_array(&w);
    for (const struct json *m = json_first(messages); m != NULL && status == STATUS_OK;
         m = json_next(m)) {
        status = test_message(&pattern, json_string(m), ++number, &scratch, &w);
        arena_recycle(&scratch);
    }
    json_end_array(&w);
    json_end_object(&w);
    arena_clear(&scratch);
    if (status == STATUS_OK)
        aws_json_answer(call, &body);
    else
        call_fail_internal(call, status, "testing a filter pattern");
}

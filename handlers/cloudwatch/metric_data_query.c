#include "handlers/cloudwatch/metric_data_query.h"

#include "emulator/auth/principal.h"
#include "emulator/base/json.h"
#include "emulator/base/log.h"
#include "emulator/http/call.h"
#include "handlers/cloudwatch/cloudwatch_errors.h"
#include "handlers/cloudwatch/metric_request.h"

#define QUERIES_MAX 500
#define WHERE_BYTES 64

static bool is_id(struct slice id)
{
    if (id.len == 0 || id.ptr[0] < 'a' || id.ptr[0] > 'z')
        return false;
    for (size_t i = 1; i < id.len; i++) {
        char c = id.ptr[i];
        bool is_word =
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
        if (!is_word)
            return false;
    }
    return true;
}

static bool check_id(struct call *call, struct slice id, const struct metric_data_query *before,
                     size_t count)
{
    if (!is_id(id)) {
        call_fail(call, &cloudwatch_error_validation,
                  "The value %.*s for parameter MetricDataQueries.member.%zu.Id is not matching the"
                  " expected pattern ^[a-z][a-zA-Z0-9_]*$.",
                  SLICE_ARG(id), count + 1);
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        if (!slice_equal(before[i].id, id))
            continue;
        call_fail(call, &cloudwatch_error_validation,
                  "The values for parameter Id in MetricDataQueries are not unique.");
        return false;
    }
    return true;
}

/* Exactly a MetricStat, of the caller's own account. */
static bool check_kind(struct call *call, const struct json *query, size_t number)
{
    const struct json *account = json_member(query, "AccountId");
    if (json_member(query, "Expression") != NULL) {
        call_fail(call, &cloudwatch_error_validation,
                  "Hydrant does not support metric math: MetricDataQueries.member.%zu.Expression"
                  " cannot be evaluated. Ask for the metrics themselves with MetricStat.",
                  number);
        return false;
    }
    if (json_member(query, "MetricStat") == NULL) {
        call_fail(call, &cloudwatch_error_validation,
                  "The parameter MetricDataQueries.member.%zu.MetricStat must be specified.",
                  number);
        return false;
    }
    if (account != NULL && !slice_equal(json_string(account), call->principal->account)) {
        call_fail(call, &cloudwatch_error_validation,
                  "Hydrant does not support metrics of other accounts:"
                  " MetricDataQueries.member.%zu.AccountId.",
                  number);
        return false;
    }
    return true;
}

static bool read_statistic(struct call *call, const struct json *stat, size_t number,
                           struct metric_statistic *ret_statistic)
{
    struct slice name = json_member_string(stat, "Stat");
    if (metric_statistic_parse(name, ret_statistic))
        return true;
    call_fail(call, &cloudwatch_error_validation,
              "Hydrant does not support the value %.*s for parameter"
              " MetricDataQueries.member.%zu.MetricStat.Stat: only SampleCount, Average, Sum,"
              " Minimum, Maximum and percentiles such as p99.9.",
              SLICE_ARG(name), number);
    return false;
}

static struct slice label_of(const struct json *query, const struct json *metric)
{
    struct slice label = json_member_string(query, "Label");
    if (label.len == 0)
        return json_member_string(metric, "MetricName");
    if (slice_search(label, SLICE("${")) < label.len)
        log_line(LOG_WARNING, "CloudWatch: placeholders in the label %.*s are left as they are",
                 SLICE_ARG(slice_first(label, 100)));
    return label;
}

static bool read_query(struct call *call, const struct json *input, size_t number,
                       struct metric_data_query *query)
{
    const struct json *stat = json_member(input, "MetricStat");
    const struct json *metric = json_member(stat, "Metric");
    const char *where =
        arena_printf(&call->arena, "MetricDataQueries.member.%zu.MetricStat.", number);
    *query = (struct metric_data_query){
        .id = json_member_string(input, "Id"),
        .label = label_of(input, metric),
        .unit = json_member_string(stat, "Unit"),
        .is_returned = json_member_bool(input, "ReturnData", true),
    };
    return check_kind(call, input, number) &&
           metric_request_period(call, stat, where != NULL ? where : "", &query->period_ms) &&
           read_statistic(call, stat, number, &query->statistic) &&
           metric_request_key(call, json_member(metric, "Dimensions"),
                              json_member_string(metric, "Namespace"),
                              json_member_string(metric, "MetricName"), &query->key);
}

bool metric_data_queries_read(struct call *call, struct metric_data_query **ret_queries,
                              size_t *ret_count)
{
    const struct json *list = json_member(call->input, "MetricDataQueries");
    size_t count = json_count(list);
    if (count == 0 || count > QUERIES_MAX) {
        call_fail(call, &cloudwatch_error_validation,
                  "The collection MetricDataQueries must have a size of 1 to %d.", QUERIES_MAX);
        return false;
    }
    struct metric_data_query *queries = arena_alloc(&call->arena, count * sizeof(*queries));
    if (queries == NULL) {
        call_fail_internal(call, STATUS_NO_MEMORY, "reading queries");
        return false;
    }
    const struct json *input = json_first(list);
    for (size_t i = 0; i < count; i++) {
        if (!check_id(call, json_member_string(input, "Id"), queries, i) ||
            !read_query(call, input, i + 1, &queries[i]))
            return false;
        input = json_next(input);
    }
    *ret_queries = queries;
    *ret_count = count;
    return true;
}

/*
 * get_metric_data.c -- GetMetricData: several metrics, one statistic each, periods aligned to whole
 * multiples. A page holds MaxDatapoints; its token "<query>:<datapoint>" says where the next one
 * goes on, so results already given in full do not come again.
 */
#include "emulator/base/json.h"
#include "emulator/base/json_writer.h"
#include "emulator/base/text.h"
#include "emulator/http/call.h"
#include "emulator/protocol/aws_multi.h"
#include "emulator/sandbox.h"
#include "handlers/cloudwatch/cloudwatch_errors.h"
#include "handlers/cloudwatch/cloudwatch_operations.h"
#include "handlers/cloudwatch/metric_data_query.h"
#include "handlers/cloudwatch/metric_request.h"

#define DATAPOINTS_MAX 100800

struct page {
    struct call *call;
    int64_t start_ms;
    int64_t end_ms;
    bool is_ascending;
    uint64_t query; /* where this page begins, later where the next one does */
    uint64_t datapoint;
    uint64_t left; /* datapoints that still fit */
    bool is_full;
};

static bool read_token(struct call *call, struct page *page)
{
    const struct json *token = json_member(call->input, "NextToken");
    struct slice rest = json_string(token);
    if (token == NULL)
        return true;
    struct slice query = slice_cut(&rest, ':');
    if (slice_to_u64(query, &page->query) == STATUS_OK &&
        slice_to_u64(rest, &page->datapoint) == STATUS_OK)
        return true;
    call_fail(call, &cloudwatch_error_invalid_next_token, "The NextToken is invalid.");
    return false;
}

static bool read_page(struct call *call, struct page *page)
{
    int64_t max = json_member_integer(call->input, "MaxDatapoints", DATAPOINTS_MAX);
    if (max < 1 || max > DATAPOINTS_MAX) {
        call_fail(call, &cloudwatch_error_validation,
                  "The value %lld for parameter MaxDatapoints is not between 1 and %d.",
                  (long long)max, DATAPOINTS_MAX);
        return false;
    }
    *page = (struct page){.call = call, .left = (uint64_t)max};
    page->is_ascending =
        slice_equal_text(json_member_string(call->input, "ScanBy"), "TimestampAscending");
    return read_token(call, page) &&
           metric_request_times(call, &cloudwatch_error_validation, &page->start_ms, &page->end_ms);
}

/* Number `at` in the order of ScanBy. */
static const struct metric_period *period_at(const struct page *page,
                                             const struct metric_series *series, uint64_t at)
{
    size_t index = (size_t)at;
    return &series->periods[page->is_ascending ? index : series->count - 1 - index];
}

/* A datapoint without a value (a percentile that cannot be told) is left out. */
static void write_points(const struct page *page, const struct metric_data_query *query,
                         const struct metric_series *series, uint64_t end, bool writes_values,
                         struct json_writer *w)
{
    json_begin_array(w);
    for (uint64_t at = page->datapoint; at < end; at++) {
        const struct metric_period *period = period_at(page, series, at);
        double value = 0;
        if (!metric_statistic_of(&query->statistic, &period->point, &value))
            continue;
        if (writes_values)
            json_write_double(w, value);
        else
            json_write_seconds(w, period->start_ms);
    }
    json_end_array(w);
}

/* Write what fits of the series, and move on. */
static void write_result(struct page *page, const struct metric_data_query *query,
                         const struct metric_series *series, struct json_writer *w)
{
    uint64_t from = page->datapoint < series->count ? page->datapoint : series->count;
    uint64_t end = from + page->left < series->count ? from + page->left : series->count;
    page->datapoint = from;
    page->is_full = end < series->count;
    json_begin_object(w);
    json_put_string(w, "Id", query->id);
    json_put_string(w, "Label", query->label);
    json_key(w, "Timestamps");
    write_points(page, query, series, end, false, w);
    json_key(w, "Values");
    write_points(page, query, series, end, true, w);
    json_put_text(w, "StatusCode", page->is_full ? "PartialData" : "Complete");
    json_end_object(w);
    page->left -= end - from;
    page->datapoint = page->is_full ? end : 0;
    page->query += page->is_full ? 0 : 1;
}

static enum status answer_query(struct page *page, const struct metric_data_query *query,
                                struct json_writer *w)
{
    struct metric_series series = {0};
    struct metric_series_request request = {
        .key = &query->key,
        .unit = query->unit,
        .start_ms = page->start_ms,
        .end_ms = page->end_ms,
        .period_ms = query->period_ms,
    };
    enum status status =
        metric_series_read(page->call->sandbox->db, &request, &page->call->arena, &series);
    if (status == STATUS_OK)
        write_result(page, query, &series, w);
    metric_series_close(&series);
    return status;
}

static enum status write_results(struct page *page, const struct metric_data_query *queries,
                                 size_t count, struct json_writer *w)
{
    enum status status = STATUS_OK;
    json_begin_array(w);
    while (status == STATUS_OK && page->query < count && !page->is_full) {
        if (queries[page->query].is_returned)
            status = answer_query(page, &queries[page->query], w);
        else
            page->query++;
    }
    json_end_array(w);
    return status;
}

static void put_token(struct page *page, struct json_writer *w)
{
    const char *token =
        arena_printf(&page->call->arena, "%llu:%llu", (unsigned long long)page->query,
                     (unsigned long long)page->datapoint);
    if (page->is_full)
        json_put_text(w, "NextToken", token);
}

void cloudwatch_get_metric_data(struct call *call)
{
    struct page page;
    struct metric_data_query *queries = NULL;
    size_t count = 0;
    if (!read_page(call, &page) || !metric_data_queries_read(call, &queries, &count))
        return;
    struct text body = aws_json_text(call);
    struct json_writer w = json_writer_make(&body);
    json_begin_object(&w);
    json_key(&w, "MetricDataResults");
    enum status status = write_results(&page, queries, count, &w);
    put_token(&page, &w);
    json_key(&w, "Messages");
    json_begin_array(&w);
    json_end_array(&w);
    json_end_object(&w);
    if (status != STATUS_OK)
        call_fail_internal(call, status, "reading metrics");
    else
        aws_multi_answer(call, &body);
}

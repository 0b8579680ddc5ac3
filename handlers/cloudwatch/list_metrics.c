/*
 * list_metrics.c -- ListMetrics: what was measured within the time metrics are kept, in the order
 * it was first measured. A token is the number of the last metric of its page.
 */
#include "emulator/auth/principal.h"
#include "emulator/base/json.h"
#include "emulator/base/json_writer.h"
#include "emulator/base/text.h"
#include "emulator/http/call.h"
#include "emulator/protocol/aws_multi.h"
#include "emulator/sandbox.h"
#include "handlers/cloudwatch/cloudwatch_errors.h"
#include "handlers/cloudwatch/cloudwatch_operations.h"
#include "handlers/cloudwatch/metric_dimensions.h"
#include "storage/metric_store.h"

#define PAGE_METRICS 500
#define RECENT_MS ((int64_t)3 * 3600 * 1000)

static bool read_filter(struct call *call, struct metric_filter *ret_filter)
{
    const struct json *input = call->input;
    uint64_t after = 0;
    const struct json *token = json_member(input, "NextToken");
    bool is_recent = json_member(input, "RecentlyActive") != NULL;
    int64_t now_ms = sim_clock_now_ms(&call->sandbox->clock);
    if (token != NULL &&
        (slice_to_u64(json_string(token), &after) != STATUS_OK || after > INT64_MAX)) {
        call_fail(call, &cloudwatch_error_invalid_value,
                  "The value for parameter NextToken is"
                  " invalid.");
        return false;
    }
    *ret_filter = (struct metric_filter){
        .account = call->principal->account,
        .region = call->principal->region,
        .namespace = json_member_string(input, "Namespace"),
        .name = json_member_string(input, "MetricName"),
        .after_id = (int64_t)after,
        .newest_from_ms = now_ms - (is_recent ? RECENT_MS : METRIC_RETENTION_MS),
    };
    return true;
}

/* Other accounts' metrics are never seen from here. */
static bool is_of_others(const struct call *call)
{
    const struct json *owner = json_member(call->input, "OwningAccount");
    return owner != NULL && !slice_equal(json_string(owner), call->principal->account);
}

static bool fits(const struct json *filters, struct slice dimensions)
{
    for (const struct json *f = json_first(filters); f != NULL; f = json_next(f))
        if (!metric_dimensions_have(dimensions, f))
            return false;
    return true;
}

static void put_metric(struct json_writer *w, const struct metric_row *row)
{
    json_begin_object(w);
    json_put_string(w, "Namespace", row->namespace);
    json_put_string(w, "MetricName", row->name);
    json_key(w, "Dimensions");
    metric_dimensions_write(w, row->dimensions);
    json_end_object(w);
}

/* How many were written; *ret_last gets the last one's number when others follow. */
static enum status put_metrics(struct call *call, const struct metric_filter *filter,
                               struct json_writer *w, size_t *ret_count, int64_t *ret_last)
{
    const struct json *filters = json_member(call->input, "Dimensions");
    struct query q;
    struct metric_row row;
    size_t count = 0;
    int64_t last = 0;
    metric_list_begin(&q, call->sandbox->db, filter);
    while (metric_list_next(&q, &row)) {
        if (!fits(filters, row.dimensions))
            continue;
        if (count == PAGE_METRICS) {
            *ret_last = last;
            break;
        }
        put_metric(w, &row);
        last = row.id;
        count++;
    }
    *ret_count = count;
    return query_end(&q);
}

static void put_owners(struct call *call, struct json_writer *w, size_t count)
{
    if (!json_member_bool(call->input, "IncludeLinkedAccounts", false))
        return;
    json_key(w, "OwningAccounts");
    json_begin_array(w);
    for (size_t i = 0; i < count; i++)
        json_write_string(w, call->principal->account);
    json_end_array(w);
}

void cloudwatch_list_metrics(struct call *call)
{
    struct metric_filter filter;
    if (!read_filter(call, &filter))
        return;
    struct text body = aws_json_text(call);
    struct json_writer w = json_writer_make(&body);
    size_t count = 0;
    int64_t last = 0;
    enum status status = STATUS_OK;
    json_begin_object(&w);
    json_key(&w, "Metrics");
    json_begin_array(&w);
    if (!is_of_others(call))
        status = put_metrics(call, &filter, &w, &count, &last);
    json_end_array(&w);
    if (last > 0)
        json_put_text(&w, "NextToken", arena_printf(&call->arena, "%lld", (long long)last));
    put_owners(call, &w, count);
    json_end_object(&w);
    if (status != STATUS_OK)
        call_fail_internal(call, status, "listing metrics");
    else
        aws_multi_answer(call, &body);
}

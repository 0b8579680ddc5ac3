/*
 * metric_data_query.h -- one query of GetMetricData, checked: a metric, a statistic and a period.
 */
#ifndef HANDLERS_CLOUDWATCH_METRIC_DATA_QUERY_H
#define HANDLERS_CLOUDWATCH_METRIC_DATA_QUERY_H

#include <stdbool.h>

#include "handlers/cloudwatch/metric_series.h"

struct call;
struct json;

struct metric_data_query {
    struct slice id;
    struct slice label;
    struct metric_key key;
    struct metric_statistic statistic;
    struct slice unit;
    int64_t period_ms;
    bool is_returned;
};

/*
 * Check every query of the request into an array of the arena. False: the call is answered.
 * Expressions are refused: Hydrant has no metric math.
 */
bool metric_data_queries_read(struct call *call, struct metric_data_query **ret_queries,
                              size_t *ret_count);

#endif

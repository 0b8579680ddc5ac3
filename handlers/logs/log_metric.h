/*
 * log_metric.h -- what a metric filter makes of events: values added to CloudWatch's metrics.
 *
 * Each event that matches adds metricValue (a number, or what "$.field" or "$column" names in it)
 * to the minute of the event. An event without that number, or without one of the dimensions, adds
 * nothing. A minute whose events match all but never, and which has no value yet, gets
 * defaultValue once.
 */
#ifndef HANDLERS_LOGS_LOG_METRIC_H
#define HANDLERS_LOGS_LOG_METRIC_H

#include <stddef.h>

#include "emulator/base/arena.h"
#include "handlers/logs/filter_pattern.h"
#include "storage/log_filter_store.h"
#include "storage/metric_store.h"

struct json;

#define LOG_METRIC_MAX_POINTS 32

/* One minute under one set of dimensions; without values when nothing matched in it. */
struct log_metric_point {
    int64_t minute_ms;
    struct slice dimensions; /* packed */
    struct metric_point point;
};

/* A portion of events under way. Embed it. */
struct log_metric {
    struct db *db; /* borrowed */
    const struct log_filter_row *row;
    const struct filter_pattern *pattern;
    struct arena *arena; /* borrowed: for as long as the portion */
    const struct json *transformation;
    int64_t now_ms;
    struct log_metric_point points[LOG_METRIC_MAX_POINTS];
    size_t point_count;
};

/* STATUS_INVALID: its settings are none. */
NODISCARD enum status log_metric_begin(struct log_metric *filter);

/* Writes when there are many minutes. */
NODISCARD enum status log_metric_add(struct log_metric *filter, const struct filter_match *match,
                                     int64_t at_ms, struct arena *scratch);

/* Write what is left. STATUS_TOO_LARGE: the store has no room for another metric. */
NODISCARD enum status log_metric_finish(struct log_metric *filter);

/* Forget what is left. Safe on a zeroed one. */
void log_metric_close(struct log_metric *filter);

#endif

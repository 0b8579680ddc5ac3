/*
 * metric_series.h -- a metric's minutes added up to periods, and the statistics made of them.
 */
#ifndef HANDLERS_CLOUDWATCH_METRIC_SERIES_H
#define HANDLERS_CLOUDWATCH_METRIC_SERIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "storage/metric_store.h"

struct arena;
struct db;

/* ---- statistics ---- */

enum metric_statistic_kind {
    STATISTIC_SAMPLE_COUNT,
    STATISTIC_AVERAGE,
    STATISTIC_SUM,
    STATISTIC_MINIMUM,
    STATISTIC_MAXIMUM,
    STATISTIC_PERCENTILE
};

struct metric_statistic {
    enum metric_statistic_kind kind;
    double percent;
};

/* "Sum", "p99.9"... False for others: tm90, IQM and the like. */
bool metric_statistic_parse(struct slice name, struct metric_statistic *ret_statistic);

/* False when the point does not tell: a percentile without its single values. */
bool metric_statistic_of(const struct metric_statistic *statistic, const struct metric_point *point,
                         double *ret_value);

/* ---- series ---- */

struct metric_period {
    int64_t start_ms;
    struct slice unit; /* in the arena; empty when units are added up */
    struct metric_point point;
};

/* By time; zeroed it is empty. */
struct metric_series {
    struct metric_period *periods; /* owned */
    size_t count;
    size_t capacity;
};

struct metric_series_request {
    const struct metric_key *key;
    struct slice unit; /* empty: any */
    int64_t start_ms;
    int64_t end_ms;
    int64_t period_ms;
    int64_t origin_ms; /* periods begin at this time and whole periods from it */
    bool splits_units; /* a period for each unit, else all in one */
};

/* Append to `series`. A metric that does not exist has no periods. */
NODISCARD enum status metric_series_read(struct db *db, const struct metric_series_request *request,
                                         struct arena *arena, struct metric_series *series);
void metric_series_close(struct metric_series *series);

#endif

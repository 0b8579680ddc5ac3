/*
 * metric_store.h -- CloudWatch's metrics: who measured what, one row per metric, minute and unit.
 *
 * Kept for METRIC_RETENTION_MS of sandbox time: a metric's older minutes go when a new one is
 * begun, a metric without any when another is made. Stores write: inside a unit of work.
 */
#ifndef STORAGE_METRIC_STORE_H
#define STORAGE_METRIC_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "emulator/base/slice.h"
#include "storage/metric_values.h"
#include "storage/query.h"

#define METRIC_MINUTE_MS 60000
#define METRIC_RETENTION_MS ((int64_t)15 * 24 * 3600 * 1000)
#define METRIC_STORE_MAX 50000 /* metrics of one sandbox */

struct db;
struct text;

/* Every slice borrowed. `dimensions` is packed, see below. */
struct metric_key {
    struct slice account;
    struct slice region;
    struct slice namespace;
    struct slice name;
    struct slice dimensions;
};

/* What was measured in one minute, or longer. count 0: nothing. */
struct metric_point {
    double sum;
    double count;
    double min;
    double max;
    struct metric_values values; /* as many as `count` when all single values are known */
};

/* ---- points (metric_point.c) ---- */

void metric_point_close(struct metric_point *point);

/* STATUS_NO_MEMORY leaves the point's values incomplete, its sums unchanged. */
NODISCARD enum status metric_point_add(struct metric_point *point, double value, double count);
NODISCARD enum status metric_point_merge(struct metric_point *point,
                                         const struct metric_point *other);

/* False when single values are missing; a point of equal values knows them all the same. */
bool metric_point_percentile(const struct metric_point *point, double percent, double *ret_value);

/* When the minute of `at_ms` began. */
int64_t metric_point_minute_ms(int64_t at_ms);

/* ---- dimensions, packed: name NUL value NUL ..., added in the order of their names ---- */

void metric_dimension_pack(struct text *dimensions, struct slice name, struct slice value);

/* Cut the first one off `*rest`; false at the end. */
bool metric_dimension_next(struct slice *rest, struct slice *ret_name, struct slice *ret_value);

/* ---- the store ---- */

NODISCARD enum status metric_store_find(struct db *db, const struct metric_key *key,
                                        int64_t *ret_id);

/* Found or made. STATUS_TOO_LARGE at METRIC_STORE_MAX. */
NODISCARD enum status metric_store_make(struct db *db, const struct metric_key *key, int64_t now_ms,
                                        int64_t *ret_id);

/* One unit's minute of a metric. */
struct metric_place {
    int64_t metric_id;
    int64_t minute_ms;
    struct slice unit; /* "Count", "None"... */
};

/* Merge what is stored into `point`. STATUS_NOT_FOUND when nothing is. */
NODISCARD enum status metric_store_load(struct db *db, const struct metric_place *place,
                                        struct metric_point *point);

/* In the place of what is stored. `is_new` when nothing is: then older minutes may go. */
NODISCARD enum status metric_store_save(struct db *db, const struct metric_place *place,
                                        const struct metric_point *point, bool is_new);

/* Load, merge and save. */
NODISCARD enum status metric_store_add(struct db *db, const struct metric_place *place,
                                       const struct metric_point *point);

/* ---- reading ---- */

struct metric_row {
    int64_t id;
    int64_t newest_ms;
    struct slice namespace; /* these three until the next step */
    struct slice name;
    struct slice dimensions;
};

struct metric_filter {
    struct slice account;
    struct slice region;
    struct slice namespace; /* empty: any */
    struct slice name;      /* empty: any */
    int64_t after_id;
    int64_t newest_from_ms; /* with a minute not before this */
};

/* In the order they were made. */
void metric_list_begin(struct query *q, struct db *db, const struct metric_filter *filter);
bool metric_list_next(struct query *q, struct metric_row *ret_row);

struct metric_range {
    int64_t metric_id;
    int64_t from_ms;   /* this minute and those after it */
    int64_t to_ms;     /* before this */
    struct slice unit; /* empty: any */
};

struct metric_minute {
    int64_t minute_ms;
    struct slice unit;         /* until the next step */
    struct metric_point point; /* to be closed; zeroed before the first step */
};

/* By time, then unit. End with query_end(). */
void metric_minutes_begin(struct query *q, struct db *db, const struct metric_range *range);
bool metric_minutes_next(struct query *q, struct metric_minute *minute);

#endif

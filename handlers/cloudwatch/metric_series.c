#include "handlers/cloudwatch/metric_series.h"

#include <stdlib.h>

#include "emulator/base/arena.h"
#include "emulator/base/mem.h"

#define FIRST_CAPACITY 64
#define PERCENT_MAX_CHARS 14

/* ---- statistics ---- */

/* "p50", "p99.9", up to ten decimals. */
static bool parse_percentile(struct slice name, struct metric_statistic *ret_statistic)
{
    char digits[PERCENT_MAX_CHARS + 1] = "";
    if (name.len < 2 || name.len > PERCENT_MAX_CHARS + 1 || name.ptr[0] != 'p')
        return false;
    for (size_t i = 1; i < name.len; i++) {
        digits[i - 1] = name.ptr[i];
        if (name.ptr[i] != '.' && (name.ptr[i] < '0' || name.ptr[i] > '9'))
            return false;
    }
    char *end = NULL;
    double percent = strtod(digits, &end);
    if (*end != '\0' || end == digits || percent > 100.0)
        return false;
    *ret_statistic = (struct metric_statistic){STATISTIC_PERCENTILE, percent};
    return true;
}

bool metric_statistic_parse(struct slice name, struct metric_statistic *ret_statistic)
{
    static const struct {
        const char *name;
        enum metric_statistic_kind kind;
    } simple[] = {
        {"SampleCount", STATISTIC_SAMPLE_COUNT},
        {"Average", STATISTIC_AVERAGE},
        {"Sum", STATISTIC_SUM},
        {"Minimum", STATISTIC_MINIMUM},
        {"Maximum", STATISTIC_MAXIMUM},
    };

    for (size_t i = 0; i < sizeof(simple) / sizeof(simple[0]); i++) {
        if (!slice_equal_text(name, simple[i].name))
            continue;
        *ret_statistic = (struct metric_statistic){simple[i].kind, 0};
        return true;
    }
    return parse_percentile(name, ret_statistic);
}

bool metric_statistic_of(const struct metric_statistic *statistic, const struct metric_point *point,
                         double *ret_value)
{
    switch (statistic->kind) {
    case STATISTIC_SAMPLE_COUNT:
        *ret_value = point->count;
        return true;
    case STATISTIC_AVERAGE:
        *ret_value = point->count > 0 ? point->sum / point->count : 0;
        return true;
    case STATISTIC_SUM:
        *ret_value = point->sum;
        return true;
    case STATISTIC_MINIMUM:
        *ret_value = point->min;
        return true;
    case STATISTIC_MAXIMUM:
        *ret_value = point->max;
        return true;
    case STATISTIC_PERCENTILE:
        break;
    }
    return metric_point_percentile(point, statistic->percent, ret_value);
}

/* ---- series ---- */

void metric_series_close(struct metric_series *series)
{
    for (size_t i = 0; i < series->count; i++)
        metric_point_close(&series->periods[i].point);
    mem_free(series->periods);
    *series = (struct metric_series){0};
}

static int64_t start_of(const struct metric_series_request *request, int64_t minute_ms)
{
    int64_t rest = (minute_ms - request->origin_ms) % request->period_ms;
    return minute_ms - (rest < 0 ? rest + request->period_ms : rest);
}

/* The periods of one start stand together at the end, one for each unit. */
static struct metric_period *find(const struct metric_series *series, int64_t start_ms,
                                  struct slice unit)
{
    for (size_t i = series->count; i > 0; i--) {
        struct metric_period *period = &series->periods[i - 1];
        if (period->start_ms != start_ms)
            break;
        if (slice_equal(period->unit, unit))
            return period;
    }
    return NULL;
}

static enum status begin_period(struct metric_series *series, struct arena *arena, int64_t start_ms,
                                struct slice unit, struct metric_period **ret_period)
{
    if (series->count == series->capacity) {
        size_t capacity = series->capacity > 0 ? series->capacity * 2 : FIRST_CAPACITY;
        struct metric_period *periods =
            mem_resize(series->periods, capacity * sizeof(*series->periods));
        if (periods == NULL)
            return STATUS_NO_MEMORY;
        series->periods = periods;
        series->capacity = capacity;
    }
    struct metric_period period = {.start_ms = start_ms};
    enum status status = arena_copy(arena, unit, &period.unit);
    if (status != STATUS_OK)
        return status;
    series->periods[series->count] = period;
    *ret_period = &series->periods[series->count++];
    return STATUS_OK;
}

static enum status add_minute(const struct metric_series_request *request, struct arena *arena,
                              const struct metric_minute *minute, struct metric_series *series)
{
    struct slice unit = request->splits_units ? minute->unit : SLICE("");
    int64_t start_ms = start_of(request, minute->minute_ms);
    struct metric_period *period = find(series, start_ms, unit);
    if (period == NULL) {
        enum status status = begin_period(series, arena, start_ms, unit, &period);
        if (status != STATUS_OK)
            return status;
    }
    return metric_point_merge(&period->point, &minute->point);
}

enum status metric_series_read(struct db *db, const struct metric_series_request *request,
                               struct arena *arena, struct metric_series *series)
{
    struct metric_range range = {
        .from_ms = request->start_ms, .to_ms = request->end_ms, .unit = request->unit};
    enum status status = metric_store_find(db, request->key, &range.metric_id);
    if (status == STATUS_NOT_FOUND)
        return STATUS_OK;
    if (status != STATUS_OK)
        return status;
    struct query q;
    struct metric_minute minute = {0};
    metric_minutes_begin(&q, db, &range);
    while (status == STATUS_OK && metric_minutes_next(&q, &minute))
        status = add_minute(request, arena, &minute, series);
    metric_point_close(&minute.point);
    enum status ended = query_end(&q);
    return status != STATUS_OK ? status : ended;
}

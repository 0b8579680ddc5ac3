#include <math.h>

#include "emulator/base/text.h"
#include "storage/metric_store.h"

void metric_point_close(struct metric_point *point)
{
    metric_values_close(&point->values);
    *point = (struct metric_point){0};
}

static void widen(struct metric_point *point, double min, double max)
{
    bool is_first = !(point->count > 0);
    point->min = is_first ? min : fmin(point->min, min);
    point->max = is_first ? max : fmax(point->max, max);
}

enum status metric_point_add(struct metric_point *point, double value, double count)
{
    enum status status = metric_values_add(&point->values, value, count);
    if (status != STATUS_OK)
        return status;
    widen(point, value, value);
    point->sum += value * count;
    point->count += count;
    return STATUS_OK;
}

enum status metric_point_merge(struct metric_point *point, const struct metric_point *other)
{
    if (!(other->count > 0))
        return STATUS_OK;
    enum status status = metric_values_merge(&point->values, &other->values);
    if (status != STATUS_OK)
        return status;
    widen(point, other->min, other->max);
    point->sum += other->sum;
    point->count += other->count;
    return STATUS_OK;
}

bool metric_point_percentile(const struct metric_point *point, double percent, double *ret_value)
{
    bool is_whole = metric_values_total(&point->values) >= point->count;
    if (!is_whole && point->min < point->max)
        return false;
    double value = metric_values_percentile(&point->values, percent);
    *ret_value = is_whole ? fmax(fmin(value, point->max), point->min) : point->min;
    return true;
}

int64_t metric_point_minute_ms(int64_t at_ms)
{
    int64_t rest = at_ms % METRIC_MINUTE_MS;
    return at_ms - (rest < 0 ? rest + METRIC_MINUTE_MS : rest);
}

void metric_dimension_pack(struct text *dimensions, struct slice name, struct slice value)
{
    text_append(dimensions, name);
    text_append_byte(dimensions, '\0');
    text_append(dimensions, value);
    text_append_byte(dimensions, '\0');
}

bool metric_dimension_next(struct slice *rest, struct slice *ret_name, struct slice *ret_value)
{
    if (rest->len == 0)
        return false;
    *ret_name = slice_cut(rest, '\0');
    *ret_value = slice_cut(rest, '\0');
    return true;
}

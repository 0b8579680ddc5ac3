#include "handlers/logs/log_metric.h"

#include "emulator/base/json.h"
#include "emulator/base/text.h"
#include "handlers/logs/filter_condition.h"
#include "storage/db.h"

#define DIMENSIONS_MAX_BYTES ((size_t)4096)

enum status log_metric_begin(struct log_metric *filter)
{
    const struct json *settings = NULL;
    enum status status = json_parse(filter->row->settings, filter->arena, &settings);
    if (status != STATUS_OK)
        return status;
    filter->transformation = json_first(json_member(settings, "metricTransformations"));
    filter->point_count = 0;
    return filter->transformation != NULL ? STATUS_OK : STATUS_INVALID;
}

/* ---- writing ---- */

static enum status find_metric(const struct log_metric *filter,
                               const struct log_metric_point *point, int64_t *ret_id)
{
    const struct metric_key key = {
        .account = filter->row->account,
        .region = filter->row->region,
        .namespace = json_member_string(filter->transformation, "metricNamespace"),
        .name = json_member_string(filter->transformation, "metricName"),
        .dimensions = point->dimensions,
    };
    return metric_store_make(filter->db, &key, filter->now_ms, ret_id);
}

/* Nothing matched: the default, unless the minute has a value. */
static enum status add_default(const struct log_metric *filter, const struct metric_place *place,
                               double value)
{
    struct metric_point stored = {.count = 0};
    enum status status = metric_store_load(filter->db, place, &stored);
    metric_point_close(&stored);
    if (status != STATUS_NOT_FOUND)
        return status;
    struct metric_point point = {.count = 0};
    status = metric_point_add(&point, value, 1);
    if (status == STATUS_OK)
        status = metric_store_save(filter->db, place, &point, true);
    metric_point_close(&point);
    return status;
}

static enum status write_point(const struct log_metric *filter,
                               const struct log_metric_point *point)
{
    const struct json *otherwise = json_member(filter->transformation, "defaultValue");
    struct slice unit = json_member_string(filter->transformation, "unit");
    struct metric_place place = {.minute_ms = point->minute_ms,
                                 .unit = unit.len > 0 ? unit : SLICE("None")};
    bool has_values = point->point.count > 0;
    if (!has_values && otherwise == NULL)
        return STATUS_OK;
    enum status status = find_metric(filter, point, &place.metric_id);
    if (status != STATUS_OK)
        return status;
    return has_values ? metric_store_add(filter->db, &place, &point->point)
                      : add_default(filter, &place, json_number(otherwise));
}

enum status log_metric_finish(struct log_metric *filter)
{
    enum status status = STATUS_OK;
    for (size_t i = 0; i < filter->point_count && status == STATUS_OK; i++)
        status = write_point(filter, &filter->points[i]);
    log_metric_close(filter);
    return status;
}

void log_metric_close(struct log_metric *filter)
{
    for (size_t i = 0; i < filter->point_count; i++)
        metric_point_close(&filter->points[i].point);
    filter->point_count = 0;
}

/* ---- adding ---- */

static enum status point_of(struct log_metric *filter, int64_t at_ms, struct slice dimensions,
                            struct metric_point **ret_point)
{
    int64_t minute_ms = metric_point_minute_ms(at_ms);
    for (size_t i = 0; i < filter->point_count; i++) {
        struct log_metric_point *p = &filter->points[i];
        if (p->minute_ms == minute_ms && slice_equal(p->dimensions, dimensions)) {
            *ret_point = &p->point;
            return STATUS_OK;
        }
    }
    enum status status = STATUS_OK;
    if (filter->point_count == LOG_METRIC_MAX_POINTS)
        status = log_metric_finish(filter);
    struct log_metric_point point = {.minute_ms = minute_ms};
    if (status == STATUS_OK)
        status = arena_copy(filter->arena, dimensions, &point.dimensions);
    if (status != STATUS_OK)
        return status;
    filter->points[filter->point_count] = point;
    *ret_point = &filter->points[filter->point_count++].point;
    return STATUS_OK;
}

/* STATUS_NOT_FOUND: the event has no such number. */
static enum status value_of(const struct log_metric *filter, const struct filter_match *match,
                            struct arena *scratch, double *ret_value)
{
    struct slice text = json_member_string(filter->transformation, "metricValue");
    enum status status = STATUS_OK;
    if (slice_starts_with(text, SLICE("$")))
        status = filter_pattern_value(filter->pattern, match, text, scratch, &text);
    if (status == STATUS_OK && filter_condition_number(text, ret_value) != STATUS_OK)
        status = STATUS_NOT_FOUND;
    return status;
}

/* The member whose name comes next behind `last`; NULL at the end. */
static const struct json *next_by_name(const struct json *dimensions, struct slice last)
{
    const struct json *next = NULL;
    for (const struct json *d = json_first(dimensions); d != NULL; d = json_next(d))
        if (slice_compare(json_name(d), last) > 0 &&
            (next == NULL || slice_compare(json_name(d), json_name(next)) < 0))
            next = d;
    return next;
}

/* STATUS_NOT_FOUND: the event lacks one of them. */
static enum status pack_dimensions(const struct log_metric *filter,
                                   const struct filter_match *match, struct arena *scratch,
                                   struct text *packed)
{
    const struct json *dimensions = json_member(filter->transformation, "dimensions");
    enum status status = STATUS_OK;
    struct slice last = slice_make(NULL, 0);
    const struct json *dimension = NULL;
    while (status == STATUS_OK && (dimension = next_by_name(dimensions, last)) != NULL) {
        struct slice value = slice_make(NULL, 0);
        last = json_name(dimension);
        status =
            filter_pattern_value(filter->pattern, match, json_string(dimension), scratch, &value);
        if (status == STATUS_OK && (value.len == 0 || slice_find(value, '\0') < value.len))
            status = STATUS_NOT_FOUND;
        if (status == STATUS_OK)
            metric_dimension_pack(packed, last, value);
    }
    return status == STATUS_OK ? packed->status : status;
}

static enum status add_value(struct log_metric *filter, const struct filter_match *match,
                             int64_t at_ms, struct arena *scratch)
{
    struct text packed;
    struct metric_point *point = NULL;
    double value = 0;
    text_init_in(&packed, scratch, DIMENSIONS_MAX_BYTES);
    enum status status = value_of(filter, match, scratch, &value);
    if (status == STATUS_OK)
        status = pack_dimensions(filter, match, scratch, &packed);
    if (status == STATUS_TOO_LARGE) /* dimensions no metric can have */
        status = STATUS_NOT_FOUND;
    if (status == STATUS_OK)
        status = point_of(filter, at_ms, text_slice(&packed), &point);
    if (status == STATUS_OK)
        status = metric_point_add(point, value, 1);
    return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

enum status log_metric_add(struct log_metric *filter, const struct filter_match *match,
                           int64_t at_ms, struct arena *scratch)
{
    struct metric_point *point = NULL;
    if (at_ms < filter->now_ms - METRIC_RETENTION_MS)
        return STATUS_OK;
    if (match->is_match)
        return add_value(filter, match, at_ms, scratch);
    return point_of(filter, at_ms, slice_make(NULL, 0), &point);
}

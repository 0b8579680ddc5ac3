#include "storage/metric_values.h"

#include <math.h>
#include <string.h>

#include "emulator/base/mem.h"

#define FIRST_CAPACITY 2
#define FIRST_GROWTH 1.1
#define WIDEST_GRID 13 /* squared so often, two cells hold all positive numbers */
#define KEPT_AT_MOST 100

void metric_values_close(struct metric_values *values)
{
    mem_free(values->items);
    *values = (struct metric_values){0};
}

/* Where `value` stands or belongs. */
static size_t lower_bound(const struct metric_values *values, double value)
{
    size_t low = 0;
    size_t high = values->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (values->items[middle].value < value)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/*
 * The upper end of the value's cell in a grid whose cells grow by `growth`. A wider grid whose
 * growth is a square of this one's has every second of its ends, so that going over values again
 * and again does not move them further than the widest grid's cell.
 */
static double snap(double value, double growth)
{
    const double slack = 1e-9; /* an end belongs to its own cell */
    if (value > 0)
        return pow(growth, ceil(log(value) / log(growth) - slack));
    return value < 0 ? -pow(growth, floor(log(-value) / log(growth) + slack)) : 0;
}

static void snap_all(struct metric_values *values, double growth)
{
    size_t kept = 0;
    for (size_t i = 0; i < values->count; i++) {
        struct metric_value item = {snap(values->items[i].value, growth), values->items[i].count};
        if (kept > 0 && item.value <= values->items[kept - 1].value)
            values->items[kept - 1].count += item.count;
        else
            values->items[kept++] = item;
    }
    values->count = kept;
}

/* A good part of the places is free afterwards, so that it is seldom done. */
static void thin_out(struct metric_values *values)
{
    double growth = FIRST_GROWTH;
    for (int i = 0; i < WIDEST_GRID && values->count > KEPT_AT_MOST; i++) {
        snap_all(values, growth);
        growth *= growth;
    }
}

static enum status make_room(struct metric_values *values)
{
    if (values->count < values->capacity)
        return STATUS_OK;
    if (values->capacity == METRIC_VALUES_MAX) {
        thin_out(values);
        return STATUS_OK;
    }
    size_t capacity = values->capacity > 0 ? values->capacity * 2 : FIRST_CAPACITY;
    if (capacity > METRIC_VALUES_MAX)
        capacity = METRIC_VALUES_MAX;
    struct metric_value *items = mem_resize(values->items, capacity * sizeof(*items));
    if (items == NULL)
        return STATUS_NO_MEMORY;
    values->items = items;
    values->capacity = capacity;
    return STATUS_OK;
}

enum status metric_values_add(struct metric_values *values, double value, double count)
{
    size_t at = lower_bound(values, value);
    if (at < values->count && values->items[at].value <= value) {
        values->items[at].count += count;
        return STATUS_OK;
    }
    enum status status = make_room(values);
    if (status != STATUS_OK)
        return status;
    at = lower_bound(values, value);
    memmove(&values->items[at + 1], &values->items[at],
            (values->count - at) * sizeof(values->items[0]));
    values->items[at] = (struct metric_value){value, count};
    values->count++;
    return STATUS_OK;
}

enum status metric_values_merge(struct metric_values *values, const struct metric_values *other)
{
    enum status status = STATUS_OK;
    for (size_t i = 0; status == STATUS_OK && i < other->count; i++)
        status = metric_values_add(values, other->items[i].value, other->items[i].count);
    return status;
}

double metric_values_total(const struct metric_values *values)
{
    double total = 0;
    for (size_t i = 0; i < values->count; i++)
        total += values->items[i].count;
    return total;
}

double metric_values_percentile(const struct metric_values *values, double percent)
{
    double wanted = metric_values_total(values) * percent / 100.0;
    double seen = 0;
    for (size_t i = 0; i < values->count; i++) {
        seen += values->items[i].count;
        if (seen >= wanted)
            return values->items[i].value;
    }
    return values->count > 0 ? values->items[values->count - 1].value : 0;
}

struct slice metric_values_bytes(const struct metric_values *values)
{
    return slice_make(values->items, values->count * sizeof(values->items[0]));
}

enum status metric_values_add_bytes(struct metric_values *values, struct slice bytes)
{
    struct metric_value item;
    if (bytes.len % sizeof(item) != 0)
        return STATUS_CORRUPT;
    for (size_t at = 0; at < bytes.len; at += sizeof(item)) {
        memcpy(&item, bytes.ptr + at, sizeof(item));
        enum status status = metric_values_add(values, item.value, item.count);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

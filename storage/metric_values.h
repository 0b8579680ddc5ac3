/*
 * metric_values.h -- which values were measured how often: what percentiles are made from.
 *
 * Exact up to METRIC_VALUES_MAX different values. Beyond that a value counts as the upper end of
 * its cell in a grid whose cells grow by 10 % (where values span more than four powers of ten by 21
 * %, and so on), so the size is bounded whatever comes in. A zeroed one is empty. Owns heap memory:
 * close it.
 */
#ifndef STORAGE_METRIC_VALUES_H
#define STORAGE_METRIC_VALUES_H

#include <stdbool.h>
#include <stddef.h>

#include "emulator/base/slice.h"

#define METRIC_VALUES_MAX 128

struct metric_value {
    double value;
    double count;
};

struct metric_values {
    struct metric_value *items; /* owned; by value */
    size_t count;
    size_t capacity;
};

/* Safe on a closed or zeroed one, which it leaves. */
void metric_values_close(struct metric_values *values);

/* STATUS_NO_MEMORY leaves them as they were. */
NODISCARD enum status metric_values_add(struct metric_values *values, double value, double count);
NODISCARD enum status metric_values_merge(struct metric_values *values,
                                          const struct metric_values *other);

/* How many were measured in all. */
double metric_values_total(const struct metric_values *values);

/* The smallest value that `percent` of all (0 to 100) do not exceed; 0 when empty. */
double metric_values_percentile(const struct metric_values *values, double percent);

/* As stored, borrowed; and added from there. STATUS_CORRUPT for anything else. */
struct slice metric_values_bytes(const struct metric_values *values);
NODISCARD enum status metric_values_add_bytes(struct metric_values *values, struct slice bytes);

#endif

/*
 * metric_dimensions.h -- packed dimensions (storage/metric_store.h) as ListMetrics reads and writes
 * them.
 */
#ifndef HANDLERS_CLOUDWATCH_METRIC_DIMENSIONS_H
#define HANDLERS_CLOUDWATCH_METRIC_DIMENSIONS_H

#include <stdbool.h>

#include "emulator/base/slice.h"

struct json;
struct json_writer;

/* Does one of them fit a filter: the same Name and, when it has one, the same Value? */
bool metric_dimensions_have(struct slice packed, const struct json *filter);

/* [{"Name": ..., "Value": ...}, ...] */
void metric_dimensions_write(struct json_writer *w, struct slice packed);

#endif

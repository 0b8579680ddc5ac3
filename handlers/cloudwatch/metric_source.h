/*
 * metric_source.h -- one resource's metrics in memory: what metric_reader adds up.
 */
#ifndef HANDLERS_CLOUDWATCH_METRIC_SOURCE_H
#define HANDLERS_CLOUDWATCH_METRIC_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "emulator/base/list.h"
#include "emulator/base/slice.h"
#include "storage/metric_store.h"

struct db;
struct event;
struct event_metric;

#define METRIC_SOURCE_MAX_SUMS 4096 /* of one source between two commits */

/* One metric's minute under way. */
struct metric_sum {
    struct slice name; /* these two in the source's texts */
    struct slice unit;
    int64_t minute_ms;
    int64_t metric_id; /* 0: not known yet */
    struct metric_point point;
    bool is_loaded; /* holds what is stored, too */
    bool is_changed;
};

struct metric_source {
    struct list link;         /* in the reader's bucket */
    struct list changed_link; /* in the reader's list, or alone */
    uint64_t hash;
    struct metric_key key; /* but for its name; in `texts` */
    struct metric_sum *sums;
    size_t sum_count;
    size_t sum_capacity;
    char texts[];
};

/* Of an event's account, region, namespace, dimension and resource. */
uint64_t metric_source_hash(const struct event *event);
bool metric_source_fits(const struct metric_source *source, const struct event *event,
                        uint64_t hash);

/* NULL when out of memory. */
struct metric_source *metric_source_create(const struct event *event, uint64_t hash);
void metric_source_destroy(struct metric_source *source);

/* STATUS_NO_MEMORY, or STATUS_TOO_LARGE at METRIC_SOURCE_MAX_SUMS. */
NODISCARD enum status metric_source_add(struct metric_source *source,
                                        const struct event_metric *metric, int64_t at_ms);

/*
 * Write what changed, in the unit that is open, and forget minutes that are over. All is tried; the
 * first failure is told.
 */
NODISCARD enum status metric_source_save(struct metric_source *source, struct db *db);

#endif

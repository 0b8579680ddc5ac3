/*
 * metric_reader.h -- what engines and handlers measure, written where CloudWatch would have it: a
 * reader of the event bus that stores EVENT_METRIC, and what EVENT_INVOKED tells of a function.
 *
 *     event --> added up in memory, per metric, unit and minute
 *                 --> metric_reader_save(), now and then, before a COMMIT --> metric_store
 *
 * So a request costs a look-up and an addition. When a group is undone, what was not saved yet goes
 * with it; when the daemon is killed, so does what was measured since the last save. A minute that
 * goes on keeps its sums in memory and is written over, not read again.
 *
 * Bounded: METRIC_READER_MAX_SOURCES resources within one group, beyond which measurements are
 * dropped and the log says so; between groups it keeps METRIC_READER_KEPT_SOURCES of them at most.
 */
#ifndef HANDLERS_CLOUDWATCH_METRIC_READER_H
#define HANDLERS_CLOUDWATCH_METRIC_READER_H

#include <stdbool.h>
#include <stddef.h>

#include "emulator/events/event_bus.h"
#include "storage/db.h"

#define METRIC_READER_MAX_SOURCES 16384
#define METRIC_READER_KEPT_SOURCES 256

enum { METRIC_READER_BUCKETS = 1024 };

struct metric_reader {
    struct event_reader reader;
    struct db_listener listener;
    struct db *db; /* borrowed */
    struct list buckets[METRIC_READER_BUCKETS];
    struct list changed; /* sources with something to write */
    size_t source_count;
    bool is_dropping; /* it was said once */
};

/* Begins to read. */
void metric_reader_init(struct metric_reader *reader, struct db *db, struct event_bus *bus);

/* Ends it. Safe on a zeroed or closed reader. */
void metric_reader_close(struct metric_reader *reader);

/* Something was measured since the last metric_reader_save(). */
bool metric_reader_has_news(const struct metric_reader *reader);

/* Between units: write what was measured. A failure is logged. */
void metric_reader_save(struct metric_reader *reader);

#endif

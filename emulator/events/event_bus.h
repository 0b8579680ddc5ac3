/*
 * event_bus.h -- what happens in a sandbox, told to whoever listens.
 *
 * Engines and handlers publish; log lines, trace, journal and console read. A publisher never
 * knows its readers and is never held up by them: a reader copies what it keeps and returns.
 * Readers run synchronously, on the loop thread, in the order they were added, inside the
 * publisher's unit of work: what a reader writes to the database commits together with what
 * happened. While it reads, a reader may remove itself but no other, add none, and
 * publish nothing.
 */
#ifndef EMULATOR_EVENTS_EVENT_BUS_H
#define EMULATOR_EVENTS_EVENT_BUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "emulator/base/list.h"
#include "emulator/base/slice.h"

enum event_kind {
    EVENT_REQUEST,   /* an API call was answered */
    EVENT_ACCEPTED,  /* records were accepted by a delivery stream */
    EVENT_INVOKED,   /* one invocation attempt of a function ended */
    EVENT_RETRY,     /* an attempt failed and will be repeated */
    EVENT_DELIVERED, /* an object was written by a delivery stream */
    EVENT_FAILED,    /* records went to the error output */
    EVENT_LOG,       /* lines for a CloudWatch log stream */
    EVENT_METRIC,    /* something was measured, for CloudWatch */
    EVENT_CLOCK      /* virtual time was moved */
};

/* What a service measured once, under the dimension named in the event. */
struct event_metric {
    struct slice name; /* "IncomingBytes" */
    struct slice unit; /* "Count", "Bytes", "Milliseconds"... */
    double value;
};

/* One line of a log event: its time and its text, without a line end. */
struct event_log_line {
    int64_t at_ms;
    struct slice text;
};

/* Everything is borrowed for the time of the call. Members that do not fit the kind are empty. */
struct event {
    enum event_kind kind;
    int64_t at_ms; /* sandbox time */
    struct slice account;
    struct slice region;
    struct slice service;   /* "firehose", "lambda", ... */
    struct slice operation; /* EVENT_REQUEST */
    struct slice resource;  /* name of the stream, function, bucket, ... */
    struct slice detail;    /* error code, object key, ... */
    int64_t status;         /* EVENT_REQUEST: HTTP status */
    int64_t records;
    int64_t bytes;
    struct slice log_group; /* EVENT_LOG */
    struct slice log_stream;
    bool log_must_exist; /* EVENT_LOG: drop the lines when the group is missing, else make it */
    const struct event_log_line *lines;
    size_t line_count;
    int64_t duration_us; /* EVENT_INVOKED */
    int64_t concurrent;  /* EVENT_INVOKED: attempts of the function under way, this one included */
    struct slice namespace; /* EVENT_METRIC: "AWS/Firehose" */
    struct slice dimension; /* EVENT_METRIC: its name; `resource` is its value */
    const struct event_metric *metrics;
    size_t metric_count;
};

struct event_reader {
    struct list link;
    void (*read)(struct event_reader *reader, const struct event *event);
};

struct event_bus {
    struct list readers;
};

void event_bus_init(struct event_bus *bus);
void event_bus_add(struct event_bus *bus, struct event_reader *reader);
void event_bus_remove(struct event_reader *reader);
void event_bus_publish(struct event_bus *bus, const struct event *event);

#endif

/*
 * log_reader.h -- what functions and engines log, written where CloudWatch would have it: a reader
 * of the event bus that stores EVENT_LOG lines in their group and stream.
 *
 * Both are made when missing, unless the event says that they must exist (a delivery stream's
 * logging): then its lines are dropped. Rows are written in the publisher's unit of work, so the
 * lines stand and fall with what they tell of.
 */
#ifndef HANDLERS_LOGS_LOG_READER_H
#define HANDLERS_LOGS_LOG_READER_H

#include "emulator/events/event_bus.h"

struct db;
struct log_forwarder;

struct log_reader {
    struct event_reader reader;
    struct db *db;                   /* borrowed */
    struct log_forwarder *forwarder; /* borrowed; told of new lines; NULL: nobody */
};

/* Begins to read. */
void log_reader_init(struct log_reader *reader, struct db *db, struct event_bus *bus);

/* Ends it. Safe on a zeroed or closed reader. */
void log_reader_close(struct log_reader *reader);

#endif

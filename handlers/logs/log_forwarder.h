/*
 * log_forwarder.h -- metric and subscription filters at work.
 *
 *     log_events_append -> COMMIT -> a portion of a filter's events per turn of the loop
 *                                         |-- metric filter:       into the metric store
 *                                         |-- Lambda:              an asynchronous invocation
 *                                         '-- Kinesis, Firehose:   PutRecord, as from outside
 *
 * How far a filter has come moves in the unit that writes metrics or hands over to a function, so
 * those get each event once; behind a PutRecord it moves in a unit of its own, so that a crash
 * between the two repeats one portion and loses none. One portion per filter is under way at a
 * time, in the order of arrival.
 *
 * As on AWS: a destination that is throttled or broken is tried again, a second later and twice as
 * long each time up to a minute, for 24 hours; one that is not there or refuses disables its
 * filter for ten minutes, and what comes until then is left out, which is logged. One that refuses
 * what is sent, for its size say, loses that alone.
 *
 * Work under way holds the sandbox's clock. Loop thread only.
 */
#ifndef HANDLERS_LOGS_LOG_FORWARDER_H
#define HANDLERS_LOGS_LOG_FORWARDER_H

#include <stdbool.h>

#include "emulator/base/status.h"

struct api_port;
struct db;
struct event_queue;
struct log_forwarder;
struct loop;
struct random;
struct sim_clock;

/* Borrowed for its life. */
struct log_forwarder_options {
    struct db *db;
    struct loop *loop;
    struct sim_clock *clock;
    struct random *random;
    struct event_queue *events;
    const struct api_port *api_port;
};

NODISCARD enum status log_forwarder_create(const struct log_forwarder_options *options,
                                           struct log_forwarder **ret_forwarder);

/* Events were stored, or filters made. NULL, and one not started or stopped, are no-ops. */
void log_forwarder_notify(struct log_forwarder *forwarder);

/* Take up what was left. */
void log_forwarder_start(struct log_forwarder *forwarder);

/* Take up nothing more. */
void log_forwarder_stop(struct log_forwarder *forwarder);

/* Nothing is on its way to a destination. */
bool log_forwarder_is_idle(const struct log_forwarder *forwarder);

/* Only when idle. NULL is a no-op. */
void log_forwarder_destroy(struct log_forwarder *forwarder);

#endif

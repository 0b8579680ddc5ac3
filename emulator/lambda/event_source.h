/*
 * event_source.h -- event source mappings at work: streams are read, functions are called with
 * batches of their records.
 *
 *     event_sources_notify -> a second later: poll -> each mapping, each shard: a batch that is due
 *           ^                                              |
 *           |                                         lambda_invoke
 *           '-- more to read, or a time to try again <- position moved (one unit of work)
 *
 * One batch at a time per shard. A batch that fails is tried again, a second later and twice as
 * long each time up to a minute, until it succeeds, has been tried MaximumRetryAttempts times more,
 * or its records are older than MaximumRecordAgeInSeconds or the stream keeps them; then it is
 * given up, which is logged. BisectBatchOnFunctionError halves it first. Throttles and errors of
 * ours count as no try.
 *
 * A batch whose success was not committed is handed to the function again. Where nothing is unread
 * no timer runs. Loop thread only; time is the sandbox's.
 */
#ifndef EMULATOR_LAMBDA_EVENT_SOURCE_H
#define EMULATOR_LAMBDA_EVENT_SOURCE_H

#include "emulator/base/slice.h"
#include "emulator/base/status.h"
#include "emulator/lambda/event_stream.h"

struct db;
struct event_source_row;
struct event_sources;
struct lambda_engine;
struct loop;
struct sim_clock;

#define EVENT_SOURCE_NEVER "No records processed" /* the result of a new mapping */

/* Borrowed for the life of it all. */
struct event_sources_options {
    struct db *db;
    struct loop *loop;
    struct sim_clock *clock;
    struct lambda_engine *lambda;
    event_stream_item_fn *write_item;
};

NODISCARD enum status event_sources_create(const struct event_sources_options *options,
                                           struct event_sources **ret_sources);

/* Take up what is unread. */
void event_sources_start(struct event_sources *sources);

/* Nothing new is taken up; what runs is the engine's to finish. */
void event_sources_stop(struct event_sources *sources);

/* Only when the engine is quiet. NULL is a no-op. */
void event_sources_destroy(struct event_sources *sources);

/* Records were put into some stream. NULL is a no-op. */
void event_sources_notify(struct event_sources *sources);

/*
 * A mapping was made: where it begins to read. In the unit that makes it. STATUS_NOT_FOUND: there
 * is no such stream.
 */
NODISCARD enum status event_sources_begin(struct event_sources *sources,
                                          const struct event_source_row *row);

/* A mapping was made or changed: look at it when the change is done. */
void event_sources_changed(struct event_sources *sources, const struct event_source_row *row);

#endif

/*
 * kinesis_source.h -- a delivery stream that reads a Kinesis stream instead of being put to.
 *
 *     state    leaves by                                          what happens
 *     -------  ------------------------------------------------- ----------------------------------
 *     BEFORE   the end of CREATING                                 positions: the ends of all
 * shards QUIET    kinesis_source_notify(), start of the engine        timer: the next full second
 *     ARMED    the timer                                           holds the clock
 *     READING  nothing is unread: QUIET; a failure: ARMED          a portion per turn of the loop
 *
 * Each portion is one unit of work: records are stored in the stream's first buffer, and
 * the position of the shard moves behind them. So nothing is lost and nothing read twice,
 * whenever the daemon ends. Seconds count from the end of CREATING, on the sandbox's clock; where
 * nothing is unread no timer runs. Records a producer has aggregated are taken apart.
 *
 * Loop thread only.
 */
#ifndef EMULATOR_DELIVERY_KINESIS_SOURCE_H
#define EMULATOR_DELIVERY_KINESIS_SOURCE_H

#include <stdbool.h>

#include "emulator/base/slice.h"

struct delivery_engine;
struct delivery_stream;

/* ---- for handlers --------------------------------------------------------------------------- */

/*
 * Let a stream that was just created read what a KinesisStreamSourceConfiguration (JSON) says.
 * In the unit that creates it. STATUS_INVALID: not such a configuration. Writes.
 */
NODISCARD enum status kinesis_source_attach(struct delivery_stream *stream,
                                            struct slice configuration);

/* That configuration; a NULL pointer for a stream that is put to. */
struct slice kinesis_source_configuration(const struct delivery_stream *stream);

/* Records were put into this Kinesis stream. */
void kinesis_source_notify(struct delivery_engine *engine, struct slice account,
                           struct slice region, struct slice name);

/* ---- for the engine ------------------------------------------------------------------------- */

/* The Kinesis stream's ARN; empty for a stream that is put to. */
struct slice kinesis_source_arn(const struct delivery_stream *stream);

/* What the stream's row says. */
NODISCARD enum status kinesis_source_load(struct delivery_stream *stream);

/* Something may be unread; or begin at the end of CREATING. */
void kinesis_source_arm(struct delivery_stream *stream);
void kinesis_source_stop(struct delivery_stream *stream);
bool kinesis_source_is_reading(const struct delivery_stream *stream);

/* Not while it is reading. */
void kinesis_source_free(struct delivery_stream *stream);

#endif

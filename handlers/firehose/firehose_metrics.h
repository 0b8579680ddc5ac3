/*
 * firehose_metrics.h -- what CloudWatch shows of Firehose's API, in the namespace AWS/Firehose.
 * Latencies are real time, from the request's head on. Published in the call's unit of work.
 */
#ifndef HANDLERS_FIREHOSE_FIREHOSE_METRICS_H
#define HANDLERS_FIREHOSE_FIREHOSE_METRICS_H

#include <stdint.h>

#include "emulator/base/slice.h"

struct call;
struct delivery_stream;

/* What a request to put came to. */
struct firehose_put {
    const struct delivery_stream *stream;
    uint64_t records; /* accepted */
    uint64_t bytes;
    uint64_t throttled; /* records told to slow down */
};

/* PutRecord or PutRecordBatch was accepted, at least in part. */
void firehose_metrics_put(struct call *call, const struct firehose_put *put);

/* All of it was throttled. */
void firehose_metrics_throttled(struct call *call, uint64_t records);

/* Another operation succeeded. `stream` is empty for those of no stream. */
void firehose_metrics_call(struct call *call, struct slice stream, struct slice requests,
                           struct slice latency);

#endif

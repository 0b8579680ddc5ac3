/*
 * firehose_metrics.h -- what CloudWatch shows of Firehose's API, in the namespace AWS/Firehose.
 * Latencies are real time, from the request's head on. Published in the call's unit of work.
 */
#ifndef HANDLERS_FIREHOSE_FIREHOSE_METRICS_H
#define HANDLERS_FIREHOSE_FIREHOSE_METRICS_H

#include <stdint.h>

#include "emulator/base/slice.h"

struct call;

/* PutRecord or PutRecordBatch accepted so much. */
void firehose_metrics_put(struct call *call, uint64_t records, uint64_t bytes);

/* Another operation succeeded. `stream` is empty for those of no stream. */
void firehose_metrics_call(struct call *call, struct slice stream, struct slice requests,
                           struct slice latency);

#endif

/*
 * delivery_query.h -- the compiled MetadataExtractionQuery of a stream, lent to one batch at a
 * time, and the watch over queries that do not end. Loop thread.
 */
#ifndef EMULATOR_DELIVERY_DELIVERY_QUERY_H
#define EMULATOR_DELIVERY_DELIVERY_QUERY_H

#include "emulator/base/status.h"

struct delivery_batch;
struct delivery_engine;
struct delivery_stream;

/* Real time that the query of one batch may take. */
#define DELIVERY_QUERY_MAX_MS 10000
#define DELIVERY_QUERY_MAX_BYTES ((size_t)1024 * 1024 * 1024)

/* The batch's query: the stream's, or compiled anew. Its time begins. */
NODISCARD enum status delivery_query_take(struct delivery_batch *batch);

/* Keep it for the next batch, unless it was stopped. Safe when the batch has none. */
void delivery_query_give_back(struct delivery_batch *batch);

/* The stream has another query now, or goes. */
void delivery_query_drop(struct delivery_stream *stream);

/* At the start, while it may fail. */
NODISCARD enum status delivery_query_init(struct delivery_engine *engine);

#endif

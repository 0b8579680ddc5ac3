/*
 * stream_lookup.h -- the delivery stream a request means, and the answers every operation shares.
 */
#ifndef HANDLERS_FIREHOSE_STREAM_LOOKUP_H
#define HANDLERS_FIREHOSE_STREAM_LOOKUP_H

#include "emulator/base/slice.h"

struct call;
struct delivery_stream;

/* The member DeliveryStreamName. */
struct slice stream_lookup_name(const struct call *call);

/* By that name, in the caller's account and region; NULL: the call is answered. */
struct delivery_stream *stream_lookup_require(struct call *call);

/* "CREATING", "ACTIVE" or "DELETING". */
const char *stream_lookup_state(const struct delivery_stream *stream);

/* ResourceNotFoundException. */
void stream_lookup_fail_not_found(struct call *call);

/* A store's or the engine's failure: 5xx. */
void stream_lookup_fail_storage(struct call *call, enum status status);

/* 200 with {}, or the failure. */
void stream_lookup_answer_done(struct call *call, enum status status);

#endif

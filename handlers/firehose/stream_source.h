/*
 * stream_source.h -- where a delivery stream's records come from: a Kinesis stream it reads, or
 * those who put, of whom it may have a hint how much to expect. Checking, beginning, describing.
 */
#ifndef HANDLERS_FIREHOSE_STREAM_SOURCE_H
#define HANDLERS_FIREHOSE_STREAM_SOURCE_H

#include <stdbool.h>
#include <stdint.h>

#include "emulator/base/status.h"

struct call;
struct delivery_stream;
struct json;
struct json_writer;
struct text;

/* Where a new stream's records come from. False: `problem` has the InvalidArgument's message. */
bool stream_source_check(const struct json *input, struct text *problem);

/* The Kinesis stream that is to be read, if any, is there. False: the call is answered. */
bool stream_source_require(struct call *call);

/* Let the new stream with the call's name read it, or keep the hint, if given. Writes. */
NODISCARD enum status stream_source_begin(struct call *call);

bool stream_source_is_kinesis(const struct delivery_stream *stream);

/* "Source" of a description, for streams that have one. 0: reading has not begun. */
NODISCARD enum status stream_source_write(struct call *call, const struct delivery_stream *stream,
                                          int64_t started_ms, struct json_writer *w);

#endif

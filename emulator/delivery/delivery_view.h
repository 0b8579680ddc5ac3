/*
 * delivery_view.h -- why is my object not there? What a stream's buffers hold, until when, and what
 * went wrong last. For the admin API; loop thread only.
 */
#ifndef EMULATOR_DELIVERY_DELIVERY_VIEW_H
#define EMULATOR_DELIVERY_DELIVERY_VIEW_H

#include <stdbool.h>
#include <stdint.h>

#include "emulator/base/slice.h"
#include "emulator/delivery/delivery.h"

/* One buffer. Slices are valid until the next turn. */
struct delivery_view_buffer {
    const char *stage;   /* "process", "deliver", "error", "backup", "decompression_error" */
    struct slice prefix; /* of a partition: as configured; else empty */
    struct slice keys;   /* of a partition: its values, a NUL behind each */
    int64_t records;     /* waiting */
    int64_t bytes;
    int64_t size_bytes; /* due when there are so many */
    int64_t in_flight_records;
    int64_t in_flight_bytes;
    int64_t oldest_ms; /* since when the first one waits; 0: none does */
    int64_t due_ms;    /* when it will be delivered at the latest; 0: nothing waits */
    unsigned failures; /* attempts in a row that failed */
    int64_t retry_ms;  /* not before; 0: no back-off */
};

/* Everything that has something, and the stages that are always there. */
void delivery_view_buffers(struct delivery_stream *stream,
                           void (*each)(void *arg, const struct delivery_view_buffer *buffer),
                           void *arg);

/* What happened last. A time of 0: it never did, since the daemon's start. */
struct delivery_last {
    int64_t invocation_ms;         /* the end of the last attempt */
    struct slice invocation_error; /* its error's code; empty: it succeeded */
    int64_t invocation_records;
    unsigned invocation_attempts; /* of that batch, up to then */
    int64_t invocation_us;        /* how long it took */
    int64_t error_ms;
    struct slice error_code;
    struct slice error_message;
    int64_t object_ms;
    char *object_key; /* owned by the stream; NULL: none, or there was no memory for it */
};

const struct delivery_last *delivery_view_last(const struct delivery_stream *stream);

/* When the next attempt of a batch of the transform is; 0: none waits for one. */
int64_t delivery_view_next_retry_ms(const struct delivery_stream *stream);

/* Call each(arg, stream names) for every stream that is there. */
struct delivery_view_stream {
    struct slice account;
    struct slice region;
    struct slice name;
    struct slice arn;
    int64_t version;
};

void delivery_view_streams(struct delivery_engine *engine,
                           void (*each)(void *arg, const struct delivery_view_stream *stream),
                           void *arg);
struct delivery_view_stream delivery_view_names(const struct delivery_stream *stream);

#endif

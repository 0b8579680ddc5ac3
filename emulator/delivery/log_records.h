/*
 * log_records.h -- what CloudWatch Logs' subscriptions send, unpacked: the processors Decompression
 * (GZIP) and CloudWatchLogProcessing (the messages of the events). Pure; any thread.
 */
#ifndef EMULATOR_DELIVERY_LOG_RECORDS_H
#define EMULATOR_DELIVERY_LOG_RECORDS_H

#include <stddef.h>

#include "emulator/base/slice.h"

struct arena;

/* A record that would become larger is invalid. */
#define LOG_RECORDS_MAX_BYTES ((size_t)16 * 1024 * 1024)

/*
 * Unpack one or several gzip members in a row. STATUS_INVALID: not gzip, cut off, or too large.
 * Into the arena.
 */
NODISCARD enum status log_records_decompress(struct slice record, struct arena *arena,
                                             struct slice *ret_plain);

struct log_messages {
    struct slice *messages; /* in the arena; each with a newline behind it */
    size_t count;
};

/*
 * The messages of a DATA_MESSAGE's logEvents, in order; none for a CONTROL_MESSAGE. U+FFFD stands
 * for an escaped NUL. STATUS_INVALID: not such a document.
 */
NODISCARD enum status log_records_messages(struct slice document, struct arena *arena,
                                           struct log_messages *ret_messages);

#endif

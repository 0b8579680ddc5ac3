/*
 * log_payload.h -- what a subscription sends: gzip of
 *
 *     {"messageType":"DATA_MESSAGE","owner":"<account>","logGroup":"...","logStream":"...",
 *      "subscriptionFilters":["..."],"logEvents":[{"id":"...","timestamp":1,"message":"..."}]}
 *
 * in base64, for a function inside {"awslogs":{"data":"..."}}.
 */
#ifndef HANDLERS_LOGS_LOG_PAYLOAD_H
#define HANDLERS_LOGS_LOG_PAYLOAD_H

#include <stddef.h>

#include "emulator/base/json_writer.h"
#include "emulator/base/text.h"
#include "storage/log_filter_store.h"

/* A payload under way: embed it; closing is the caller's, in any case. */
struct log_payload {
    const struct log_filter_row *filter; /* borrowed */
    struct text document;
    struct json_writer w;
    size_t events;
};

void log_payload_begin(struct log_payload *payload, const struct log_filter_row *filter);
/* All of one stream. */
void log_payload_add(struct log_payload *payload, const struct log_event_row *event);

/* Instead of events: does the destination take anything? */
void log_payload_check(struct log_payload *payload, struct slice message, int64_t now_ms);

/* Base64 to the end of `out`. */
NODISCARD enum status log_payload_finish(struct log_payload *payload, struct text *out);

/* Safe on a zeroed one. */
void log_payload_close(struct log_payload *payload);

#endif

/*
 * log_destination_tags.h -- the tags of destinations, for the operations by ARN in log_tags.c.
 */
#ifndef HANDLERS_LOGS_LOG_DESTINATION_TAGS_H
#define HANDLERS_LOGS_LOG_DESTINATION_TAGS_H

#include <stdbool.h>

#include "emulator/base/slice.h"

struct call;

/* Is the request's resourceArn a destination's? */
bool log_destination_tags_are_asked(const struct call *call);

/* Each answers the call. */
void log_destination_tags_list(struct call *call);
void log_destination_tags_add(struct call *call);
void log_destination_tags_remove(struct call *call);

/* The request's `tags`, for a destination that is being put. False when the call is answered. */
bool log_destination_tags_put(struct call *call, struct slice destination);

/* With the destination. */
NODISCARD enum status log_destination_tags_drop(struct call *call, struct slice destination);

#endif

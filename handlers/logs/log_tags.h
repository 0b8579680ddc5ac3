/*
 * log_tags.h -- storing the `tags` member of a request. The operations are in logs_operations.h.
 */
#ifndef HANDLERS_LOGS_LOG_TAGS_H
#define HANDLERS_LOGS_LOG_TAGS_H

#include <stdint.h>

#include "emulator/base/status.h"

struct call;

/* STATUS_TOO_LARGE: the group would have more than LOG_TAGS_MAX. */
#define LOG_TAGS_MAX 50
NODISCARD enum status log_tags_store(struct call *call, int64_t group_id);

#endif

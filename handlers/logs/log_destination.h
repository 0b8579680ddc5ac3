/*
 * log_destination.h -- destinations: names for a Kinesis or delivery stream, which subscription
 * filters of other accounts send to. The operations are in logs_operations.h.
 */
#ifndef HANDLERS_LOGS_LOG_DESTINATION_H
#define HANDLERS_LOGS_LOG_DESTINATION_H

#include "emulator/base/slice.h"
#include "handlers/logs/log_target.h"

struct arena;
struct db;

#define LOG_DESTINATION_KIND SLICE("destination")

/*
 * What an ARN stands for in the end. STATUS_NOT_FOUND: no ARN of something that takes events, or a
 * destination that is not there. In the arena.
 */
NODISCARD enum status log_destination_resolve(struct db *db, struct slice arn, struct arena *arena,
                                              struct log_target *ret_target);

#endif

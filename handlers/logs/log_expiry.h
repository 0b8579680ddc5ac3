/*
 * log_expiry.h -- when events of log groups with a retention are removed.
 *
 * At the sandbox's time at which the oldest of them expires, and then at most once an hour, a
 * portion per turn of the loop; the clock is held until all are gone. Who reads leaves out what has
 * expired in any case. Loop thread only.
 */
#ifndef HANDLERS_LOGS_LOG_EXPIRY_H
#define HANDLERS_LOGS_LOG_EXPIRY_H

#include "emulator/base/status.h"

struct db;
struct log_expiry;
struct log_group_row;
struct loop;
struct sim_clock;

/* All borrowed for its life. */
NODISCARD enum status log_expiry_create(struct db *db, struct loop *loop, struct sim_clock *clock,
                                        struct log_expiry **ret_expiry);

/* This group has other events, or another retention. NULL is a no-op. */
void log_expiry_notify(struct log_expiry *expiry, const struct log_group_row *group);

/* Look at all groups. */
void log_expiry_start(struct log_expiry *expiry);
void log_expiry_stop(struct log_expiry *expiry);

/* NULL is a no-op. */
void log_expiry_destroy(struct log_expiry *expiry);

#endif

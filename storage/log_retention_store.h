/*
 * log_retention_store.h -- events of log groups that are older than their group's retention.
 *
 * Who reads leaves them out; here they are removed, a portion at a time.
 */
#ifndef STORAGE_LOG_RETENTION_STORE_H
#define STORAGE_LOG_RETENTION_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "emulator/base/status.h"

struct db;

#define LOG_RETENTION_DAY_MS (INT64_C(24) * 3600 * 1000)

/* When the oldest event of any group with a retention expires. STATUS_NOT_FOUND: never. */
NODISCARD enum status log_retention_next_ms(struct db *db, int64_t *ret_at_ms);

/* Remove up to `max_rows` events that have expired; *ret_more: others may be left. Writes. */
NODISCARD enum status log_retention_sweep(struct db *db, int64_t now_ms, int64_t max_rows,
                                          bool *ret_more);

#endif

/*
 * durations.h -- lengths of time and moments as people write them, on the command line, in a
 * configuration and in the admin API.
 *
 *     duration   90        seconds
 *                250ms 90s 2m 1h 7d, and sums: 1h30m
 *                PT5M P1DT12H PT0.5S   (ISO 8601, days to seconds)
 *     moment     2026-11-25T10:00:00Z, with up to three decimals, or +01:00 in place of Z
 *                1764064800000          milliseconds since the epoch
 *
 * Upper and lower case count the same. Nothing is negative, and nothing reaches beyond
 * DURATION_MAX_MS or the year 9999.
 */
#ifndef EMULATOR_BASE_DURATIONS_H
#define EMULATOR_BASE_DURATIONS_H

#include <stdint.h>

#include "emulator/base/slice.h"

#define DURATION_MAX_MS ((int64_t)100 * 366 * 24 * 3600 * 1000) /* a hundred years */

/* STATUS_INVALID for another form, STATUS_TOO_LARGE beyond the maximum. */
NODISCARD enum status durations_parse(struct slice text, int64_t *ret_ms);

/* Epoch milliseconds, never before 1970. STATUS_INVALID, STATUS_TOO_LARGE. */
NODISCARD enum status durations_parse_moment(struct slice text, int64_t *ret_epoch_ms);

#endif

/*
 * dates.h -- epoch milliseconds as the texts AWS's protocols use. Always UTC.
 */
#ifndef EMULATOR_BASE_DATES_H
#define EMULATOR_BASE_DATES_H

#include <stdint.h>

#include "emulator/base/slice.h"

#define DATE_TEXT_BYTES 40

/* Each writes a NUL-terminated text into a buffer of DATE_TEXT_BYTES. */
void dates_http(int64_t epoch_ms, char *text);       /* Mon, 23 Nov 2026 08:20:07 GMT */
void dates_iso_ms(int64_t epoch_ms, char *text);     /* 2026-11-23T08:20:07.084Z */
void dates_iso_offset(int64_t epoch_ms, char *text); /* 2026-11-23T08:20:07.084+0000 */
void dates_compact(int64_t epoch_ms, char *text);    /* 20261123T082007Z */

/*
 * "2026-11-23T08:20:07Z", with a fraction, a zone such as +01:00, or no time at all (midnight); UTC
 * when no zone is named. STATUS_INVALID.
 */
NODISCARD enum status dates_parse_iso(struct slice text, int64_t *ret_epoch_ms);

/* strftime() on the UTC time; empty when it does not fit. */
void dates_format(int64_t epoch_ms, const char *format, char *text);

#endif

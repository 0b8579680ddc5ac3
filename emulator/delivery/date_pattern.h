/*
 * date_pattern.h -- the part of Java's DateTimeFormatter patterns that `!{timestamp:...}` of an
 * S3 prefix takes: y u M L d D E H h K k m s S a, quoted text, and other characters as they are.
 * Times are UTC, names are English.
 */
#ifndef EMULATOR_DELIVERY_DATE_PATTERN_H
#define EMULATOR_DELIVERY_DATE_PATTERN_H

#include <stdint.h>

#include "emulator/base/slice.h"

struct text;

/* STATUS_INVALID for a letter or a repetition it does not know. */
NODISCARD enum status date_pattern_check(struct slice pattern);

/* Append the moment as `pattern` has it. The pattern has passed the check. */
void date_pattern_append(struct text *out, struct slice pattern, int64_t epoch_ms);

#endif

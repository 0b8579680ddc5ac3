/*
 * date_pattern.h -- the part of Java's DateTimeFormatter patterns that `!{timestamp:...}` of an
 * S3 prefix takes: dates (G y u Y Q q M L w W d D E e c), times (a H h K k m s S A n N), offsets
 * from UTC (Z X x O), quoted text, and other characters as they are. Names and weeks are those of
 * date_fields.h. Not names of zones (z v V), periods of the day (B), F, g, padding (p) and optional
 * sections.
 */
#ifndef EMULATOR_DELIVERY_DATE_PATTERN_H
#define EMULATOR_DELIVERY_DATE_PATTERN_H

#include <stdbool.h>
#include <stdint.h>

#include "emulator/base/slice.h"

struct text;

/* STATUS_INVALID for a letter or a repetition it does not know. */
NODISCARD enum status date_pattern_check(struct slice pattern);

/* Are whole seconds of local time all it shows: no parts of a second, no offsets? */
bool date_pattern_is_of_seconds(struct slice pattern);

/*
 * Append the moment as `pattern` has it, as clocks in its zone show it; `offset_s` is that of the
 * zone, east of UTC. The pattern has passed the check.
 */
void date_pattern_append(struct text *out, struct slice pattern, int64_t local_ms,
                         int32_t offset_s);

#endif

/*
 * zone_rule.h -- the rule at the end of a TZif file, which holds for all times behind the last
 * transition: POSIX's TZ text, "CET-1CEST,M3.5.0,M10.5.0/3", with RFC 8536's extension (hours from
 * -167 to 167). For time_zone.c.
 */
#ifndef EMULATOR_DELIVERY_ZONE_RULE_H
#define EMULATOR_DELIVERY_ZONE_RULE_H

#include <stdbool.h>
#include <stdint.h>

#include "emulator/base/slice.h"

/* When daylight saving begins or ends: which day of a year, and how long after its midnight. */
struct zone_change {
    enum { ZONE_MONTH_DAY, ZONE_JULIAN, ZONE_YEAR_DAY } kind;

    int month; /* ZONE_MONTH_DAY: 1 to 12 */
    int week;  /* 1 to 5; 5 is the last one */
    int day;   /* of the week (0: Sunday), or of the year */
    int32_t after_s;
};

struct zone_time {
    int32_t offset_s;  /* east of UTC */
    struct slice name; /* a part of the text */
};

struct zone_rule {
    struct zone_time standard;
    struct zone_time daylight;
    bool has_daylight;
    struct zone_change begins;
    struct zone_change ends;
};

/* STATUS_CORRUPT: no such text. The rule borrows from it. */
NODISCARD enum status zone_rule_parse(struct slice text, struct zone_rule *ret_rule);

struct zone_time zone_rule_at(const struct zone_rule *rule, int64_t epoch_s);

#endif

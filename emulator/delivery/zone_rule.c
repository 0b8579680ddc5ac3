#include "emulator/delivery/zone_rule.h"

#include <time.h>

enum { HOUR_S = 3600, DAY_S = 24 * 3600, HOURS_MAX = 167 };

/* ---- parsing: each part cuts itself off the text, or says false ---- */

static bool take_byte(struct slice *rest, char byte)
{
    if (rest->len == 0 || rest->ptr[0] != byte)
        return false;
    *rest = slice_from(*rest, 1);
    return true;
}

static bool take_number(struct slice *rest, int max, int *ret_number)
{
    int number = 0;
    size_t at = 0;
    while (at < rest->len && rest->ptr[at] >= '0' && rest->ptr[at] <= '9' && number <= max)
        number = number * 10 + (rest->ptr[at++] - '0');
    if (at == 0 || number > max)
        return false;
    *rest = slice_from(*rest, at);
    *ret_number = number;
    return true;
}

/* "CET" or "<+0330>". */
static bool take_name(struct slice *rest, struct slice *ret_name)
{
    if (take_byte(rest, '<')) {
        *ret_name = slice_cut(rest, '>');
        return ret_name->len > 0 && rest->ptr != NULL;
    }
    size_t at = 0;
    while (at < rest->len && ((rest->ptr[at] | 0x20) >= 'a' && (rest->ptr[at] | 0x20) <= 'z'))
        at++;
    *ret_name = slice_first(*rest, at);
    *rest = slice_from(*rest, at);
    return at >= 3;
}

/* [+-]hh[:mm[:ss]] */
static bool take_time(struct slice *rest, int32_t *ret_seconds)
{
    int hours = 0;
    int minutes = 0;
    int seconds = 0;
    bool is_negative = take_byte(rest, '-');
    if (!is_negative)
        (void)take_byte(rest, '+');
    if (!take_number(rest, HOURS_MAX, &hours))
        return false;
    if (take_byte(rest, ':') && !take_number(rest, 59, &minutes))
        return false;
    if (take_byte(rest, ':') && !take_number(rest, 59, &seconds))
        return false;
    int32_t all = hours * HOUR_S + minutes * 60 + seconds;
    *ret_seconds = is_negative ? -all : all;
    return true;
}

static bool take_day(struct slice *rest, struct zone_change *change)
{
    if (take_byte(rest, 'M')) {
        change->kind = ZONE_MONTH_DAY;
        return take_number(rest, 12, &change->month) && change->month > 0 && take_byte(rest, '.') &&
               take_number(rest, 5, &change->week) && change->week > 0 && take_byte(rest, '.') &&
               take_number(rest, 6, &change->day);
    }
    change->kind = take_byte(rest, 'J') ? ZONE_JULIAN : ZONE_YEAR_DAY;
    return take_number(rest, 365, &change->day);
}

/* ",<day>[/<time>]" */
static bool take_change(struct slice *rest, struct zone_change *change)
{
    *change = (struct zone_change){.after_s = 2 * HOUR_S};
    if (!take_byte(rest, ',') || !take_day(rest, change))
        return false;
    return !take_byte(rest, '/') || take_time(rest, &change->after_s);
}

/* The text counts offsets to the west. */
static bool take_daylight(struct slice *rest, struct zone_rule *rule)
{
    int32_t west_s = 0;
    rule->has_daylight = true;
    if (!take_name(rest, &rule->daylight.name))
        return false;
    rule->daylight.offset_s = rule->standard.offset_s + HOUR_S;
    if (rest->len > 0 && rest->ptr[0] != ',') {
        if (!take_time(rest, &west_s))
            return false;
        rule->daylight.offset_s = -west_s;
    }
    return take_change(rest, &rule->begins) && take_change(rest, &rule->ends);
}

enum status zone_rule_parse(struct slice text, struct zone_rule *ret_rule)
{
    struct zone_rule rule = {.has_daylight = false};
    int32_t west_s = 0;
    struct slice rest = text;
    if (!take_name(&rest, &rule.standard.name) || !take_time(&rest, &west_s))
        return STATUS_CORRUPT;
    rule.standard.offset_s = -west_s;
    if (rest.len > 0 && !take_daylight(&rest, &rule))
        return STATUS_CORRUPT;
    if (rest.len > 0)
        return STATUS_CORRUPT;
    *ret_rule = rule;
    return STATUS_OK;
}

/* ---- asking ---- */

static bool is_leap(int64_t year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/* Days from the epoch to the first day of a month (Howard Hinnant's days_from_civil). */
static int64_t days_until(int64_t year, int month)
{
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t year_of_era = y - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

static int64_t month_day(const struct zone_change *change, int64_t year)
{
    int64_t first = days_until(year, change->month);
    int64_t next =
        change->month == 12 ? days_until(year + 1, 1) : days_until(year, change->month + 1);
    int64_t weekday = ((first + 4) % 7 + 7) % 7; /* 1970 began on a Thursday */
    int64_t day = first + (change->day - weekday + 7) % 7 + (int64_t)(change->week - 1) * 7;
    return day < next ? day : day - 7;
}

/* In seconds of local time since the epoch, as clocks then showed. */
static int64_t change_at(const struct zone_change *change, int64_t year)
{
    int64_t day = 0;
    switch (change->kind) {
    case ZONE_MONTH_DAY:
        day = month_day(change, year);
        break;
    case ZONE_JULIAN: /* 1 to 365, without 29 February */
        day = days_until(year, 1) + change->day - 1 + (is_leap(year) && change->day >= 60 ? 1 : 0);
        break;
    case ZONE_YEAR_DAY: /* 0 to 365 */
        day = days_until(year, 1) + change->day;
        break;
    }
    return day * DAY_S + change->after_s;
}

struct zone_time zone_rule_at(const struct zone_rule *rule, int64_t epoch_s)
{
    if (!rule->has_daylight)
        return rule->standard;
    time_t local = (time_t)(epoch_s + rule->standard.offset_s);
    struct tm date = {0};
    (void)gmtime_r(&local, &date);
    int64_t year = date.tm_year + INT64_C(1900);
    int64_t begins = change_at(&rule->begins, year) - rule->standard.offset_s;
    int64_t ends = change_at(&rule->ends, year) - rule->daylight.offset_s;
    bool is_daylight =
        begins < ends ? epoch_s >= begins && epoch_s < ends : epoch_s >= begins || epoch_s < ends;
    return is_daylight ? rule->daylight : rule->standard;
}

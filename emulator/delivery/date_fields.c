#include "emulator/delivery/date_fields.h"

#include <stdbool.h>
#include <stdlib.h>

#include "emulator/base/text.h"

enum { WEEK_DAYS = 7, MINUTE_S = 60, HOUR_S = 3600 };

struct date date_make(int64_t local_ms, int32_t offset_s)
{
    struct date date = {.ms = (int)(local_ms % 1000), .offset_s = offset_s};
    time_t seconds = (time_t)(local_ms / 1000);
    if (date.ms < 0) {
        date.ms += 1000;
        seconds--;
    }
    (void)gmtime_r(&seconds, &date.tm);
    return date;
}

/* ---- weeks ---- */

static int year_days(int year)
{
    bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return is_leap ? 366 : 365;
}

/* The day of the week, from Sunday, `days` before that one. */
static int weekday_before(const struct tm *tm, int days)
{
    return (tm->tm_wday - days % WEEK_DAYS + WEEK_DAYS) % WEEK_DAYS;
}

/* Does the 1st of January to come lie in this week? */
static bool is_in_next_year(const struct tm *tm)
{
    int days = year_days(tm->tm_year + 1900) - tm->tm_yday;
    return tm->tm_wday + days < WEEK_DAYS;
}

static int week_of_year(const struct tm *tm)
{
    if (is_in_next_year(tm))
        return 1;
    return (tm->tm_yday + weekday_before(tm, tm->tm_yday)) / WEEK_DAYS + 1;
}

static int week_of_month(const struct tm *tm)
{
    int day = tm->tm_mday - 1;
    return (day + weekday_before(tm, day)) / WEEK_DAYS + 1;
}

/* ---- numbers ---- */

static int64_t day_ms(const struct date *date)
{
    const struct tm *tm = &date->tm;
    int64_t seconds = tm->tm_hour * HOUR_S + tm->tm_min * MINUTE_S + tm->tm_sec;
    return seconds * 1000 + date->ms;
}

static int64_t time_number(char letter, const struct date *date)
{
    int hour = date->tm.tm_hour;
    switch (letter) {
    case 'H':
        return hour;
    case 'h':
        return hour % 12 == 0 ? 12 : hour % 12;
    case 'K':
        return hour % 12;
    case 'k':
        return hour == 0 ? 24 : hour;
    case 'm':
        return date->tm.tm_min;
    case 's':
        return date->tm.tm_sec;
    case 'A':
        return day_ms(date);
    case 'n':
        return date->ms * INT64_C(1000000);
    default: /* N */
        return day_ms(date) * 1000000;
    }
}

int64_t date_number(char letter, const struct date *date)
{
    const struct tm *tm = &date->tm;
    switch (letter) {
    case 'y':
    case 'u':
        return tm->tm_year + 1900;
    case 'Y':
        return tm->tm_year + 1900 + (is_in_next_year(tm) ? 1 : 0);
    case 'M':
    case 'L':
        return tm->tm_mon + 1;
    case 'Q':
    case 'q':
        return tm->tm_mon / 3 + 1;
    case 'd':
        return tm->tm_mday;
    case 'D':
        return tm->tm_yday + 1;
    case 'w':
        return week_of_year(tm);
    case 'W':
        return week_of_month(tm);
    case 'e':
    case 'c':
        return tm->tm_wday + 1;
    default:
        return time_number(letter, date);
    }
}

/* ---- names ---- */

static const char *const months[] = {"January",   "February", "March",    "April",
                                     "May",       "June",     "July",     "August",
                                     "September", "October",  "November", "December"};
static const char *const days[] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                   "Thursday", "Friday", "Saturday"};

/* In full for four letters, the first letter for five, else three. */
static void append_shortened(struct text *out, const char *name, unsigned count)
{
    struct slice whole = slice_of(name);
    if (count == 4)
        text_append(out, whole);
    else
        text_append(out, slice_first(whole, count == 5 ? 1 : 3));
}

static void append_era(struct text *out, unsigned count)
{
    if (count == 4)
        text_append_text(out, "Anno Domini");
    else
        text_append(out, slice_first(SLICE("AD"), count == 5 ? 1 : 2));
}

static void append_quarter(struct text *out, unsigned count, int quarter)
{
    static const char *const endings[] = {"st", "nd", "rd", "th"};
    if (count == 4)
        text_printf(out, "%d%s quarter", quarter, endings[quarter - 1]);
    else
        text_printf(out, count == 5 ? "%d" : "Q%d", quarter);
}

void date_name_append(struct text *out, char letter, unsigned count, const struct date *date)
{
    switch (letter) {
    case 'G':
        append_era(out, count);
        break;
    case 'a':
        text_append_text(out, date->tm.tm_hour < 12 ? "AM" : "PM");
        break;
    case 'Q':
    case 'q':
        append_quarter(out, count, date->tm.tm_mon / 3 + 1);
        break;
    case 'M':
    case 'L':
        append_shortened(out, months[date->tm.tm_mon], count);
        break;
    default: /* E, e, c */
        append_shortened(out, days[date->tm.tm_wday], count);
        break;
    }
}

/* ---- offsets ---- */

/* "GMT+1", "GMT+5:30"; in full "GMT+01:00". */
static void append_gmt(struct text *out, bool is_full, int32_t offset_s)
{
    int minutes = abs(offset_s) / MINUTE_S;
    text_append_text(out, "GMT");
    if (offset_s == 0)
        return;
    text_append_byte(out, offset_s < 0 ? '-' : '+');
    text_printf(out, is_full ? "%02d" : "%d", minutes / 60);
    if (is_full || minutes % 60 != 0)
        text_printf(out, ":%02d", minutes % 60);
}

/* X x: hours alone for one letter, then with minutes, with a colon for three and five. */
static void append_iso(struct text *out, unsigned count, int32_t offset_s)
{
    int minutes = abs(offset_s) / MINUTE_S;
    bool has_colon = count == 3 || count == 5;
    text_printf(out, "%c%02d", offset_s < 0 ? '-' : '+', minutes / 60);
    if (count > 1 || minutes % 60 != 0)
        text_printf(out, has_colon ? ":%02d" : "%02d", minutes % 60);
}

void date_offset_append(struct text *out, char letter, unsigned count, int32_t offset_s)
{
    bool is_utc_named = letter == 'X' || (letter == 'Z' && count == 5);
    if (letter == 'O' || (letter == 'Z' && count == 4))
        append_gmt(out, count == 4, offset_s);
    else if (is_utc_named && offset_s == 0)
        text_append_byte(out, 'Z');
    else
        append_iso(out, letter == 'Z' && count < 4 ? 2 : count, offset_s);
}

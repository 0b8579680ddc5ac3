#include "emulator/base/durations.h"

#include <string.h>

#define SECOND_MS INT64_C(1000)
#define MINUTE_MS (60 * SECOND_MS)
#define HOUR_MS (60 * MINUTE_MS)
#define DAY_MS (24 * HOUR_MS)
#define LAST_MOMENT_MS INT64_C(253402300799999) /* 9999-12-31T23:59:59.999Z */

struct unit {
    struct slice name;
    int64_t ms;
};

static const struct unit short_units[] = {
    {SLICE_INIT("ms"), 1},      {SLICE_INIT("s"), SECOND_MS}, {SLICE_INIT("m"), MINUTE_MS},
    {SLICE_INIT("h"), HOUR_MS}, {SLICE_INIT("d"), DAY_MS},
};
static const struct unit iso_date_units[] = {{SLICE_INIT("D"), DAY_MS}};
static const struct unit iso_time_units[] = {
    {SLICE_INIT("H"), HOUR_MS}, {SLICE_INIT("M"), MINUTE_MS}, {SLICE_INIT("S"), SECOND_MS}};

/* The units one part of a text may use, each at most once and from the largest down. */
struct unit_set {
    const struct unit *units;
    size_t count;
    int64_t below_ms; /* the next unit must be smaller than this */
};

#define UNIT_SET(table) ((struct unit_set){(table), sizeof(table) / sizeof((table)[0]), INT64_MAX})

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Cut off the leading run of bytes that are `is`. */
static struct slice take_run(struct slice *rest, bool (*is)(char))
{
    size_t len = 0;
    while (len < rest->len && is(rest->ptr[len]))
        len++;
    struct slice run = slice_first(*rest, len);
    *rest = slice_from(*rest, len);
    return run;
}

static bool take_byte(struct slice *rest, char byte)
{
    if (rest->len == 0 || (rest->ptr[0] | 0x20) != (byte | 0x20))
        return false;
    *rest = slice_from(*rest, 1);
    return true;
}

static const struct unit *find_unit(const struct unit_set *set, struct slice name)
{
    for (size_t i = 0; i < set->count; i++)
        if (slice_equal_nocase(set->units[i].name, name))
            return &set->units[i];
    return NULL;
}

/* Digits behind a point as parts of `unit_ms`; those below a millisecond are dropped. */
static int64_t fraction_ms(struct slice digits, int64_t unit_ms)
{
    int64_t ms = 0;
    int64_t worth = unit_ms;
    for (size_t i = 0; i < digits.len && worth > 0; i++) {
        worth /= 10;
        ms += (digits.ptr[i] - '0') * worth;
    }
    return ms;
}

/* "1.5h" off the front of `*rest`, added to `*total_ms`. */
static enum status take_component(struct slice *rest, struct unit_set *set, int64_t *total_ms)
{
    struct slice whole = take_run(rest, is_digit);
    struct slice fraction = {NULL, 0};
    if (take_byte(rest, '.')) {
        fraction = take_run(rest, is_digit);
        if (fraction.len == 0)
            return STATUS_INVALID;
    }

    const struct unit *unit = find_unit(set, take_run(rest, is_letter));
    if (unit == NULL || unit->ms >= set->below_ms)
        return STATUS_INVALID;
    set->below_ms = unit->ms;

    uint64_t count = 0;
    enum status status = slice_to_u64(whole, &count);
    if (status != STATUS_OK)
        return status;
    if (count > (uint64_t)(DURATION_MAX_MS / unit->ms))
        return STATUS_TOO_LARGE;
    *total_ms += (int64_t)count * unit->ms + fraction_ms(fraction, unit->ms);
    return *total_ms > DURATION_MAX_MS ? STATUS_TOO_LARGE : STATUS_OK;
}

/* One component of ISO 8601 at a time, because "1H30M" is one run of letters and digits. */
static enum status take_components(struct slice text, struct unit_set set, int64_t *total_ms)
{
    if (text.len == 0)
        return STATUS_INVALID;
    while (text.len > 0) {
        enum status status = take_component(&text, &set, total_ms);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

/* Behind the "P": "1D", "1DT12H", "T5M". */
static enum status parse_iso(struct slice text, int64_t *ret_ms)
{
    int64_t ms = 0;
    size_t t = slice_find(text, text.len > 0 && memchr(text.ptr, 'T', text.len) ? 'T' : 't');
    bool has_time = t < text.len;
    enum status status = STATUS_OK;
    if (t > 0 || !has_time)
        status = take_components(slice_first(text, t), UNIT_SET(iso_date_units), &ms);
    if (status == STATUS_OK && has_time)
        status = take_components(slice_from(text, t + 1), UNIT_SET(iso_time_units), &ms);
    if (status == STATUS_OK)
        *ret_ms = ms;
    return status;
}

static enum status parse_seconds(struct slice digits, int64_t *ret_ms)
{
    uint64_t seconds = 0;
    enum status status = slice_to_u64(digits, &seconds);
    if (status != STATUS_OK)
        return status;
    if (seconds > (uint64_t)(DURATION_MAX_MS / SECOND_MS))
        return STATUS_TOO_LARGE;
    *ret_ms = (int64_t)seconds * SECOND_MS;
    return STATUS_OK;
}

enum status durations_parse(struct slice text, int64_t *ret_ms)
{
    struct slice rest = text;
    if (take_byte(&rest, 'P'))
        return parse_iso(rest, ret_ms);
    (void)take_run(&rest, is_digit);
    if (rest.len == 0)
        return parse_seconds(text, ret_ms);

    int64_t ms = 0;
    enum status status = take_components(text, UNIT_SET(short_units), &ms);
    if (status == STATUS_OK)
        *ret_ms = ms;
    return status;
}

/* ---- moments ------------------------------------------------------------------------------ */

/* Exactly `len` digits with a value in [low, high]. */
static bool take_number(struct slice *rest, size_t len, int low, int high, int *ret_value)
{
    int value = 0;
    for (size_t i = 0; i < len; i++) {
        if (i >= rest->len || !is_digit(rest->ptr[i]))
            return false;
        value = value * 10 + (rest->ptr[i] - '0');
    }
    *rest = slice_from(*rest, len);
    *ret_value = value;
    return value >= low && value <= high;
}

static int days_of_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && is_leap ? 29 : days[month - 1];
}

/* Days from 1970-01-01, in the Gregorian calendar. */
static int64_t days_from_epoch(int year, int month, int day)
{
    int64_t days = 0;
    int64_t before = year - 1;
    days += before * 365 + before / 4 - before / 100 + before / 400 - 719162;
    for (int m = 1; m < month; m++)
        days += days_of_month(year, m);
    return days + day - 1;
}

static bool take_date(struct slice *rest, int64_t *ret_days)
{
    int year = 0;
    int month = 0;
    int day = 0;
    if (!take_number(rest, 4, 1970, 9999, &year) || !take_byte(rest, '-') ||
        !take_number(rest, 2, 1, 12, &month) || !take_byte(rest, '-') ||
        !take_number(rest, 2, 1, days_of_month(year, month), &day))
        return false;
    *ret_days = days_from_epoch(year, month, day);
    return true;
}

static bool take_time(struct slice *rest, int64_t *ret_ms)
{
    int hour = 0;
    int minute = 0;
    int second = 0;
    if (!take_number(rest, 2, 0, 23, &hour) || !take_byte(rest, ':') ||
        !take_number(rest, 2, 0, 59, &minute) || !take_byte(rest, ':') ||
        !take_number(rest, 2, 0, 59, &second))
        return false;
    *ret_ms = hour * HOUR_MS + minute * MINUTE_MS + second * SECOND_MS;
    if (!take_byte(rest, '.'))
        return true;
    struct slice fraction = take_run(rest, is_digit);
    *ret_ms += fraction_ms(fraction, SECOND_MS);
    return fraction.len >= 1 && fraction.len <= 3;
}

/* "Z" or "+01:00", as what must be taken off. */
static bool take_zone(struct slice *rest, int64_t *ret_ms)
{
    *ret_ms = 0;
    if (take_byte(rest, 'Z'))
        return true;
    int hour = 0;
    int minute = 0;
    if (rest->len == 0 || (rest->ptr[0] != '+' && rest->ptr[0] != '-'))
        return false;
    int64_t sign = rest->ptr[0] == '+' ? 1 : -1;
    *rest = slice_from(*rest, 1);
    if (!take_number(rest, 2, 0, 14, &hour) || !take_byte(rest, ':') ||
        !take_number(rest, 2, 0, 59, &minute))
        return false;
    *ret_ms = sign * (hour * HOUR_MS + minute * MINUTE_MS);
    return true;
}

static enum status parse_epoch_ms(struct slice digits, int64_t *ret_epoch_ms)
{
    uint64_t ms = 0;
    enum status status = slice_to_u64(digits, &ms);
    if (status != STATUS_OK)
        return status;
    if (ms > (uint64_t)LAST_MOMENT_MS)
        return STATUS_TOO_LARGE;
    *ret_epoch_ms = (int64_t)ms;
    return STATUS_OK;
}

enum status durations_parse_moment(struct slice text, int64_t *ret_epoch_ms)
{
    struct slice rest = text;
    (void)take_run(&rest, is_digit);
    if (rest.len == 0)
        return parse_epoch_ms(text, ret_epoch_ms);

    int64_t days = 0;
    int64_t time_ms = 0;
    int64_t zone_ms = 0;
    rest = text;
    if (!take_date(&rest, &days) || !take_byte(&rest, 'T') || !take_time(&rest, &time_ms) ||
        !take_zone(&rest, &zone_ms) || rest.len > 0)
        return STATUS_INVALID;
    int64_t epoch_ms = days * DAY_MS + time_ms - zone_ms;
    if (epoch_ms < 0)
        return STATUS_INVALID;
    if (epoch_ms > LAST_MOMENT_MS)
        return STATUS_TOO_LARGE;
    *ret_epoch_ms = epoch_ms;
    return STATUS_OK;
}

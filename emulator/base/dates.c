#include "emulator/base/dates.h"

#include <stdio.h>
#include <time.h>

struct moment {
    struct tm utc;
    int ms; /* 0 to 999, also before 1970 */
};

static struct moment moment_of(int64_t epoch_ms)
{
    struct moment moment = {.ms = (int)(epoch_ms % 1000)};
    int64_t seconds = epoch_ms / 1000;
    if (moment.ms < 0) {
        moment.ms += 1000;
        seconds--;
    }
    time_t time = (time_t)seconds;
    (void)gmtime_r(&time, &moment.utc); /* fails beyond year 2^31 only: out of an int64_t's reach */
    return moment;
}

void dates_format(int64_t epoch_ms, const char *format, char *text)
{
    struct moment moment = moment_of(epoch_ms);
    /* The format is the caller's by design; 0 is "did not fit", with the buffer undefined. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    if (strftime(text, DATE_TEXT_BYTES, format, &moment.utc) == 0)
        text[0] = '\0';
#pragma GCC diagnostic pop
}

/* Not by strftime(): its names of days and months follow the locale. */
void dates_http(int64_t epoch_ms, char *text)
{
    static const char days[7][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char months[12][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    struct tm utc = moment_of(epoch_ms).utc;
    (void)snprintf(text, DATE_TEXT_BYTES, "%s, %02d %s %04d %02d:%02d:%02d GMT", days[utc.tm_wday],
                   utc.tm_mday, months[utc.tm_mon], utc.tm_year + 1900, utc.tm_hour, utc.tm_min,
                   utc.tm_sec);
}

static void write_iso(int64_t epoch_ms, const char *zone, char *text)
{
    struct moment moment = moment_of(epoch_ms);
    const struct tm *utc = &moment.utc;
    char wide[96]; /* as much as the compiler thinks these numbers could take */
    (void)snprintf(wide, sizeof(wide), "%04d-%02d-%02dT%02d:%02d:%02d.%03d%s", utc->tm_year + 1900,
                   utc->tm_mon + 1, utc->tm_mday, utc->tm_hour, utc->tm_min, utc->tm_sec, moment.ms,
                   zone);
    (void)snprintf(text, DATE_TEXT_BYTES, "%.*s", DATE_TEXT_BYTES - 1, wide);
}

void dates_iso_ms(int64_t epoch_ms, char *text)
{
    write_iso(epoch_ms, "Z", text);
}

void dates_iso_offset(int64_t epoch_ms, char *text)
{
    write_iso(epoch_ms, "+0000", text);
}

void dates_compact(int64_t epoch_ms, char *text)
{
    struct tm utc = moment_of(epoch_ms).utc;
    (void)snprintf(text, DATE_TEXT_BYTES, "%04d%02d%02dT%02d%02d%02dZ", utc.tm_year + 1900,
                   utc.tm_mon + 1, utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec);
}

/* ---- reading ---- */

/* Exactly `digits` digits off the front. */
static bool take_number(struct slice *rest, size_t digits, int *ret_number)
{
    uint64_t number = 0;
    if (rest->len < digits || slice_to_u64(slice_first(*rest, digits), &number) != STATUS_OK)
        return false;
    *rest = slice_from(*rest, digits);
    *ret_number = (int)number;
    return true;
}

static bool take_byte(struct slice *rest, char byte)
{
    if (rest->len == 0 || rest->ptr[0] != byte)
        return false;
    *rest = slice_from(*rest, 1);
    return true;
}

static bool take_date(struct slice *rest, struct tm *utc)
{
    bool is_there = take_number(rest, 4, &utc->tm_year) && take_byte(rest, '-') &&
                    take_number(rest, 2, &utc->tm_mon) && take_byte(rest, '-') &&
                    take_number(rest, 2, &utc->tm_mday);
    utc->tm_year -= 1900;
    utc->tm_mon--;
    return is_there && utc->tm_mon >= 0 && utc->tm_mon < 12 && utc->tm_mday >= 1 &&
           utc->tm_mday <= 31;
}

/* Fractions of more than milliseconds are cut. */
static bool take_fraction(struct slice *rest, int *ret_ms)
{
    int ms = 0;
    int unit = 100;
    int digit = 0;
    if (!take_byte(rest, '.'))
        return true;
    if (!take_number(rest, 1, &digit))
        return false;
    do {
        ms += digit * unit;
        unit /= 10;
    } while (take_number(rest, 1, &digit));
    *ret_ms = ms;
    return true;
}

static bool take_time(struct slice *rest, struct tm *utc, int *ret_ms)
{
    return take_number(rest, 2, &utc->tm_hour) && take_byte(rest, ':') &&
           take_number(rest, 2, &utc->tm_min) && take_byte(rest, ':') &&
           take_number(rest, 2, &utc->tm_sec) && utc->tm_hour < 24 && utc->tm_min < 60 &&
           utc->tm_sec <= 60 && take_fraction(rest, ret_ms);
}

/* "Z", "+01:00", "+0100", or nothing. */
static bool take_zone(struct slice *rest, int *ret_minutes)
{
    int hours = 0;
    int minutes = 0;
    if (rest->len == 0 || take_byte(rest, 'Z'))
        return true;
    bool is_west = take_byte(rest, '-');
    if (!is_west && !take_byte(rest, '+'))
        return false;
    if (!take_number(rest, 2, &hours))
        return false;
    (void)take_byte(rest, ':');
    if (!take_number(rest, 2, &minutes))
        return false;
    *ret_minutes = (hours * 60 + minutes) * (is_west ? -1 : 1);
    return true;
}

enum status dates_parse_iso(struct slice text, int64_t *ret_epoch_ms)
{
    struct tm utc = {0};
    int ms = 0;
    int zone_minutes = 0;
    if (!take_date(&text, &utc))
        return STATUS_INVALID;
    if (take_byte(&text, 'T') && !(take_time(&text, &utc, &ms) && take_zone(&text, &zone_minutes)))
        return STATUS_INVALID;
    if (text.len > 0)
        return STATUS_INVALID;
    int64_t seconds = (int64_t)timegm(&utc) - (int64_t)zone_minutes * 60;
    *ret_epoch_ms = seconds * 1000 + ms;
    return STATUS_OK;
}

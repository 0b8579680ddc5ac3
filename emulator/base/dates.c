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
    (void)snprintf(text, DATE_TEXT_BYTES, "%04d-%02d-%02dT%02d:%02d:%02d.%03d%s",
                   utc->tm_year + 1900, utc->tm_mon + 1, utc->tm_mday, utc->tm_hour, utc->tm_min,
                   utc->tm_sec, moment.ms, zone);
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

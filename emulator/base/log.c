#include "emulator/base/log.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "emulator/base/dates.h"
#include "emulator/base/slice.h"
#include "emulator/base/utf8.h"

#define LINE_BYTES 4096

static atomic_int lowest_level = LOG_INFO;
static int64_t (*_Atomic json_clock)(void);

void log_set_level(enum log_level level)
{
    atomic_store(&lowest_level, (int)level);
}

void log_set_json(int64_t (*now_ms)(void))
{
    atomic_store(&json_clock, now_ms);
}

static const char *level_name(enum log_level level)
{
    static const char *const names[] = {"debug", "info", "warning", "error"};
    return names[level];
}

/* What came in with a request must not make a line of its own, nor steer a terminal. */
static void blank_controls(char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c < ' ' || c == 0x7F)
            text[i] = ' ';
    }
}

/* "hydrant: info: ..." */
static void write_text(enum log_level level, struct slice message)
{
    char line[LINE_BYTES];
    size_t len = (size_t)snprintf(line, sizeof(line), "hydrant: %s: ", level_name(level));
    message = slice_first(message, sizeof(line) - 2 - len);
    memcpy(line + len, message.ptr, message.len);
    len += message.len;
    line[len++] = '\n';
    (void)!write(STDERR_FILENO, line, len);
}

/* What cannot stand in a JSON string as it is: controls are blanks already. */
static void write_json(enum log_level level, struct slice message, int64_t now_ms)
{
    char line[2 * LINE_BYTES + 128];
    char date[DATE_TEXT_BYTES];
    dates_iso_ms(now_ms, date);
    int head = snprintf(line, sizeof(line), "{\"time\":\"%s\",\"level\":\"%s\",\"message\":\"",
                        date, level_name(level));
    size_t len = (size_t)head;
    while (message.len > 0) {
        size_t step = utf8_step(message);
        if (message.ptr[0] == '"' || message.ptr[0] == '\\')
            line[len++] = '\\';
        if (step == 0)
            line[len++] = '?';
        else
            memcpy(line + len, message.ptr, step);
        len += step;
        message = slice_from(message, step > 0 ? step : 1);
    }
    memcpy(line + len, "\"}\n", 3);
    (void)!write(STDERR_FILENO, line, len + 3);
}

/* One write per line, so that lines of several threads do not mix. */
void log_line(enum log_level level, const char *format, ...)
{
    if ((int)level < atomic_load(&lowest_level))
        return;
    char message[LINE_BYTES];
    va_list args;
    va_start(args, format);
    int wanted = vsnprintf(message, sizeof(message), format, args);
    va_end(args);
    size_t len = wanted > 0 ? (size_t)wanted : 0;
    if (len >= sizeof(message))
        len = sizeof(message) - 1;
    blank_controls(message, len);
    int64_t (*now_ms)(void) = atomic_load(&json_clock);
    if (now_ms == NULL)
        write_text(level, slice_make(message, len));
    else
        write_json(level, slice_make(message, len), now_ms());
}

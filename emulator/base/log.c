#include "emulator/base/log.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#define LINE_BYTES 4096

static atomic_int lowest_level = LOG_INFO;

void log_set_level(enum log_level level)
{
    atomic_store(&lowest_level, (int)level);
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

/* One write per line, so that lines of several threads do not mix. */
void log_line(enum log_level level, const char *format, ...)
{
    if ((int)level < atomic_load(&lowest_level))
        return;
    char line[LINE_BYTES];
    int used = snprintf(line, sizeof(line), "hydrant: %s: ", level_name(level));
    va_list args;
    va_start(args, format);
    int more = vsnprintf(line + used, sizeof(line) - (size_t)used - 1, format, args);
    va_end(args);
    size_t len = (size_t)used + (size_t)(more > 0 ? more : 0);
    if (len > sizeof(line) - 2)
        len = sizeof(line) - 2;
    blank_controls(line, len);
    line[len++] = '\n';
    (void)!write(STDERR_FILENO, line, len);
}

#include "emulator/lambda/invocation_log.h"

#include <inttypes.h>
#include <string.h>

#include "emulator/base/arena.h"
#include "emulator/base/dates.h"
#include "emulator/base/json_writer.h"
#include "emulator/base/mem.h"
#include "emulator/base/utf8.h"
#include "emulator/events/event_bus.h"

#define ROOM_FOR_END 1024

/* Where a line stands in the text. Offsets: the text may move while it grows. */
struct invocation_log_mark {
    int64_t at_ms;
    size_t start;
    size_t len;
};

void invocation_log_init(struct invocation_log *log)
{
    *log = (struct invocation_log){.count = 0};
    (void)pthread_mutex_init(&log->lock, NULL); /* cannot fail with default attributes */
    text_init(&log->text, 2 * INVOCATION_LOG_MAX_BYTES);
}

void invocation_log_close(struct invocation_log *log)
{
    text_close(&log->text);
    mem_free(log->marks);
    log->marks = NULL;
    (void)pthread_mutex_destroy(&log->lock);
}

static bool has_mark_left(struct invocation_log *log)
{
    if (log->count < log->capacity)
        return true;
    size_t capacity = log->capacity > 0 ? log->capacity * 2 : 16;
    struct invocation_log_mark *marks = mem_resize(log->marks, capacity * sizeof(*marks));
    if (marks == NULL)
        return false;
    log->marks = marks;
    log->capacity = capacity;
    return true;
}

static void add_line(struct invocation_log *log, int64_t at_ms, struct slice line)
{
    if (!has_mark_left(log))
        return;
    size_t start = log->text.len;
    utf8_append_valid(&log->text, line);
    size_t len = log->text.len - start;
    text_append_byte(&log->text, '\n');
    if (log->text.status == STATUS_OK)
        log->marks[log->count++] = (struct invocation_log_mark){at_ms, start, len};
}

static void cut(struct invocation_log *log, int64_t at_ms)
{
    log->is_cut = true;
    add_line(
        log, at_ms,
        SLICE("[hydrant] The rest of this invocation's log was cut: more than 1048576 bytes or "
              "10000 lines."));
}

static bool has_room(const struct invocation_log *log, struct slice line)
{
    size_t bytes = utf8_is_valid(line) ? line.len : 3 * line.len;
    return log->text.len + bytes + 1 <= INVOCATION_LOG_MAX_BYTES &&
           log->count < INVOCATION_LOG_MAX_LINES;
}

static void add_or_cut(struct invocation_log *log, int64_t at_ms, struct slice line)
{
    do {
        struct slice piece = utf8_first(line, INVOCATION_LOG_LINE_BYTES);
        if (has_room(log, piece))
            add_line(log, at_ms, piece);
        else
            cut(log, at_ms);
        line = slice_from(line, piece.len);
    } while (line.len > 0 && !log->is_cut);
}

void invocation_log_append(struct invocation_log *log, int64_t at_ms, struct slice text)
{
    if (text.len > 0 && text.ptr[text.len - 1] == '\n')
        text.len--;
    (void)pthread_mutex_lock(&log->lock);
    while (text.ptr != NULL && !log->is_ended && !log->is_cut) {
        struct slice line = slice_cut(&text, '\n');
        add_or_cut(log, at_ms, line);
    }
    (void)pthread_mutex_unlock(&log->lock);
}

void invocation_log_append_line(struct invocation_log *log, int64_t at_ms, struct slice line)
{
    (void)pthread_mutex_lock(&log->lock);
    size_t start = log->text.len;
    if (!log->is_ended && !log->is_cut)
        add_or_cut(log, at_ms, line);
    for (size_t i = start; i < log->text.len; i++)
        if (log->text.ptr[i] == '\r')
            log->text.ptr[i] = '\n';
    (void)pthread_mutex_unlock(&log->lock);
}

/* ---- levels ------------------------------------------------------------------------------ */

static const char *const level_names[] = {
    [INVOCATION_LOG_TRACE] = "TRACE", [INVOCATION_LOG_DEBUG] = "DEBUG",
    [INVOCATION_LOG_INFO] = "INFO",   [INVOCATION_LOG_WARN] = "WARN",
    [INVOCATION_LOG_ERROR] = "ERROR", [INVOCATION_LOG_FATAL] = "FATAL",
};

enum invocation_log_level invocation_log_level_of(struct slice name)
{
    for (size_t i = 0; i < sizeof(level_names) / sizeof(level_names[0]); i++)
        if (slice_equal_text(name, level_names[i]))
            return (enum invocation_log_level)i;
    return INVOCATION_LOG_INFO;
}

const char *invocation_log_level_name(enum invocation_log_level level)
{
    return level_names[level];
}

static int64_t billed_ms(const struct invocation_report *report)
{
    int64_t ms = (report->duration_us + report->init_us + 999) / 1000;
    return ms > 0 ? ms : 1;
}

/* ---- what the platform says, as JSON ----------------------------------------------------- */

static void begin_event(struct json_writer *w, int64_t at_ms, const char *type)
{
    char time[DATE_TEXT_BYTES];
    dates_iso_ms(at_ms, time);
    json_begin_object(w);
    json_put_text(w, "time", time);
    json_put_text(w, "type", type);
    json_key(w, "record");
    json_begin_object(w);
}

static void add_event(struct invocation_log *log, int64_t at_ms, enum invocation_log_level level,
                      struct json_writer *w, struct text *line)
{
    json_end_object(w);
    json_end_object(w);
    if (line->status == STATUS_OK && level >= log->system_level)
        add_line(log, at_ms, text_slice(line));
    text_clear(line);
}

static void put_ms(struct json_writer *w, const char *name, int64_t us)
{
    json_put_double(w, name, (double)us / 1000.0);
}

static const char *status_of(const struct invocation_report *report)
{
    return report->status != NULL ? report->status : "success";
}

static void add_runtime_done(struct invocation_log *log, int64_t at_ms,
                             const struct invocation_report *report, struct text *line)
{
    struct json_writer w = json_writer_make(line);
    begin_event(&w, at_ms, "platform.runtimeDone");
    json_put_text(&w, "requestId", report->request_id);
    json_put_text(&w, "status", status_of(report));
    if (report->error_type != NULL)
        json_put_text(&w, "errorType", report->error_type);
    json_key(&w, "metrics");
    json_begin_object(&w);
    put_ms(&w, "durationMs", report->duration_us);
    json_end_object(&w);
    add_event(log, at_ms, report->status != NULL ? INVOCATION_LOG_WARN : INVOCATION_LOG_DEBUG, &w,
              line);
}

static void add_report(struct invocation_log *log, int64_t at_ms,
                       const struct invocation_report *report, struct text *line)
{
    struct json_writer w = json_writer_make(line);
    begin_event(&w, at_ms, "platform.report");
    json_put_text(&w, "requestId", report->request_id);
    json_key(&w, "metrics");
    json_begin_object(&w);
    put_ms(&w, "durationMs", report->duration_us);
    json_put_integer(&w, "billedDurationMs", billed_ms(report));
    json_put_integer(&w, "memorySizeMB", report->memory_mb);
    json_put_integer(&w, "maxMemoryUsedMB", report->used_mb);
    if (report->init_us > 0)
        put_ms(&w, "initDurationMs", report->init_us);
    json_end_object(&w);
    json_put_text(&w, "status", status_of(report));
    if (report->error_type != NULL)
        json_put_text(&w, "errorType", report->error_type);
    add_event(log, at_ms, report->status != NULL ? INVOCATION_LOG_WARN : INVOCATION_LOG_INFO, &w,
              line);
}

static void start_as_json(struct invocation_log *log, int64_t at_ms, const char *request_id,
                          const char *version, struct text *line)
{
    struct json_writer w = json_writer_make(line);
    begin_event(&w, at_ms, "platform.start");
    json_put_text(&w, "requestId", request_id);
    json_put_text(&w, "version", version);
    (void)pthread_mutex_lock(&log->lock);
    if (!log->is_ended)
        add_event(log, at_ms, INVOCATION_LOG_INFO, &w, line);
    (void)pthread_mutex_unlock(&log->lock);
}

/* ---- ... and as text --------------------------------------------------------------------- */

void invocation_log_start(struct invocation_log *log, int64_t at_ms, const char *request_id,
                          const char *version)
{
    struct text line;
    text_init(&line, ROOM_FOR_END);
    if (log->is_json) {
        start_as_json(log, at_ms, request_id, version, &line);
    } else {
        text_printf(&line, "START RequestId: %s Version: %s", request_id, version);
        invocation_log_append(log, at_ms, text_slice(&line));
    }
    text_close(&line);
}

static void print_ms(struct text *line, const char *what, int64_t us)
{
    text_printf(line, "\t%s: %" PRId64 ".%02" PRId64 " ms", what, us / 1000, us % 1000 / 10);
}

static void print_report(struct text *line, const struct invocation_report *report)
{
    text_printf(line, "REPORT RequestId: %s", report->request_id);
    print_ms(line, "Duration", report->duration_us);
    text_printf(line,
                "\tBilled Duration: %" PRId64 " ms\tMemory Size: %" PRId64
                " MB\tMax Memory Used: %" PRId64 " MB",
                billed_ms(report), report->memory_mb, report->used_mb);
    if (report->init_us > 0)
        print_ms(line, "Init Duration", report->init_us);
    text_append_byte(line, '\t');
    if (report->status != NULL)
        text_printf(line, "Status: %s", report->status);
    if (report->error_type != NULL)
        text_printf(line, "\tError Type: %s", report->error_type);
}

static void end_as_text(struct invocation_log *log, int64_t at_ms,
                        const struct invocation_report *report, struct text *line)
{
    text_printf(line, "END RequestId: %s", report->request_id);
    add_line(log, at_ms, text_slice(line));
    text_clear(line);
    print_report(line, report);
    add_line(log, at_ms, text_slice(line));
}

void invocation_log_end(struct invocation_log *log, int64_t at_ms,
                        const struct invocation_report *report)
{
    struct text line;
    text_init(&line, ROOM_FOR_END);
    (void)pthread_mutex_lock(&log->lock);
    if (log->is_json) {
        add_runtime_done(log, at_ms, report, &line);
        add_report(log, at_ms, report, &line);
    } else {
        end_as_text(log, at_ms, report, &line);
    }
    log->is_ended = true;
    (void)pthread_mutex_unlock(&log->lock);
    text_close(&line);
}

enum status invocation_log_lines(const struct invocation_log *log, struct arena *arena,
                                 struct event_log_line **ret_lines)
{
    struct event_log_line *lines = arena_alloc(arena, (log->count + 1) * sizeof(*lines));
    if (lines == NULL)
        return STATUS_NO_MEMORY;
    for (size_t i = 0; i < log->count; i++) {
        const struct invocation_log_mark *mark = &log->marks[i];
        lines[i].at_ms = mark->at_ms;
        lines[i].text = slice_make(log->text.ptr + mark->start, mark->len);
    }
    *ret_lines = lines;
    return STATUS_OK;
}

struct slice invocation_log_tail(const struct invocation_log *log)
{
    struct slice all = text_slice(&log->text);
    size_t skip = all.len > INVOCATION_LOG_TAIL_BYTES ? all.len - INVOCATION_LOG_TAIL_BYTES : 0;
    return slice_from(all, skip);
}

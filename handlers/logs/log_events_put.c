/*
 * log_events_put.c -- PutLogEvents. Events come in order of time, so those too old stand in
 * front and those too new at the end; what is between them is stored.
 */
#include "emulator/base/arena.h"
#include "emulator/base/json.h"
#include "emulator/base/json_writer.h"
#include "emulator/base/log.h"
#include "emulator/http/call.h"
#include "emulator/protocol/aws_json.h"
#include "emulator/sandbox.h"
#include "handlers/logs/log_expiry.h"
#include "handlers/logs/log_forwarder.h"
#include "handlers/logs/log_lookup.h"
#include "handlers/logs/log_tokens.h"
#include "handlers/logs/logs_errors.h"
#include "handlers/logs/logs_operations.h"

#define HOUR_MS (INT64_C(3600) * 1000)
#define DAY_MS (24 * HOUR_MS)
#define BATCH_MAX_BYTES 1048576
#define BATCH_MAX_SPAN_MS DAY_MS
#define OLDEST_MS (14 * DAY_MS)
#define NEWEST_MS (2 * HOUR_MS)

/* The lines of a request, and which of them are stored: [first, end). */
struct upload {
    struct log_line *lines;
    size_t count;
    size_t too_old_end; /* those before are older than 14 days */
    size_t expired_end; /* those before are older than the group's retention */
    size_t too_new_start;
};

static enum status read_lines(struct call *call, struct upload *upload)
{
    const struct json *events = json_member(call->input, "logEvents");
    size_t count = json_count(events);
    upload->lines = arena_alloc(&call->arena, (count + 1) * sizeof(upload->lines[0]));
    if (upload->lines == NULL)
        return STATUS_NO_MEMORY;
    for (const struct json *event = json_first(events); event != NULL; event = json_next(event))
        upload->lines[upload->count++] = (struct log_line){
            .at_ms = json_member_integer(event, "timestamp", 0),
            .message = json_member_string(event, "message"),
        };
    return STATUS_OK;
}

/* What holds for the batch as a whole. False when the call has been answered. */
static bool check_batch(struct call *call, const struct upload *upload)
{
    size_t bytes = 0;
    for (size_t i = 0; i < upload->count; i++) {
        bytes += upload->lines[i].message.len + LOG_EVENT_OVERHEAD_BYTES;
        if (i > 0 && upload->lines[i].at_ms < upload->lines[i - 1].at_ms) {
            call_fail(
                call, &logs_error_invalid_parameter,
                "Log events in a single PutLogEvents request must be in chronological order.");
            return false;
        }
    }
    if (bytes > BATCH_MAX_BYTES) {
        call_fail(call, &logs_error_invalid_parameter,
                  "Upload too large: %zu bytes exceeds limit of %d", bytes, BATCH_MAX_BYTES);
        return false;
    }
    if (upload->lines[upload->count - 1].at_ms - upload->lines[0].at_ms > BATCH_MAX_SPAN_MS) {
        call_fail(call, &logs_error_invalid_parameter,
                  "The batch of log events in a single PutLogEvents request cannot span more than "
                  "24 hours.");
        return false;
    }
    return true;
}

/* How many lines at the front are from before `ms`. */
static size_t count_before(const struct upload *upload, int64_t ms)
{
    size_t count = 0;
    while (count < upload->count && upload->lines[count].at_ms < ms)
        count++;
    return count;
}

static void sort_out(struct upload *upload, const struct log_group_row *group, int64_t now_ms)
{
    upload->too_old_end = count_before(upload, now_ms - OLDEST_MS);
    if (group->retention_days > 0)
        upload->expired_end = count_before(upload, now_ms - group->retention_days * DAY_MS);
    upload->too_new_start = count_before(upload, now_ms + NEWEST_MS + 1);
}

static enum status store(struct call *call, const struct upload *upload, int64_t group_id,
                         int64_t stream_id)
{
    size_t first =
        upload->too_old_end > upload->expired_end ? upload->too_old_end : upload->expired_end;
    if (first >= upload->too_new_start)
        return STATUS_OK;
    struct log_batch batch = {
        .group_id = group_id,
        .stream_id = stream_id,
        .ingested_ms = sim_clock_now_ms(&call->sandbox->clock),
        .lines = upload->lines + first,
        .line_count = upload->too_new_start - first,
    };
    return log_events_append(call->sandbox->db, &batch);
}

static void write_rejected(struct json_writer *w, const struct upload *upload)
{
    if (upload->too_old_end == 0 && upload->expired_end == 0 &&
        upload->too_new_start == upload->count)
        return;
    json_key(w, "rejectedLogEventsInfo");
    json_begin_object(w);
    if (upload->too_new_start < upload->count)
        json_put_integer(w, "tooNewLogEventStartIndex", (int64_t)upload->too_new_start);
    if (upload->too_old_end > 0)
        json_put_integer(w, "tooOldLogEventEndIndex", (int64_t)upload->too_old_end);
    if (upload->expired_end > 0)
        json_put_integer(w, "expiredLogEventEndIndex", (int64_t)upload->expired_end);
    json_end_object(w);
}

static void answer(struct call *call, const struct upload *upload, int64_t stream_id)
{
    char sequence[LOG_TOKEN_CHARS + 1];
    struct log_position now = {sim_clock_now_ms(&call->sandbox->clock), 0};
    log_token_write(LOG_TOKEN_SEQUENCE, stream_id, now, sequence);
    struct text body = aws_json_text(call);
    struct json_writer w = json_writer_make(&body);
    json_begin_object(&w);
    json_put_text(&w, "nextSequenceToken", sequence);
    write_rejected(&w, upload);
    json_end_object(&w);
    aws_json_answer(call, &body);
}

void logs_put_log_events(struct call *call)
{
    struct log_group_row group;
    struct log_stream_row stream;
    struct upload upload = {0};
    struct slice name = json_member_string(call->input, "logStreamName");
    enum status status = read_lines(call, &upload);
    if (status != STATUS_OK) {
        call_fail_internal(call, status, "reading log events");
        return;
    }
    if (!check_batch(call, &upload) || !logs_require_group(call, &group) ||
        !logs_require_stream(call, &group, name, &stream))
        return;
    if (json_member(call->input, "entity") != NULL)
        log_line(LOG_WARNING, "PutLogEvents: the member entity is not kept");

    sort_out(&upload, &group, sim_clock_now_ms(&call->sandbox->clock));
    status = store(call, &upload, group.id, stream.id);
    if (status != STATUS_OK) {
        logs_fail_storage(call, status);
        return;
    }
    answer(call, &upload, stream.id);
    log_forwarder_notify(call->sandbox->log_forwarder);
    log_expiry_notify(call->sandbox->log_expiry, &group);
}

#include "emulator/base/json.h"
#include "emulator/base/json_writer.h"
#include "emulator/http/call.h"
#include "emulator/protocol/aws_json.h"
#include "emulator/sandbox.h"
#include "handlers/logs/log_lookup.h"
#include "handlers/logs/log_tokens.h"
#include "handlers/logs/logs_errors.h"
#include "handlers/logs/logs_operations.h"

#define LIMIT_DEFAULT 50

void logs_create_log_stream(struct call *call)
{
    struct log_group_row group;
    struct slice name = json_member_string(call->input, "logStreamName");
    if (!logs_check_name(call, name) || !logs_require_group(call, &group))
        return;
    int64_t id = 0;
    enum status status = log_stream_create(call->sandbox->db, group.id, name,
                                           sim_clock_now_ms(&call->sandbox->clock), &id);
    if (status == STATUS_EXISTS)
        call_fail(call, &logs_error_resource_exists, "The specified log stream already exists");
    else
        logs_answer_done(call, status);
}

void logs_delete_log_stream(struct call *call)
{
    struct log_group_row group;
    struct log_stream_row stream;
    struct slice name = json_member_string(call->input, "logStreamName");
    if (logs_require_group(call, &group) && logs_require_stream(call, &group, name, &stream))
        logs_answer_done(call, log_stream_delete(call->sandbox->db, group.id, stream.id));
}

/* ---- DescribeLogStreams ------------------------------------------------------------------- */

static void write_stream(struct call *call, struct json_writer *w, struct slice group,
                         const struct log_stream_row *row)
{
    char sequence[LOG_TOKEN_CHARS + 1];
    log_token_write(LOG_TOKEN_SEQUENCE, row->id,
                    (struct log_position){row->has_events ? row->last_ingestion_ms : 0, 0},
                    sequence);
    json_begin_object(w);
    json_put_string(w, "logStreamName", row->name);
    json_put_integer(w, "creationTime", row->created_ms);
    if (row->has_events) {
        json_put_integer(w, "firstEventTimestamp", row->first_event_ms);
        json_put_integer(w, "lastEventTimestamp", row->last_event_ms);
        json_put_integer(w, "lastIngestionTime", row->last_ingestion_ms);
    }
    json_put_text(w, "uploadSequenceToken", sequence);
    json_put_text(w, "arn", log_lookup_arn(call, group, ":log-stream:", row->name));
    json_put_integer(w, "storedBytes", 0); /* deprecated on AWS, always 0 */
    json_end_object(w);
}

/* False when the call has been answered. */
static bool read_range(struct call *call, struct log_streams_range *ret_range)
{
    const struct json *input = call->input;
    struct log_list_place after = {0, {NULL, 0}};
    struct slice token = json_member_string(input, "nextToken");
    ret_range->prefix = json_member_string(input, "logStreamNamePrefix");
    ret_range->is_descending = json_member_bool(input, "descending", false);
    if (slice_equal(json_member_string(input, "orderBy"), SLICE("LastEventTime")))
        ret_range->order = LOG_STREAMS_BY_LAST_EVENT;
    if (ret_range->order == LOG_STREAMS_BY_LAST_EVENT && ret_range->prefix.len > 0) {
        call_fail(call, &logs_error_invalid_parameter,
                  "Cannot order by LastEventTime with a logStreamNamePrefix.");
        return false;
    }
    if (token.len > 0 && log_list_token_read(&call->arena, token, &after) != STATUS_OK) {
        call_fail(call, &logs_error_invalid_parameter, "The specified nextToken is invalid.");
        return false;
    }
    ret_range->has_after = token.len > 0;
    ret_range->after_name = after.name;
    ret_range->after_last_event_ms = after.number;
    return true;
}

/* Up to `limit` streams; `*ret_last` gets a name only when more follow. */
static enum status write_page(struct call *call, const struct log_group_row *group,
                              const struct log_streams_range *range, struct json_writer *w,
                              struct log_list_place *ret_last)
{
    int64_t limit = json_member_integer(call->input, "limit", LIMIT_DEFAULT);
    struct log_cursor cursor;
    struct log_stream_row row;
    struct log_list_place last = {0, {NULL, 0}};
    int64_t count = 0;
    bool has_more = false;
    enum status copied = STATUS_OK;
    log_streams_begin(&cursor, call->sandbox->db, range);
    while (!has_more && copied == STATUS_OK && log_streams_next(&cursor, &row)) {
        has_more = count == limit;
        if (has_more)
            continue;
        write_stream(call, w, group->name, &row);
        last.number = row.has_events ? row.last_event_ms : 0;
        if (++count == limit)
            copied = arena_copy(&call->arena, row.name, &last.name);
    }
    enum status status = log_cursor_end(&cursor);
    if (status == STATUS_OK)
        status = copied;
    if (status == STATUS_OK && has_more)
        *ret_last = last;
    return status;
}

void logs_describe_log_streams(struct call *call)
{
    struct log_group_row group;
    struct log_streams_range range = {0};
    if (!logs_require_group_or_identifier(call, &group) || !read_range(call, &range))
        return;
    range.group_id = group.id;

    struct text body = aws_json_text(call);
    struct json_writer w = json_writer_make(&body);
    struct log_list_place last = {0, {NULL, 0}};
    struct slice token = {NULL, 0};
    json_begin_object(&w);
    json_key(&w, "logStreams");
    json_begin_array(&w);
    enum status status = write_page(call, &group, &range, &w, &last);
    json_end_array(&w);
    if (status == STATUS_OK && last.name.len > 0)
        status = log_list_token_write(&call->arena, &last, &token);
    if (token.len > 0)
        json_put_string(&w, "nextToken", token);
    json_end_object(&w);
    if (status == STATUS_OK)
        aws_json_answer(call, &body);
    else
        logs_fail_storage(call, status);
}

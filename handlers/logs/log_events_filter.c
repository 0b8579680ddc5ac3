/*
 * log_events_filter.c -- FilterLogEvents: the events of a group, across its streams, in order of
 * time. `nextToken` is there only when more events may follow: `aws logs tail` waits for the day
 * it is absent. A page looks at a limited number of events, so that a rare pattern in a large
 * group never holds up everybody else; such a page can be empty and still have a token, as on AWS.
 */
#include "emulator/base/json.h"
#include "emulator/base/json_writer.h"
#include "emulator/http/call.h"
#include "emulator/protocol/aws_json.h"
#include "emulator/sandbox.h"
#include "handlers/logs/filter_pattern.h"
#include "handlers/logs/log_lookup.h"
#include "handlers/logs/log_tokens.h"
#include "handlers/logs/logs_errors.h"
#include "handlers/logs/logs_operations.h"

#define LIMIT_DEFAULT 10000
#define PAGE_MAX_BYTES ((size_t)1048576)
#define PAGE_MAX_LOOKED_AT 20000
#define PROBLEM_MAX_BYTES 2048
#define STREAM_IDS_MAX_BYTES 4096

struct search {
    struct log_events_range range;
    struct filter_pattern pattern;
    int64_t limit;
};

static bool read_pattern(struct call *call, struct filter_pattern *ret_pattern)
{
    struct text problem;
    text_init_in(&problem, &call->arena, PROBLEM_MAX_BYTES);
    enum status status = filter_pattern_parse(json_member_string(call->input, "filterPattern"),
                                              &call->arena, ret_pattern, &problem);
    if (status == STATUS_NO_MEMORY)
        call_fail_internal(call, status, "reading the filter pattern");
    else if (status != STATUS_OK)
        call_fail(call, &logs_error_invalid_parameter, "%.*s", SLICE_ARG(text_slice(&problem)));
    return status == STATUS_OK;
}

/* One name makes it a search of that stream; several a list of ids for the store. */
static bool read_stream_names(struct call *call, const struct log_group_row *group,
                              const struct json *names, struct log_events_range *range)
{
    struct text ids;
    text_init_in(&ids, &call->arena, STREAM_IDS_MAX_BYTES);
    struct json_writer w = json_writer_make(&ids);
    struct log_stream_row stream = {0};
    json_begin_array(&w);
    for (const struct json *name = json_first(names); name != NULL; name = json_next(name)) {
        if (!logs_require_stream(call, group, json_string(name), &stream))
            return false;
        json_write_integer(&w, stream.id);
    }
    json_end_array(&w);
    if (ids.status != STATUS_OK) {
        call_fail_internal(call, ids.status, "collecting log streams");
        return false;
    }
    if (json_count(names) == 1)
        range->stream_id = stream.id;
    else
        range->streams = text_slice(&ids);
    return true;
}

static bool read_streams(struct call *call, const struct log_group_row *group,
                         struct log_events_range *range)
{
    const struct json *names = json_member(call->input, "logStreamNames");
    range->stream_prefix = json_member_string(call->input, "logStreamNamePrefix");
    if (names != NULL && range->stream_prefix.len > 0) {
        call_fail(call, &logs_error_invalid_parameter,
                  "LogStream names and LogStream name prefix are mutually exclusive parameters.");
        return false;
    }
    return names == NULL || read_stream_names(call, group, names, range);
}

/* Both ends count, and the token's place does not. */
static bool read_times(struct call *call, const struct log_group_row *group,
                       struct log_events_range *range)
{
    struct slice token = json_member_string(call->input, "nextToken");
    range->after.at_ms = json_member_integer(call->input, "startTime", 0);
    range->after.id = INT64_MIN;
    range->before.at_ms = json_member_integer(call->input, "endTime", INT64_MAX);
    range->before.id = INT64_MAX;
    if (token.len == 0)
        return true;
    struct log_position place;
    if (log_token_read(LOG_TOKEN_FILTER, group->id, token, &place) != STATUS_OK) {
        call_fail(call, &logs_error_invalid_parameter, "The specified nextToken is invalid.");
        return false;
    }
    if (place.at_ms >= range->after.at_ms)
        range->after = place;
    return true;
}

static void write_event(struct json_writer *w, const struct log_event_row *row)
{
    char id[LOG_TOKEN_CHARS + 1];
    log_token_write(LOG_TOKEN_EVENT, row->stream_id, (struct log_position){row->at_ms, row->id},
                    id);
    json_begin_object(w);
    json_put_string(w, "logStreamName", row->stream_name);
    json_put_integer(w, "timestamp", row->at_ms);
    json_put_string(w, "message", row->message);
    json_put_integer(w, "ingestionTime", row->ingested_ms);
    json_put_text(w, "eventId", id);
    json_end_object(w);
}

/* `*ret_more` with `*ret_last` when the page ended before the events did. */
static enum status write_page(struct call *call, const struct search *search, struct json_writer *w,
                              bool *ret_more, struct log_position *ret_last)
{
    struct log_cursor cursor;
    struct log_event_row row;
    int64_t found = 0;
    size_t looked_at = 0;
    size_t bytes = 0;
    log_events_begin(&cursor, call->sandbox->db, &search->range);
    while (!*ret_more && log_events_next(&cursor, &row)) {
        bool is_match = filter_pattern_matches(&search->pattern, row.message);
        size_t row_bytes = row.message.len + LOG_EVENT_OVERHEAD_BYTES;
        bool is_full = found == search->limit || (found > 0 && bytes + row_bytes > PAGE_MAX_BYTES);
        if (looked_at == PAGE_MAX_LOOKED_AT || (is_match && is_full)) {
            *ret_more = true;
            continue;
        }
        looked_at++;
        *ret_last = (struct log_position){row.at_ms, row.id};
        if (!is_match)
            continue;
        write_event(w, &row);
        found++;
        bytes += row_bytes;
    }
    return log_cursor_end(&cursor);
}

static void answer(struct call *call, const struct search *search)
{
    struct text body = aws_json_text(call);
    struct json_writer w = json_writer_make(&body);
    bool has_more = false;
    struct log_position last = {0, 0};
    json_begin_object(&w);
    json_key(&w, "events");
    json_begin_array(&w);
    enum status status = write_page(call, search, &w, &has_more, &last);
    json_end_array(&w);
    json_put_raw(&w, "searchedLogStreams", SLICE("[]"));
    if (has_more) {
        char token[LOG_TOKEN_CHARS + 1];
        log_token_write(LOG_TOKEN_FILTER, search->range.group_id, last, token);
        json_put_text(&w, "nextToken", token);
    }
    json_end_object(&w);
    if (status == STATUS_OK)
        aws_json_answer(call, &body);
    else
        logs_fail_storage(call, status);
}

void logs_filter_log_events(struct call *call)
{
    struct log_group_row group;
    struct search search = {.limit = json_member_integer(call->input, "limit", LIMIT_DEFAULT)};
    if (!read_pattern(call, &search.pattern) || !logs_require_group_or_identifier(call, &group))
        return;
    search.range.group_id = group.id;
    if (read_streams(call, &group, &search.range) && read_times(call, &group, &search.range))
        answer(call, &search);
}

/*
 * log_events_filter.c -- FilterLogEvents: the events of a group, across its streams, in order of
 * time. `nextToken` is there only when more events may follow: `aws logs tail` waits for the day
 * it is absent. A page looks at a limited number of events, so that a rare pattern in a large
 * group is answered in time; such a page can be empty and still have a token, as on AWS. It does
 * so in slices, between which others are served.
 */
#include "emulator/base/arena.h"
#include "emulator/base/json.h"
#include "emulator/base/json_writer.h"
#include "emulator/http/call.h"
#include "emulator/http/call_turns.h"
#include "emulator/protocol/aws_json.h"
#include "emulator/sandbox.h"
#include "handlers/logs/log_filter_request.h"
#include "handlers/logs/log_lookup.h"
#include "handlers/logs/log_tokens.h"
#include "handlers/logs/logs_errors.h"
#include "handlers/logs/logs_operations.h"

#define LIMIT_DEFAULT 10000
#define PAGE_MAX_BYTES ((size_t)1048576)
#define PAGE_MAX_LOOKED_AT 20000
#define SCRATCH_MAX_BYTES ((size_t)128 * 1024 * 1024) /* a message of 1 MiB of small values */
#define SLICE_EVENTS 256
#define SLICE_OTHERS 2000
#define SLICE_BYTES ((size_t)128 * 1024)

/* Lives in the call's arena; what is below the line grows slice by slice. */
struct search {
    struct call *call;
    struct log_events_range range; /* what is left of it */
    struct filter_pattern pattern;
    struct arena scratch; /* of one message */
    int64_t limit;

    struct call_turns turns;
    struct text body;
    struct json_writer w;
    int64_t found;
    size_t bytes;     /* of those found */
    size_t looked_at; /* of the streams asked for */
    bool is_done;     /* no event is left, or ... */
    bool has_more;    /* ... the page is full */
};

/* One name makes it a search of that stream; several narrow the group's. */
static bool read_stream_names(struct call *call, const struct log_group_row *group,
                              const struct json *names, struct log_events_range *range)
{
    struct log_stream_row stream = {0};
    int64_t *ids = arena_alloc(&call->arena, (json_count(names) + 1) * sizeof(*ids));
    if (ids == NULL) {
        call_fail_internal(call, STATUS_NO_MEMORY, "collecting log streams");
        return false;
    }
    for (const struct json *name = json_first(names); name != NULL; name = json_next(name)) {
        if (!logs_require_stream(call, group, json_string(name), &stream))
            return false;
        ids[range->stream_count++] = stream.id;
    }
    range->streams = ids;
    if (range->stream_count == 1)
        range->stream_id = stream.id;
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
    log_lookup_leave_out_expired(call, group, range);
    if (token.len == 0)
        return true;
    struct log_position place;
    if (log_token_read(LOG_TOKEN_FILTER, group->id, token, &place) != STATUS_OK) {
        call_fail(call, &logs_error_invalid_parameter, "The specified nextToken is invalid.");
        return false;
    }
    if (log_position_is_before(range->after, place))
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

/* False: the page is full. */
static bool take(struct search *search, const struct log_event_row *row, bool is_match)
{
    size_t row_bytes = row->message.len + LOG_EVENT_OVERHEAD_BYTES;
    bool is_full = search->found == search->limit ||
                   (search->found > 0 && search->bytes + row_bytes > PAGE_MAX_BYTES);
    if (search->looked_at == PAGE_MAX_LOOKED_AT || (is_match && is_full))
        return false;
    search->looked_at++;
    if (is_match) {
        write_event(&search->w, row);
        search->found++;
        search->bytes += row_bytes;
    }
    return true;
}

static enum status look_at(struct search *search, const struct log_event_row *row,
                           bool *ret_is_taken)
{
    struct filter_match match = {.is_match = false};
    enum status status =
        filter_pattern_match(&search->pattern, row->message, &search->scratch, &match);
    arena_recycle(&search->scratch);
    *ret_is_taken = status == STATUS_OK && take(search, row, match.is_match);
    return status;
}

static enum status read_slice(struct search *search)
{
    struct log_cursor cursor;
    struct log_event_row row;
    struct log_position last = search->range.after;
    size_t cost = 0;
    enum status looked = STATUS_OK;
    log_events_begin(&cursor, search->call->sandbox->db, &search->range);
    while (cost < SLICE_BYTES && !search->is_done && looked == STATUS_OK) {
        bool is_taken = true;
        if (!log_events_next(&cursor, &row)) {
            search->is_done = true;
            continue;
        }
        if (!row.is_other)
            looked = look_at(search, &row, &is_taken);
        search->has_more = !is_taken;
        search->is_done = !is_taken;
        if (is_taken)
            last = (struct log_position){row.at_ms, row.id};
        cost += row.is_other ? SLICE_BYTES / SLICE_OTHERS
                             : SLICE_BYTES / SLICE_EVENTS + row.message.len;
    }
    enum status status = log_cursor_end(&cursor);
    search->range.after = last;
    return status != STATUS_OK ? status : looked;
}

static void answer(struct search *search)
{
    struct json_writer *w = &search->w;
    json_end_array(w);
    json_put_raw(w, "searchedLogStreams", SLICE("[]"));
    if (search->has_more) {
        char token[LOG_TOKEN_CHARS + 1];
        log_token_write(LOG_TOKEN_FILTER, search->range.group_id, search->range.after, token);
        json_put_text(w, "nextToken", token);
    }
    json_end_object(w);
    aws_json_answer(search->call, &search->body);
}

static bool take_slice(struct call_turns *turns)
{
    struct search *search = list_entry(turns, struct search, turns);
    enum status status = read_slice(search);
    if (status == STATUS_OK && !search->is_done)
        return true;
    if (status == STATUS_OK)
        answer(search);
    else
        logs_fail_storage(search->call, status);
    return false;
}

static void clear_scratch(void *scratch)
{
    arena_clear(scratch);
}

static void run(struct search *search)
{
    struct call *call = search->call;
    arena_init(&search->scratch, SCRATCH_MAX_BYTES);
    search->body = aws_json_text(call);
    search->w = json_writer_make(&search->body);
    json_begin_object(&search->w);
    json_key(&search->w, "events");
    json_begin_array(&search->w);
    enum status status = arena_on_clear(&call->arena, clear_scratch, &search->scratch);
    if (status == STATUS_OK)
        status = call_turns_run(call, call->sandbox->loop, &search->turns, take_slice);
    if (status != STATUS_OK)
        call_fail_internal(call, status, "searching log events");
}

void logs_filter_log_events(struct call *call)
{
    struct log_group_row group;
    struct search *search = arena_zalloc(&call->arena, sizeof(*search));
    if (search == NULL) {
        call_fail_internal(call, STATUS_NO_MEMORY, "searching log events");
        return;
    }
    search->call = call;
    search->limit = json_member_integer(call->input, "limit", LIMIT_DEFAULT);
    if (!log_filter_request_pattern(call, &search->pattern) ||
        !logs_require_group_or_identifier(call, &group))
        return;
    search->range.group_id = group.id;
    if (read_streams(call, &group, &search->range) && read_times(call, &group, &search->range))
        run(search);
}

/*
 * log_events_get.c -- GetLogEvents: one page of one stream, always with a token in each direction.
 *
 *     no token, startFromHead    the first events        b/first ... f/last
 *     no token                   the newest events
 *     f/P/s                      those behind P          none: the same token again, the pagers'
 *     b/P/s                      those before P                 sign to stop
 *
 * A page is read in slices, between which others are served.
 */
#include "emulator/base/arena.h"
#include "emulator/base/json.h"
#include "emulator/base/json_writer.h"
#include "emulator/http/call.h"
#include "emulator/http/call_turns.h"
#include "emulator/protocol/aws_json.h"
#include "emulator/sandbox.h"
#include "handlers/logs/log_lookup.h"
#include "handlers/logs/log_tokens.h"
#include "handlers/logs/logs_errors.h"
#include "handlers/logs/logs_operations.h"

#define LIMIT_DEFAULT 10000
#define PAGE_MAX_BYTES ((size_t)1048576)
#define SLICE_EVENTS 500

struct page_event {
    struct page_event *next;
    struct log_event_row row; /* message in the arena */
};

/* Lives in the call's arena. */
struct page {
    struct call *call;
    struct call_turns turns;
    struct log_events_range range; /* what is left of it */
    int64_t left;                  /* events it may still take */
    size_t bytes;
    bool is_done;
    struct log_position start; /* where an empty page is */
    bool has_token;
    struct page_event *first; /* in order of time, also when read backward */
    struct page_event *last;
};

static void apply_token(struct page *page, bool is_backward, struct log_position place)
{
    struct log_events_range *range = &page->range;
    range->is_descending = is_backward;
    page->start = place;
    page->has_token = true;
    if (is_backward && log_position_is_before(place, range->before))
        range->before = place;
    if (!is_backward && log_position_is_before(range->after, place))
        range->after = place;
}

/* False when the call has been answered. */
static bool read_range(struct call *call, const struct log_group_row *group, int64_t stream_id,
                       struct page *page)
{
    const struct json *input = call->input;
    struct slice token = json_member_string(input, "nextToken");
    int64_t start_ms = json_member_integer(input, "startTime", 0);
    page->start = (struct log_position){start_ms, 0};
    page->range = (struct log_events_range){
        .stream_id = stream_id,
        .after = {start_ms, INT64_MIN},
        .before = {json_member_integer(input, "endTime", INT64_MAX), INT64_MIN},
        .is_descending = !json_member_bool(input, "startFromHead", false),
    };
    log_lookup_leave_out_expired(call, group, &page->range);
    if (token.len == 0)
        return true;

    bool is_backward = false;
    struct log_position place;
    if (log_token_read_page(stream_id, token, &is_backward, &place) != STATUS_OK) {
        call_fail(call, &logs_error_invalid_parameter, "The specified nextToken is invalid.");
        return false;
    }
    apply_token(page, is_backward, place);
    return true;
}

static enum status keep_event(struct call *call, struct page *page, const struct log_event_row *row)
{
    struct page_event *event = arena_alloc(&call->arena, sizeof(*event));
    if (event == NULL)
        return STATUS_NO_MEMORY;
    *event = (struct page_event){.row = *row};
    enum status status = arena_copy(&call->arena, row->message, &event->row.message);
    if (status != STATUS_OK)
        return status;
    if (page->first == NULL) {
        page->first = event;
        page->last = event;
    } else if (page->range.is_descending) {
        event->next = page->first;
        page->first = event;
    } else {
        page->last->next = event;
        page->last = event;
    }
    return STATUS_OK;
}

/* False: the page is full. */
static bool has_room(struct page *page, const struct log_event_row *row)
{
    page->bytes += row->message.len + LOG_EVENT_OVERHEAD_BYTES;
    return page->left-- > 0 && (page->bytes <= PAGE_MAX_BYTES || page->first == NULL);
}

static void go_behind(struct log_events_range *range, const struct log_event_row *row)
{
    struct log_position place = {row->at_ms, row->id};
    if (range->is_descending)
        range->before = place;
    else
        range->after = place;
}

static enum status read_slice(struct page *page)
{
    struct log_cursor cursor;
    struct log_event_row row;
    struct log_events_range rest = page->range;
    enum status kept = STATUS_OK;
    log_events_begin(&cursor, page->call->sandbox->db, &page->range);
    for (int i = 0; i < SLICE_EVENTS && kept == STATUS_OK && !page->is_done; i++) {
        page->is_done = !log_events_next(&cursor, &row) || !has_room(page, &row);
        if (page->is_done)
            continue;
        kept = keep_event(page->call, page, &row);
        go_behind(&rest, &row);
    }
    enum status status = log_cursor_end(&cursor);
    page->range = rest;
    return status != STATUS_OK ? status : kept;
}

/*
 * The places the tokens name. An empty page stays where it was asked for: going on in the same
 * direction finds what came meanwhile; turning around finds the event at that place again.
 */
static void places_of(const struct page *page, struct log_position *ret_first,
                      struct log_position *ret_last)
{
    if (page->first != NULL) {
        *ret_first = (struct log_position){page->first->row.at_ms, page->first->row.id};
        *ret_last = (struct log_position){page->last->row.at_ms, page->last->row.id};
        return;
    }
    *ret_first = page->start;
    *ret_last = page->start;
    if (!page->has_token)
        return;
    if (page->range.is_descending && page->start.id > 0)
        ret_last->id--;
    else if (!page->range.is_descending && page->start.id < INT64_MAX)
        ret_first->id++;
}

static void write_token(struct call *call, struct json_writer *w, const char *name, char direction,
                        struct log_position place, int64_t stream_id)
{
    char digits[LOG_TOKEN_CHARS + 1];
    log_token_write(LOG_TOKEN_EVENT, stream_id, place, digits);
    json_put_text(w, name, arena_printf(&call->arena, "%c/%s/s", direction, digits));
}

static void answer(const struct page *page)
{
    struct call *call = page->call;
    struct log_position first;
    struct log_position last;
    places_of(page, &first, &last);
    struct text body = aws_json_text(call);
    struct json_writer w = json_writer_make(&body);
    json_begin_object(&w);
    json_key(&w, "events");
    json_begin_array(&w);
    for (const struct page_event *event = page->first; event != NULL; event = event->next) {
        json_begin_object(&w);
        json_put_integer(&w, "timestamp", event->row.at_ms);
        json_put_string(&w, "message", event->row.message);
        json_put_integer(&w, "ingestionTime", event->row.ingested_ms);
        json_end_object(&w);
    }
    json_end_array(&w);
    write_token(call, &w, "nextForwardToken", 'f', last, page->range.stream_id);
    write_token(call, &w, "nextBackwardToken", 'b', first, page->range.stream_id);
    json_end_object(&w);
    aws_json_answer(call, &body);
}

static bool take_slice(struct call_turns *turns)
{
    struct page *page = list_entry(turns, struct page, turns);
    enum status status = read_slice(page);
    if (status == STATUS_OK && !page->is_done)
        return true;
    if (status == STATUS_OK)
        answer(page);
    else
        logs_fail_storage(page->call, status);
    return false;
}

void logs_get_log_events(struct call *call)
{
    struct log_group_row group;
    struct log_stream_row stream;
    struct slice name = json_member_string(call->input, "logStreamName");
    struct page *page = arena_zalloc(&call->arena, sizeof(*page));
    if (page == NULL) {
        call_fail_internal(call, STATUS_NO_MEMORY, "reading log events");
        return;
    }
    page->call = call;
    page->left = json_member_integer(call->input, "limit", LIMIT_DEFAULT);
    if (!logs_require_group_or_identifier(call, &group) ||
        !logs_require_stream(call, &group, name, &stream) ||
        !read_range(call, &group, stream.id, page))
        return;
    enum status status = call_turns_run(call, call->sandbox->loop, &page->turns, take_slice);
    if (status != STATUS_OK)
        call_fail_internal(call, status, "reading log events");
}

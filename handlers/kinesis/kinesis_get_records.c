#include "emulator/base/base64.h"
#include "emulator/base/dates.h"
#include "emulator/base/json.h"
#include "emulator/base/json_writer.h"
#include "emulator/http/call.h"
#include "emulator/http/call_turns.h"
#include "emulator/protocol/aws_json.h"
#include "emulator/sandbox.h"
#include "handlers/kinesis/kinesis_errors.h"
#include "handlers/kinesis/kinesis_lookup.h"
#include "handlers/kinesis/kinesis_operations.h"
#include "handlers/kinesis/kinesis_tokens.h"
#include "storage/kinesis_sequence.h"

#define LIMIT_DEFAULT 10000
#define ANSWER_MAX_BYTES ((size_t)10 * 1024 * 1024) /* of data and partition keys */

/* One turn's work: a fraction of a millisecond. */
#define SLICE_BYTES ((size_t)256 * 1024)
#define SLICE_RECORDS 250

/* Around the data and the partition key of a record. */
#define RECORD_TEXT_BYTES ((size_t)192)

/* One page of a shard. Lives in the call's arena. */
struct page {
    struct call *call;
    struct call_turns turns;
    struct text answer;
    struct json_writer w;
    struct kinesis_stream_row stream;
    struct kinesis_shard_row shard;
    struct kinesis_token iterator; /* moves on as records are written */
    int64_t limit;
    size_t bytes;
    int64_t count;
    bool has_more;
    int64_t next_arrival_ms; /* of the first record that is not in the page */
    bool is_done;
};

/* ---- the iterator ---- */

static void fail_expired(struct call *call, int64_t made_ms, int64_t now_ms)
{
    char made[DATE_TEXT_BYTES];
    char now[DATE_TEXT_BYTES];
    dates_format(made_ms, "%a %b %d %H:%M:%S UTC %Y", made);
    dates_format(now_ms, "%a %b %d %H:%M:%S UTC %Y", now);
    call_fail(call, &kinesis_error_expired_iterator,
              "Iterator expired. The iterator was created at time %s while right now it is %s which"
              " is further in the future than the tolerated delay of %lld milliseconds.",
              made, now, (long long)KINESIS_TOKEN_LIFE_MS);
}

/* The page an iterator opens. False: the call is answered. */
static bool open_page(struct call *call, struct page *page)
{
    struct db *db = call->sandbox->db;
    struct kinesis_owner owner = kinesis_lookup_owner(call);
    int64_t now_ms = sim_clock_now_ms(&call->sandbox->clock);
    enum status status =
        kinesis_token_read(KINESIS_TOKEN_ITERATOR, json_member_string(call->input, "ShardIterator"),
                           &call->arena, &page->iterator);
    if (status == STATUS_INVALID) {
        call_fail(call, &kinesis_error_invalid_argument, "Invalid ShardIterator.");
        return false;
    }
    if (status == STATUS_OK && now_ms - page->iterator.made_ms > KINESIS_TOKEN_LIFE_MS) {
        fail_expired(call, page->iterator.made_ms, now_ms);
        return false;
    }
    if (status == STATUS_OK)
        status = kinesis_shard_get(db, page->iterator.owner, &page->shard);
    if (status == STATUS_OK)
        status = kinesis_stream_get(db, &owner, page->shard.stream, &call->arena, &page->stream);
    if (status == STATUS_NOT_FOUND)
        call_fail(call, &kinesis_error_resource_not_found,
                  "The stream of this ShardIterator does not exist.");
    else if (status != STATUS_OK)
        kinesis_fail_storage(call, status);
    page->iterator.made_ms = now_ms;
    return status == STATUS_OK;
}

/* What is out of retention is not read. */
static enum status skip_expired(struct call *call, struct page *page)
{
    int64_t first = 0;
    enum status status = kinesis_shard_before(call->sandbox->db, &page->shard,
                                              kinesis_keep_from_ms(call, &page->stream), &first);
    if (status == STATUS_OK && first > page->iterator.after)
        page->iterator.after = first;
    return status;
}

/* ---- the records ---- */

static void write_record(struct json_writer *w, const struct page *page,
                         const struct kinesis_record *record)
{
    struct kinesis_sequence sequence = {page->stream.created_ms, page->shard.number, record->place};
    char number[KINESIS_SEQUENCE_CHARS + 1];
    kinesis_sequence_write(&sequence, number);
    json_begin_object(w);
    json_put_text(w, "SequenceNumber", number);
    json_put_seconds(w, "ApproximateArrivalTimestamp", record->arrival_ms);
    json_key(w, "Data");
    text_append_byte(w->out, '"');
    base64_append(w->out, record->data);
    text_append_byte(w->out, '"');
    w->needs_comma = true;
    json_put_string(w, "PartitionKey", record->partition_key);
    json_end_object(w);
}

/* At least one record, then as many as the limits allow. */
static bool fits(const struct page *page, size_t bytes)
{
    return page->count == 0 ||
           (page->count < page->limit && page->bytes + bytes <= ANSWER_MAX_BYTES);
}

static bool add(struct page *page, const struct kinesis_record *record)
{
    size_t bytes = record->data.len + record->partition_key.len;
    if (!fits(page, bytes)) {
        page->has_more = true;
        page->next_arrival_ms = record->arrival_ms;
        return false;
    }
    write_record(&page->w, page, record);
    page->bytes += bytes;
    page->count++;
    page->iterator.after = record->place;
    return true;
}

/* What one turn may do of the page. */
static enum status write_slice(struct page *page)
{
    struct kinesis_cursor cursor;
    struct kinesis_record record;
    size_t last_bytes = page->bytes + SLICE_BYTES;
    int64_t last_count = page->count + SLICE_RECORDS;
    kinesis_records_begin(&cursor, page->call->sandbox->db, page->shard.id, page->iterator.after);
    page->is_done = true;
    while (kinesis_records_next(&cursor, &record) && add(page, &record)) {
        page->is_done = page->bytes < last_bytes && page->count < last_count;
        if (!page->is_done)
            break;
    }
    return kinesis_cursor_end(&cursor);
}

/* A page that goes on may get large: it is not copied again and again while it grows. */
static void reserve(struct page *page)
{
    size_t records = (size_t)page->limit * RECORD_TEXT_BYTES;
    (void)text_reserve(&page->answer, ANSWER_MAX_BYTES / 3 * 4 + records);
}

/* 0 means that the end was reached, whatever the clock says. */
static int64_t behind_ms(const struct page *page)
{
    int64_t behind = page->iterator.made_ms - page->next_arrival_ms;
    if (!page->has_more)
        return 0;
    return behind > 0 ? behind : 1;
}

static void answer(struct page *page)
{
    struct call *call = page->call;
    struct json_writer *w = &page->w;
    struct slice next = {NULL, 0};
    enum status status =
        kinesis_token_write(KINESIS_TOKEN_ITERATOR, &page->iterator, &call->arena, &next);
    if (status != STATUS_OK) {
        kinesis_fail_storage(call, status);
        return;
    }
    json_end_array(w);
    json_put_string(w, "NextShardIterator", next);
    json_put_integer(w, "MillisBehindLatest", behind_ms(page));
    json_end_object(w);
    aws_json_answer(call, &page->answer);
}

static bool take_slice(struct call_turns *turns)
{
    struct page *page = list_entry(turns, struct page, turns);
    bool is_first = page->count == 0;
    enum status status = write_slice(page);
    if (status == STATUS_OK)
        status = page->answer.status;
    if (status == STATUS_OK && !page->is_done) {
        if (is_first)
            reserve(page);
        return true;
    }
    if (status == STATUS_OK)
        answer(page);
    else
        kinesis_fail_storage(page->call, status);
    return false;
}

static void begin(struct page *page)
{
    page->answer = aws_json_text(page->call);
    page->w = json_writer_make(&page->answer);
    json_begin_object(&page->w);
    json_key(&page->w, "Records");
    json_begin_array(&page->w);
}

void kinesis_get_records(struct call *call)
{
    struct page *page = arena_zalloc(&call->arena, sizeof(*page));
    if (page == NULL) {
        kinesis_fail_storage(call, STATUS_NO_MEMORY);
        return;
    }
    page->call = call;
    page->limit = json_member_integer(call->input, "Limit", LIMIT_DEFAULT);
    if (!open_page(call, page))
        return;
    begin(page);
    enum status status = skip_expired(call, page);
    if (status == STATUS_OK)
        status = call_turns_run(call, call->sandbox->loop, &page->turns, take_slice);
    if (status != STATUS_OK)
        kinesis_fail_storage(call, status);
}

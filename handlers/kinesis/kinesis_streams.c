/*
 * kinesis_streams.c -- creating, deleting and listing streams. A stream is ACTIVE at once and gone
 * at once.
 */
#include "emulator/auth/principal.h"
#include "emulator/base/json.h"
#include "emulator/base/json_writer.h"
#include "emulator/http/call.h"
#include "emulator/protocol/aws_json.h"
#include "emulator/sandbox.h"
#include "handlers/kinesis/kinesis_errors.h"
#include "handlers/kinesis/kinesis_limits.h"
#include "handlers/kinesis/kinesis_lookup.h"
#include "handlers/kinesis/kinesis_operations.h"
#include "handlers/kinesis/kinesis_tags.h"

#define LIST_DEFAULT 100

/* ---- create ---- */

static struct kinesis_stream_row requested_stream(const struct call *call)
{
    const struct json *mode = json_member(call->input, "StreamModeDetails");
    bool is_on_demand = slice_equal_text(json_member_string(mode, "StreamMode"), "ON_DEMAND");
    return (struct kinesis_stream_row){
        .name = json_member_string(call->input, "StreamName"),
        .is_on_demand = is_on_demand,
        .shards = is_on_demand ? KINESIS_ON_DEMAND_SHARDS
                               : json_member_integer(call->input, "ShardCount", 0),
        .retention_hours = KINESIS_RETENTION_MIN_HOURS,
        .created_ms = sim_clock_now_ms(&call->sandbox->clock),
    };
}

static bool check_members(struct call *call, const struct kinesis_stream_row *row)
{
    int64_t max_kib =
        json_member_integer(call->input, "MaxRecordSizeInKiB", KINESIS_RECORD_MAX_KIB);
    if (max_kib != KINESIS_RECORD_MAX_KIB)
        call_fail(call, &kinesis_error_invalid_argument,
                  "Hydrant does not support MaxRecordSizeInKiB other than %d yet.",
                  KINESIS_RECORD_MAX_KIB);
    else if (json_member(call->input, "WarmThroughputMiBps") != NULL)
        call_fail(call, &kinesis_error_invalid_argument,
                  "Hydrant does not support WarmThroughputMiBps yet.");
    else if (row->is_on_demand && json_member(call->input, "ShardCount") != NULL)
        call_fail(call, &kinesis_error_invalid_argument,
                  "ShardCount cannot be given for a stream of mode ON_DEMAND.");
    else if (row->shards == 0)
        call_fail(call, &kinesis_error_invalid_argument,
                  "ShardCount is required for a stream of mode PROVISIONED.");
    return !call_is_answered(call);
}

static bool check_quota(struct call *call, const struct kinesis_stream_row *row)
{
    struct kinesis_owner owner = kinesis_lookup_owner(call);
    struct kinesis_totals totals;
    enum status status = kinesis_store_totals(call->sandbox->db, &owner, &totals);
    if (status != STATUS_OK)
        kinesis_fail_storage(call, status);
    else if (row->is_on_demand && totals.on_demand_streams >= KINESIS_ON_DEMAND_STREAMS_MAX)
        call_fail(call, &kinesis_error_limit_exceeded,
                  "This account has its %d streams of mode ON_DEMAND in %.*s already.",
                  KINESIS_ON_DEMAND_STREAMS_MAX, SLICE_ARG(owner.region));
    else if (!row->is_on_demand && totals.provisioned_shards + row->shards > KINESIS_SHARDS_MAX)
        call_fail(call, &kinesis_error_limit_exceeded,
                  "This request would exceed the shard limit for the account %.*s in %.*s. Current"
                  " shard count for the account: %lld. Limit: %d. Number of additional shards that"
                  " would have resulted from this request: %lld. Refer to the AWS Service Limits"
                  " page (http://docs.aws.amazon.com/general/latest/gr/aws_service_limits.html) for"
                  " current limits and how to request higher limits.",
                  SLICE_ARG(owner.account), SLICE_ARG(owner.region),
                  (long long)totals.provisioned_shards, KINESIS_SHARDS_MAX, (long long)row->shards);
    return !call_is_answered(call);
}

/* False: the call is answered. */
static bool check_name(struct call *call, struct slice name)
{
    struct kinesis_owner owner = kinesis_lookup_owner(call);
    struct kinesis_stream_row found;
    enum status status = kinesis_stream_find(call->sandbox->db, &owner, name, &call->arena, &found);
    if (status == STATUS_OK)
        call_fail(call, &kinesis_error_resource_in_use,
                  "Stream %.*s under account %.*s already exists.", SLICE_ARG(name),
                  SLICE_ARG(owner.account));
    else if (status != STATUS_NOT_FOUND)
        kinesis_fail_storage(call, status);
    return status == STATUS_NOT_FOUND;
}

void kinesis_create_stream(struct call *call)
{
    struct kinesis_owner owner = kinesis_lookup_owner(call);
    struct kinesis_stream_row row = requested_stream(call);
    if (!check_members(call, &row) || !check_name(call, row.name) || !check_quota(call, &row))
        return;
    enum status status = kinesis_stream_create(call->sandbox->db, &owner, &row);
    if (status != STATUS_OK)
        kinesis_fail_storage(call, status);
    else if (kinesis_store_tags(call, &row))
        aws_json_answer_nothing(call);
}

/* ---- delete ---- */

void kinesis_delete_stream(struct call *call)
{
    struct kinesis_stream_row stream;
    if (kinesis_require_stream(call, &stream))
        kinesis_answer_done(call, kinesis_stream_delete(call->sandbox->db, stream.id));
}

/* ---- list ---- */

/* A page of names, noted because the answer has them twice. */
struct stream_page {
    struct kinesis_stream_row *rows;
    int64_t count;
    bool has_more;
};

static enum status read_page(struct call *call, struct slice after, int64_t limit,
                             struct stream_page *page)
{
    struct kinesis_owner owner = kinesis_lookup_owner(call);
    *page = (struct stream_page){
        .rows = arena_alloc(&call->arena, (size_t)limit * sizeof(*page->rows))};
    if (page->rows == NULL)
        return STATUS_NO_MEMORY;
    struct kinesis_cursor cursor;
    struct kinesis_stream_row row;
    enum status copied = STATUS_OK;
    kinesis_streams_begin(&cursor, call->sandbox->db, &owner, after);
    while (!page->has_more && copied == STATUS_OK && kinesis_streams_next(&cursor, &row)) {
        page->has_more = page->count == limit;
        if (page->has_more)
            continue;
        copied = arena_copy(&call->arena, row.name, &row.name);
        page->rows[page->count++] = row;
    }
    enum status status = kinesis_cursor_end(&cursor);
    return status != STATUS_OK ? status : copied;
}

static void write_summary(struct call *call, struct json_writer *w,
                          const struct kinesis_stream_row *row)
{
    json_begin_object(w);
    json_put_string(w, "StreamName", row->name);
    json_put_text(w, "StreamARN", kinesis_lookup_arn(call, row->name));
    json_put_text(w, "StreamStatus", "ACTIVE");
    json_key(w, "StreamModeDetails");
    json_begin_object(w);
    json_put_text(w, "StreamMode", row->is_on_demand ? "ON_DEMAND" : "PROVISIONED");
    json_end_object(w);
    json_put_seconds(w, "StreamCreationTimestamp", row->created_ms);
    json_end_object(w);
}

static void answer_page(struct call *call, const struct stream_page *page)
{
    struct text answer = aws_json_text(call);
    struct json_writer w = json_writer_make(&answer);
    json_begin_object(&w);
    json_key(&w, "StreamNames");
    json_begin_array(&w);
    for (int64_t i = 0; i < page->count; i++)
        json_write_string(&w, page->rows[i].name);
    json_end_array(&w);
    json_put_bool(&w, "HasMoreStreams", page->has_more);
    if (page->has_more)
        json_put_string(&w, "NextToken", page->rows[page->count - 1].name);
    json_key(&w, "StreamSummaries");
    json_begin_array(&w);
    for (int64_t i = 0; i < page->count; i++)
        write_summary(call, &w, &page->rows[i]);
    json_end_array(&w);
    json_end_object(&w);
    aws_json_answer(call, &answer);
}

void kinesis_list_streams(struct call *call)
{
    struct slice after = json_member_string(call->input, "ExclusiveStartStreamName");
    struct slice token = json_member_string(call->input, "NextToken");
    struct stream_page page;
    enum status status = read_page(call, token.len > 0 ? token : after,
                                   json_member_integer(call->input, "Limit", LIST_DEFAULT), &page);
    if (status == STATUS_OK)
        answer_page(call, &page);
    else
        kinesis_fail_storage(call, status);
}

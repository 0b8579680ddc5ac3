/*
 * kinesis_put_records.c -- PutRecord and PutRecords: a record goes to the shard whose range has its
 * hash key. A call's records are stored all or not at all.
 */
#include "emulator/auth/principal.h"
#include "emulator/base/base64.h"
#include "emulator/base/json.h"
#include "emulator/base/json_writer.h"
#include "emulator/delivery/kinesis_source.h"
#include "emulator/http/call.h"
#include "emulator/lambda/event_source.h"
#include "emulator/protocol/aws_json.h"
#include "emulator/sandbox.h"
#include "handlers/kinesis/hash_range.h"
#include "handlers/kinesis/kinesis_errors.h"
#include "handlers/kinesis/kinesis_limits.h"
#include "handlers/kinesis/kinesis_lookup.h"
#include "handlers/kinesis/kinesis_operations.h"
#include "storage/kinesis_sequence.h"

#define REQUEST_MAX_BYTES ((size_t)5 * 1024 * 1024)

/* The records of one call on their way into a stream. */
struct put {
    struct call *call;
    struct kinesis_stream_row stream;
    int64_t now_ms;
    int64_t keep_from_ms;
    struct text answer;
    struct json_writer w;
};

static struct slice data_of(const struct json *record)
{
    return json_member_string(record, "Data");
}

/* ---- checks: each answers the call when it says false ---- */

static bool check_hash_key(struct call *call, const struct json *record)
{
    const struct json *given = json_member(record, "ExplicitHashKey");
    hash_key key = 0;
    if (given == NULL || hash_key_read(json_string(given), &key) == STATUS_OK)
        return true;
    call_fail(call, &kinesis_error_invalid_argument,
              "Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1]."
              " Specified value was %.*s",
              SLICE_ARG(json_string(given)));
    return false;
}

/* `path` is "data", or "records.1.member.data". */
static bool check_size(struct call *call, const struct json *record, const char *path)
{
    if (base64_decoded_size(data_of(record)) <= KINESIS_RECORD_MAX_BYTES)
        return true;
    call_fail(call, &kinesis_error_validation,
              "1 validation error detected: Value at '%s' failed to satisfy constraint: Member must"
              " have length less than or equal to %zu",
              path, KINESIS_RECORD_MAX_BYTES);
    return false;
}

static bool check_records(struct call *call, const struct json *records)
{
    size_t bytes = 0;
    unsigned number = 0;
    for (const struct json *r = json_first(records); r != NULL; r = json_next(r)) {
        const char *path = arena_printf(&call->arena, "records.%u.member.data", ++number);
        if (path == NULL) {
            kinesis_fail_storage(call, STATUS_NO_MEMORY);
            return false;
        }
        if (!check_size(call, r, path) || !check_hash_key(call, r))
            return false;
        bytes += base64_decoded_size(data_of(r)) + json_member_string(r, "PartitionKey").len;
    }
    if (bytes <= REQUEST_MAX_BYTES)
        return true;
    call_fail(call, &kinesis_error_invalid_argument, "Records size exceeds 5 MB limit");
    return false;
}

/* The order is kept anyway; the number only has to be one of this stream's. */
static bool check_ordering(struct call *call, const struct kinesis_stream_row *stream)
{
    struct slice given = json_member_string(call->input, "SequenceNumberForOrdering");
    struct kinesis_sequence sequence;
    if (given.len == 0 || (kinesis_sequence_read(given, &sequence) == STATUS_OK &&
                           sequence.created_ms == stream->created_ms))
        return true;
    call_fail(call, &kinesis_error_invalid_argument,
              "ExclusiveMinimumSequenceNumber %.*s used in PutRecord on stream %.*s under account"
              " %.*s is invalid because it did not come from this stream.",
              SLICE_ARG(given), SLICE_ARG(stream->name), SLICE_ARG(call->principal->account));
    return false;
}

/* ---- storing ---- */

static int64_t shard_of(const struct put *p, const struct json *record)
{
    struct slice explicit_key = json_member_string(record, "ExplicitHashKey");
    hash_key key = 0;
    if (explicit_key.len == 0 || hash_key_read(explicit_key, &key) != STATUS_OK)
        key = hash_key_of(json_member_string(record, "PartitionKey"));
    return hash_range_shard(key, p->stream.shards);
}

static void write_place(struct put *p, int64_t shard, int64_t place)
{
    struct kinesis_sequence sequence = {p->stream.created_ms, shard, place};
    char id[KINESIS_SHARD_ID_CHARS + 1];
    char number[KINESIS_SEQUENCE_CHARS + 1];
    kinesis_shard_id_write(shard, id);
    kinesis_sequence_write(&sequence, number);
    json_begin_object(&p->w);
    json_put_text(&p->w, "ShardId", id);
    json_put_text(&p->w, "SequenceNumber", number);
    json_end_object(&p->w);
}

/* Store one record and write its part of the answer. */
static enum status store(struct put *p, const struct json *record)
{
    struct kinesis_shard_row shard;
    struct kinesis_record row = {
        .arrival_ms = p->now_ms,
        .partition_key = json_member_string(record, "PartitionKey"),
    };
    struct db *db = p->call->sandbox->db;
    enum status status = base64_decode(data_of(record), &p->call->arena, &row.data);
    if (status == STATUS_OK)
        status = kinesis_shard_find(db, p->stream.id, shard_of(p, record), &shard);
    if (status == STATUS_OK)
        status = kinesis_record_append(db, &shard, p->keep_from_ms, &row);
    if (status == STATUS_OK)
        write_place(p, shard.number, row.place);
    return status;
}

static bool begin(struct put *p, struct call *call)
{
    p->call = call;
    if (!kinesis_require_stream(call, &p->stream))
        return false;
    p->now_ms = sim_clock_now_ms(&call->sandbox->clock);
    p->keep_from_ms = kinesis_keep_from_ms(call, &p->stream);
    p->answer = aws_json_text(call);
    p->w = json_writer_make(&p->answer);
    return true;
}

static void finish(struct put *p, enum status status)
{
    struct call *call = p->call;
    if (status == STATUS_INVALID) {
        call_fail(call, &kinesis_error_serialization, "The data of a record is not valid base64.");
    } else if (status != STATUS_OK) {
        kinesis_fail_storage(call, status);
    } else {
        kinesis_source_notify(call->sandbox->delivery, call->principal->account,
                              call->principal->region, p->stream.name);
        event_sources_notify(call->sandbox->event_sources);
        aws_json_answer(call, &p->answer);
    }
}

void kinesis_put_record(struct call *call)
{
    struct put p;
    if (!begin(&p, call) || !check_size(call, call->input, "data") ||
        !check_hash_key(call, call->input) || !check_ordering(call, &p.stream))
        return;
    finish(&p, store(&p, call->input));
}

void kinesis_put_records(struct call *call)
{
    struct put p;
    const struct json *records = json_member(call->input, "Records");
    if (!begin(&p, call) || !check_records(call, records))
        return;
    enum status status = STATUS_OK;
    json_begin_object(&p.w);
    json_put_integer(&p.w, "FailedRecordCount", 0);
    json_key(&p.w, "Records");
    json_begin_array(&p.w);
    for (const struct json *r = json_first(records); r != NULL && status == STATUS_OK;
         r = json_next(r))
        status = store(&p, r);
    json_end_array(&p.w);
    json_end_object(&p.w);
    finish(&p, status);
}

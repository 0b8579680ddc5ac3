#include "emulator/lambda/event_stream.h"

#include <stdio.h>

#include "emulator/base/arena.h"
#include "emulator/base/base64.h"
#include "emulator/base/hash.h"
#include "emulator/base/json_writer.h"
#include "storage/kinesis_sequence.h"
#include "storage/kinesis_store.h"
#include "storage/stream_store.h"

/* Of data as it is; its base64 and what stands around it stay below the 6 MB of an event. */
#define BATCH_MAX_BYTES ((size_t)4 * 1024 * 1024)
#define EVENT_MAX_BYTES ((size_t)32 * 1024 * 1024)

/* A table's sequence numbers have 21 digits, as on AWS at least. */
#define TABLE_SEQUENCE_CHARS 21
#define TABLE_SEQUENCE_FORMAT "1%020lld"

/* ---- finding ----------------------------------------------------------------------------- */

/* stream/<name>, or table/<name>/stream/<label> */
static bool parse_kind(struct slice service, struct slice rest, struct event_stream *stream)
{
    struct slice kind = slice_cut(&rest, '/');
    stream->name = slice_cut(&rest, '/');
    if (slice_equal_text(service, "kinesis")) {
        stream->kind = EVENT_STREAM_KINESIS;
        return slice_equal_text(kind, "stream") && stream->name.len > 0 && rest.ptr == NULL;
    }
    struct slice word = slice_cut(&rest, '/');
    stream->kind = EVENT_STREAM_DYNAMODB;
    stream->label = rest;
    return slice_equal_text(service, "dynamodb") && slice_equal_text(kind, "table") &&
           slice_equal_text(word, "stream") && stream->name.len > 0 && rest.len > 0;
}

enum status event_stream_parse(struct slice arn, struct event_stream *ret_stream)
{
    struct event_stream stream = {.arn = arn};
    struct slice rest = arn;
    struct slice prefix = slice_cut(&rest, ':');
    (void)slice_cut(&rest, ':');
    struct slice service = slice_cut(&rest, ':');
    stream.region = slice_cut(&rest, ':');
    stream.account = slice_cut(&rest, ':');
    if (!slice_equal_text(prefix, "arn") || !parse_kind(service, rest, &stream))
        return STATUS_INVALID;
    *ret_stream = stream;
    return STATUS_OK;
}

static enum status find_kinesis(struct db *db, struct arena *arena, struct event_stream *stream)
{
    const struct kinesis_owner owner = {stream->account, stream->region};
    struct kinesis_stream_row row;
    enum status status = kinesis_stream_find(db, &owner, stream->name, arena, &row);
    if (status != STATUS_OK)
        return status;
    stream->id = row.id;
    stream->created_ms = row.created_ms;
    stream->shards = row.shards;
    stream->retention_ms = row.retention_hours * 3600 * 1000;
    return STATUS_OK;
}

static const char *view_name(int64_t view)
{
    static const char *const names[] = {"", "KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE",
                                        "NEW_AND_OLD_IMAGES"};
    return view > 0 && view < (int64_t)(sizeof(names) / sizeof(names[0])) ? names[view] : "";
}

static enum status find_table_stream(struct db *db, struct event_stream *stream)
{
    const struct stream_key key = {stream->account, stream->region, stream->name, stream->label};
    struct stream_row row;
    enum status status = stream_store_find(db, &key, &row);
    if (status != STATUS_OK)
        return status;
    stream->id = row.id;
    stream->created_ms = row.created_ms;
    stream->shards = 1;
    stream->retention_ms = STREAM_RETENTION_MS;
    stream->view = view_name(row.view);
    return STATUS_OK;
}

enum status event_stream_find(struct db *db, struct slice arn, struct arena *arena,
                              struct event_stream *ret_stream)
{
    struct event_stream stream;
    enum status status = event_stream_parse(arn, &stream);
    if (status != STATUS_OK)
        return status;
    status = stream.kind == EVENT_STREAM_KINESIS ? find_kinesis(db, arena, &stream)
                                                 : find_table_stream(db, &stream);
    if (status == STATUS_OK)
        *ret_stream = stream;
    return status;
}

enum status event_stream_shard(struct db *db, const struct event_stream *stream, int64_t number,
                               struct event_shard *ret_shard)
{
    struct event_shard shard = {.id = stream->id};
    enum status status = STATUS_OK;
    if (stream->kind == EVENT_STREAM_KINESIS) {
        struct kinesis_shard_row row = {0};
        status = kinesis_shard_find(db, stream->id, number, &row);
        shard = (struct event_shard){row.id, row.number, row.last_place};
    } else {
        status = stream_store_last(db, stream->id, &shard.last_place);
    }
    if (status == STATUS_OK)
        *ret_shard = shard;
    return status;
}

enum status event_stream_before(struct db *db, const struct event_stream *stream,
                                const struct event_shard *shard, int64_t at_ms, int64_t *ret_place)
{
    if (stream->kind != EVENT_STREAM_KINESIS)
        return STATUS_UNSUPPORTED;
    const struct kinesis_shard_row row = {shard->id, stream->id, shard->number, shard->last_place};
    return kinesis_shard_before(db, &row, at_ms, ret_place);
}

/* ---- records of Kinesis ------------------------------------------------------------------ */

static void write_kinesis_data(struct json_writer *w, struct slice data, struct arena *arena)
{
    struct text encoded;
    text_init_in(&encoded, arena, EVENT_MAX_BYTES);
    base64_append(&encoded, data);
    json_put_string(w, "data", text_slice(&encoded));
    if (encoded.status != STATUS_OK)
        w->out->status = encoded.status;
}

/* Which role reads is not known: the account's. */
static void write_kinesis_record(struct json_writer *w, const struct event_stream *stream,
                                 const struct event_shard *shard,
                                 const struct kinesis_record *record, struct arena *arena)
{
    char sequence[KINESIS_SEQUENCE_CHARS + 1];
    char shard_id[KINESIS_SHARD_ID_CHARS + 1];
    char event_id[sizeof(sequence) + sizeof(shard_id)];
    const struct kinesis_sequence parts = {stream->created_ms, shard->number, record->place};
    kinesis_sequence_write(&parts, sequence);
    kinesis_shard_id_write(shard->number, shard_id);
    (void)snprintf(event_id, sizeof(event_id), "%s:%s", shard_id, sequence);
    json_begin_object(w);
    json_key(w, "kinesis");
    json_begin_object(w);
    json_put_text(w, "kinesisSchemaVersion", "1.0");
    json_put_string(w, "partitionKey", record->partition_key);
    json_put_text(w, "sequenceNumber", sequence);
    write_kinesis_data(w, record->data, arena);
    json_put_seconds(w, "approximateArrivalTimestamp", record->arrival_ms);
    json_end_object(w);
    json_put_text(w, "eventSource", "aws:kinesis");
    json_put_text(w, "eventVersion", "1.0");
    json_put_text(w, "eventID", event_id);
    json_put_text(w, "eventName", "aws:kinesis:record");
    json_put_text(w, "invokeIdentityArn",
                  arena_printf(arena, "arn:aws:iam::%.*s:root", SLICE_ARG(stream->account)));
    json_put_string(w, "awsRegion", stream->region);
    json_put_string(w, "eventSourceARN", stream->arn);
    json_end_object(w);
}

/* Counts one record in. False: it is the next event's. */
static bool take(struct event_batch *batch, size_t *bytes, size_t size, int64_t place,
                 int64_t at_ms)
{
    if (batch->records > 0 && *bytes + size > BATCH_MAX_BYTES) {
        batch->is_full = true;
        return false;
    }
    if (batch->records == 0)
        batch->first_ms = at_ms;
    *bytes += size;
    batch->records++;
    batch->last_place = place;
    return true;
}

/* It is too old: behind the function already. */
static void leave_out(struct event_batch *batch, int64_t place)
{
    batch->after = place;
    batch->last_place = place;
}

static enum status read_kinesis(struct db *db, const struct event_stream *stream,
                                const struct event_shard *shard,
                                const struct event_stream_request *request, struct arena *arena,
                                struct event_batch *batch)
{
    struct json_writer w = json_writer_make(&batch->event);
    w.needs_comma = false;
    struct kinesis_cursor cursor;
    struct kinesis_record record;
    size_t bytes = 0;
    kinesis_records_begin(&cursor, db, shard->id, request->after);
    while ((int64_t)batch->records < request->max_records &&
           kinesis_records_next(&cursor, &record) && record.place <= request->last) {
        if (record.arrival_ms < request->from_ms && batch->records == 0) {
            leave_out(batch, record.place);
            continue;
        }
        if (!take(batch, &bytes, record.data.len, record.place, record.arrival_ms))
            break;
        write_kinesis_record(&w, stream, shard, &record, arena);
    }
    return kinesis_cursor_end(&cursor);
}

/* ---- records of tables ------------------------------------------------------------------- */

static void write_table_record(struct json_writer *w, const struct event_stream *stream,
                               const struct stream_record *record, int64_t sequence,
                               event_stream_item_fn *write_item)
{
    static const char *const names[] = {"", "INSERT", "MODIFY", "REMOVE"};
    char event_id[2 * STREAM_EVENT_ID_BYTES + 1];
    char number[40];
    hash_hex(record->event_id, sizeof(record->event_id), event_id);
    (void)snprintf(number, sizeof(number), TABLE_SEQUENCE_FORMAT, (long long)sequence);
    json_begin_object(w);
    json_put_text(w, "eventID", event_id);
    json_put_text(w, "eventName", names[record->event]);
    json_put_text(w, "eventVersion", "1.1");
    json_put_text(w, "eventSource", "aws:dynamodb");
    json_put_string(w, "awsRegion", stream->region);
    json_key(w, "dynamodb");
    json_begin_object(w);
    json_put_integer(w, "ApproximateCreationDateTime", record->created_ms / 1000);
    json_key(w, "Keys");
    write_item(w, record->keys);
    if (record->has_new_image) {
        json_key(w, "NewImage");
        write_item(w, record->new_image);
    }
    if (record->has_old_image) {
        json_key(w, "OldImage");
        write_item(w, record->old_image);
    }
    json_put_text(w, "SequenceNumber", number);
    json_put_integer(w, "SizeBytes", record->size);
    json_put_text(w, "StreamViewType", stream->view);
    json_end_object(w);
    json_put_string(w, "eventSourceARN", stream->arn);
    json_end_object(w);
}

static enum status read_table(struct db *db, const struct event_stream *stream,
                              const struct event_stream_request *request, struct event_batch *batch)
{
    struct json_writer w = json_writer_make(&batch->event);
    struct stream_cursor cursor;
    struct stream_record record;
    int64_t sequence = 0;
    size_t bytes = 0;
    stream_store_begin(&cursor, db, stream->id, request->after);
    while ((int64_t)batch->records < request->max_records &&
           stream_store_next(&cursor, &sequence, &record) && sequence <= request->last) {
        if (record.created_ms < request->from_ms && batch->records == 0) {
            leave_out(batch, sequence);
            continue;
        }
        if (!take(batch, &bytes, (size_t)record.size, sequence, record.created_ms))
            break;
        write_table_record(&w, stream, &record, sequence, request->write_item);
    }
    return stream_store_end(&cursor);
}

/* ---- reading ----------------------------------------------------------------------------- */

enum status event_stream_read(struct db *db, const struct event_stream *stream,
                              const struct event_shard *shard,
                              const struct event_stream_request *request, struct arena *arena,
                              struct event_batch *ret_batch)
{
    struct event_batch batch = {.after = request->after, .last_place = request->after};
    text_init_in(&batch.event, arena, EVENT_MAX_BYTES);
    text_append_text(&batch.event, "{\"Records\":[");
    enum status status = stream->kind == EVENT_STREAM_KINESIS
                             ? read_kinesis(db, stream, shard, request, arena, &batch)
                             : read_table(db, stream, request, &batch);
    text_append_text(&batch.event, "]}");
    if (status == STATUS_OK)
        status = batch.event.status;
    if (status == STATUS_OK)
        *ret_batch = batch;
    return status;
}

enum status event_stream_place(const struct event_stream *stream, struct slice sequence,
                               int64_t *ret_place)
{
    if (stream->kind == EVENT_STREAM_DYNAMODB)
        return sequence.len == TABLE_SEQUENCE_CHARS
                   ? slice_to_i64(slice_from(sequence, 1), ret_place)
                   : STATUS_INVALID;
    struct kinesis_sequence parts;
    enum status status = kinesis_sequence_read(sequence, &parts);
    if (status == STATUS_OK)
        *ret_place = parts.place;
    return status;
}

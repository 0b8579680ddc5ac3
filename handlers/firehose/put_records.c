/*
 * put_records.c -- PutRecord and PutRecordBatch: step 4 of a record's path.
 *
 * The data goes from the request's base64 straight into the packed chunk that is stored, and
 * nowhere else. Everything that can fail comes before delivery_accept().
 */
#include "emulator/base/arena.h"
#include "emulator/base/base64.h"
#include "emulator/base/json.h"
#include "emulator/base/text.h"
#include "emulator/delivery/delivery.h"
#include "emulator/delivery/record_chunk.h"
#include "emulator/http/call.h"
#include "emulator/protocol/aws_json.h"
#include "emulator/sandbox.h"
#include "handlers/firehose/firehose_errors.h"
#include "handlers/firehose/firehose_metrics.h"
#include "handlers/firehose/firehose_operations.h"
#include "handlers/firehose/record_id.h"
#include "handlers/firehose/stream_lookup.h"
#include "handlers/firehose/stream_source.h"

#define BATCH_MAX_BYTES ((uint64_t)4 * 1024 * 1024)

/* Per record in the packed text: its index entry, padding while decoding, and a chunk's count. */
#define PACKING_BYTES 20

/* The records of one request, packed. */
struct packing {
    struct call *call;
    int64_t now_ms;
    uint64_t chunk_bytes; /* a chunk of more is cut */
    struct text text;
    struct record_chunk_entry *entries;
    struct record_chunk *chunks;
    size_t chunk_count;
    uint32_t record_count;
    bool *throttled; /* one per record of the request */
    uint32_t throttled_count;
    struct record_chunk_builder builder;
};

static struct slice data_of(const struct json *record)
{
    return json_member_string(record, "Data");
}

static enum status packing_init(struct packing *p, struct call *call, size_t records,
                                uint64_t bytes)
{
    size_t size = (size_t)bytes + records * PACKING_BYTES;
    *p = (struct packing){
        .call = call,
        .now_ms = sim_clock_now_ms(&call->sandbox->clock),
        .entries = arena_alloc(&call->arena, records * sizeof(*p->entries)),
        .chunks = arena_alloc(&call->arena, records * sizeof(*p->chunks)),
        .throttled = arena_zalloc(&call->arena, records * sizeof(*p->throttled)),
    };
    if (p->entries == NULL || p->chunks == NULL || p->throttled == NULL)
        return STATUS_NO_MEMORY;
    text_init_in(&p->text, &call->arena, size);
    (void)text_reserve(&p->text, size); /* once, so that no chunk moves */
    record_chunk_begin(&p->builder, &p->text, p->entries, (uint32_t)records);
    return p->text.status;
}

static enum status end_chunk(struct packing *p)
{
    p->record_count += p->builder.count;
    uint32_t left = p->builder.capacity - p->builder.count;
    struct record_chunk_entry *entries = p->builder.entries + p->builder.count;
    enum status status = record_chunk_finish(&p->builder, &p->chunks[p->chunk_count]);
    if (status != STATUS_OK)
        return status;
    p->chunk_count++;
    record_chunk_begin(&p->builder, &p->text, entries, left);
    return STATUS_OK;
}

static enum status pack(struct packing *p, struct slice encoded)
{
    uint64_t bytes = record_chunk_bytes(&p->builder) + base64_decoded_size(encoded);
    if (p->builder.count > 0 && bytes > p->chunk_bytes) {
        enum status status = end_chunk(p);
        if (status != STATUS_OK)
            return status;
    }
    return record_chunk_add_base64(&p->builder, encoded, p->now_ms);
}

static bool fail_packing(struct call *call, enum status status)
{
    if (status == STATUS_INVALID)
        call_fail(call, &firehose_error_serialization, "The data of a record is not valid base64.");
    else
        call_fail_internal(call, status, "packing records");
    return false;
}

/* `first` and its siblings, or only itself. False: the call is answered. */
static bool pack_records(struct packing *p, struct delivery_stream *stream,
                         const struct json *first, size_t count, uint64_t bytes)
{
    enum status status = packing_init(p, p->call, count, bytes);
    p->chunk_bytes = delivery_stream_chunk_bytes(stream);
    const struct json *record = first;
    for (size_t i = 0; status == STATUS_OK && i < count; i++) {
        struct slice data = data_of(record);
        p->throttled[i] = !delivery_quota_take_record(stream, base64_decoded_size(data));
        p->throttled_count += p->throttled[i];
        if (!p->throttled[i])
            status = pack(p, data);
        record = json_next(record);
    }
    if (status == STATUS_OK && p->throttled_count < count)
        status = end_chunk(p);
    return status == STATUS_OK || fail_packing(p->call, status);
}

static void slow_down(struct call *call)
{
    const struct json *records = json_member(call->input, "Records");
    firehose_metrics_throttled(call, records != NULL ? json_count(records) : 1);
    call_fail(call, &firehose_error_unavailable, "Slow down.");
}

/* NULL: the call is answered. */
static struct delivery_stream *require_active(struct call *call)
{
    struct delivery_stream *stream = stream_lookup_require(call);
    if (stream == NULL)
        return NULL;
    if (stream_source_is_kinesis(stream))
        call_fail(call, &firehose_error_invalid_argument,
                  "This operation is not permitted on KinesisStreamAsSource delivery stream type.");
    else if (delivery_stream_state(stream) != DELIVERY_ACTIVE)
        stream_lookup_fail_not_found(call); /* as long as it is CREATING, and when it is DELETING */
    else if (!delivery_quota_take_request(stream))
        slow_down(call);
    return call_is_answered(call) ? NULL : stream;
}

static uint64_t packed_bytes(const struct packing *p)
{
    uint64_t bytes = 0;
    for (size_t i = 0; i < p->chunk_count; i++)
        bytes += p->chunks[i].bytes;
    return bytes;
}

/*
 * CloudWatch Logs sends nothing but gzip; who else sends that is taken for it. The first bytes
 * tell: 1f 8b 08, in base64.
 */
static bool are_from_logs(const struct json *first, size_t count)
{
    for (size_t i = 0; i < count; i++, first = json_next(first))
        if (!slice_starts_with(data_of(first), SLICE("H4sI")))
            return false;
    return true;
}

static void fail_source(struct call *call)
{
    struct text body = aws_json_text(call);
    text_append_text(
        &body, "{\"__type\":\"InvalidSourceException\",\"code\":\"InvalidSource\",\"message\":"
               "\"Only requests from CloudWatch Logs are supported when CloudWatch Logs "
               "decompression is enabled.\"}");
    aws_json_answer_error(call, &firehose_error_invalid_source, &body);
}

/* False: the call is answered. */
static bool check_source(struct call *call, const struct delivery_stream *stream,
                         const struct json *first, size_t count)
{
    if (delivery_stream_decompresses(stream) && !are_from_logs(first, count))
        fail_source(call);
    return !call_is_answered(call);
}

/* Last of all: nothing may fail behind it but the storage itself. */
static void accept(struct packing *p, struct delivery_stream *stream, const struct text *answer)
{
    if (answer->status != STATUS_OK) {
        call_fail_internal(p->call, answer->status, "composing the answer");
        return;
    }
    enum status status =
        delivery_accept(p->call->sandbox->delivery, stream, p->chunks, p->chunk_count);
    if (status != STATUS_OK) {
        call_fail_internal(p->call, status, "storing records");
        return;
    }
    firehose_metrics_put(p->call, &(struct firehose_put){.stream = stream,
                                                         .records = p->record_count,
                                                         .bytes = packed_bytes(p),
                                                         .throttled = p->throttled_count});
    aws_json_answer(p->call, answer);
}

void firehose_put_record(struct call *call)
{
    struct delivery_stream *stream = require_active(call);
    if (stream == NULL)
        return;
    const struct json *record = json_member(call->input, "Record");
    struct packing p = {.call = call};
    if (!check_source(call, stream, record, 1) ||
        !pack_records(&p, stream, record, 1, base64_decoded_size(data_of(record))))
        return;
    if (p.throttled_count > 0) {
        slow_down(call);
        return;
    }
    struct text answer = aws_json_text(call);
    struct record_id_source ids = record_id_source_make(&call->sandbox->random);
    text_append(&answer, SLICE("{\"RecordId\":\""));
    record_id_append(&ids, &answer);
    text_append(&answer, SLICE("\",\"Encrypted\":"));
    text_append_text(&answer, delivery_stream_is_encrypted(stream) ? "true}" : "false}");
    accept(&p, stream, &answer);
}

/* Written by hand: 500 ids through the JSON writer's escaping would cost more than all the rest. */
static void write_batch_answer(struct text *answer, const struct packing *p, bool is_encrypted,
                               size_t count)
{
    struct record_id_source ids = record_id_source_make(&p->call->sandbox->random);
    (void)text_reserve(answer, count * (RECORD_ID_CHARS + 20) + 100);
    text_printf(answer, "{\"Encrypted\":%s,\"FailedPutCount\":%u,\"RequestResponses\":[",
                is_encrypted ? "true" : "false", p->throttled_count);
    for (size_t i = 0; i < count; i++) {
        text_append(answer, i > 0 ? SLICE(",{") : SLICE("{"));
        if (p->throttled[i]) {
            text_append(answer, SLICE("\"ErrorCode\":\"ServiceUnavailableException\","
                                      "\"ErrorMessage\":\"Slow down.\"}"));
            continue;
        }
        text_append(answer, SLICE("\"RecordId\":\""));
        record_id_append(&ids, answer);
        text_append(answer, SLICE("\"}"));
    }
    text_append(answer, SLICE("]}"));
}

static uint64_t batch_bytes(const struct json *records)
{
    uint64_t bytes = 0;
    for (const struct json *r = json_first(records); r != NULL; r = json_next(r))
        bytes += base64_decoded_size(data_of(r));
    return bytes;
}

void firehose_put_record_batch(struct call *call)
{
    struct delivery_stream *stream = require_active(call);
    if (stream == NULL)
        return;
    const struct json *records = json_member(call->input, "Records");
    size_t count = json_count(records);
    uint64_t bytes = batch_bytes(records);
    if (bytes > BATCH_MAX_BYTES) {
        call_fail(call, &firehose_error_invalid_argument, "Records size exceeds 4 MB limit");
        return;
    }
    struct packing p = {.call = call};
    if (!check_source(call, stream, json_first(records), count) ||
        !pack_records(&p, stream, json_first(records), count, bytes))
        return;
    struct text answer = aws_json_text(call);
    write_batch_answer(&answer, &p, delivery_stream_is_encrypted(stream), count);
    accept(&p, stream, &answer);
}

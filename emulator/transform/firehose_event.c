#include "emulator/transform/firehose_event.h"

#include <stdlib.h>

#include "emulator/base/arena.h"
#include "emulator/base/base64.h"
#include "emulator/base/json.h"
#include "emulator/base/json_writer.h"
#include "emulator/base/text.h"
#include "emulator/transform/batch.h"

/* ---- events ------------------------------------------------------------------------------ */

static enum status copy_member(const struct json *object, const char *name, struct arena *arena,
                               struct slice *ret_text)
{
    return arena_copy(arena, json_member_string(object, name), ret_text);
}

/* What is not there stays empty. */
static enum status parse_origin(const struct json *json, struct arena *arena,
                                struct lambda_record *record)
{
    const struct json *metadata = json_member(json, "kinesisRecordMetadata");
    if (json_kind(metadata) != JSON_OBJECT)
        return STATUS_OK;
    struct lambda_origin *origin = arena_alloc(arena, sizeof(*origin));
    if (origin == NULL)
        return STATUS_NO_MEMORY;
    *origin = (struct lambda_origin){
        .shard_id = json_member_string(metadata, "shardId"),
        .sequence_number = json_member_string(metadata, "sequenceNumber"),
        .subsequence_number = json_member_integer(metadata, "subsequenceNumber", 0),
        .partition_key = json_member_string(metadata, "partitionKey"),
    };
    record->origin = origin;
    return STATUS_OK;
}

static enum status parse_record(const struct json *json, int64_t now_ms, struct arena *arena,
                                struct lambda_record *record, const char **ret_why)
{
    const struct json *id = json_member(json, "recordId");
    const struct json *data = json_member(json, "data");
    if (json_kind(id) != JSON_STRING || json_kind(data) != JSON_STRING) {
        *ret_why = "every element of \"records\" needs the strings \"recordId\" and \"data\"";
        return STATUS_INVALID;
    }
    record->record_id = json_string(id);
    record->arrival_ms = json_member_integer(json, "approximateArrivalTimestamp", now_ms);
    enum status status = base64_decode(json_string(data), arena, &record->data);
    if (status == STATUS_INVALID)
        *ret_why = "\"data\" of every record must be base64";
    return status == STATUS_OK ? parse_origin(json, arena, record) : status;
}

static enum status parse_records(const struct json *json, int64_t now_ms, struct arena *arena,
                                 struct lambda_batch *batch, const char **ret_why)
{
    size_t count = json_count(json);
    struct lambda_record *records = arena_zalloc(arena, (count + 1) * sizeof(*records));
    if (records == NULL)
        return STATUS_NO_MEMORY;
    const struct json *element = json_first(json);
    for (size_t i = 0; i < count; i++, element = json_next(element)) {
        enum status status = parse_record(element, now_ms, arena, &records[i], ret_why);
        if (status != STATUS_OK)
            return status;
    }
    batch->records = records;
    batch->record_count = count;
    return STATUS_OK;
}

enum status firehose_event_parse(struct slice event, int64_t now_ms, struct arena *arena,
                                 struct lambda_batch *ret_batch, const char **ret_why)
{
    const struct json *json = NULL;
    *ret_why = "the event is not JSON";
    enum status status = json_parse(event, arena, &json);
    if (status != STATUS_OK)
        return status;
    const struct json *records = json_member(json, "records");
    if (json_kind(records) != JSON_ARRAY) {
        *ret_why = "the event has no array \"records\"";
        return STATUS_INVALID;
    }
    struct lambda_batch batch = {0};
    status = parse_records(records, now_ms, arena, &batch, ret_why);
    if (status == STATUS_OK)
        status = copy_member(json, "invocationId", arena, &batch.invocation_id);
    if (status == STATUS_OK)
        status = copy_member(json, "deliveryStreamArn", arena, &batch.delivery_stream_arn);
    if (status == STATUS_OK)
        status = copy_member(json, "region", arena, &batch.region);
    if (status == STATUS_OK)
        status = copy_member(json, "sourceKinesisStreamArn", arena, &batch.source_arn);
    if (status == STATUS_OK)
        *ret_batch = batch;
    return status;
}

static void write_base64(struct json_writer *w, const char *name, struct slice bytes)
{
    json_key(w, name);
    text_append_byte(w->out, '"');
    base64_append(w->out, bytes);
    text_append_byte(w->out, '"');
    w->needs_comma = true;
}

static void write_origin(struct json_writer *w, const struct lambda_record *record)
{
    const struct lambda_origin *origin = record->origin;
    json_key(w, "kinesisRecordMetadata");
    json_begin_object(w);
    json_put_string(w, "sequenceNumber", origin->sequence_number);
    json_put_integer(w, "subsequenceNumber", origin->subsequence_number);
    json_put_string(w, "partitionKey", origin->partition_key);
    json_put_string(w, "shardId", origin->shard_id);
    json_put_integer(w, "approximateArrivalTimestamp", record->arrival_ms);
    json_end_object(w);
}

void firehose_event_build(const struct lambda_batch *batch, struct text *out)
{
    struct json_writer w = json_writer_make(out);
    json_begin_object(&w);
    json_put_string(&w, "invocationId", batch->invocation_id);
    if (batch->source_arn.len > 0)
        json_put_string(&w, "sourceKinesisStreamArn", batch->source_arn);
    json_put_string(&w, "deliveryStreamArn", batch->delivery_stream_arn);
    json_put_string(&w, "region", batch->region);
    json_key(&w, "records");
    json_begin_array(&w);
    for (size_t i = 0; i < batch->record_count; i++) {
        const struct lambda_record *record = &batch->records[i];
        json_begin_object(&w);
        json_put_string(&w, "recordId", record->record_id);
        json_put_integer(&w, "approximateArrivalTimestamp", record->arrival_ms);
        write_base64(&w, "data", record->data);
        if (record->origin != NULL)
            write_origin(&w, record);
        json_end_object(&w);
    }
    json_end_array(&w);
    json_end_object(&w);
}

/* ---- responses --------------------------------------------------------------------------- */

static struct slice result_word(enum lambda_result_kind kind)
{
    if (kind == LAMBDA_RESULT_DROPPED)
        return SLICE("Dropped");
    return kind == LAMBDA_RESULT_FAILED ? SLICE("ProcessingFailed") : SLICE("Ok");
}

/* How often a record stands in the response. */
static unsigned times_of(enum lambda_result_kind kind)
{
    if (kind == LAMBDA_RESULT_MISSING)
        return 0;
    return kind == LAMBDA_RESULT_DUPLICATE ? 2 : 1;
}

static void write_metadata(struct json_writer *w, const struct lambda_record_result *result)
{
    json_key(w, "metadata");
    json_begin_object(w);
    json_key(w, "partitionKeys");
    json_begin_object(w);
    for (size_t i = 0; i < result->key_count; i++) {
        json_key_slice(w, result->keys[i].name);
        json_write_string(w, result->keys[i].value);
    }
    json_end_object(w);
    json_end_object(w);
}

static size_t metadata_size(const struct lambda_record_result *result)
{
    if (result->key_count == 0)
        return 0;
    size_t size = sizeof(",\"metadata\":{\"partitionKeys\":{}}") - 1;
    for (size_t i = 0; i < result->key_count; i++)
        size += sizeof("\"\":\"\",") - 1 + result->keys[i].name.len + result->keys[i].value.len;
    return size - 1; /* no comma behind the last */
}

static void write_result(struct json_writer *w, struct slice record_id,
                         const struct lambda_record_result *result)
{
    json_begin_object(w);
    json_put_string(w, "recordId", record_id);
    json_put_string(w, "result", result_word(result->kind));
    write_base64(w, "data", result->data);
    if (result->key_count > 0)
        write_metadata(w, result);
    json_end_object(w);
}

void firehose_event_build_response(const struct lambda_batch *batch,
                                   const struct lambda_record_result *results, struct text *out)
{
    struct json_writer w = json_writer_make(out);
    json_begin_object(&w);
    json_key(&w, "records");
    json_begin_array(&w);
    for (size_t i = 0; i < batch->record_count; i++) {
        for (unsigned n = times_of(results[i].kind); n > 0; n--)
            write_result(&w, batch->records[i].record_id, &results[i]);
    }
    json_end_array(&w);
    json_end_object(&w);
}

size_t firehose_event_response_size(const struct lambda_batch *batch,
                                    const struct lambda_record_result *results)
{
    const size_t fixed = sizeof("{\"recordId\":\"\",\"result\":\"\",\"data\":\"\"}") - 1;
    size_t size = sizeof("{\"records\":[]}") - 1;
    size_t elements = 0;
    for (size_t i = 0; i < batch->record_count; i++) {
        unsigned times = times_of(results[i].kind);
        size_t element = fixed + batch->records[i].record_id.len +
                         result_word(results[i].kind).len + (results[i].data.len + 2) / 3 * 4 +
                         metadata_size(&results[i]);
        size += times * element;
        elements += times;
    }
    return size + (elements > 0 ? elements - 1 : 0);
}

/* The batch's record ids sorted, so that a response is matched in n log n. */
struct id_entry {
    struct slice id;
    size_t index;
};

static int compare_ids(const void *a, const void *b)
{
    const struct id_entry *left = a;
    const struct id_entry *right = b;
    return slice_compare(left->id, right->id);
}

static struct id_entry *sort_ids(const struct lambda_batch *batch, struct arena *arena)
{
    struct id_entry *ids = arena_alloc(arena, (batch->record_count + 1) * sizeof(*ids));
    if (ids == NULL)
        return NULL;
    for (size_t i = 0; i < batch->record_count; i++)
        ids[i] = (struct id_entry){batch->records[i].record_id, i};
    qsort(ids, batch->record_count, sizeof(*ids), compare_ids);
    return ids;
}

static enum status read_data(const struct json *element, struct arena *arena,
                             struct lambda_record_result *result)
{
    const struct json *data = json_member(element, "data");
    result->kind = LAMBDA_RESULT_NO_DATA;
    if (data == NULL)
        return STATUS_OK;
    result->kind = LAMBDA_RESULT_BAD_DATA;
    if (json_kind(data) != JSON_STRING)
        return STATUS_OK;
    enum status status = base64_decode(json_string(data), arena, &result->data);
    if (status == STATUS_OK)
        result->kind = LAMBDA_RESULT_OK;
    return status == STATUS_INVALID ? STATUS_OK : status;
}

/* What is no text is left out, and so missing where the prefix asks for it. */
static enum status read_keys(const struct json *element, struct arena *arena,
                             struct lambda_record_result *result)
{
    const struct json *given = json_member(json_member(element, "metadata"), "partitionKeys");
    size_t count = json_count(given);
    if (json_kind(given) != JSON_OBJECT || count == 0)
        return STATUS_OK;
    struct partition_key *keys = arena_alloc(arena, count * sizeof(*keys));
    if (keys == NULL)
        return STATUS_NO_MEMORY;
    const struct json *key = json_first(given);
    for (; key != NULL && result->key_count < PARTITION_KEYS_MAX; key = json_next(key)) {
        if (json_kind(key) == JSON_STRING)
            keys[result->key_count++] = (struct partition_key){json_name(key), json_string(key)};
    }
    result->keys = keys;
    return STATUS_OK;
}

static enum status read_ok(const struct json *element, struct arena *arena,
                           struct lambda_record_result *result)
{
    enum status status = read_data(element, arena, result);
    return status == STATUS_OK ? read_keys(element, arena, result) : status;
}

static enum status read_result(const struct json *element, struct arena *arena,
                               struct lambda_record_result *result)
{
    if (result->kind != LAMBDA_RESULT_MISSING) {
        result->kind = LAMBDA_RESULT_DUPLICATE;
        return STATUS_OK;
    }
    struct slice word = json_member_string(element, "result");
    if (slice_equal_text(word, "Ok"))
        return read_ok(element, arena, result);
    result->kind = LAMBDA_RESULT_BAD_STATUS;
    if (slice_equal_text(word, "Dropped"))
        result->kind = LAMBDA_RESULT_DROPPED;
    if (slice_equal_text(word, "ProcessingFailed"))
        result->kind = LAMBDA_RESULT_FAILED;
    return STATUS_OK;
}

/* Whatever cannot be read is a malformed response. */
static enum status parse_json(struct slice text, struct arena *arena, const struct json **ret_json)
{
    enum status status = json_parse_replacing(text, arena, ret_json);
    return status == STATUS_UNSUPPORTED ? STATUS_INVALID : status;
}

enum status firehose_event_parse_response(struct slice response, const struct lambda_batch *batch,
                                          struct arena *arena,
                                          struct lambda_record_result **ret_results)
{
    const struct json *json = NULL;
    enum status status = parse_json(response, arena, &json);
    if (status != STATUS_OK)
        return status;
    struct lambda_record_result *results =
        arena_zalloc(arena, (batch->record_count + 1) * sizeof(*results));
    struct id_entry *ids = sort_ids(batch, arena);
    if (results == NULL || ids == NULL)
        return STATUS_NO_MEMORY;
    const struct json *records = json_member(json, "records");
    const struct json *element = json_kind(records) == JSON_ARRAY ? json_first(records) : NULL;
    for (; element != NULL && status == STATUS_OK; element = json_next(element)) {
        struct id_entry wanted = {json_member_string(element, "recordId"), 0};
        struct id_entry *found =
            bsearch(&wanted, ids, batch->record_count, sizeof(*ids), compare_ids);
        if (found != NULL)
            status = read_result(element, arena, &results[found->index]);
    }
    if (status == STATUS_OK)
        *ret_results = results;
    return status;
}

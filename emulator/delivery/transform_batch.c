#include "emulator/delivery/transform_batch.h"

#include <inttypes.h>

#include "emulator/delivery/delivery_internal.h"
#include "emulator/delivery/kinesis_source.h"
#include "emulator/delivery/record_chunk.h"
#include "emulator/delivery/record_origin.h"
#include "emulator/delivery/transform_error.h"
#include "storage/record_store.h"

#define BATCH_MAX_BYTES ((size_t)512 * 1024 * 1024)

/* "shardId-", 12 digits of shard, zeros, 56 digits of sequence number, 12 of sub-sequence number.
 */
#define RECORD_ID_CHARS 160

/* ---- loading ---- */

struct loading {
    struct delivery_batch *batch;
    struct lambda_record *records;
    uint64_t run;
    size_t count;
    enum status status;
};

/* Never that of PutRecord, and the same at every attempt. */
static char *make_record_id(struct arena *arena, uint64_t run, int64_t chunk_id, uint32_t index)
{
    return arena_printf(arena,
                        "shardId-%012d%072d49%015" PRIu64 "%019" PRId64 "%020" PRIu32 "%012d", 0, 0,
                        run, chunk_id, index, 0);
}

/* Of the records from `first` on. */
static enum status load_origins(struct loading *l, size_t first, struct slice packed)
{
    struct slice rest = packed;
    enum status status = STATUS_OK;
    for (size_t i = first; i < l->count && rest.len > 0 && status == STATUS_OK; i++)
        status = record_origin_take(&rest, &l->batch->arena, &l->records[i].origin);
    return status;
}

static enum status load_records(struct loading *l, const struct record_store_chunk *chunk,
                                struct slice packed)
{
    struct delivery_batch *batch = l->batch;
    struct record_chunk_reader reader;
    enum status status = record_chunk_open(packed, &reader);
    if (status != STATUS_OK)
        return status;
    if (reader.count > (size_t)batch->claim.records - l->count)
        return STATUS_CORRUPT;
    struct lambda_record *record = &l->records[l->count];
    for (uint32_t i = 0; record_chunk_next(&reader, &record->data, &record->arrival_ms); i++) {
        char *id = make_record_id(&batch->arena, l->run, chunk->id, i);
        if (id == NULL)
            return STATUS_NO_MEMORY;
        record->record_id = slice_make(id, RECORD_ID_CHARS);
        l->count++;
        record++;
    }
    return STATUS_OK;
}

static bool load_chunk(void *arg, const struct record_store_chunk *chunk)
{
    struct loading *l = arg;
    struct slice packed = {NULL, 0};
    struct slice origins = {NULL, 0};
    size_t first = l->count;
    l->status = arena_copy(&l->batch->arena, chunk->packed, &packed);
    if (l->status == STATUS_OK)
        l->status = arena_copy(&l->batch->arena, chunk->origins, &origins);
    if (l->status == STATUS_OK)
        l->status = load_records(l, chunk, packed);
    if (l->status == STATUS_OK)
        l->status = load_origins(l, first, origins);
    return l->status == STATUS_OK;
}

/* The stream's settings may be replaced while the batch is on its way: everything is copied. */
static enum status copy_settings(struct delivery_batch *batch)
{
    const struct delivery_stream *stream = batch->stream;
    struct arena *arena = &batch->arena;
    struct lambda_invocation *invocation = &batch->invocation;
    batch->steps = stream->settings.steps;
    batch->has_lambda = stream->settings.has_lambda;

    const struct {
        struct slice from;
        struct slice *to;
    } copies[] = {
        {stream->arn, &batch->batch.delivery_stream_arn},
        {kinesis_source_arn(stream), &batch->batch.source_arn},
        {stream->region, &batch->batch.region},
        {stream->region, &invocation->region},
        {stream->account, &invocation->account},
        {stream->settings.lambda_arn, &invocation->function},
        {batch->steps.split_delimiter, &batch->steps.split_delimiter},
        {batch->steps.query, &batch->steps.query},
        {batch->steps.prefix, &batch->steps.prefix},
    };

    for (size_t i = 0; i < sizeof(copies) / sizeof(copies[0]); i++) {
        enum status status = arena_copy(arena, copies[i].from, copies[i].to);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

/* Without steps before the function the items are the records themselves. */
static enum status begin_items(struct delivery_batch *batch, struct lambda_record *records,
                               size_t count)
{
    struct transform_items *items = &batch->items;
    items->accepted = records;
    items->accepted_count = count;
    if (delivery_steps_prepare(&batch->steps))
        return STATUS_OK; /* a worker fills in the rest */
    items->failures = NULL;
    items->records = records;
    items->count = count;
    items->sources = NULL;
    items->outcomes = arena_zalloc(&batch->arena, (count + 1) * sizeof(*items->outcomes));
    return items->outcomes != NULL ? STATUS_OK : STATUS_NO_MEMORY;
}

static enum status load(struct delivery_batch *batch, struct db *db, uint64_t run)
{
    size_t count = (size_t)batch->claim.records;
    struct loading l = {.batch = batch, .run = run};
    l.records = arena_zalloc(&batch->arena, (count + 1) * sizeof(*l.records));
    if (l.records == NULL)
        return STATUS_NO_MEMORY;
    enum status status =
        record_store_read(db, batch->claim.first_id - 1, batch->claim.last_id, load_chunk, &l);
    if (status == STATUS_OK)
        status = l.status;
    if (status == STATUS_OK && l.count != count)
        status = STATUS_CORRUPT;
    if (status == STATUS_OK)
        status = copy_settings(batch);
    return status == STATUS_OK ? begin_items(batch, l.records, count) : status;
}

enum status transform_batch_load(struct delivery_batch *batch, struct db *db, uint64_t run)
{
    arena_init(&batch->arena, BATCH_MAX_BYTES);
    batch->is_loaded = true;
    batch->part_first = 0;
    batch->part_count = 0;
    batch->items = (struct transform_items){.count = 0};
    batch->batch = (struct lambda_batch){.record_count = 0};
    batch->invocation = (struct lambda_invocation){.batch = &batch->batch};
    return load(batch, db, run);
}

void transform_batch_unload(struct delivery_batch *batch)
{
    if (!batch->is_loaded)
        return;
    lambda_invocation_clear(&batch->invocation);
    arena_clear(&batch->arena);
    batch->is_loaded = false;
}

/* ---- parts ---- */

/* What kinesisRecordMetadata takes at the most, as bytes of data that take as much in base64. */
static int64_t origin_bytes(const struct lambda_origin *origin)
{
    enum { NAMES_AND_NUMBERS = 180, ESCAPED_BYTE = 6 };

    if (origin == NULL)
        return 0;
    size_t json = NAMES_AND_NUMBERS + origin->shard_id.len + origin->sequence_number.len +
                  ESCAPED_BYTE * origin->partition_key.len;
    return (int64_t)(json * 3 / 4);
}

/* As many as fit into one event, but one at least. */
static size_t count_part(const struct transform_items *items, size_t first)
{
    int64_t bytes = 0;
    size_t count = 0;
    while (first + count < items->count) {
        const struct lambda_record *record = &items->records[first + count];
        bytes += (int64_t)record->data.len + origin_bytes(record->origin);
        if (count > 0 &&
            delivery_buffer_event_bytes((int64_t)count + 1, bytes) > DELIVERY_EVENT_MAX_BYTES)
            break;
        count++;
    }
    return count;
}

bool transform_batch_next_part(struct delivery_batch *batch)
{
    struct lambda_invocation *invocation = &batch->invocation;
    if (batch->part_count == 0)
        batch->part_count = count_part(&batch->items, batch->part_first);
    if (batch->part_count == 0)
        return false;
    batch->batch.records = batch->items.records + batch->part_first;
    batch->batch.record_count = batch->part_count;
    *invocation = (struct lambda_invocation){
        .account = invocation->account,
        .region = invocation->region,
        .function = invocation->function,
        .batch = &batch->batch,
    };
    return true;
}

static void collect_one(struct transform_outcome *outcome,
                        const struct lambda_record_result *result)
{
    outcome->error = transform_error_of_record(result->kind);
    outcome->is_dropped = result->kind == LAMBDA_RESULT_DROPPED;
    outcome->data = result->data;
    outcome->keys = result->keys;
    outcome->key_count = result->key_count;
}

static enum status copy_keys(struct arena *arena, struct transform_outcome *outcome)
{
    struct partition_key *keys = arena_alloc(arena, (outcome->key_count + 1) * sizeof(*keys));
    if (keys == NULL)
        return STATUS_NO_MEMORY;
    for (size_t i = 0; i < outcome->key_count; i++) {
        enum status status = arena_copy(arena, outcome->keys[i].name, &keys[i].name);
        if (status == STATUS_OK)
            status = arena_copy(arena, outcome->keys[i].value, &keys[i].value);
        if (status != STATUS_OK)
            return status;
    }
    outcome->keys = keys;
    return STATUS_OK;
}

/* The next invocation takes the place of this one, and its arena goes. */
static enum status keep_part(struct delivery_batch *batch)
{
    enum status status = STATUS_OK;
    for (size_t i = 0; status == STATUS_OK && i < batch->part_count; i++) {
        struct transform_outcome *outcome = &batch->items.outcomes[batch->part_first + i];
        status = arena_copy(&batch->arena, outcome->data, &outcome->data);
        if (status == STATUS_OK)
            status = copy_keys(&batch->arena, outcome);
    }
    lambda_invocation_clear(&batch->invocation);
    return status;
}

enum status transform_batch_collect(struct delivery_batch *batch,
                                    const struct transform_error *error)
{
    for (size_t i = 0; i < batch->part_count; i++) {
        struct transform_outcome *outcome = &batch->items.outcomes[batch->part_first + i];
        outcome->error = error;
        if (error == NULL)
            collect_one(outcome, &batch->invocation.results[i]);
        outcome->attempts = batch->attempts;
    }
    bool is_last = batch->part_first + batch->part_count == batch->items.count;
    enum status status = is_last ? STATUS_OK : keep_part(batch);
    batch->part_first += batch->part_count;
    batch->part_count = 0;
    batch->attempts = 0;
    batch->has_timed_out = false;
    return status;
}

void transform_batch_pass(struct delivery_batch *batch)
{
    for (size_t i = 0; i < batch->items.count; i++)
        batch->items.outcomes[i].data = batch->items.records[i].data;
    batch->part_first = batch->items.count;
}

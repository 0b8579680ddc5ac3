#include "emulator/delivery/transform_batch.h"

#include <inttypes.h>

#include "emulator/delivery/delivery_internal.h"
#include "emulator/delivery/transform_error.h"
#include "storage/record_store.h"

#define BATCH_MAX_BYTES ((size_t)64 * 1024 * 1024)
#define RESULT_MAX_BYTES ((size_t)256 * 1024 * 1024)

/* "shardId-", 12 digits of shard, zeros, 56 digits of sequence number, 12 of sub-sequence number.
 */
#define RECORD_ID_CHARS 160

/* ---- loading ---- */

struct loading {
    struct delivery_batch *batch;
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
    struct lambda_record *record = &batch->records[l->count];
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
    l->status = arena_copy(&l->batch->arena, chunk->packed, &packed);
    if (l->status == STATUS_OK)
        l->status = load_records(l, chunk, packed);
    return l->status == STATUS_OK;
}

/* The stream's settings may be replaced while the invocation runs: everything is copied. */
static enum status fill_in(struct delivery_batch *batch, size_t count)
{
    const struct delivery_stream *stream = batch->stream;
    struct arena *arena = &batch->arena;
    struct lambda_invocation *invocation = &batch->invocation;
    batch->batch = (struct lambda_batch){.records = batch->records, .record_count = count};
    *invocation = (struct lambda_invocation){.batch = &batch->batch};
    enum status status = arena_copy(arena, stream->arn, &batch->batch.delivery_stream_arn);
    if (status == STATUS_OK)
        status = arena_copy(arena, stream->region, &batch->batch.region);
    if (status == STATUS_OK)
        status = arena_copy(arena, stream->account, &invocation->account);
    if (status == STATUS_OK)
        status = arena_copy(arena, stream->settings.lambda_arn, &invocation->function);
    invocation->region = batch->batch.region;
    return status;
}

enum status transform_batch_load(struct delivery_batch *batch, struct db *db, uint64_t run)
{
    size_t count = (size_t)batch->claim.records;
    struct loading l = {.batch = batch, .run = run};
    arena_init(&batch->arena, BATCH_MAX_BYTES);
    batch->records = arena_zalloc(&batch->arena, (count + 1) * sizeof(*batch->records));
    if (batch->records == NULL)
        return STATUS_NO_MEMORY;
    enum status status =
        record_store_read(db, batch->claim.first_id - 1, batch->claim.last_id, load_chunk, &l);
    if (status == STATUS_OK)
        status = l.status;
    if (status == STATUS_OK && l.count != count)
        status = STATUS_CORRUPT;
    return status == STATUS_OK ? fill_in(batch, count) : status;
}

enum status transform_batch_pass(struct delivery_batch *batch)
{
    size_t count = batch->batch.record_count;
    struct lambda_record_result *results =
        arena_alloc(&batch->arena, (count + 1) * sizeof(*results));
    if (results == NULL)
        return STATUS_NO_MEMORY;
    for (size_t i = 0; i < count; i++)
        results[i] =
            (struct lambda_record_result){.kind = LAMBDA_RESULT_OK, .data = batch->records[i].data};
    batch->invocation.results = results;
    return STATUS_OK;
}

void transform_batch_unload(struct delivery_batch *batch)
{
    lambda_invocation_clear(&batch->invocation);
    arena_clear(&batch->arena);
    batch->records = NULL;
}

/* ---- results ---- */

void transform_output_init(struct transform_output *output)
{
    *output = (struct transform_output){.error_count = 0};
    text_init(&output->text, RESULT_MAX_BYTES);
    text_init(&output->error_text, RESULT_MAX_BYTES);
}

void transform_output_close(struct transform_output *output)
{
    text_close(&output->text);
    text_close(&output->error_text);
}

/* One line per kind of error and batch, whatever the number of records. */
static void count_error(struct transform_output *output, const struct transform_error *error,
                        struct slice data)
{
    size_t i = 0;
    while (i < output->error_count && output->errors[i].error != error)
        i++;
    if (i == TRANSFORM_MAX_ERRORS)
        return;
    if (i == output->error_count)
        output->error_count++;
    output->errors[i].error = error;
    output->errors[i].records++;
    output->errors[i].bytes += (int64_t)data.len;
}

struct sorting {
    const struct delivery_batch *batch;
    struct transform_output *output;
    struct record_chunk_builder delivered;
    struct record_chunk_builder failed;
    struct text line;
    int64_t now_ms;
};

static void add_failure(struct sorting *s, const struct lambda_record *record,
                        const struct transform_error *error)
{
    struct transform_failure failure = {
        .error = error,
        .attempts = s->batch->attempts,
        .arrival_ms = record->arrival_ms,
        .ended_ms = s->now_ms,
        .lambda_arn = s->batch->invocation.function,
        .data = record->data,
    };
    text_clear(&s->line);
    transform_error_append_line(&s->line, &failure);
    if (s->line.status != STATUS_OK)
        s->output->error_text.status = s->line.status;
    record_chunk_add(&s->failed, text_slice(&s->line), record->arrival_ms);
    count_error(s->output, error, record->data);
}

static void sort_record(struct sorting *s, size_t i, const struct transform_error *error)
{
    const struct lambda_record *record = &s->batch->records[i];
    const struct lambda_record_result *results = s->batch->invocation.results;
    if (error == NULL)
        error = transform_error_of_record(results[i].kind);
    if (error != NULL)
        add_failure(s, record, error);
    else if (results[i].kind == LAMBDA_RESULT_OK)
        record_chunk_add(&s->delivered, results[i].data, record->arrival_ms);
}

enum status transform_batch_output(struct delivery_batch *batch,
                                   const struct transform_error *error, int64_t now_ms,
                                   struct transform_output *output)
{
    size_t count = batch->batch.record_count;
    struct record_chunk_entry *entries =
        arena_alloc(&batch->arena, 2 * (count + 1) * sizeof(*entries));
    if (entries == NULL)
        return STATUS_NO_MEMORY;
    struct sorting s = {.batch = batch, .output = output, .now_ms = now_ms};
    record_chunk_begin(&s.delivered, &output->text, entries, (uint32_t)count);
    record_chunk_begin(&s.failed, &output->error_text, entries + count, (uint32_t)count);
    text_init(&s.line, RESULT_MAX_BYTES);
    for (size_t i = 0; i < count; i++)
        sort_record(&s, i, error);
    text_close(&s.line);
    enum status status = record_chunk_finish(&s.delivered, &output->delivered);
    if (status == STATUS_OK)
        status = record_chunk_finish(&s.failed, &output->failed);
    return status;
}

#include "emulator/delivery/kinesis_portion.h"

#include "emulator/base/mem.h"
#include "emulator/base/text.h"
#include "emulator/delivery/delivery_internal.h"
#include "emulator/delivery/kpl_record.h"
#include "emulator/delivery/record_chunk.h"
#include "emulator/delivery/record_origin.h"
#include "emulator/lambda/invoke.h"
#include "storage/kinesis_sequence.h"
#include "storage/source_store.h"

#define HOUR_MS ((int64_t)60 * 60 * 1000)

/* A portion ends with the record that reaches one of these. */
enum { PORTION_BYTES = 1024 * 1024, PORTION_RECORDS = 2000 };

/* More records than that begin another chunk. */
enum { CHUNK_RECORDS = 2000 };

/* A chunk is at most one record larger than a portion. */
#define TEXT_MAX_BYTES ((size_t)64 * 1024 * 1024)
#define ARENA_MAX_BYTES ((size_t)64 * 1024 * 1024)

struct portion {
    struct delivery_stream *stream;
    const struct kinesis_stream_row *kinesis;
    struct kinesis_shard_row shard;
    int64_t position; /* of the record that was taken last */
    uint64_t bytes;
    int64_t records;
    int64_t behind_ms;    /* how old the last one is, when there are more */
    uint64_t chunk_bytes; /* more are cut */
    struct arena arena;   /* of one record */
    struct text text;
    struct text origins;
    struct record_chunk_builder builder;
    struct record_chunk_entry entries[CHUNK_RECORDS];
};

static void begin_chunk(struct portion *p)
{
    text_clear(&p->text);
    text_clear(&p->origins);
    record_chunk_begin(&p->builder, &p->text, p->entries, CHUNK_RECORDS);
}

static enum status end_chunk(struct portion *p)
{
    struct record_chunk chunk;
    if (p->builder.count == 0)
        return p->text.status;
    enum status status = record_chunk_finish(&p->builder, &chunk);
    if (status == STATUS_OK)
        status = p->origins.status;
    if (status != STATUS_OK)
        return status;
    chunk.origins = text_slice(&p->origins);
    status = delivery_accept(p->stream->engine, p->stream, &chunk, 1);
    begin_chunk(p);
    return status;
}

static enum status add(struct portion *p, struct slice data, const struct lambda_origin *origin,
                       int64_t arrival_ms)
{
    bool is_full =
        p->builder.count == CHUNK_RECORDS ||
        (p->builder.count > 0 && record_chunk_bytes(&p->builder) + data.len > p->chunk_bytes);
    enum status status = is_full ? end_chunk(p) : STATUS_OK;
    if (status != STATUS_OK)
        return status;
    record_chunk_add(&p->builder, data, arrival_ms);
    if (p->stream->settings.has_lambda) /* nobody else asks for it */
        record_origin_append(&p->origins, origin);
    return STATUS_OK;
}

static enum status add_all(struct portion *p, const struct kinesis_record *record,
                           struct lambda_origin *origin)
{
    struct kpl_record *parts = NULL;
    size_t count = 0;
    enum status status = kpl_record_split(record->data, &p->arena, &parts, &count);
    if (status == STATUS_INVALID)
        return add(p, record->data, origin, record->arrival_ms);
    for (size_t i = 0; i < count && status == STATUS_OK; i++) {
        origin->subsequence_number = (int64_t)i;
        origin->partition_key = parts[i].partition_key;
        status = add(p, parts[i].data, origin, record->arrival_ms);
    }
    return status;
}

static enum status add_record(struct portion *p, const struct kinesis_record *record)
{
    struct kinesis_sequence sequence = {p->kinesis->created_ms, p->shard.number, record->place};
    char id[KINESIS_SHARD_ID_CHARS + 1];
    char number[KINESIS_SEQUENCE_CHARS + 1];
    kinesis_shard_id_write(p->shard.number, id);
    kinesis_sequence_write(&sequence, number);
    struct lambda_origin origin = {
        .shard_id = slice_of(id),
        .sequence_number = slice_of(number),
        .partition_key = record->partition_key,
    };
    enum status status = add_all(p, record, &origin);
    arena_clear(&p->arena);
    p->position = record->place;
    p->behind_ms = sim_clock_now_ms(p->stream->engine->deps.clock) - record->arrival_ms;
    p->bytes += record->data.len;
    p->records++;
    return status;
}

/* What is out of its retention is lost. */
static enum status skip_expired(struct portion *p)
{
    int64_t now_ms = sim_clock_now_ms(p->stream->engine->deps.clock);
    int64_t keep_from_ms = now_ms - p->kinesis->retention_hours * HOUR_MS;
    int64_t before = 0;
    enum status status =
        kinesis_shard_before(p->stream->engine->deps.db, &p->shard, keep_from_ms, &before);
    if (status == STATUS_OK && before > p->position)
        p->position = before;
    return status;
}

static enum status take_records(struct portion *p)
{
    struct kinesis_cursor cursor;
    struct kinesis_record record;
    enum status status = STATUS_OK;
    bool is_full = false;
    kinesis_records_begin(&cursor, p->stream->engine->deps.db, p->shard.id, p->position);
    while (status == STATUS_OK && !is_full && kinesis_records_next(&cursor, &record)) {
        status = add_record(p, &record);
        is_full = p->bytes >= PORTION_BYTES || p->records >= PORTION_RECORDS;
    }
    enum status ended = kinesis_cursor_end(&cursor);
    if (status == STATUS_OK)
        status = ended;
    if (!is_full) {
        p->position = p->shard.last_place;
        p->behind_ms = 0;
    }
    return status == STATUS_OK ? end_chunk(p) : status;
}

static enum status take(struct portion *p)
{
    struct db *db = p->stream->engine->deps.db;
    enum status status = skip_expired(p);
    if (status == STATUS_OK)
        status = take_records(p);
    if (status == STATUS_OK)
        status = source_store_move(db, p->stream->id, p->shard.id, p->position);
    if (status == STATUS_OK)
        delivery_metrics_read(p->stream, p->records, p->bytes, p->behind_ms);
    return status;
}

enum status kinesis_portion_take(struct delivery_stream *stream,
                                 const struct kinesis_stream_row *kinesis, bool *ret_more)
{
    struct portion *p = mem_zalloc(sizeof(*p));
    if (p == NULL)
        return STATUS_NO_MEMORY;
    p->stream = stream;
    p->kinesis = kinesis;
    p->chunk_bytes = delivery_stream_chunk_bytes(stream);
    arena_init(&p->arena, ARENA_MAX_BYTES);
    text_init(&p->text, TEXT_MAX_BYTES);
    text_init(&p->origins, TEXT_MAX_BYTES);
    begin_chunk(p);
    enum status status = source_store_unread(stream->engine->deps.db, stream->id, kinesis->id,
                                             &p->shard, &p->position);
    bool is_unread = status == STATUS_OK;
    if (is_unread)
        status = take(p);
    else if (status == STATUS_NOT_FOUND)
        status = STATUS_OK;
    text_close(&p->text);
    text_close(&p->origins);
    mem_free(p);
    *ret_more = is_unread && status == STATUS_OK;
    return status;
}

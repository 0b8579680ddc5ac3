#include "emulator/delivery/endpoint_failure.h"

#include "emulator/base/base64.h"
#include "emulator/base/json_writer.h"
#include "emulator/base/mem.h"
#include "storage/db.h"
#include "storage/record_store.h"

#define LINES_MAX_BYTES ((size_t)1024 * 1024 * 1024)
#define LINE_MAX_BYTES ((size_t)64 * 1024 * 1024)
#define CHUNK_BYTES ((uint64_t)1024 * 1024)

struct making {
    struct endpoint_failure *failure;
    struct record_chunk_entry *entries;
    struct record_chunk_builder builder;
    struct text line;
    size_t starts[ENDPOINT_FAILURE_CHUNKS]; /* of the chunks; the text may still move */
    int64_t records;
    enum status status;
};

static void append_line(struct making *m, struct slice data, int64_t arrival_ms, int64_t chunk_id,
                        uint32_t index)
{
    const struct endpoint_failure *failure = m->failure;
    text_clear(&m->line);
    struct json_writer w = json_writer_make(&m->line);
    json_begin_object(&w);
    json_put_integer(&w, "attemptsMade", failure->attempts);
    json_put_integer(&w, "arrivalTimestamp", arrival_ms);
    json_put_string(&w, "errorCode", failure->code);
    json_put_string(&w, "errorMessage", failure->message);
    json_put_integer(&w, "attemptEndingTimestamp", failure->ended_ms);
    json_key(&w, "rawData");
    text_append_byte(&m->line, '"');
    base64_append(&m->line, data);
    text_append_byte(&m->line, '"');
    w.needs_comma = true;
    json_put_integer(&w, "subsequenceNumber", 0);
    json_key(&w, "dataId"); /* 56 digits as AWS's, and the number of the sub-record */
    text_printf(&m->line, "\"49%034lld%020u.0\"", (long long)chunk_id, index);
    json_end_object(&w);
    text_append_byte(&m->line, '\n');
}

static void begin_chunk(struct making *m)
{
    uint32_t left = (uint32_t)(m->failure->records - m->records);
    record_chunk_begin(&m->builder, &m->failure->text, m->entries, left);
}

static enum status end_chunk(struct making *m)
{
    struct endpoint_failure *failure = m->failure;
    m->starts[failure->count] = m->builder.start;
    enum status status = record_chunk_finish(&m->builder, &failure->chunks[failure->count]);
    if (status == STATUS_OK)
        failure->count++;
    return status;
}

static enum status add_line(struct making *m, int64_t arrival_ms)
{
    bool is_full = record_chunk_bytes(&m->builder) >= CHUNK_BYTES &&
                   m->failure->count + 1 < ENDPOINT_FAILURE_CHUNKS;
    enum status status = is_full ? end_chunk(m) : STATUS_OK;
    if (status != STATUS_OK || m->line.status != STATUS_OK)
        return status != STATUS_OK ? status : m->line.status;
    if (is_full)
        begin_chunk(m);
    record_chunk_add(&m->builder, text_slice(&m->line), arrival_ms);
    m->records++;
    return m->failure->text.status;
}

static bool append_chunk(void *arg, const struct record_store_chunk *chunk)
{
    struct making *m = arg;
    struct record_chunk_reader reader;
    struct slice data;
    int64_t arrival_ms = 0;
    m->status = record_chunk_open(chunk->packed, &reader);
    for (uint32_t i = 0; m->status == STATUS_OK && record_chunk_next(&reader, &data, &arrival_ms);
         i++) {
        append_line(m, data, arrival_ms, chunk->id, i);
        m->status = add_line(m, arrival_ms);
    }
    return m->status == STATUS_OK;
}

static enum status append_all(struct making *m, struct db *reader)
{
    struct endpoint_failure *failure = m->failure;
    begin_chunk(m);
    enum status status =
        record_store_read(reader, failure->first_id - 1, failure->last_id, append_chunk, m);
    if (m->status != STATUS_OK)
        status = m->status;
    if (status == STATUS_OK && m->records != failure->records)
        status = STATUS_CORRUPT;
    if (status == STATUS_OK && m->builder.count > 0)
        status = end_chunk(m);
    for (size_t i = 0; status == STATUS_OK && i < failure->count; i++)
        failure->chunks[i].packed =
            slice_make(failure->text.ptr + m->starts[i], failure->chunks[i].packed.len);
    return status;
}

static enum status read_and_append(struct making *m)
{
    struct db *reader = NULL;
    enum status status = db_open_reader(m->failure->db, &reader);
    if (status == STATUS_OK)
        status = append_all(m, reader);
    db_close(reader);
    return status;
}

enum status endpoint_failure_make(struct endpoint_failure *failure)
{
    struct making *m = mem_zalloc(sizeof(*m));
    if (m == NULL)
        return STATUS_NO_MEMORY;
    m->failure = failure;
    failure->count = 0;
    text_init(&failure->text, LINES_MAX_BYTES);
    text_init(&m->line, LINE_MAX_BYTES);
    m->entries = mem_zalloc((size_t)failure->records * sizeof(*m->entries));
    enum status status = m->entries != NULL ? read_and_append(m) : STATUS_NO_MEMORY;
    text_close(&m->line);
    mem_free(m->entries);
    mem_free(m);
    return status;
}

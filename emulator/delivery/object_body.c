#include "emulator/delivery/object_body.h"

#include "emulator/delivery/record_chunk.h"
#include "storage/db.h"
#include "storage/record_store.h"

struct making {
    struct object_body *object;
    struct compressor *compressor;
    bool has_record; /* one that is not empty is written */
    enum status status;
};

/* Between records, none behind the last one; an empty record counts as none. */
static enum status append_delimited(struct making *m, struct record_chunk_reader *reader)
{
    struct slice data;
    int64_t arrival_ms = 0;
    enum status status = STATUS_OK;
    while (status == STATUS_OK && record_chunk_next(reader, &data, &arrival_ms)) {
        if (data.len == 0)
            continue;
        if (m->has_record)
            status = compressor_append(m->compressor, m->object->delimiter);
        if (status == STATUS_OK)
            status = compressor_append(m->compressor, data);
        m->has_record = true;
    }
    return status;
}

static bool append_chunk(void *arg, const struct record_store_chunk *chunk)
{
    struct making *m = arg;
    struct record_chunk_reader reader;
    m->status = record_chunk_open(chunk->packed, &reader);
    if (m->status != STATUS_OK)
        return false;
    m->object->records += reader.count;
    m->object->bytes += (int64_t)reader.data.len;
    m->status = m->object->delimiter.len > 0 ? append_delimited(m, &reader)
                                             : compressor_append(m->compressor, reader.data);
    return m->status == STATUS_OK;
}

static enum status write_chunks(struct making *m, struct db *reader)
{
    struct object_body *object = m->object;
    enum status status =
        record_store_read(reader, object->first_id - 1, object->last_id, append_chunk, m);
    if (m->status != STATUS_OK)
        return m->status;
    return status == STATUS_OK ? compressor_finish(m->compressor) : status;
}

static enum status write_body(struct object_body *object, struct db *reader)
{
    struct making m = {.object = object};
    struct compression_options options = {
        .compression = object->compression,
        .entry_name = slice_of(object->entry_name),
        .modified_ms = object->modified_ms,
    };
    enum status status = body_writer_create(object->blobs, &object->writer);
    if (status == STATUS_OK)
        status = compressor_create(&options, object->writer, &m.compressor);
    if (status == STATUS_OK)
        status = write_chunks(&m, reader);
    compressor_destroy(m.compressor);
    return status == STATUS_OK ? body_writer_finish(object->writer, &object->body) : status;
}

void object_body_make(struct object_body *object)
{
    struct db *reader = NULL;
    object->status = db_open_reader(object->db, &reader);
    if (object->status == STATUS_OK)
        object->status = write_body(object, reader);
    db_close(reader);
}

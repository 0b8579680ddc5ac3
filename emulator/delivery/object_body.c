#include "emulator/delivery/object_body.h"

#include <string.h>

#include <zlib.h>

#include "emulator/delivery/record_chunk.h"
#include "storage/db.h"
#include "storage/record_store.h"

enum { GZIP_WINDOW_BITS = 15 + 16, PIECE_BYTES = 64 * 1024 };

struct making {
    struct object_body *object;
    z_stream zip;
    enum status status;
};

/* Deflate what zip.next_in points to. Z_FINISH also writes the trailer. */
static enum status deflate_to(struct making *m, int flush)
{
    char piece[PIECE_BYTES];
    int result = Z_OK;
    do {
        m->zip.next_out = (Bytef *)piece;
        m->zip.avail_out = sizeof(piece);
        result = deflate(&m->zip, flush);
        enum status status = body_writer_append(
            m->object->writer, slice_make(piece, sizeof(piece) - m->zip.avail_out));
        if (status != STATUS_OK)
            return status;
    } while (m->zip.avail_out == 0);
    return flush == Z_FINISH && result != Z_STREAM_END ? STATUS_IO_ERROR : STATUS_OK;
}

static enum status append(struct making *m, struct slice data)
{
    if (m->object->compression == COMPRESSION_NONE)
        return body_writer_append(m->object->writer, data);
    if (data.len > UINT32_MAX)
        return STATUS_TOO_LARGE;
    m->zip.next_in = (z_const Bytef *)data.ptr;
    m->zip.avail_in = (uInt)data.len;
    return data.len > 0 ? deflate_to(m, Z_NO_FLUSH) : STATUS_OK;
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
    m->status = append(m, reader.data);
    return m->status == STATUS_OK;
}

static enum status write_chunks(struct making *m, struct db *reader)
{
    struct object_body *object = m->object;
    enum status status =
        record_store_read(reader, object->first_id - 1, object->last_id, append_chunk, m);
    return m->status != STATUS_OK ? m->status : status;
}

static enum status write_compressed(struct making *m, struct db *reader)
{
    int result = deflateInit2(&m->zip, Z_DEFAULT_COMPRESSION, Z_DEFLATED, GZIP_WINDOW_BITS,
                              MAX_MEM_LEVEL - 1, Z_DEFAULT_STRATEGY);
    if (result != Z_OK)
        return STATUS_NO_MEMORY;
    enum status status = write_chunks(m, reader);
    m->zip.avail_in = 0;
    if (status == STATUS_OK)
        status = deflate_to(m, Z_FINISH);
    (void)deflateEnd(&m->zip);
    return status;
}

static enum status write_body(struct object_body *object, struct db *reader)
{
    struct making m = {.object = object};
    enum status status = body_writer_create(object->blobs, &object->writer);
    if (status == STATUS_OK)
        status = object->compression == COMPRESSION_GZIP ? write_compressed(&m, reader)
                                                         : write_chunks(&m, reader);
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

#include "emulator/delivery/endpoint_request.h"

#include <zlib.h>

#include "emulator/base/base64.h"
#include "emulator/base/text.h"
#include "emulator/delivery/record_chunk.h"
#include "storage/db.h"
#include "storage/record_store.h"

/* One chunk alone may be more than what is asked for; {"data":""}, too, is more than its record. */
#define BODY_MAX_BYTES ((size_t)512 * 1024 * 1024)

enum { GZIP_WINDOW_BITS = 15 + 16, GZIP_MEMORY_LEVEL = 8 };

struct making {
    struct text *out;
    int64_t records;
    enum status status;
};

static bool append_chunk(void *arg, const struct record_store_chunk *chunk)
{
    struct making *m = arg;
    struct record_chunk_reader reader;
    struct slice data;
    int64_t arrival_ms = 0;
    m->status = record_chunk_open(chunk->packed, &reader);
    while (m->status == STATUS_OK && record_chunk_next(&reader, &data, &arrival_ms)) {
        text_append_text(m->out, m->records > 0 ? ",{\"data\":\"" : "{\"data\":\"");
        base64_append(m->out, data);
        text_append_text(m->out, "\"}");
        m->records++;
        m->status = m->out->status;
    }
    return m->status == STATUS_OK;
}

static enum status append_body(const struct endpoint_request *request, struct db *reader,
                               struct making *m)
{
    text_printf(m->out, "{\"requestId\":\"%.*s\",\"timestamp\":%lld,\"records\":[",
                SLICE_ARG(request->request_id), (long long)request->timestamp_ms);
    enum status status =
        record_store_read(reader, request->first_id - 1, request->last_id, append_chunk, m);
    text_append_text(m->out, "]}");
    if (m->status != STATUS_OK)
        return m->status;
    return status == STATUS_OK ? m->out->status : status;
}

enum status endpoint_request_gzip(struct slice body, struct text *out)
{
    z_stream deflating = {0};
    if (deflateInit2(&deflating, Z_DEFAULT_COMPRESSION, Z_DEFLATED, GZIP_WINDOW_BITS,
                     GZIP_MEMORY_LEVEL, Z_DEFAULT_STRATEGY) != Z_OK)
        return STATUS_NO_MEMORY;
    size_t room = deflateBound(&deflating, body.len);
    char *at = text_reserve(out, room);
    int result = Z_MEM_ERROR;
    if (at != NULL) {
        deflating.next_in = (z_const Bytef *)body.ptr;
        deflating.avail_in = (uInt)body.len;
        deflating.next_out = (Bytef *)at;
        deflating.avail_out = (uInt)room;
        result = deflate(&deflating, Z_FINISH);
        text_grew(out, room - deflating.avail_out);
    }
    (void)deflateEnd(&deflating);
    if (out->status != STATUS_OK)
        return out->status;
    return result == Z_STREAM_END ? STATUS_OK : STATUS_NO_MEMORY;
}

static enum status append_form(const struct endpoint_request *request, struct db *reader,
                               struct making *m, struct text *out)
{
    struct text plain;
    text_init(&plain, BODY_MAX_BYTES);
    m->out = request->is_gzip ? &plain : out;
    enum status status = append_body(request, reader, m);
    if (status == STATUS_OK && request->is_gzip)
        status = endpoint_request_gzip(text_slice(&plain), out);
    text_close(&plain);
    return status;
}

enum status endpoint_request_make(const struct endpoint_request *request, struct text *out,
                                  int64_t *ret_records)
{
    struct making m = {.status = STATUS_OK};
    struct db *reader = NULL;
    enum status status = db_open_reader(request->db, &reader);
    if (status == STATUS_OK)
        status = append_form(request, reader, &m, out);
    db_close(reader);
    if (status == STATUS_OK)
        *ret_records = m.records;
    return status;
}

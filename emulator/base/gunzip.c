#include "emulator/base/gunzip.h"

#define ZLIB_CONST /* zlib's input pointer is one to const */
#include <limits.h>
#include <zlib.h>

#include "emulator/base/text.h"

#define STEP_BYTES ((size_t)16 * 1024)
#define GZIP_WINDOW (15 + 32) /* the largest window, gzip's header or zlib's */

static enum status status_of(int result)
{
    if (result == Z_OK || result == Z_STREAM_END)
        return STATUS_OK;
    return result == Z_MEM_ERROR ? STATUS_NO_MEMORY : STATUS_INVALID;
}

/* One member, or as much as fits in the step. *ret_result is zlib's. */
static enum status step(z_stream *stream, struct text *out, int *ret_result)
{
    size_t room = out->max_bytes - out->len < STEP_BYTES ? out->max_bytes - out->len : STEP_BYTES;
    char *to = room > 0 ? text_reserve(out, room) : NULL;
    if (to == NULL)
        return out->status != STATUS_OK ? out->status : STATUS_TOO_LARGE;
    stream->next_out = (Bytef *)to;
    stream->avail_out = (uInt)room;
    *ret_result = inflate(stream, Z_NO_FLUSH);
    text_grew(out, room - stream->avail_out);
    return status_of(*ret_result);
}

static enum status inflate_all(z_stream *stream, struct text *out)
{
    int result = Z_OK;
    while (stream->avail_in > 0 || result != Z_STREAM_END) {
        if (result == Z_STREAM_END && inflateReset(stream) != Z_OK)
            return STATUS_INVALID;
        enum status status = step(stream, out, &result);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

enum status gunzip_append(struct slice zipped, struct text *out)
{
    if (zipped.len > UINT_MAX)
        return STATUS_TOO_LARGE;
    z_stream stream = {.next_in = (const Bytef *)zipped.ptr, .avail_in = (uInt)zipped.len};
    if (inflateInit2(&stream, GZIP_WINDOW) != Z_OK)
        return STATUS_NO_MEMORY;
    enum status status = inflate_all(&stream, out);
    (void)inflateEnd(&stream);
    return status;
}

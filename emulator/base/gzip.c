#include "emulator/base/gzip.h"

#define ZLIB_CONST /* zlib's input pointer is one to const */
#include <limits.h>
#include <zlib.h>

#include "emulator/base/text.h"

enum { GZIP_WINDOW = 15 + 16, MEMORY_LEVEL = 8 };

enum status gzip_append(struct slice plain, struct text *out)
{
    if (plain.len > UINT_MAX / 2)
        return STATUS_TOO_LARGE;
    z_stream stream = {.next_in = (const Bytef *)plain.ptr, .avail_in = (uInt)plain.len};
    if (deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, GZIP_WINDOW, MEMORY_LEVEL,
                     Z_DEFAULT_STRATEGY) != Z_OK)
        return STATUS_NO_MEMORY;
    size_t most = deflateBound(&stream, (uLong)plain.len);
    char *to = text_reserve(out, most);
    if (to != NULL) {
        stream.next_out = (Bytef *)to;
        stream.avail_out = (uInt)most;
        (void)deflate(&stream, Z_FINISH); /* the bound is room for all of it */
        text_grew(out, most - stream.avail_out);
    }
    (void)deflateEnd(&stream);
    return out->status;
}

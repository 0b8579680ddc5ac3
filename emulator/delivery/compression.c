#include "emulator/delivery/compression.h"

#include <zlib.h>

#include "emulator/base/mem.h"
#include "emulator/delivery/snappy_blocks.h"
#include "emulator/delivery/zip_entry.h"
#include "storage/blobs.h"

enum { PIECE_BYTES = 64 * 1024 };

/* zlib's word for a gzip member; negative is deflate without a frame. */
enum { GZIP_WINDOW_BITS = 15 + 16, RAW_WINDOW_BITS = -15 };

struct compressor {
    enum delivery_compression compression;
    struct body_writer *writer; /* borrowed */
    z_stream deflating;
    bool has_deflating; /* deflateEnd() is due */
    struct zip_entry entry;
    struct snappy_blocks *snappy; /* owned; NULL in other forms */
};

/* In the order of the enum. */
static const struct {
    struct slice name;
    struct slice extension;
    struct slice content_encoding;
} forms[] = {
    {SLICE_INIT("UNCOMPRESSED"), SLICE_INIT(""), SLICE_INIT("")},
    {SLICE_INIT("GZIP"), SLICE_INIT(".gz"), SLICE_INIT("gzip")},
    {SLICE_INIT("ZIP"), SLICE_INIT(".zip"), SLICE_INIT("zip")},
    {SLICE_INIT("Snappy"), SLICE_INIT(".snappy"), SLICE_INIT("snappy-java")},
    {SLICE_INIT("HADOOP_SNAPPY"), SLICE_INIT(".snappy"), SLICE_INIT("hadoop-snappy")},
};

enum delivery_compression compression_of(struct slice name)
{
    for (unsigned i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
        if (slice_equal(name, forms[i].name))
            return (enum delivery_compression)i;
    }
    return COMPRESSION_NONE;
}

struct slice compression_extension(enum delivery_compression compression)
{
    return forms[compression].extension;
}

struct slice compression_content_encoding(enum delivery_compression compression)
{
    return forms[compression].content_encoding;
}

/* ---- deflate ---- */

static enum status begin_deflate(struct compressor *c, int window_bits)
{
    int result = deflateInit2(&c->deflating, Z_DEFAULT_COMPRESSION, Z_DEFLATED, window_bits,
                              MAX_MEM_LEVEL - 1, Z_DEFAULT_STRATEGY);
    c->has_deflating = result == Z_OK;
    return result == Z_OK ? STATUS_OK : STATUS_NO_MEMORY;
}

/* Deflate what next_in points to. Z_FINISH also writes the trailer. */
static enum status deflate_to(struct compressor *c, int flush)
{
    char piece[PIECE_BYTES];
    int result = Z_OK;
    do {
        c->deflating.next_out = (Bytef *)piece;
        c->deflating.avail_out = sizeof(piece);
        result = deflate(&c->deflating, flush);
        size_t made = sizeof(piece) - c->deflating.avail_out;
        enum status status = body_writer_append(c->writer, slice_make(piece, made));
        if (status != STATUS_OK)
            return status;
    } while (c->deflating.avail_out == 0);
    return flush == Z_FINISH && result != Z_STREAM_END ? STATUS_IO_ERROR : STATUS_OK;
}

static enum status append_deflated(struct compressor *c, struct slice bytes)
{
    if (bytes.len > UINT32_MAX)
        return STATUS_TOO_LARGE;
    c->deflating.next_in = (z_const Bytef *)bytes.ptr;
    c->deflating.avail_in = (uInt)bytes.len;
    return deflate_to(c, Z_NO_FLUSH);
}

static enum status finish_deflate(struct compressor *c)
{
    c->deflating.avail_in = 0;
    return deflate_to(c, Z_FINISH);
}

/* ---- zip ---- */

static enum status begin_zip(struct compressor *c, const struct compression_options *options)
{
    enum status status =
        zip_entry_begin(&c->entry, c->writer, options->entry_name, options->modified_ms);
    return status == STATUS_OK ? begin_deflate(c, RAW_WINDOW_BITS) : status;
}

static enum status append_zip(struct compressor *c, struct slice bytes)
{
    enum status status = zip_entry_count(&c->entry, bytes);
    return status == STATUS_OK ? append_deflated(c, bytes) : status;
}

static enum status finish_zip(struct compressor *c)
{
    enum status status = finish_deflate(c);
    return status == STATUS_OK ? zip_entry_finish(&c->entry) : status;
}

/* ---- all ---- */

static enum status begin(struct compressor *c, const struct compression_options *options)
{
    switch (options->compression) {
    case COMPRESSION_NONE:
        return STATUS_OK;
    case COMPRESSION_GZIP:
        return begin_deflate(c, GZIP_WINDOW_BITS);
    case COMPRESSION_ZIP:
        return begin_zip(c, options);
    case COMPRESSION_SNAPPY:
        return snappy_blocks_create(c->writer, SNAPPY_XERIAL, &c->snappy);
    case COMPRESSION_HADOOP_SNAPPY:
        break;
    }
    return snappy_blocks_create(c->writer, SNAPPY_HADOOP, &c->snappy);
}

enum status compressor_create(const struct compression_options *options, struct body_writer *writer,
                              struct compressor **ret_compressor)
{
    struct compressor *c = mem_zalloc(sizeof(*c));
    if (c == NULL)
        return STATUS_NO_MEMORY;
    c->compression = options->compression;
    c->writer = writer;
    enum status status = begin(c, options);
    if (status != STATUS_OK) {
        compressor_destroy(c);
        return status;
    }
    *ret_compressor = c;
    return STATUS_OK;
}

enum status compressor_append(struct compressor *c, struct slice bytes)
{
    if (bytes.len == 0)
        return STATUS_OK;
    switch (c->compression) {
    case COMPRESSION_NONE:
        return body_writer_append(c->writer, bytes);
    case COMPRESSION_GZIP:
        return append_deflated(c, bytes);
    case COMPRESSION_ZIP:
        return append_zip(c, bytes);
    case COMPRESSION_SNAPPY:
    case COMPRESSION_HADOOP_SNAPPY:
        break;
    }
    return snappy_blocks_append(c->snappy, bytes);
}

enum status compressor_finish(struct compressor *c)
{
    switch (c->compression) {
    case COMPRESSION_NONE:
        return STATUS_OK;
    case COMPRESSION_GZIP:
        return finish_deflate(c);
    case COMPRESSION_ZIP:
        return finish_zip(c);
    case COMPRESSION_SNAPPY:
    case COMPRESSION_HADOOP_SNAPPY:
        break;
    }
    return snappy_blocks_finish(c->snappy);
}

void compressor_destroy(struct compressor *c)
{
    if (c == NULL)
        return;
    if (c->has_deflating)
        (void)deflateEnd(&c->deflating);
    snappy_blocks_destroy(c->snappy);
    mem_free(c);
}

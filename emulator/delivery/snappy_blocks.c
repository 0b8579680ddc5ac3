#include "emulator/delivery/snappy_blocks.h"

#include <string.h>

#include <snappy-c.h>

#include "emulator/base/mem.h"
#include "storage/blobs.h"

enum { BLOCK_BYTES = 32 * 1024, LENGTHS_BYTES = 8 };

struct snappy_blocks {
    struct body_writer *writer; /* borrowed */
    enum snappy_framing framing;
    size_t len; /* of the block under way */
    size_t packed_size;
    char *packed; /* room for both lengths and a compressed block; behind the structure */
    char block[BLOCK_BYTES];
};

enum status snappy_blocks_create(struct body_writer *writer, enum snappy_framing framing,
                                 struct snappy_blocks **ret_blocks)
{
    /* magic, version 1, compatible with version 1 */
    static const char header[] = "\x82SNAPPY\0\0\0\0\1\0\0\0\1";
    size_t packed_size = snappy_max_compressed_length(BLOCK_BYTES);
    struct snappy_blocks *b = mem_alloc(sizeof(*b) + LENGTHS_BYTES + packed_size);
    if (b == NULL)
        return STATUS_NO_MEMORY;
    b->writer = writer;
    b->framing = framing;
    b->len = 0;
    b->packed_size = packed_size;
    b->packed = (char *)(b + 1);
    enum status status = STATUS_OK;
    if (framing == SNAPPY_XERIAL)
        status = body_writer_append(writer, slice_make(header, sizeof(header) - 1));
    if (status == STATUS_OK)
        *ret_blocks = b;
    else
        mem_free(b);
    return status;
}

static void put_u32(char *at, size_t value)
{
    for (unsigned i = 0; i < 4; i++)
        at[i] = (char)(value >> (24 - 8 * i) & 0xFF);
}

static enum status write_block(struct snappy_blocks *b)
{
    size_t packed = b->packed_size;
    snappy_status result = snappy_compress(b->block, b->len, b->packed + LENGTHS_BYTES, &packed);
    if (result != SNAPPY_OK)
        return STATUS_IO_ERROR;
    put_u32(b->packed, b->len);
    put_u32(b->packed + 4, packed);
    size_t skipped = b->framing == SNAPPY_XERIAL ? 4 : 0;
    b->len = 0;
    return body_writer_append(b->writer,
                              slice_make(b->packed + skipped, LENGTHS_BYTES - skipped + packed));
}

enum status snappy_blocks_append(struct snappy_blocks *b, struct slice bytes)
{
    while (bytes.len > 0) {
        struct slice part = slice_first(bytes, BLOCK_BYTES - b->len);
        memcpy(b->block + b->len, part.ptr, part.len);
        b->len += part.len;
        bytes = slice_from(bytes, part.len);
        enum status status = b->len == BLOCK_BYTES ? write_block(b) : STATUS_OK;
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

enum status snappy_blocks_finish(struct snappy_blocks *b)
{
    return b->len > 0 ? write_block(b) : STATUS_OK;
}

void snappy_blocks_destroy(struct snappy_blocks *b)
{
    mem_free(b);
}

/*
 * snappy_blocks.h -- the two framings snappy-java writes: blocks of 32 KiB, the last one shorter,
 * each compressed on its own with raw snappy. For compression.c.
 */
#ifndef EMULATOR_DELIVERY_SNAPPY_BLOCKS_H
#define EMULATOR_DELIVERY_SNAPPY_BLOCKS_H

#include "emulator/base/slice.h"

struct body_writer;
struct snappy_blocks;

enum snappy_framing {
    SNAPPY_XERIAL, /* a header of 16 bytes; blocks with their compressed length */
    SNAPPY_HADOOP  /* no header; blocks with both lengths */
};

NODISCARD enum status snappy_blocks_create(struct body_writer *writer, enum snappy_framing framing,
                                           struct snappy_blocks **ret_blocks);
NODISCARD enum status snappy_blocks_append(struct snappy_blocks *blocks, struct slice bytes);

/* Write the last block. */
NODISCARD enum status snappy_blocks_finish(struct snappy_blocks *blocks);

/* NULL is a no-op. */
void snappy_blocks_destroy(struct snappy_blocks *blocks);

#endif

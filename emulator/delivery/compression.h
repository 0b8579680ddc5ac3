/*
 * compression.h -- the bodies of objects in the five forms of CompressionFormat, written as a
 * stream into a body_writer.
 *
 *     UNCOMPRESSED   the bytes as they are
 *     GZIP           one gzip member
 *     ZIP            one deflated entry; sizes stand behind the data (zip_entry.h)
 *     Snappy         snappy-java's SnappyOutputStream: a header, then per block of 32 KiB
 *                    { compressed length u32 } and raw snappy
 *     HADOOP_SNAPPY  snappy-java's SnappyHadoopCompatibleOutputStream: no header, per block
 *                    { length u32 }{ compressed length u32 } and raw snappy
 *
 * Numbers of both snappy forms are big-endian. One compressor belongs to one thread at a time.
 */
#ifndef EMULATOR_DELIVERY_COMPRESSION_H
#define EMULATOR_DELIVERY_COMPRESSION_H

#include <stdint.h>

#include "emulator/base/slice.h"

struct body_writer;
struct compressor;

enum delivery_compression {
    COMPRESSION_NONE,
    COMPRESSION_GZIP,
    COMPRESSION_ZIP,
    COMPRESSION_SNAPPY,
    COMPRESSION_HADOOP_SNAPPY
};

/* From the API's word; COMPRESSION_NONE for UNCOMPRESSED and for no word. */
enum delivery_compression compression_of(struct slice name);

/* What a key ends with, ".gz"; empty for none. */
struct slice compression_extension(enum delivery_compression compression);

/* The object's Content-Encoding; empty for none. */
struct slice compression_content_encoding(enum delivery_compression compression);

struct compression_options {
    enum delivery_compression compression;
    struct slice entry_name; /* of a ZIP's entry; borrowed until compressor_destroy() */
    int64_t modified_ms;     /* of a ZIP's entry */
};

/* `writer` is borrowed. */
NODISCARD enum status compressor_create(const struct compression_options *options,
                                        struct body_writer *writer,
                                        struct compressor **ret_compressor);

/* Any number of bytes. STATUS_TOO_LARGE: more than 4 GiB do not fit into a ZIP's entry. */
NODISCARD enum status compressor_append(struct compressor *compressor, struct slice bytes);

/* Write what is left and the form's end. Not body_writer_finish(). */
NODISCARD enum status compressor_finish(struct compressor *compressor);

/* NULL is a no-op. */
void compressor_destroy(struct compressor *compressor);

#endif

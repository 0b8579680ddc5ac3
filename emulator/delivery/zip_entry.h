/*
 * zip_entry.h -- what stands around the deflated bytes of a ZIP archive with one entry, as
 * java.util.zip.ZipOutputStream writes it: sizes and checksum come behind the data, since they are
 * not known before. For compression.c.
 */
#ifndef EMULATOR_DELIVERY_ZIP_ENTRY_H
#define EMULATOR_DELIVERY_ZIP_ENTRY_H

#include <stdint.h>

#include "emulator/base/slice.h"

struct body_writer;

struct zip_entry {
    struct body_writer *writer; /* borrowed */
    struct slice name;          /* borrowed */
    uint32_t dos_time;          /* date << 16 | time */
    uint32_t crc;
    uint64_t size;
    uint64_t start; /* of the compressed data in the body */
};

/* Write the local header. */
NODISCARD enum status zip_entry_begin(struct zip_entry *entry, struct body_writer *writer,
                                      struct slice name, int64_t modified_ms);

/* These bytes are about to be deflated. STATUS_TOO_LARGE beyond 4 GiB. */
NODISCARD enum status zip_entry_count(struct zip_entry *entry, struct slice bytes);

/* Behind the compressed data: descriptor, directory, end. */
NODISCARD enum status zip_entry_finish(struct zip_entry *entry);

#endif

/*
 * record_chunk.h -- records packed into one run of bytes: how they are stored and moved.
 *
 *     data of record 1, data of record 2, ...                   nothing in between
 *     { arrival_ms i64, length u32 } of record 1, 2, ...        little-endian, 12 bytes each
 *     count u32
 *
 * The index stands behind the data, so that records are decoded straight into their place and
 * the data can be written out as one run.
 */
#ifndef EMULATOR_DELIVERY_RECORD_CHUNK_H
#define EMULATOR_DELIVERY_RECORD_CHUNK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "emulator/base/slice.h"

struct arena;
struct text;

/* A finished chunk. */
struct record_chunk {
    struct slice packed;
    uint32_t records;
    uint64_t bytes;       /* of data */
    int64_t oldest_ms;    /* arrival of the oldest record */
    struct slice origins; /* record_origin.h, one per record; or empty */
};

struct record_chunk_entry {
    int64_t arrival_ms;
    uint32_t length;
};

/* A chunk being made. Nothing else may append to `out` meanwhile. */
struct record_chunk_builder {
    struct text *out;                   /* borrowed; has the sticky error */
    size_t start;                       /* of this chunk in `out` */
    struct record_chunk_entry *entries; /* borrowed */
    uint32_t capacity;
    uint32_t count;
    int64_t oldest_ms;
};

/* `entries` has room for `capacity` records. */
void record_chunk_begin(struct record_chunk_builder *b, struct text *out,
                        struct record_chunk_entry *entries, uint32_t capacity);

/* Bytes of data up to now. */
uint64_t record_chunk_bytes(const struct record_chunk_builder *b);

/* More than `capacity` records are STATUS_TOO_LARGE, in the text's sticky status. */
void record_chunk_add(struct record_chunk_builder *b, struct slice data, int64_t arrival_ms);

/* Decodes into place. STATUS_INVALID: not base64. Other failures stick in the text. */
NODISCARD enum status record_chunk_add_base64(struct record_chunk_builder *b, struct slice encoded,
                                              int64_t arrival_ms);

/*
 * Write the index. The chunk's bytes are valid until something more is appended to the text.
 */
NODISCARD enum status record_chunk_finish(struct record_chunk_builder *b,
                                          struct record_chunk *ret_chunk);

/* ---- reading --------------------------------------------------------------------------- */

struct record_chunk_reader {
    struct slice data;  /* of all records */
    struct slice index; /* of those not yet read */
    size_t offset;      /* of the next record's data */
    uint32_t count;     /* records not yet read */
};

/* STATUS_CORRUPT unless `packed` is exactly one chunk. */
NODISCARD enum status record_chunk_open(struct slice packed,
                                        struct record_chunk_reader *ret_reader);

/* The next record; false at the end. `data` points into the packed bytes. */
bool record_chunk_next(struct record_chunk_reader *r, struct slice *ret_data,
                       int64_t *ret_arrival_ms);

#endif

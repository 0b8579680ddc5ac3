/*
 * record_store.h -- the records of delivery streams on their way, as rows of packed chunks.
 *
 * A chunk belongs to one buffer: a lane of a stream. The id of a chunk tells both and its place
 * in the line, so that a buffer is one run of neighbouring rows:
 *
 *     id = (stream << 10 | lane) << 32 | sequence        sequence: 1, 2, 3, ... in arrival order
 *
 * What is inside `packed` is emulator/delivery/record_chunk.h's business. Writes need an
 * open unit of work (db.h). Reading works on a reader connection as well.
 */
#ifndef STORAGE_RECORD_STORE_H
#define STORAGE_RECORD_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "emulator/base/slice.h"

struct db;

#define RECORD_STORE_LANES 1024u
#define RECORD_STORE_MAX_SEQUENCE ((INT64_C(1) << 32) - 1)

struct record_store_chunk {
    int64_t id;
    int64_t records;
    int64_t bytes;     /* of data, without packing */
    int64_t oldest_ms; /* arrival of its oldest record */
    int64_t queued_ms; /* when it came into this buffer */
    struct slice packed;
    struct slice origins; /* beside it, for record_store_read(); may be empty */
};

/* What waits in one buffer, and its last id that is taken: by a chunk, or by a discarded one. */
struct record_store_totals {
    int64_t buffer; /* stream << 10 | lane */
    int64_t records;
    int64_t bytes;
    int64_t last_id;
};

int64_t record_store_buffer(int64_t stream, unsigned lane);
int64_t record_store_buffer_stream(int64_t buffer);
unsigned record_store_buffer_lane(int64_t buffer);

/* Of the first chunk a buffer could have, less one: where scanning and counting begin. */
int64_t record_store_first_id(int64_t buffer);

NODISCARD enum status record_store_append(struct db *db, const struct record_store_chunk *chunk);

/*
 * Call each(arg, chunk) for the buffer's chunks behind `after` up to `through`, in order, until
 * it answers false. The chunk is borrowed. record_store_scan() leaves out what was discarded and
 * does not fill in `packed`; record_store_read() gives the run as it is.
 */
typedef bool record_store_fn(void *arg, const struct record_store_chunk *chunk);
NODISCARD enum status record_store_scan(struct db *db, int64_t after, int64_t through,
                                        record_store_fn *each, void *arg);
NODISCARD enum status record_store_read(struct db *db, int64_t after, int64_t through,
                                        record_store_fn *each, void *arg);

/* Delete the chunks first..last. */
NODISCARD enum status record_store_delete(struct db *db, int64_t first, int64_t last);

/*
 * The same for any amount in no time: the chunks count as deleted, record_store_purge() removes
 * them. A run may hold ids without a chunk, and other discarded runs as a whole.
 */
NODISCARD enum status record_store_discard(struct db *db, int64_t first, int64_t last);

/* Remove a portion of what was discarded: a few milliseconds' work. False: nothing is left. */
NODISCARD enum status record_store_purge(struct db *db, bool *ret_more);

/* Call each(arg, totals) for every buffer that has chunks, or discarded ones not yet removed. */
NODISCARD enum status
record_store_totals(struct db *db,
                    void (*each)(void *arg, const struct record_store_totals *totals), void *arg);

#endif

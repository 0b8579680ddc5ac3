/*
 * error_lines.h -- the lines of an error object, read from its body a piece at a time and turned
 * back into records. Memory is bounded by the longest line, not by the object. On a worker; the
 * blobs are held meanwhile (storage/blobs.h).
 */
#ifndef EMULATOR_DELIVERY_ERROR_LINES_H
#define EMULATOR_DELIVERY_ERROR_LINES_H

#include <stddef.h>
#include <stdint.h>

#include "emulator/base/slice.h"
#include "emulator/base/text.h"
#include "emulator/delivery/record_chunk.h"

struct blob_store;
struct error_object;

#define ERROR_LINE_MAX_BYTES ((size_t)16 * 1024 * 1024)
#define ERROR_LINES_OF_CHUNK 1000u

struct error_lines {
    struct blob_store *blobs;          /* borrowed */
    const struct error_object *object; /* borrowed */
    uint64_t taken;                    /* bytes of the lines that were read */

    /* What was loaded and not read is ahead[start..end); owned. */
    char *ahead;
    size_t capacity;
    size_t start;
    size_t end;
};

/* From `place` on, where a line begins. */
void error_lines_open(struct error_lines *lines, struct blob_store *blobs,
                      const struct error_object *object, uint64_t place);
void error_lines_close(struct error_lines *lines);

/*
 * Borrowed until the next call. STATUS_END behind the last line; STATUS_TOO_LARGE for a line that
 * is longer than ERROR_LINE_MAX_BYTES.
 */
NODISCARD enum status error_lines_next(struct error_lines *lines, struct slice *ret_line);

/*
 * Are all of them lines of failed records, but for blank ones? STATUS_UNSUPPORTED: no, the object
 * is somebody else's. STATUS_INVALID: they are, but one is damaged.
 */
NODISCARD enum status error_lines_check(struct error_lines *lines);

/* Records taken from lines. Close it. */
struct error_chunk {
    struct text packed;
    struct record_chunk_entry entries[ERROR_LINES_OF_CHUNK];
    struct record_chunk chunk; /* in `packed` */
};

void error_chunk_init(struct error_chunk *chunk);
void error_chunk_close(struct error_chunk *chunk);

/* As many as come to `bytes` of data, all arriving at `now_ms`; none when no line is left. */
NODISCARD enum status error_chunk_fill(struct error_chunk *chunk, struct error_lines *lines,
                                       uint64_t bytes, int64_t now_ms);

#endif

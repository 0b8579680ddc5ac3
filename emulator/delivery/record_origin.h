/*
 * record_origin.h -- where each record of a chunk comes from, packed beside the chunk: one
 * after the other, in the order of its records.
 *
 *     u8 length of the shard's id, u8 of the sequence number, u16 of the partition key,
 *     u32 sub-sequence number, and the three texts; little-endian
 */
#ifndef EMULATOR_DELIVERY_RECORD_ORIGIN_H
#define EMULATOR_DELIVERY_RECORD_ORIGIN_H

#include "emulator/base/slice.h"

struct arena;
struct lambda_origin;
struct text;

/* A text that is longer than its length can say fails the text: STATUS_TOO_LARGE. */
void record_origin_append(struct text *out, const struct lambda_origin *origin);

/*
 * Take the first one from `*rest`. It is in the arena, its texts in the packed bytes.
 * STATUS_CORRUPT.
 */
NODISCARD enum status record_origin_take(struct slice *rest, struct arena *arena,
                                         const struct lambda_origin **ret_origin);

#endif

/*
 * kinesis_sequence.h -- sequence numbers and shard ids of Kinesis streams as text.
 *
 *     49 | creation of the stream, 15 digits | place in the shard, 27 | number of the shard, 12
 *
 * Within a shard they ascend, as numbers and as texts. Place 0 is before the first record.
 */
#ifndef STORAGE_KINESIS_SEQUENCE_H
#define STORAGE_KINESIS_SEQUENCE_H

#include <stdint.h>

#include "emulator/base/slice.h"

#define KINESIS_SEQUENCE_CHARS 56
#define KINESIS_SHARD_ID_CHARS 20

struct kinesis_sequence {
    int64_t created_ms; /* of the stream */
    int64_t shard;      /* its number in the stream */
    int64_t place;
};

/* `text` takes KINESIS_SEQUENCE_CHARS + 1 bytes and is NUL-terminated. */
void kinesis_sequence_write(const struct kinesis_sequence *sequence, char *text);

/* STATUS_INVALID: not one of ours. */
NODISCARD enum status kinesis_sequence_read(struct slice text,
                                            struct kinesis_sequence *ret_sequence);

/* "shardId-000000000000". `text` takes KINESIS_SHARD_ID_CHARS + 1 bytes. */
void kinesis_shard_id_write(int64_t number, char *text);
NODISCARD enum status kinesis_shard_id_read(struct slice text, int64_t *ret_number);

#endif

/*
 * hash_range.h -- the 128-bit hash keys of a stream and how its shards share them: evenly, the last
 * one has what is left over.
 */
#ifndef HANDLERS_KINESIS_HASH_RANGE_H
#define HANDLERS_KINESIS_HASH_RANGE_H

#include <stdint.h>

#include "emulator/base/slice.h"

__extension__ typedef unsigned __int128 hash_key;

/* 2^128 - 1 has 39 digits. */
#define HASH_KEY_TEXT_BYTES 40

/* The MD5 of a partition key. */
hash_key hash_key_of(struct slice partition_key);

/* Decimal digits. STATUS_INVALID, STATUS_TOO_LARGE beyond 2^128 - 1. */
NODISCARD enum status hash_key_read(struct slice text, hash_key *ret_key);

/* `text` takes HASH_KEY_TEXT_BYTES bytes. */
void hash_key_write(hash_key key, char *text);

/* The shard, of 0 to shards - 1, whose range has the key. */
int64_t hash_range_shard(hash_key key, int64_t shards);

/* First and last key of a shard's range. */
hash_key hash_range_first(int64_t shard, int64_t shards);
hash_key hash_range_last(int64_t shard, int64_t shards);

#endif

/*
 * kinesis_tokens.h -- what clients carry from call to call: shard iterators, tokens of lists. To
 * them they are opaque; both are good for five minutes of the sandbox's time.
 */
#ifndef HANDLERS_KINESIS_KINESIS_TOKENS_H
#define HANDLERS_KINESIS_KINESIS_TOKENS_H

#include <stdint.h>

#include "emulator/base/slice.h"

struct arena;

#define KINESIS_TOKEN_LIFE_MS ((int64_t)5 * 60 * 1000)

enum kinesis_token_kind { KINESIS_TOKEN_ITERATOR = 1, KINESIS_TOKEN_SHARDS };

struct kinesis_token {
    int64_t owner; /* of an iterator: its shard; of a list of shards: its stream */
    int64_t after; /* the place, or the number of the shard, that was read last */
    int64_t made_ms;
};

NODISCARD enum status kinesis_token_write(enum kinesis_token_kind kind,
                                          const struct kinesis_token *token, struct arena *arena,
                                          struct slice *ret_text);

/* STATUS_INVALID: not one of ours. */
NODISCARD enum status kinesis_token_read(enum kinesis_token_kind kind, struct slice text,
                                         struct arena *arena, struct kinesis_token *ret_token);

#endif

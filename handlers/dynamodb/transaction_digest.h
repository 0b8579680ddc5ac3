/*
 * transaction_digest.h -- what tells two transactions' requests apart: a digest of their JSON in
 * which the order of members does not count.
 */
#ifndef HANDLERS_DYNAMODB_TRANSACTION_DIGEST_H
#define HANDLERS_DYNAMODB_TRANSACTION_DIGEST_H

#include "emulator/base/slice.h"

struct arena;
struct json;

/* In the arena. */
NODISCARD enum status transaction_digest(const struct json *json, struct arena *arena,
                                         struct slice *ret_digest);

#endif

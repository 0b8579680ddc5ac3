/*
 * transaction_token.h -- ClientRequestToken: a transaction that is sent again within ten minutes
 * happens once.
 */
#ifndef HANDLERS_DYNAMODB_TRANSACTION_TOKEN_H
#define HANDLERS_DYNAMODB_TRANSACTION_TOKEN_H

#include <stdbool.h>

#include "emulator/base/status.h"

struct json;
struct work;

/*
 * Was this request, of which `content` is what counts, done before? Otherwise its token is kept,
 * together with what the call's unit writes. STATUS_INVALID: used for another one.
 */
NODISCARD enum status transaction_token_take(struct work *work, const struct json *content,
                                             bool *ret_was_done);

#endif

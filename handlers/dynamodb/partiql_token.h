/*
 * partiql_token.h -- NextToken: where a SELECT goes on, and of which statement.
 */
#ifndef HANDLERS_DYNAMODB_PARTIQL_TOKEN_H
#define HANDLERS_DYNAMODB_PARTIQL_TOKEN_H

#include "storage/index_item_store.h"

struct json;
struct json_writer;
struct refusal;

/* Write it. `index` has empty slices for a SELECT of a table. */
NODISCARD enum status partiql_token_write(const struct json *input, const struct index_key *after,
                                          struct refusal *refusal, struct json_writer *w);

/* Read input.NextToken, which is there; it must be one of this statement's. */
NODISCARD enum status partiql_token_read(const struct json *input, struct refusal *refusal,
                                         struct index_key *ret_after);

#endif

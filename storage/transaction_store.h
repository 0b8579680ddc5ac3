/*
 * transaction_store.h -- the tokens of DynamoDB's write transactions: which request each one was
 * used for. A token counts for TRANSACTION_TOKEN_MS; older ones go as new ones come.
 *
 * Loop thread only. Writes need an open unit (db.h): a token is kept together with what its
 * transaction wrote, or not at all.
 */
#ifndef STORAGE_TRANSACTION_STORE_H
#define STORAGE_TRANSACTION_STORE_H

#include <stdint.h>

#include "emulator/base/slice.h"
#include "storage/table_store.h"

#define TRANSACTION_TOKEN_MS ((int64_t)10 * 60 * 1000)

struct db;

struct transaction_token {
    struct table_scope scope; /* whose token */
    struct slice token;
    struct slice digest; /* of the request it was used for */
    int64_t used_ms;
};

enum transaction_use {
    TRANSACTION_NEW,   /* unknown, or used long ago */
    TRANSACTION_AGAIN, /* used for the same request */
    TRANSACTION_OTHER, /* used for another one */
};

/* What `token` was used for up to token->used_ms. */
NODISCARD enum status transaction_store_find(struct db *db, const struct transaction_token *token,
                                             enum transaction_use *ret_use);

/* Keep a token that is new. */
NODISCARD enum status transaction_store_keep(struct db *db, const struct transaction_token *token);

#endif

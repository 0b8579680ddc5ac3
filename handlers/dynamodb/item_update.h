/*
 * item_update.h -- one update of an item, for UpdateItem, transactions and PartiQL: read it, check
 * it against the table, compute what the item becomes, store that.
 *
 *     read -> (table, key) -> check_keys -> item_write_find_document -> apply -> store
 */
#ifndef HANDLERS_DYNAMODB_ITEM_UPDATE_H
#define HANDLERS_DYNAMODB_ITEM_UPDATE_H

#include "handlers/dynamodb/item_write.h"

struct update_expression;

struct item_update {
    struct item_write write;
    struct update_expression *expression; /* NULL without one */
    struct slice key;                     /* as a document */
    struct slice document;                /* the item afterwards; empty when none is made */
    int64_t size;
};

/* UpdateExpression, ConditionExpression and their placeholders, of write.input. */
NODISCARD enum status item_update_read(struct item_update *update);

/* No expression changes a key, or looks inside one. */
NODISCARD enum status item_update_check_keys(struct item_update *update);

/* Fill in document and size. */
NODISCARD enum status item_update_apply(struct item_update *update);

NODISCARD enum status item_update_store(struct item_update *update);

/* What ReturnValues asks for, as an item; empty when there is nothing to return. */
NODISCARD enum status item_update_attributes(const struct item_update *update,
                                             struct slice *ret_item);

#endif

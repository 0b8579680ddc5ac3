/*
 * item_write.h -- what writing one item takes, for PutItem, DeleteItem, UpdateItem and batches:
 * find what is there, ask the condition, write, keep the stream record.
 *
 *     read_options -> (table, key) -> find -> put or remove
 *
 * Each step returns STATUS_INVALID with work->refusal filled in when AWS would refuse.
 */
#ifndef HANDLERS_DYNAMODB_ITEM_WRITE_H
#define HANDLERS_DYNAMODB_ITEM_WRITE_H

#include <stdbool.h>

#include "handlers/dynamodb/placeholders.h"
#include "storage/index_store.h"
#include "storage/item_store.h"

#define ITEM_MAX_BYTES 409600

struct expression;
struct json;
struct json_writer;
struct table;
struct text;
struct work;

enum return_values {
    RETURN_NONE,
    RETURN_ALL_OLD,
    RETURN_ALL_NEW,
    RETURN_UPDATED_OLD,
    RETURN_UPDATED_NEW,
};

struct item_write {
    struct work *work;
    const struct json *input; /* where its options stand: the request, or a part of it */
    const struct table *table;
    struct placeholders placeholders;
    struct expression *condition; /* NULL without one */
    enum return_values return_values;
    bool shows_item_on_failure;
    struct item_key key;
    struct item_place old;            /* its document only when needs_document() */
    bool is_update;                   /* an update expression made the new item */
    int64_t index_units[INDEXES_MAX]; /* half units the table's indexes took */
};

/* ReturnValues and ConditionExpression of write->input. Placeholders must have been read. */
NODISCARD enum status item_write_read_condition(struct item_write *write);
NODISCARD enum status item_write_read_return_values(struct item_write *write);

/* No attribute of the key may be used with '.' or '[]' in this expression. */
NODISCARD enum status item_write_check_key_paths(struct work *work, const struct table *table,
                                                 const struct expression *expression);

/* The attribute is used with '.' or '[]': it must not be part of a key, of the table or an index.
 */
NODISCARD enum status item_write_check_scalar(struct work *work, const struct table *table,
                                              struct slice name);

/* The present item, and whether the condition allows the write. */
NODISCARD enum status item_write_find(struct item_write *write);

/* As item_write_find(), with the document in any case. */
NODISCARD enum status item_write_find_document(struct item_write *write);

/* Is `name` one of the table's key attributes? */
bool item_write_is_key(const struct table *table, struct slice name);

/* Refuse an item that has what cannot be the key of an index. item_write_put() does, too. */
NODISCARD enum status item_write_check_indexes(const struct item_write *write,
                                               struct slice document);

NODISCARD enum status item_write_put(struct item_write *write, struct slice document, int64_t size);
NODISCARD enum status item_write_remove(struct item_write *write);

/* Capacity the write took. */
void item_write_put_capacity(const struct item_write *write, int64_t new_size,
                             struct json_writer *w);

/* A text for a document, with room for what the request's body may become. */
struct text item_write_text(struct work *work);

#endif

/*
 * transaction.h -- several writes, or reads, that happen all or not at all: what
 * TransactWriteItems, TransactGetItems and ExecuteTransaction have in common.
 *
 *     the operation fills in entries, refusing what is wrong with the request itself
 *     -> transaction_locate: tables, keys, no item twice
 *     -> transaction_write:  conditions and updates of all, then all writes
 *
 * What is wrong with one entry cancels the transaction: its reason is noted at its place, and
 * transaction_cancel() answers with all of them. Everything runs in the call's one unit of work, so
 * there is nothing to conflict with.
 */
#ifndef HANDLERS_DYNAMODB_TRANSACTION_H
#define HANDLERS_DYNAMODB_TRANSACTION_H

#include "handlers/dynamodb/item_update.h"
#include "handlers/dynamodb/refusal.h"

struct path_tree;
struct work;

#define TRANSACTION_MAX_ENTRIES 100
#define TRANSACTION_MAX_BYTES ((int64_t)4 * 1024 * 1024)

enum transaction_action {
    TRANSACTION_CHECK,
    TRANSACTION_PUT,
    TRANSACTION_UPDATE,
    TRANSACTION_DELETE,
    TRANSACTION_GET,
};

struct transaction_entry {
    enum transaction_action action;
    struct item_update update;    /* its write serves every action; key, document and size too */
    bool is_insert;               /* a PUT that meets an item is a duplicate */
    struct slice table_name;      /* or an ARN */
    struct path_tree *projection; /* of GET, or NULL */
    struct refusal reason;        /* why the transaction is cancelled; its error NULL: not here */
};

struct transaction {
    struct work *work;
    struct transaction_entry *entries;
    size_t count;
};

/* A text for one of many documents: no room is taken before it is needed. */
struct text transaction_text(struct work *work);

/* Room for `count` entries, zeroed but for their work. */
NODISCARD enum status transaction_init(struct transaction *t, struct work *work, size_t count);

/* One over the request's TransactItems, from transaction_init() to transaction_cancel(). */
NODISCARD enum status transaction_run(struct work *work, enum status (*run)(struct transaction *t));

/*
 * Find tables and keys (`document` of PUT, `input.Key` of the others). STATUS_INVALID without a
 * refusal of the work's: cancelled.
 */
NODISCARD enum status transaction_locate(struct transaction *t);

/* The pieces of that. */
NODISCARD enum status transaction_find_tables(struct transaction *t);
NODISCARD enum status transaction_check_duplicates(const struct transaction *t);

/* Ask all conditions, then write. STATUS_INVALID as above. */
NODISCARD enum status transaction_write(struct transaction *t);

/* Read the documents of all items into `update.write.old`. */
NODISCARD enum status transaction_read(struct transaction *t);

/* Answer with the reasons, if `status` says cancelled; what is left to say otherwise. */
NODISCARD enum status transaction_cancel(const struct transaction *t, enum status status);

/* The ConsumedCapacity member, unless none is wished: per table, twice what single ones take. */
void transaction_put_capacity(const struct transaction *t, bool is_read, struct json_writer *w);

#endif

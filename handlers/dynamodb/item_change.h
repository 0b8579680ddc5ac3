/*
 * item_change.h -- one item becomes another: its row, the rows of its indexes, its expiry and the
 * stream's record, in one unit of work. What requests do (item_write.h), and time to live.
 *
 * Nothing is checked here. A change to an equal item is none, where the old one is known.
 */
#ifndef HANDLERS_DYNAMODB_ITEM_CHANGE_H
#define HANDLERS_DYNAMODB_ITEM_CHANGE_H

#include <stdbool.h>
#include <stdint.h>

#include "storage/item_store.h"

struct arena;
struct sandbox;
struct table;

struct item_change {
    struct sandbox *sandbox;
    struct arena *arena;
    const struct table *table;
    struct item_key key;
    struct item_place old; /* with its document if item_change_needs_old() */
    struct slice document; /* the new item; NULL pointer: none */
    int64_t size;
    bool is_expiry;       /* time to live does it */
    int64_t *index_units; /* half units each of the table's indexes takes are added; NULL */
};

/* Must the old item's document be known? */
bool item_change_needs_old(const struct table *table);

NODISCARD enum status item_change_run(struct item_change *change);

#endif

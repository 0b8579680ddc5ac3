/*
 * item_expiry_store.h -- items by the time they expire, for tables with a time to live.
 *
 * When an item expires is noted with its row by whoever can read its document.
 * The note may be out of date where the table's setting has changed since: look at the item
 * again. Loop thread only; writes need an open unit (db.h).
 */
#ifndef STORAGE_ITEM_EXPIRY_STORE_H
#define STORAGE_ITEM_EXPIRY_STORE_H

#include "storage/item_store.h"

/* An item with its place; all copied into the arena. */
struct expiring_item {
    int64_t table_id;
    struct item_key key;
    struct item_place place;
    int64_t expires_s; /* as noted */
};

/* When the first item expires; STATUS_NOT_FOUND. */
NODISCARD enum status item_expiry_next_s(struct db *db, int64_t *ret_expires_s);

/* The first item that has expired at `now_s`. STATUS_NOT_FOUND. */
NODISCARD enum status item_expiry_first(struct db *db, int64_t now_s, struct arena *arena,
                                        struct expiring_item *ret_item);

/* 0: never. */
NODISCARD enum status item_expiry_note(struct db *db, int64_t row, int64_t expires_s);

/* A table whose items are being looked at. STATUS_NOT_FOUND. */
NODISCARD enum status item_expiry_enabling(struct db *db, int64_t *ret_table_id);

#endif

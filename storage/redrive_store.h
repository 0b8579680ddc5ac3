/*
 * redrive_store.h -- how far an error object was taken whose records are being put in again. The
 * place is moved in the unit that stores the records, so that after a crash none is put twice.
 *
 * A delivery stream takes one object after the other: there is one place, that of the object which
 * was not taken to its end. Writes need an open unit of work (db.h). It goes with the stream.
 */
#ifndef STORAGE_REDRIVE_STORE_H
#define STORAGE_REDRIVE_STORE_H

#include <stdint.h>

#include "emulator/base/slice.h"

struct db;

/* The object as it was: one that was written anew has another place, 0. */
struct redrive_object {
    int64_t bucket;
    struct slice key;
    struct slice etag;
};

/* Bytes that were taken; 0 when it is not this object's. */
NODISCARD enum status redrive_store_get(struct db *db, int64_t delivery_stream,
                                        const struct redrive_object *object, uint64_t *ret_place);

NODISCARD enum status redrive_store_put(struct db *db, int64_t delivery_stream,
                                        const struct redrive_object *object, uint64_t place);

NODISCARD enum status redrive_store_clear(struct db *db, int64_t delivery_stream);

#endif

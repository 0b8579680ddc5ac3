/*
 * setting_store.h -- what a sandbox remembers of itself between two runs, by name.
 */
#ifndef STORAGE_SETTING_STORE_H
#define STORAGE_SETTING_STORE_H

#include <stdint.h>

#include "emulator/base/status.h"

struct db;

/* STATUS_NOT_FOUND when it was never set. */
NODISCARD enum status setting_store_get_integer(struct db *db, const char *name,
                                                int64_t *ret_value);

/* Writes: needs an open unit of work (db.h). */
NODISCARD enum status setting_store_put_integer(struct db *db, const char *name, int64_t value);

#endif

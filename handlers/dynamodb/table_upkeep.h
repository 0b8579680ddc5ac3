/*
 * table_upkeep.h -- what happens to tables without a request: new indexes are filled, items
 * expire, records of streams grow too old.
 *
 *     a table was changed -> filling: a portion per turn of the loop until the index is active
 *     an item's time came  -> ITEM_EXPIRY_DELAY_MS later it is removed, as by DeleteItem, with a
 *                             record of the stream that says who did it
 *     24 hours             -> records are removed, at most once an hour
 *
 * On the sandbox's clock, which is held while there is more to do. What is left when the sandbox is
 * closed goes on at the next start. A portion is one unit of work. Loop thread only.
 */
#ifndef HANDLERS_DYNAMODB_TABLE_UPKEEP_H
#define HANDLERS_DYNAMODB_TABLE_UPKEEP_H

#include <stdint.h>

#include "emulator/base/status.h"

struct sandbox;
struct table_upkeep;

/* AWS takes up to two days; until then an expired item is read as any other. */
#define ITEM_EXPIRY_DELAY_MS 5000

/* The sandbox is borrowed for its life. */
NODISCARD enum status table_upkeep_create(struct sandbox *sandbox,
                                          struct table_upkeep **ret_upkeep);

/* Something is due at `due_ms`. NULL is a no-op. */
void table_upkeep_notify(struct table_upkeep *upkeep, int64_t due_ms);

/* An index is to be filled, or a table's time to live was enabled. NULL is a no-op. */
void table_upkeep_fill(struct table_upkeep *upkeep);

/* Look at everything. */
void table_upkeep_start(struct table_upkeep *upkeep);
void table_upkeep_stop(struct table_upkeep *upkeep);

/* NULL is a no-op. */
void table_upkeep_destroy(struct table_upkeep *upkeep);

#endif

/*
 * table_upkeep_work.h -- the portions of table_upkeep.h: each a fraction of a millisecond's to two
 * milliseconds' work, inside a unit the caller opened. *ret_more: there is more of this kind.
 */
#ifndef HANDLERS_DYNAMODB_TABLE_UPKEEP_WORK_H
#define HANDLERS_DYNAMODB_TABLE_UPKEEP_WORK_H

#include <stdbool.h>

#include "emulator/base/status.h"

struct sandbox;

/* Put items into a new index. */
NODISCARD enum status table_upkeep_fill_portion(struct sandbox *sandbox, bool *ret_more);

/* Note when the items of a table expire whose time to live is being enabled. */
NODISCARD enum status table_upkeep_note_portion(struct sandbox *sandbox, bool *ret_more);

/* Remove expired items. */
NODISCARD enum status table_upkeep_expire_portion(struct sandbox *sandbox, bool *ret_more);

/* Remove old records of streams. */
NODISCARD enum status table_upkeep_trim_portion(struct sandbox *sandbox, bool *ret_more);

#endif

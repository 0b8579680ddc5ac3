/*
 * isolated_outcome.h -- what came of an invocation (area OUT): the "out" part of a plugin_run. The
 * data of a record is a part of what came in, or bytes in the area KEPT.
 *
 * The helper writes it; the daemon believes none of it.
 */
#ifndef EMULATOR_ISOLATION_ISOLATED_OUTCOME_H
#define EMULATOR_ISOLATION_ISOLATED_OUTCOME_H

#include <stddef.h>

#include "emulator/base/slice.h"
#include "emulator/base/status.h"

struct mailbox;
struct plugin_run;

/* Put bytes behind the `*used` of KEPT. STATUS_NO_MEMORY: it is full. Helper. */
NODISCARD enum status isolated_outcome_keep(const struct mailbox *mailbox, struct slice bytes,
                                            size_t *used, struct slice *ret_kept);

/* The run is over. STATUS_TOO_LARGE: the area is too small for it, and holds nothing. Helper. */
NODISCARD enum status isolated_outcome_write(const struct mailbox *mailbox,
                                             const struct plugin_run *run, size_t kept_bytes);

/*
 * Fill in the "out" part of the run the order was made of; all of it in the run's arena.
 * STATUS_INVALID: what is there is nothing a helper of ours writes. Daemon.
 */
NODISCARD enum status isolated_outcome_read(const struct mailbox *mailbox, struct plugin_run *run);

#endif

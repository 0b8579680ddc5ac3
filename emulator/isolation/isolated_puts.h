/*
 * isolated_puts.h -- rows a transform puts (area CALLS): the inputs of up to PLUGIN_PUTS_MAX calls
 * of PutItem on their way out, their answers on the way back.
 */
#ifndef EMULATOR_ISOLATION_ISOLATED_PUTS_H
#define EMULATOR_ISOLATION_ISOLATED_PUTS_H

#include <stddef.h>

#include "emulator/base/status.h"

struct arena;
struct mailbox;
struct plugin_put;

/* Helper. STATUS_TOO_LARGE. */
NODISCARD enum status isolated_puts_write(const struct mailbox *mailbox,
                                          const struct plugin_put *puts, size_t count);

/*
 * Daemon: believes nothing. `puts` has room for PLUGIN_PUTS_MAX; their inputs are in the arena.
 * STATUS_INVALID: this is nothing a helper of ours writes.
 */
NODISCARD enum status isolated_puts_read(const struct mailbox *mailbox, struct arena *arena,
                                         struct plugin_put *puts, size_t *ret_count);

/* Daemon. `how` is STATUS_OK, or why there are no answers; they may be too large, too. */
void isolated_puts_write_answers(const struct mailbox *mailbox, enum status how,
                                 const struct plugin_put *puts, size_t count);

/* Helper: the outputs lie in the mailbox. Fails as the daemon said. */
NODISCARD enum status isolated_puts_read_answers(const struct mailbox *mailbox,
                                                 struct plugin_put *puts, size_t count);

#endif

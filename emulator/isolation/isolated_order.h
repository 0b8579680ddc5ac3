/*
 * isolated_order.h -- one invocation as a helper gets it (area IN): the "in" part of a plugin_run.
 *
 * The daemon writes it; what is read points into the mailbox, so that the transform works on the
 * records where they are.
 */
#ifndef EMULATOR_ISOLATION_ISOLATED_ORDER_H
#define EMULATOR_ISOLATION_ISOLATED_ORDER_H

#include <stdbool.h>

#include "emulator/base/slice.h"
#include "emulator/base/status.h"

struct mailbox;
struct plugin_run;

/* What a helper needs besides. */
struct isolated_order {
    struct slice environment; /* the function's, JSON; empty: none */
    bool clock_is_real;
};

/* STATUS_TOO_LARGE: the mailbox has no room for it. */
NODISCARD enum status isolated_order_write(const struct mailbox *mailbox,
                                           const struct plugin_run *run,
                                           const struct isolated_order *order);

/* Fills in the "in" part of a run whose arena is initialised. STATUS_INVALID, STATUS_NO_MEMORY. */
NODISCARD enum status isolated_order_read(const struct mailbox *mailbox, struct plugin_run *run,
                                          struct isolated_order *ret_order);

#endif

/*
 * helper_backend.h -- what a transform in a helper gets (plugin_backend.h), from the daemon through
 * the mailbox.
 */
#ifndef EMULATOR_ISOLATION_HELPER_BACKEND_H
#define EMULATOR_ISOLATION_HELPER_BACKEND_H

#include <stddef.h>

#include "emulator/isolation/isolated_order.h"
#include "emulator/isolation/mailbox.h"
#include "emulator/isolation/mailbox_bell.h"
#include "emulator/transform/runtime_plugin.h"

struct json;

struct helper {
    struct mailbox mailbox;
    struct plugin_instance instance;

    /* of the present run */
    struct plugin_run run;
    struct isolated_order order;
    const struct json *environment; /* object of strings, or NULL */
    size_t log_bytes;               /* in use in the areas */
    size_t kept_bytes;
};

extern const struct plugin_backend helper_backend;

/* Say something to the daemon, and wait until it is done. */
void helper_ask(const struct helper *helper, enum mailbox_word word);

#endif

/*
 * helper_backend.h -- what a transform in a helper gets (plugin_backend.h), from the daemon through
 * the mailbox.
 */
#ifndef EMULATOR_ISOLATION_HELPER_BACKEND_H
#define EMULATOR_ISOLATION_HELPER_BACKEND_H

#include <stddef.h>

#include "emulator/isolation/isolated_order.h"
#include "emulator/isolation/mailbox.h"
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

/* Tell the daemon. */
void helper_say(enum mailbox_word word);

/* Wait for the daemon's word. 0: it has hung up. */
enum mailbox_word helper_hear(void);

#endif

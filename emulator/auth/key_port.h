/*
 * key_port.h -- who owns the access keys that were made inside, by IAM and STS. What keeps them
 * stands above this layer, so it is plugged in by the composition root.
 */
#ifndef EMULATOR_AUTH_KEY_PORT_H
#define EMULATOR_AUTH_KEY_PORT_H

#include "emulator/base/slice.h"

struct arena;

enum key_state {
    KEY_VALID,
    KEY_INVALID, /* switched off, or without the session token that belongs to it */
    KEY_EXPIRED
};

struct key_owner {
    enum key_state state;
    struct slice account;
    struct slice arn;     /* of the user, or of the session of a role */
    struct slice user_id; /* as GetCallerIdentity tells it */
};

struct key_port {
    void *ctx; /* borrowed */

    /*
     * `token` is the session token that came with the key, or empty. The owner lives in the arena.
     * STATUS_NOT_FOUND: nobody made this key here. Loop thread.
     */
    enum status (*find)(void *ctx, struct slice access_key, struct slice token, struct arena *arena,
                        struct key_owner *ret_owner);
};

#endif

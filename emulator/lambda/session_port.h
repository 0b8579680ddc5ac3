/*
 * session_port.h -- how the engine gets the temporary keys of a function's role: the composition
 * root plugs in STS. Loop thread only.
 */
#ifndef EMULATOR_LAMBDA_SESSION_PORT_H
#define EMULATOR_LAMBDA_SESSION_PORT_H

#include <stdint.h>

#include "emulator/base/status.h"

struct arena;
struct session;

struct session_port {
    void *ctx;

    /*
     * Give the session keys that end after that time on the sandbox's clock, made in the arena, and
     * store it. Within a unit of work. STATUS_TOO_LARGE: a sandbox keeps no more of them.
     */
    enum status (*open)(void *ctx, struct arena *arena, struct session *session,
                        int64_t duration_s);
};

#endif

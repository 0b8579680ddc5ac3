/*
 * gateway.h -- between transport and services: who calls, which sandbox, which service, one unit of
 * work per call, and answers held back until their group is committed.
 *
 *     head: credentials -> sandbox -> service -> service->begin()
 *     run:  unit begin -> service->handle() -> unit end (kept below status 400)
 *     late answers: straight to the waiting list (their callback ended its own unit)
 *     commit, at the end of each turn: COMMIT, then send what waited, or its 5xx instead
 *
 * Internal calls (a function's put_item) take the same way without a transport. Loop thread only.
 */
#ifndef EMULATOR_GATEWAY_H
#define EMULATOR_GATEWAY_H

#include <stdbool.h>

#include "emulator/auth/credentials.h"
#include "emulator/base/list.h"
#include "emulator/http/request_source.h"
#include "emulator/http/router.h"

struct api_port_call;
struct call;
struct sandbox;

/* One sandbox as the gateway sees it. */
struct gateway_world {
    struct list link;
    struct sandbox *sandbox;                        /* borrowed */
    struct list answered;                           /* struct call, waiting for the COMMIT */
    void (*before_commit)(struct sandbox *sandbox); /* may add a unit of its own */
};

struct gateway {
    struct router router;
    struct credentials_defaults defaults;
    struct allowed_hosts allowed; /* what it points to is borrowed */
    struct list worlds; /* struct gateway_world; the first one serves unknown access keys */
};

void gateway_init(struct gateway *gateway, const struct router *router,
                  const struct credentials_defaults *defaults);
void gateway_add_world(struct gateway *gateway, struct gateway_world *world,
                       struct sandbox *sandbox, void (*before_commit)(struct sandbox *sandbox));
void gateway_remove_world(struct gateway_world *world);

/* server_options' functions; `ctx` is the gateway. */
void gateway_head(void *ctx, struct call *call);
void gateway_run(void *ctx, struct call *call);
bool gateway_commit(void *ctx);

/* Run an API call from inside, in this sandbox. done() comes after its COMMIT. */
void gateway_call_inside(struct gateway *gateway, struct sandbox *sandbox,
                         struct api_port_call *port_call);

#endif

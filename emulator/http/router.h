/*
 * router.h -- which service is meant: step 3 of a record's path.
 *
 * All services share one port. In this order: the service in the credential scope (its X-Amz-Target
 * may name a sibling that signs with the same name), the X-Amz-Target prefix, then whoever
 * recognises path and host. A scope or target that names a service Hydrant does not have finds
 * nothing.
 */
#ifndef EMULATOR_HTTP_ROUTER_H
#define EMULATOR_HTTP_ROUTER_H

#include <stddef.h>

#include "emulator/base/slice.h"

struct http_request;
struct service;

struct router {
    const struct service *const *services; /* borrowed; asked in this order */
    size_t count;
};

/* NULL when nobody is meant. `scope` is the credential scope's service, or empty. */
const struct service *router_find(const struct router *router, const struct http_request *request,
                                  struct slice scope);

/* By name; NULL. */
const struct service *router_service(const struct router *router, struct slice name);

#endif

/*
 * admin_routes.h -- which path and method is which operation.
 */
#ifndef HANDLERS_ADMIN_ADMIN_ROUTES_H
#define HANDLERS_ADMIN_ADMIN_ROUTES_H

#include <stdbool.h>
#include <stddef.h>

#include "emulator/base/slice.h"

struct operation;

struct admin_route {
    const char *path;    /* one '*' stands for one segment of any name */
    const char *methods; /* as the Allow header has them: "GET, HEAD" */
    const struct operation *operation;
};

/* The route of that path, whatever the method; NULL. */
const struct admin_route *admin_routes_find(const struct admin_route *routes, size_t count,
                                            struct slice path);

/* The segment at the '*'; empty when the route has none. */
struct slice admin_route_segment(const struct admin_route *route, struct slice path);

bool admin_route_takes(const struct admin_route *route, struct slice method);

#endif

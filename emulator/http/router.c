#include "emulator/http/router.h"

#include "emulator/http/request.h"
#include "emulator/http/service.h"

const struct service *router_service(const struct router *router, struct slice name)
{
    for (size_t i = 0; i < router->count; i++) {
        if (slice_equal_text(name, router->services[i]->name))
            return router->services[i];
    }
    return NULL;
}

static const struct service *by_target(const struct router *router, struct slice target)
{
    struct slice prefix = slice_cut(&target, '.');
    for (size_t i = 0; i < router->count; i++) {
        const char *own = router->services[i]->target_prefix;
        if (own != NULL && slice_equal_text(prefix, own))
            return router->services[i];
    }
    return NULL;
}

static const struct service *by_match(const struct router *router,
                                      const struct http_request *request)
{
    for (size_t i = 0; i < router->count; i++) {
        const struct service *service = router->services[i];
        if (service->matches != NULL && service->matches(request))
            return service;
    }
    return NULL;
}

const struct service *router_find(const struct router *router, const struct http_request *request,
                                  struct slice scope)
{
    struct slice target = request_header(request, "X-Amz-Target");
    if (target.len > 0) {
        const struct service *service = by_target(router, target);
        return service != NULL || scope.len == 0 ? service : router_service(router, scope);
    }
    if (scope.len > 0)
        return router_service(router, scope);
    return by_match(router, request);
}

#include "handlers/admin/admin_routes.h"

/* Does `path` fit, and what stands at the '*'? */
static bool fits(const char *pattern, struct slice path, struct slice *ret_segment)
{
    struct slice wanted = slice_of(pattern);
    struct slice given = path;
    while (wanted.len > 0 && given.len > 0) {
        struct slice want = slice_cut(&wanted, '/');
        struct slice have = slice_cut(&given, '/');
        bool is_any = slice_equal(want, SLICE("*"));
        if (is_any ? have.len == 0 : !slice_equal(want, have))
            return false;
        if (is_any)
            *ret_segment = have;
    }
    return wanted.ptr == NULL && given.ptr == NULL;
}

const struct admin_route *admin_routes_find(const struct admin_route *routes, size_t count,
                                            struct slice path)
{
    struct slice segment;
    for (size_t i = 0; i < count; i++)
        if (fits(routes[i].path, path, &segment))
            return &routes[i];
    return NULL;
}

struct slice admin_route_segment(const struct admin_route *route, struct slice path)
{
    struct slice segment = {NULL, 0};
    return fits(route->path, path, &segment) ? segment : (struct slice){NULL, 0};
}

bool admin_route_takes(const struct admin_route *route, struct slice method)
{
    struct slice rest = slice_of(route->methods);
    while (rest.len > 0)
        if (slice_equal(slice_trim(slice_cut(&rest, ',')), method))
            return true;
    return false;
}

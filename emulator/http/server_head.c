#include "emulator/http/call.h"
#include "emulator/http/server_internal.h"

/* "http://host/path?query" is a legal target too: keep what follows the host. */
static struct slice cut_absolute_form(struct slice target)
{
    size_t scheme = slice_search(target, SLICE("://"));
    if (scheme == target.len || scheme > sizeof("https") - 1)
        return target;
    struct slice rest = slice_from(target, scheme + 3);
    size_t path = slice_find(rest, '/');
    size_t query = slice_find(rest, '?');
    return slice_from(rest, path < query ? path : query);
}

struct slice server_copy_target(struct arena *arena, const char *uri)
{
    struct slice target = cut_absolute_form(slice_of(uri));
    bool has_path = slice_starts_with(target, SLICE("/"));
    return slice_of(arena_printf(arena, "%s%.*s", has_path ? "" : "/", SLICE_ARG(target)));
}

struct header_walk {
    struct http_request *request;
    size_t room;
};

static enum MHD_Result on_header(void *ctx, enum MHD_ValueKind kind, const char *key,
                                 size_t key_size, const char *value, size_t value_size)
{
    (void)kind;
    struct header_walk *walk = ctx;
    if (walk->request->header_count == walk->room)
        return MHD_NO;
    walk->request->headers[walk->request->header_count++] =
        (struct http_header){{key, key_size}, {value, value_size}};
    walk->request->header_bytes += key_size + value_size + 4;
    return MHD_YES;
}

static bool read_headers(struct MHD_Connection *connection, struct call *call)
{
    struct http_request *request = &call->request;
    int count = MHD_get_connection_values(connection, MHD_HEADER_KIND, NULL, NULL);
    size_t room = count > 0 ? (size_t)count : 0;
    request->headers = arena_alloc(&call->arena, room * sizeof(*request->headers));
    if (request->headers == NULL)
        return false;
    struct header_walk walk = {request, room};
    (void)MHD_get_connection_values_n(connection, MHD_HEADER_KIND, on_header, &walk);
    return true;
}

/* libmicrohttpd lets only digits pass: what is no number here is too large for one. */
static int64_t read_length(struct slice length)
{
    int64_t bytes = -1;
    if (length.ptr == NULL)
        return -1;
    return slice_to_i64(length, &bytes) == STATUS_OK ? bytes : INT64_MAX;
}

bool server_read_head(struct MHD_Connection *connection, struct call *call, const char *method)
{
    struct http_request *request = &call->request;
    if (request->target.ptr == NULL || !read_headers(connection, call))
        return false;
    request->method = slice_of(method);
    struct slice rest = request->target;
    request->path = slice_cut(&rest, '?');
    request->query = rest;
    request->host = request_header(request, "Host");
    request->is_chunked = request_has_header(request, "Transfer-Encoding");
    request->content_length = read_length(request_header(request, "Content-Length"));
    return true;
}

#include "emulator/http/request.h"

#include "emulator/base/arena.h"

static const struct http_header *find_header(const struct http_request *request, struct slice name)
{
    for (size_t i = 0; i < request->header_count; i++) {
        if (slice_equal_nocase(request->headers[i].name, name))
            return &request->headers[i];
    }
    return NULL;
}

struct slice request_header(const struct http_request *request, const char *name)
{
    const struct http_header *header = find_header(request, slice_of(name));
    return header != NULL ? header->value : slice_make(NULL, 0);
}

bool request_has_header(const struct http_request *request, const char *name)
{
    return find_header(request, slice_of(name)) != NULL;
}

bool request_next_parameter(struct slice *rest, struct slice *ret_name, struct slice *ret_value)
{
    struct slice pair = {NULL, 0};
    while (pair.len == 0) {
        if (rest->len == 0)
            return false;
        pair = slice_cut(rest, '&');
    }
    size_t equals = slice_find(pair, '=');
    *ret_name = slice_first(pair, equals);
    *ret_value = equals < pair.len ? slice_from(pair, equals + 1) : slice_make(NULL, 0);
    return true;
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* The byte of "%XX" at the start of `s`, or -1. */
static int escaped_byte(struct slice s)
{
    if (s.len < 3 || s.ptr[0] != '%')
        return -1;
    int high = hex_value(s.ptr[1]);
    int low = hex_value(s.ptr[2]);
    return high < 0 || low < 0 ? -1 : high * 16 + low;
}

enum status request_decode(struct slice raw, bool plus_is_space, struct arena *arena,
                           struct slice *ret_decoded)
{
    char *out = arena_alloc(arena, raw.len + 1);
    if (out == NULL)
        return STATUS_NO_MEMORY;
    size_t len = 0;
    for (size_t i = 0; i < raw.len; i++) {
        int byte = escaped_byte(slice_from(raw, i));
        if (byte >= 0)
            i += 2;
        else if (plus_is_space && raw.ptr[i] == '+')
            byte = ' ';
        else
            byte = (unsigned char)raw.ptr[i];
        out[len++] = (char)byte;
    }
    out[len] = '\0';
    *ret_decoded = slice_make(out, len);
    return STATUS_OK;
}

static bool find_parameter(const struct http_request *request, struct slice name,
                           struct slice *ret_raw)
{
    struct slice rest = request->query;
    struct slice found;
    while (request_next_parameter(&rest, &found, ret_raw)) {
        if (slice_equal(found, name))
            return true;
    }
    return false;
}

enum status request_parameter(const struct http_request *request, struct arena *arena,
                              const char *name, struct slice *ret_value)
{
    struct slice raw;
    if (!find_parameter(request, slice_of(name), &raw))
        return STATUS_NOT_FOUND;
    return request_decode(raw, true, arena, ret_value);
}

bool request_has_parameter(const struct http_request *request, const char *name)
{
    struct slice raw;
    return find_parameter(request, slice_of(name), &raw);
}

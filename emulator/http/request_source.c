#include "emulator/http/request_source.h"

#include <arpa/inet.h>
#include <string.h>

#include "emulator/http/request.h"

static const char *const own_names[] = {
    ".localhost",     "localhost.localstack.cloud", ".localhost.localstack.cloud",
    ".amazonaws.com", ".amazonaws.com.cn",
};

static bool ends_with_nocase(struct slice text, struct slice end)
{
    return text.len >= end.len && slice_equal_nocase(slice_from(text, text.len - end.len), end);
}

static bool fits(struct slice host, const char *name)
{
    struct slice wanted = slice_of(name);
    return wanted.len > 0 && wanted.ptr[0] == '.' ? ends_with_nocase(host, wanted)
                                                  : slice_equal_nocase(host, wanted);
}

static bool is_address(struct slice host)
{
    char text[INET6_ADDRSTRLEN];
    struct in6_addr address;
    if (host.len >= sizeof(text))
        return false;
    memcpy(text, host.ptr, host.len);
    text[host.len] = '\0';
    return inet_pton(AF_INET, text, &address) == 1 || inet_pton(AF_INET6, text, &address) == 1;
}

/* "name:80" and "[::1]:80" without the port and the brackets; a name may end with a dot. */
static struct slice without_port(struct slice host)
{
    if (slice_starts_with(host, SLICE("["))) {
        struct slice rest = slice_from(host, 1);
        return slice_cut(&rest, ']');
    }
    struct slice name = slice_cut(&host, ':');
    return slice_ends_with(name, SLICE(".")) ? slice_first(name, name.len - 1) : name;
}

bool request_host_is_trusted(struct slice host, const struct allowed_hosts *allowed)
{
    struct slice name = without_port(host);
    if (name.len == 0)
        return host.len == 0;
    if (is_address(name) || slice_find(name, '.') == name.len)
        return true;
    for (size_t i = 0; i < sizeof(own_names) / sizeof(own_names[0]); i++)
        if (fits(name, own_names[i]))
            return true;
    for (size_t i = 0; i < allowed->count; i++)
        if (fits(name, allowed->names[i]))
            return true;
    return false;
}

/* "https://host:port"; "null" is a page that does not say whose it is. */
static bool origin_is_trusted(struct slice origin, const struct allowed_hosts *allowed)
{
    size_t scheme = slice_find(origin, ':');
    struct slice rest = slice_from(origin, scheme);
    if (!slice_starts_with(rest, SLICE("://")))
        return false;
    struct slice host = slice_from(rest, 3);
    return host.len > 0 && request_host_is_trusted(host, allowed);
}

bool request_page_is_trusted(const struct http_request *request,
                             const struct allowed_hosts *allowed)
{
    if (request_has_header(request, "Origin"))
        return origin_is_trusted(request_header(request, "Origin"), allowed);
    return !slice_equal_nocase(request_header(request, "Sec-Fetch-Site"), SLICE("cross-site"));
}

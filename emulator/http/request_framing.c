#include "emulator/http/request_framing.h"

#include "emulator/http/request.h"

/* Every header of that name must say the same; `*ret_value` is that, empty without any. */
static bool agree(const struct http_request *request, struct slice name, struct slice *ret_value)
{
    *ret_value = slice_make(NULL, 0);
    for (size_t i = 0; i < request->header_count; i++) {
        const struct http_header *header = &request->headers[i];
        if (!slice_equal_nocase(header->name, name))
            continue;
        if (ret_value->ptr != NULL && !slice_equal_nocase(*ret_value, header->value))
            return false;
        *ret_value = header->value;
    }
    return true;
}

const char *request_framing_problem(const struct http_request *request)
{
    struct slice length;
    struct slice encoding;
    if (!agree(request, SLICE("Content-Length"), &length))
        return "there are several Content-Lengths";
    if (!agree(request, SLICE("Transfer-Encoding"), &encoding) ||
        (encoding.ptr != NULL && !slice_equal_nocase(encoding, SLICE("chunked"))))
        return "the only Transfer-Encoding is chunked";
    if (length.ptr != NULL && encoding.ptr != NULL)
        return "there are both a Content-Length and a Transfer-Encoding";
    return NULL;
}

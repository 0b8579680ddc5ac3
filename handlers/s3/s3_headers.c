#include "handlers/s3/s3_headers.h"

#include "handlers/s3/s3_call.h"

/* A header that is fine with one of these values only; NULL: never. */
struct limited_header {
    const char *name;
    bool is_prefix;
    const char *allowed[2];
};

static const struct limited_header limited[] = {
    {"x-amz-server-side-encryption-customer-", true, {NULL}},
    {"x-amz-copy-source-server-side-encryption-customer-", true, {NULL}},
    {"x-amz-server-side-encryption-context", false, {NULL}},
    {"x-amz-mfa", false, {NULL}},
    {"x-amz-write-offset-bytes", false, {NULL}},
    {"x-amz-if-match-size", false, {NULL}},
    {"x-amz-if-match-last-modified-time", false, {NULL}},
};

static bool names(const struct limited_header *row, struct slice name)
{
    struct slice wanted = slice_of(row->name);
    if (row->is_prefix)
        name = slice_first(name, wanted.len);
    return slice_equal_nocase(name, wanted);
}

static bool allows(const struct limited_header *row, struct slice value)
{
    for (size_t i = 0; i < sizeof(row->allowed) / sizeof(row->allowed[0]); i++) {
        if (row->allowed[i] != NULL && slice_equal_nocase(value, slice_of(row->allowed[i])))
            return true;
    }
    return false;
}

static bool check_limited(struct call *call, const struct http_header *header)
{
    for (size_t i = 0; i < sizeof(limited) / sizeof(limited[0]); i++) {
        if (names(&limited[i], header->name) && !allows(&limited[i], header->value))
            return s3_refuse_header(call, header->name, NULL);
    }
    return true;
}

bool s3_headers_check(struct call *call)
{
    for (size_t i = 0; i < call->request.header_count; i++) {
        if (!check_limited(call, &call->request.headers[i]))
            return false;
    }
    return true;
}

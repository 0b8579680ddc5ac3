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
    {"x-amz-server-side-encryption-aws-kms-key-id", false, {NULL}},
    {"x-amz-server-side-encryption-context", false, {NULL}},
    {"x-amz-server-side-encryption-bucket-key-enabled", false, {"false"}},
    {"x-amz-object-lock-", true, {NULL}},
    {"x-amz-bucket-object-lock-enabled", false, {"false"}},
    {"x-amz-bypass-governance-retention", false, {"false"}},
    {"x-amz-mfa", false, {NULL}},
    {"x-amz-tagging", false, {""}},
    {"x-amz-tagging-directive", false, {"COPY"}},
    {"x-amz-acl", false, {"private", "bucket-owner-full-control"}},
    {"x-amz-grant-", true, {NULL}},
    {"x-amz-object-ownership", false, {"BucketOwnerEnforced"}},
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

static bool is_one_of(struct slice value, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (slice_equal_text(value, list[i]))
            return true;
    }
    return false;
}

static bool check_encryption(struct call *call)
{
    static const char *const known[] = {"aws:kms", "aws:kms:dsse", "aws:fsx"};
    struct slice value = request_header(&call->request, "x-amz-server-side-encryption");
    if (value.ptr == NULL || slice_equal(value, SLICE("AES256")))
        return true;
    if (is_one_of(value, known, sizeof(known) / sizeof(known[0])))
        return s3_refuse_header(call, SLICE("x-amz-server-side-encryption"),
                                "Only AES256 is implemented");
    s3_detail(call, "ArgumentName", SLICE("x-amz-server-side-encryption"));
    s3_detail(call, "ArgumentValue", value);
    return s3_refuse(call, S3_INVALID_ENCRYPTION_ALGORITHM, NULL);
}

static bool check_storage_class(struct call *call)
{
    static const char *const known[] = {"REDUCED_REDUNDANCY",  "STANDARD_IA", "ONEZONE_IA",
                                        "INTELLIGENT_TIERING", "GLACIER",     "GLACIER_IR",
                                        "DEEP_ARCHIVE",        "SNOW",        "EXPRESS_ONEZONE"};
    struct slice value = request_header(&call->request, "x-amz-storage-class");
    if (value.ptr == NULL || slice_equal(value, SLICE("STANDARD")))
        return true;
    if (is_one_of(value, known, sizeof(known) / sizeof(known[0])))
        return s3_refuse_header(call, SLICE("x-amz-storage-class"), "Only STANDARD is implemented");
    s3_detail(call, "StorageClassRequested", value);
    return s3_refuse(call, S3_INVALID_STORAGE_CLASS, NULL);
}

bool s3_headers_check(struct call *call)
{
    for (size_t i = 0; i < call->request.header_count; i++) {
        if (!check_limited(call, &call->request.headers[i]))
            return false;
    }
    return check_encryption(call) && check_storage_class(call);
}

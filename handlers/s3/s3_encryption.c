#include "handlers/s3/s3_encryption.h"

#include "emulator/auth/principal.h"
#include "emulator/base/hash.h"
#include "emulator/base/xml.h"
#include "emulator/sandbox.h"
#include "handlers/s3/s3_call.h"
#include "handlers/s3/s3_settings.h"

struct wish {
    struct slice algorithm;
    struct slice key;
    bool has_bucket_key;
};

static bool is_kms(struct slice algorithm)
{
    return slice_equal(algorithm, SLICE("aws:kms")) ||
           slice_equal(algorithm, SLICE("aws:kms:dsse"));
}

static bool refuse_algorithm(struct call *call, struct slice value)
{
    s3_detail(call, "ArgumentName", SLICE("x-amz-server-side-encryption"));
    s3_detail(call, "ArgumentValue", value);
    return s3_refuse(call, S3_INVALID_ENCRYPTION_ALGORITHM, NULL);
}

static bool read_headers(struct call *call, struct wish *wish)
{
    const struct http_request *request = &call->request;
    wish->algorithm = request_header(request, "x-amz-server-side-encryption");
    wish->key = request_header(request, "x-amz-server-side-encryption-aws-kms-key-id");
    wish->has_bucket_key = slice_equal_nocase(
        request_header(request, "x-amz-server-side-encryption-bucket-key-enabled"), SLICE("true"));
    if (wish->algorithm.ptr != NULL && !slice_equal(wish->algorithm, SLICE("AES256")) &&
        !is_kms(wish->algorithm))
        return refuse_algorithm(call, wish->algorithm);
    if (wish->key.ptr == NULL || is_kms(wish->algorithm))
        return true;
    return s3_refuse_argument(
        call, "x-amz-server-side-encryption", wish->algorithm,
        "Server Side Encryption with AWS KMS managed key requires HTTP header "
        "x-amz-server-side-encryption : aws:kms");
}

/* What PutBucketEncryption said. */
static bool read_setting(struct call *call, struct wish *wish)
{
    const struct xml_element *root = NULL;
    if (!s3_setting_load(call, "encryption", &root))
        return false;
    const struct xml_element *rule = xml_child(root, "Rule");
    const struct xml_element *by_default = xml_child(rule, "ApplyServerSideEncryptionByDefault");
    wish->algorithm = xml_child_text(by_default, "SSEAlgorithm");
    wish->key = xml_child_text(by_default, "KMSMasterKeyID");
    wish->has_bucket_key =
        slice_equal_nocase(xml_child_text(rule, "BucketKeyEnabled"), SLICE("true"));
    return true;
}

/* The account's own key for S3, always the same. */
static struct slice own_key(struct call *call)
{
    uint8_t digest[SHA256_BYTES];
    char hex[2 * SHA256_BYTES + 1];
    hash_sha256(s3_call_of(call)->bucket.account, digest);
    hash_hex(digest, sizeof(digest), hex);
    return slice_of(arena_printf(&call->arena, "%.8s-%.4s-4%.3s-8%.3s-%.12s", hex, hex + 8,
                                 hex + 12, hex + 16, hex + 20));
}

static struct slice key_arn(struct call *call, struct slice key)
{
    const struct bucket *bucket = &s3_call_of(call)->bucket;
    if (slice_starts_with(key, SLICE("arn:")))
        return key;
    if (key.len == 0 || slice_equal(key, SLICE("alias/aws/s3")))
        key = own_key(call);
    const char *kind = slice_starts_with(key, SLICE("alias/")) ? "" : "key/";
    return slice_of(arena_printf(&call->arena, "arn:aws:kms:%.*s:%.*s:%s%.*s",
                                 SLICE_ARG(bucket->region), SLICE_ARG(bucket->account), kind,
                                 SLICE_ARG(key)));
}

bool s3_encryption_read(struct call *call, struct slice *ret_encryption)
{
    struct wish wish = {{NULL, 0}, {NULL, 0}, false};
    if (!read_headers(call, &wish))
        return false;
    if (wish.algorithm.ptr == NULL && !read_setting(call, &wish))
        return false;
    *ret_encryption = SLICE("");
    if (!is_kms(wish.algorithm))
        return true;
    char *stored =
        arena_printf(&call->arena, "%.*s %.*s %s", SLICE_ARG(wish.algorithm),
                     SLICE_ARG(key_arn(call, wish.key)), wish.has_bucket_key ? "true" : "false");
    *ret_encryption = slice_of(stored);
    return stored != NULL || s3_refuse_internal(call, STATUS_NO_MEMORY, "reading the encryption");
}

void s3_encryption_add_headers(struct call *call, struct slice encryption)
{
    struct slice algorithm = slice_cut(&encryption, ' ');
    if (algorithm.len == 0) {
        call_add_header_text(call, "x-amz-server-side-encryption", "AES256");
        return;
    }
    if (!is_kms(algorithm))
        return;
    call_add_header(call, "x-amz-server-side-encryption", algorithm);
    call_add_header(call, "x-amz-server-side-encryption-aws-kms-key-id",
                    slice_cut(&encryption, ' '));
    if (slice_equal(encryption, SLICE("true")))
        call_add_header_text(call, "x-amz-server-side-encryption-bucket-key-enabled", "true");
}

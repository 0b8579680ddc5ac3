/*
 * s3.c -- the S3 API as a service: its operations table, and what happens to every request
 * before its operation: address, route, caller, headers, bucket. All of it on the head alone, so
 * that a request that cannot succeed is refused before its body is sent.
 */
#include "handlers/s3/s3.h"

#include "emulator/auth/principal.h"
#include "emulator/sandbox.h"
#include "handlers/s3/s3_address.h"
#include "handlers/s3/s3_call.h"
#include "handlers/s3/s3_control.h"
#include "handlers/s3/s3_find.h"
#include "handlers/s3/s3_operations.h"
#include "handlers/s3/s3_route.h"
#include "storage/object_store.h"

#define BODY_MAX_BYTES ((size_t)8 * 1024 * 1024) /* of XML; objects go into a sink */

static const struct operation operations[] = {
    {"ListBuckets", s3_list_buckets},
    {"CreateBucket", s3_create_bucket},
    {"HeadBucket", s3_head_bucket},
    {"DeleteBucket", s3_delete_bucket},
    {"GetBucketLocation", s3_get_bucket_location},
    {"ListObjects", s3_list_objects},
    {"ListObjectsV2", s3_list_objects_v2},
    {"PutObject", s3_put_object},
    {"GetObject", s3_get_object},
    {"HeadObject", s3_head_object},
    {"DeleteObject", s3_delete_object},
    {"DeleteObjects", s3_delete_objects},
    {"PutBucketVersioning", s3_put_bucket_versioning},
    {"GetBucketVersioning", s3_get_bucket_versioning},
    {"ListObjectVersions", s3_list_object_versions},
    {"PutObjectTagging", s3_put_object_tagging},
    {"GetObjectTagging", s3_get_object_tagging},
    {"DeleteObjectTagging", s3_delete_object_tagging},
    {"PutBucketTagging", s3_put_bucket_tagging},
    {"GetBucketTagging", s3_get_bucket_tagging},
    {"DeleteBucketTagging", s3_delete_bucket_tagging},
    {"PutObjectAcl", s3_put_object_acl},
    {"GetObjectAcl", s3_get_object_acl},
    {"PutBucketAcl", s3_put_bucket_acl},
    {"GetBucketAcl", s3_get_bucket_acl},
    {"PutBucketPolicy", s3_put_bucket_policy},
    {"GetBucketPolicy", s3_get_bucket_policy},
    {"DeleteBucketPolicy", s3_delete_bucket_policy},
    {"GetBucketPolicyStatus", s3_get_bucket_policy_status},
    {"PutObjectRetention", s3_put_object_retention},
    {"GetObjectRetention", s3_get_object_retention},
    {"PutObjectLegalHold", s3_put_object_legal_hold},
    {"GetObjectLegalHold", s3_get_object_legal_hold},
    {"PutBucketAbac", s3_put_setting},
    {"GetBucketAbac", s3_get_setting},
    {"PutBucketAccelerateConfiguration", s3_put_setting},
    {"GetBucketAccelerateConfiguration", s3_get_setting},
    {"PutBucketLogging", s3_put_setting},
    {"GetBucketLogging", s3_get_setting},
    {"PutBucketRequestPayment", s3_put_setting},
    {"GetBucketRequestPayment", s3_get_setting},
    {"PutObjectLockConfiguration", s3_put_setting},
    {"GetObjectLockConfiguration", s3_get_setting},
    {"PutBucketEncryption", s3_put_setting},
    {"GetBucketEncryption", s3_get_setting},
    {"DeleteBucketEncryption", s3_delete_setting},
    {"PutBucketOwnershipControls", s3_put_setting},
    {"GetBucketOwnershipControls", s3_get_setting},
    {"DeleteBucketOwnershipControls", s3_delete_setting},
    {"PutBucketReplication", s3_put_setting},
    {"GetBucketReplication", s3_get_setting},
    {"DeleteBucketReplication", s3_delete_setting},
    {"PutPublicAccessBlock", s3_put_setting},
    {"GetPublicAccessBlock", s3_get_setting},
    {"DeletePublicAccessBlock", s3_delete_setting},
    {"PutBucketLifecycleConfiguration", s3_put_setting},
    {"GetBucketLifecycleConfiguration", s3_get_setting},
    {"DeleteBucketLifecycle", s3_delete_setting},
    {"PutBucketAnalyticsConfiguration", s3_put_setting},
    {"GetBucketAnalyticsConfiguration", s3_get_setting},
    {"DeleteBucketAnalyticsConfiguration", s3_delete_setting},
    {"ListBucketAnalyticsConfigurations", s3_list_settings},
    {"PutBucketIntelligentTieringConfiguration", s3_put_setting},
    {"GetBucketIntelligentTieringConfiguration", s3_get_setting},
    {"DeleteBucketIntelligentTieringConfiguration", s3_delete_setting},
    {"ListBucketIntelligentTieringConfigurations", s3_list_settings},
    {"PutBucketInventoryConfiguration", s3_put_setting},
    {"GetBucketInventoryConfiguration", s3_get_setting},
    {"DeleteBucketInventoryConfiguration", s3_delete_setting},
    {"ListBucketInventoryConfigurations", s3_list_settings},
    {"PutBucketMetricsConfiguration", s3_put_setting},
    {"GetBucketMetricsConfiguration", s3_get_setting},
    {"DeleteBucketMetricsConfiguration", s3_delete_setting},
    {"ListBucketMetricsConfigurations", s3_list_settings},
    {"CopyObject", s3_copy_object},
    {"CreateMultipartUpload", s3_create_multipart_upload},
    {"UploadPart", s3_upload_part},
    {"CompleteMultipartUpload", s3_complete_multipart_upload},
    {"AbortMultipartUpload", s3_abort_multipart_upload},
    {"ListParts", s3_list_parts},
    {"UploadPartCopy", s3_upload_part_copy},
    {"ListMultipartUploads", s3_list_multipart_uploads},
    {"GetObjectAttributes", s3_get_object_attributes},
    {"RestoreObject", s3_restore_object},
    {"ListTagsForResource", s3_list_tags_for_resource},
    {"TagResource", s3_tag_resource},
    {"UntagResource", s3_untag_resource},
};

static enum s3_level level_of(const struct s3_call *s3)
{
    if (s3->bucket_name.len == 0)
        return S3_SERVICE;
    return s3->key.len == 0 ? S3_BUCKET : S3_OBJECT;
}

static bool find_address(struct call *call)
{
    struct s3_call *s3 = s3_call_of(call);
    struct s3_address address = {0};
    enum status status =
        s3_address_parse(call->request.host, call->request.path, &call->arena, &address);
    if (status == STATUS_INVALID)
        return s3_refuse(call, S3_INVALID_URI, NULL);
    if (status != STATUS_OK)
        return s3_refuse_internal(call, status, "reading the path");
    s3->bucket_name = address.bucket;
    s3->key = address.key;
    s3->is_virtual_host = address.is_virtual_host;
    if (s3_control_take(call))
        return true;
    if (s3->key.len <= OBJECT_KEY_MAX_BYTES)
        return true;
    s3_detail_number(call, "Size", s3->key.len);
    s3_detail_number(call, "MaxSizeAllowed", OBJECT_KEY_MAX_BYTES);
    return s3_refuse(call, S3_KEY_TOO_LONG, NULL);
}

/* No bucket has a CORS configuration yet: PutBucketCors is not implemented. */
static bool refuse_preflight(struct call *call)
{
    if (!request_has_header(&call->request, "Origin"))
        return s3_refuse(call, S3_BAD_REQUEST, NULL);
    s3_detail(call, "Method", SLICE("OPTIONS"));
    s3_detail(call, "ResourceType", SLICE("BUCKET"));
    return s3_refuse(call, S3_ACCESS_FORBIDDEN, NULL);
}

static bool find_operation(struct call *call)
{
    enum s3_level level = level_of(s3_call_of(call));
    const char *name =
        s3_call_of(call)->is_control ? s3_control_route(call) : s3_route(&call->request, level);
    if (name == NULL) {
        s3_detail(call, "Method", call->request.method);
        s3_detail(call, "ResourceType",
                  level == S3_SERVICE  ? SLICE("SERVICE")
                  : level == S3_BUCKET ? SLICE("BUCKET")
                                       : SLICE("OBJECT"));
        return s3_refuse(call, S3_METHOD_NOT_ALLOWED, NULL);
    }
    if (slice_equal_text(slice_of(name), "CorsPreflight"))
        return refuse_preflight(call);
    call->operation = service_operation(&s3_service, slice_of(name));
    return call->operation != NULL ||
           s3_refuse(call, S3_NOT_IMPLEMENTED, "Hydrant does not implement the S3 operation %s.",
                     name);
}

static bool check_caller(struct call *call)
{
    if (call->principal != NULL && !call->principal->is_anonymous)
        return true;
    return s3_refuse(call, S3_ACCESS_DENIED, NULL);
}

static bool needs_bucket(const struct call *call)
{
    return call->operation->run != s3_list_buckets && call->operation->run != s3_create_bucket;
}

static bool find_bucket(struct call *call)
{
    struct s3_call *s3 = s3_call_of(call);
    enum status status =
        bucket_store_find(call->sandbox->db, s3->bucket_name, &call->arena, &s3->bucket);
    if (status == STATUS_NOT_FOUND) {
        s3_detail(call, "BucketName", s3->bucket_name);
        return s3_refuse(call, S3_NO_SUCH_BUCKET, NULL);
    }
    if (status != STATUS_OK)
        return s3_refuse_internal(call, status, "looking up the bucket");
    return slice_equal(s3->bucket.account, call->principal->account) ||
           s3_refuse(call, S3_ACCESS_DENIED, NULL);
}

static bool is_account(struct slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return false;
    }
    return text.len == ACCOUNT_CHARS;
}

static bool check_expected_owner(struct call *call, const char *header)
{
    struct slice expected = request_header(&call->request, header);
    if (expected.ptr == NULL)
        return true;
    if (!is_account(expected))
        return s3_refuse(call, S3_INVALID_BUCKET_OWNER, "%s [%.*s]",
                         s3_error_message(S3_INVALID_BUCKET_OWNER), SLICE_ARG(expected));
    return slice_equal(expected, call->principal->account) ||
           s3_refuse(call, S3_ACCESS_DENIED, NULL);
}

static bool check_head(struct call *call)
{
    return find_address(call) && find_operation(call) && check_caller(call) &&
           (!needs_bucket(call) || find_bucket(call)) &&
           check_expected_owner(call, "x-amz-expected-bucket-owner") &&
           check_expected_owner(call, "x-amz-source-expected-bucket-owner") &&
           s3_headers_check(call) && s3_find_read_version(call);
}

static void begin(struct call *call)
{
    call->service_data = arena_zalloc(&call->arena, sizeof(struct s3_call));
    if (call->service_data == NULL) {
        call_fail_internal(call, STATUS_NO_MEMORY, "beginning a request");
        return;
    }
    if (check_head(call)) {
        if (call->operation->run == s3_put_object)
            s3_begin_put_object(call);
        else if (call->operation->run == s3_upload_part)
            s3_begin_upload_part(call);
    }
    s3_settle(call);
}

static void handle(struct call *call)
{
    call->operation->run(call);
    s3_settle(call);
}

static bool matches(const struct http_request *request)
{
    (void)request;
    return true;
}

const struct service s3_service = {
    .name = "s3",
    .title = "S3",
    .operations = operations,
    .operation_count = sizeof(operations) / sizeof(operations[0]),
    .body_max_bytes = BODY_MAX_BYTES,
    .answers_pages = true,
    .allows_anonymous = true,
    .errors = &s3_common_errors,
    .matches = matches,
    .begin = begin,
    .handle = handle,
    .write_error = s3_write_error,
};

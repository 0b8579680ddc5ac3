#include "handlers/s3/s3_route.h"

#include "emulator/http/request.h"
#include "tests/lib/asserts.h"

static const char *route(const char *method, enum s3_level level, const char *query)
{
    const struct http_request request = {.method = slice_of(method), .query = slice_of(query)};
    return s3_route(&request, level);
}

static void methods_alone_name_the_plain_operations(void **state)
{
    (void)state;
    assert_string_equal(route("GET", S3_SERVICE, ""), "ListBuckets");
    assert_string_equal(route("PUT", S3_BUCKET, ""), "CreateBucket");
    assert_string_equal(route("HEAD", S3_BUCKET, ""), "HeadBucket");
    assert_string_equal(route("DELETE", S3_BUCKET, ""), "DeleteBucket");
    assert_string_equal(route("GET", S3_BUCKET, "prefix=a"), "ListObjects");
    assert_string_equal(route("GET", S3_BUCKET, "list-type=2&prefix=a"), "ListObjectsV2");
    assert_string_equal(route("PUT", S3_OBJECT, "x-id=PutObject"), "PutObject");
    assert_string_equal(route("GET", S3_OBJECT, "partNumber=1"), "GetObject");
    assert_string_equal(route("HEAD", S3_OBJECT, ""), "HeadObject");
    assert_string_equal(route("DELETE", S3_OBJECT, "versionId=null"), "DeleteObject");
}

static void a_sub_resource_never_falls_through(void **state)
{
    (void)state;
    assert_string_equal(route("GET", S3_BUCKET, "tagging"), "GetBucketTagging");
    assert_string_equal(route("PUT", S3_BUCKET, "acl="), "PutBucketAcl");
    assert_string_equal(route("DELETE", S3_BUCKET, "policy"), "DeleteBucketPolicy");
    assert_string_equal(route("PUT", S3_OBJECT, "retention"), "PutObjectRetention");
    assert_string_equal(route("POST", S3_BUCKET, "delete="), "DeleteObjects");
    assert_null(route("PUT", S3_BUCKET, "location"));
    assert_null(route("PUT", S3_OBJECT, "cors"));
    assert_null(route("DELETE", S3_BUCKET, "retention"));
    assert_null(route("PUT", S3_BUCKET, "uploadId=u"));
    assert_null(route("HEAD", S3_OBJECT, "acl"));
    assert_null(route("POST", S3_OBJECT, "tagging"));
}

static void multipart_is_told_by_its_parameters(void **state)
{
    (void)state;
    static struct http_header copy[] = {{SLICE_INIT("X-Amz-Copy-Source"), SLICE_INIT("/b/k")}};
    struct http_request request = {.method = SLICE("PUT"),
                                   .query = SLICE("uploadId=u&partNumber=3"),
                                   .headers = copy,
                                   .header_count = 1};
    assert_string_equal(route("POST", S3_OBJECT, "uploads"), "CreateMultipartUpload");
    assert_string_equal(route("PUT", S3_OBJECT, "uploadId=u&partNumber=3"), "UploadPart");
    assert_string_equal(route("POST", S3_OBJECT, "uploadId=u"), "CompleteMultipartUpload");
    assert_string_equal(route("DELETE", S3_OBJECT, "uploadId=u"), "AbortMultipartUpload");
    assert_string_equal(route("GET", S3_OBJECT, "uploadId=u"), "ListParts");
    assert_string_equal(route("GET", S3_BUCKET, "uploads"), "ListMultipartUploads");
    assert_string_equal(s3_route(&request, S3_OBJECT), "UploadPartCopy");
    request.query = SLICE("");
    assert_string_equal(s3_route(&request, S3_OBJECT), "CopyObject");
}

static void settings_with_ids_are_listed_without_one(void **state)
{
    (void)state;
    assert_string_equal(route("GET", S3_BUCKET, "metrics"), "ListBucketMetricsConfigurations");
    assert_string_equal(route("GET", S3_BUCKET, "metrics&id=a"), "GetBucketMetricsConfiguration");
    assert_string_equal(route("PUT", S3_BUCKET, "metrics&id=a"), "PutBucketMetricsConfiguration");
    assert_string_equal(route("GET", S3_BUCKET, "intelligent-tiering"),
                        "ListBucketIntelligentTieringConfigurations");
}

static void unknown_methods_are_not_allowed(void **state)
{
    (void)state;
    assert_null(route("PATCH", S3_OBJECT, ""));
    assert_null(route("POST", S3_OBJECT, ""));
    assert_null(route("PUT", S3_SERVICE, ""));
    assert_string_equal(route("OPTIONS", S3_OBJECT, ""), "CorsPreflight");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(methods_alone_name_the_plain_operations),
        cmocka_unit_test(a_sub_resource_never_falls_through),
        cmocka_unit_test(multipart_is_told_by_its_parameters),
        cmocka_unit_test(settings_with_ids_are_listed_without_one),
        cmocka_unit_test(unknown_methods_are_not_allowed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

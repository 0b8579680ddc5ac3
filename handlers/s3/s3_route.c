#include "handlers/s3/s3_route.h"

#include <stddef.h>

#include "emulator/http/request.h"

struct sub_resource {
    const char *name; /* in the query */
    enum s3_level level;
    const char *get;
    const char *put;
    const char *del;
    const char *post;
    const char *list; /* GET without an id, where there are several */
};

/* One row per sub-resource and level; a longer-named parameter that goes along stands first. */
static const struct sub_resource sub_resources[] = {
    {"abac", S3_BUCKET, "GetBucketAbac", "PutBucketAbac", NULL, NULL, NULL},
    {"accelerate", S3_BUCKET, "GetBucketAccelerateConfiguration",
     "PutBucketAccelerateConfiguration", NULL, NULL, NULL},
    {"acl", S3_BUCKET, "GetBucketAcl", "PutBucketAcl", NULL, NULL, NULL},
    {"analytics", S3_BUCKET, "GetBucketAnalyticsConfiguration", "PutBucketAnalyticsConfiguration",
     "DeleteBucketAnalyticsConfiguration", NULL, "ListBucketAnalyticsConfigurations"},
    {"cors", S3_BUCKET, "GetBucketCors", "PutBucketCors", "DeleteBucketCors", NULL, NULL},
    {"delete", S3_BUCKET, NULL, NULL, NULL, "DeleteObjects", NULL},
    {"encryption", S3_BUCKET, "GetBucketEncryption", "PutBucketEncryption",
     "DeleteBucketEncryption", NULL, NULL},
    {"intelligent-tiering", S3_BUCKET, "GetBucketIntelligentTieringConfiguration",
     "PutBucketIntelligentTieringConfiguration", "DeleteBucketIntelligentTieringConfiguration",
     NULL, "ListBucketIntelligentTieringConfigurations"},
    {"inventory", S3_BUCKET, "GetBucketInventoryConfiguration", "PutBucketInventoryConfiguration",
     "DeleteBucketInventoryConfiguration", NULL, "ListBucketInventoryConfigurations"},
    {"lifecycle", S3_BUCKET, "GetBucketLifecycleConfiguration", "PutBucketLifecycleConfiguration",
     "DeleteBucketLifecycle", NULL, NULL},
    {"location", S3_BUCKET, "GetBucketLocation", NULL, NULL, NULL, NULL},
    {"logging", S3_BUCKET, "GetBucketLogging", "PutBucketLogging", NULL, NULL, NULL},
    {"metadataConfiguration", S3_BUCKET, "GetBucketMetadataConfiguration", NULL,
     "DeleteBucketMetadataConfiguration", "CreateBucketMetadataConfiguration", NULL},
    {"metadataInventoryTable", S3_BUCKET, NULL, "UpdateBucketMetadataInventoryTableConfiguration",
     NULL, NULL, NULL},
    {"metadataJournalTable", S3_BUCKET, NULL, "UpdateBucketMetadataJournalTableConfiguration", NULL,
     NULL, NULL},
    {"metadataTable", S3_BUCKET, "GetBucketMetadataTableConfiguration", NULL,
     "DeleteBucketMetadataTableConfiguration", "CreateBucketMetadataTableConfiguration", NULL},
    {"metrics", S3_BUCKET, "GetBucketMetricsConfiguration", "PutBucketMetricsConfiguration",
     "DeleteBucketMetricsConfiguration", NULL, "ListBucketMetricsConfigurations"},
    {"notification", S3_BUCKET, "GetBucketNotificationConfiguration",
     "PutBucketNotificationConfiguration", NULL, NULL, NULL},
    {"object-lock", S3_BUCKET, "GetObjectLockConfiguration", "PutObjectLockConfiguration", NULL,
     NULL, NULL},
    {"ownershipControls", S3_BUCKET, "GetBucketOwnershipControls", "PutBucketOwnershipControls",
     "DeleteBucketOwnershipControls", NULL, NULL},
    {"policy", S3_BUCKET, "GetBucketPolicy", "PutBucketPolicy", "DeleteBucketPolicy", NULL, NULL},
    {"policyStatus", S3_BUCKET, "GetBucketPolicyStatus", NULL, NULL, NULL, NULL},
    {"publicAccessBlock", S3_BUCKET, "GetPublicAccessBlock", "PutPublicAccessBlock",
     "DeletePublicAccessBlock", NULL, NULL},
    {"replication", S3_BUCKET, "GetBucketReplication", "PutBucketReplication",
     "DeleteBucketReplication", NULL, NULL},
    {"requestPayment", S3_BUCKET, "GetBucketRequestPayment", "PutBucketRequestPayment", NULL, NULL,
     NULL},
    {"session", S3_BUCKET, "CreateSession", NULL, NULL, NULL, NULL},
    {"tagging", S3_BUCKET, "GetBucketTagging", "PutBucketTagging", "DeleteBucketTagging", NULL,
     NULL},
    {"uploads", S3_BUCKET, "ListMultipartUploads", NULL, NULL, NULL, NULL},
    {"versioning", S3_BUCKET, "GetBucketVersioning", "PutBucketVersioning", NULL, NULL, NULL},
    {"versions", S3_BUCKET, "ListObjectVersions", NULL, NULL, NULL, NULL},
    {"website", S3_BUCKET, "GetBucketWebsite", "PutBucketWebsite", "DeleteBucketWebsite", NULL,
     NULL},

    {"acl", S3_OBJECT, "GetObjectAcl", "PutObjectAcl", NULL, NULL, NULL},
    {"annotation", S3_OBJECT, "GetObjectAnnotation", "PutObjectAnnotation",
     "DeleteObjectAnnotation", NULL, NULL},
    {"attributes", S3_OBJECT, "GetObjectAttributes", NULL, NULL, NULL, NULL},
    {"encryption", S3_OBJECT, NULL, "UpdateObjectEncryption", NULL, NULL, NULL},
    {"legal-hold", S3_OBJECT, "GetObjectLegalHold", "PutObjectLegalHold", NULL, NULL, NULL},
    {"renameObject", S3_OBJECT, NULL, "RenameObject", NULL, NULL, NULL},
    {"restore", S3_OBJECT, NULL, NULL, NULL, "RestoreObject", NULL},
    {"retention", S3_OBJECT, "GetObjectRetention", "PutObjectRetention", NULL, NULL, NULL},
    {"select", S3_OBJECT, NULL, NULL, NULL, "SelectObjectContent", NULL},
    {"tagging", S3_OBJECT, "GetObjectTagging", "PutObjectTagging", "DeleteObjectTagging", NULL,
     NULL},
    {"torrent", S3_OBJECT, "GetObjectTorrent", NULL, NULL, NULL, NULL},
    {"uploadId", S3_OBJECT, "ListParts", "UploadPart", "AbortMultipartUpload",
     "CompleteMultipartUpload", NULL},
    {"uploads", S3_OBJECT, NULL, NULL, NULL, "CreateMultipartUpload", NULL},
};

static bool is_method(const struct http_request *request, const char *method)
{
    return slice_equal_text(request->method, method);
}

static const char *operation_on(const struct sub_resource *sub, const struct http_request *request)
{
    if (is_method(request, "GET"))
        return sub->get;
    if (is_method(request, "PUT"))
        return sub->put;
    if (is_method(request, "DELETE"))
        return sub->del;
    return is_method(request, "POST") ? sub->post : NULL;
}

static const struct sub_resource *find_sub_resource(const struct http_request *request,
                                                    enum s3_level level)
{
    if (request->query.len == 0)
        return NULL;
    for (size_t i = 0; i < sizeof(sub_resources) / sizeof(sub_resources[0]); i++) {
        const struct sub_resource *sub = &sub_resources[i];
        if (sub->level == level && request_has_parameter(request, sub->name))
            return sub;
    }
    return NULL;
}

/* One of buckets asked of an object, or the other way round. */
static bool is_misplaced(const struct http_request *request, enum s3_level level)
{
    if (request->query.len == 0 || level == S3_SERVICE)
        return false;
    for (size_t i = 0; i < sizeof(sub_resources) / sizeof(sub_resources[0]); i++) {
        const struct sub_resource *sub = &sub_resources[i];
        if (sub->level != level && request_has_parameter(request, sub->name))
            return true;
    }
    return false;
}

static const char *plain_service(const struct http_request *request)
{
    return is_method(request, "GET") ? "ListBuckets" : NULL;
}

static bool is_list_v2(const struct http_request *request)
{
    struct slice rest = request->query;
    struct slice name;
    struct slice value;
    while (request_next_parameter(&rest, &name, &value)) {
        if (slice_equal_text(name, "list-type"))
            return slice_equal_text(value, "2");
    }
    return false;
}

static const char *plain_bucket(const struct http_request *request)
{
    if (is_method(request, "GET"))
        return is_list_v2(request) ? "ListObjectsV2" : "ListObjects";
    if (is_method(request, "PUT"))
        return "CreateBucket";
    if (is_method(request, "HEAD"))
        return "HeadBucket";
    if (is_method(request, "POST"))
        return "PostObject";
    return is_method(request, "DELETE") ? "DeleteBucket" : NULL;
}

static const char *plain_object(const struct http_request *request)
{
    if (is_method(request, "GET"))
        return "GetObject";
    if (is_method(request, "HEAD"))
        return "HeadObject";
    if (is_method(request, "PUT"))
        return request_has_header(request, "x-amz-copy-source") ? "CopyObject" : "PutObject";
    return is_method(request, "DELETE") ? "DeleteObject" : NULL;
}

const char *s3_route(const struct http_request *request, enum s3_level level)
{
    const struct sub_resource *sub = find_sub_resource(request, level);
    if (is_method(request, "OPTIONS"))
        return "CorsPreflight";
    if (sub != NULL && sub->list != NULL && is_method(request, "GET") &&
        !request_has_parameter(request, "id"))
        return sub->list;
    if (sub != NULL) {
        bool is_part = slice_equal_text(slice_of(sub->name), "uploadId");
        bool is_copy = is_part && is_method(request, "PUT") &&
                       request_has_header(request, "x-amz-copy-source");
        return is_copy ? "UploadPartCopy" : operation_on(sub, request);
    }
    if (is_misplaced(request, level))
        return NULL;
    if (level == S3_SERVICE)
        return plain_service(request);
    return level == S3_BUCKET ? plain_bucket(request) : plain_object(request);
}

#include "handlers/s3/s3_copy_source.h"

#include "emulator/auth/principal.h"
#include "emulator/sandbox.h"
#include "handlers/s3/s3_call.h"
#include "handlers/s3/s3_conditions.h"
#include "handlers/s3/s3_find.h"
#include "handlers/s3/s3_traits.h"
#include "storage/object_versions.h"

/* "/bucket/key?versionId=...", the leading slash and the version optional, URL-encoded. */
bool s3_copy_source_read(struct call *call, struct s3_copy_source *source)
{
    struct slice header = request_header(&call->request, "x-amz-copy-source");
    struct slice version = header;
    struct slice path = slice_cut(&version, '?');
    struct slice decoded = {NULL, 0};
    if (slice_starts_with(version, SLICE("versionId=")))
        source->version = slice_from(version, sizeof("versionId=") - 1);
    if (request_decode(path, false, &call->arena, &decoded) != STATUS_OK)
        return s3_refuse_internal(call, STATUS_NO_MEMORY, "reading the copy source");
    if (slice_starts_with(decoded, SLICE("arn:")))
        return s3_refuse_header(call, SLICE("x-amz-copy-source"),
                                "Access points are not implemented");
    if (slice_starts_with(decoded, SLICE("/")))
        decoded = slice_from(decoded, 1);
    source->bucket_name = slice_cut(&decoded, '/');
    source->key = decoded;
    return (source->bucket_name.len > 0 && source->key.len > 0 &&
            source->key.len <= OBJECT_KEY_MAX_BYTES) ||
           s3_refuse_argument(call, "x-amz-copy-source", SLICE("x-amz-copy-source"),
                              "Invalid copy source object key");
}

static bool find_bucket(struct call *call, struct s3_copy_source *source, struct bucket *bucket)
{
    enum status status =
        bucket_store_find(call->sandbox->db, source->bucket_name, &call->arena, bucket);
    if (status == STATUS_NOT_FOUND) {
        s3_detail(call, "BucketName", source->bucket_name);
        return s3_refuse(call, S3_NO_SUCH_BUCKET, NULL);
    }
    if (status != STATUS_OK)
        return s3_refuse_internal(call, status, "looking up the bucket");
    source->is_versioned = bucket->versioning != BUCKET_NEVER_VERSIONED;
    return slice_equal(bucket->account, call->principal->account) ||
           s3_refuse(call, S3_ACCESS_DENIED, NULL);
}

static bool refuse_missing(struct call *call, const struct s3_copy_source *source)
{
    s3_detail(call, "Key", source->key);
    if (source->version.ptr == NULL)
        return s3_refuse(call, S3_NO_SUCH_KEY, NULL);
    s3_detail(call, "VersionId", source->version);
    return s3_refuse(call, S3_NO_SUCH_VERSION, NULL);
}

bool s3_copy_source_find(struct call *call, struct s3_copy_source *source)
{
    struct bucket bucket;
    if (!find_bucket(call, source, &bucket))
        return false;
    struct object which = {.bucket_id = bucket.id, .key = source->key, .version = source->version};
    struct db *db = call->sandbox->db;
    enum status status =
        source->version.ptr != NULL
            ? object_versions_find(db, &which, true, &call->arena, &source->object)
            : object_store_read(db, bucket.id, source->key, &call->arena, &source->object);
    if (status == STATUS_NOT_FOUND)
        return refuse_missing(call, source);
    if (status != STATUS_OK)
        return s3_refuse_internal(call, status, "looking up the object");
    if (source->object.is_marker)
        return s3_refuse(call, S3_INVALID_REQUEST,
                         "The source of a copy request may not specifically refer to a delete "
                         "marker by version id.");
    return s3_traits_check_readable(call, &source->object) &&
           s3_conditions_for_source(call, &source->object);
}

void s3_copy_source_add_header(struct call *call, const struct s3_copy_source *source)
{
    if (source->is_versioned)
        call_add_header(call, "x-amz-copy-source-version-id",
                        s3_version_text(source->object.version));
}

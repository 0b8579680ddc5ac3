#include "handlers/s3/s3_object_headers.h"

#include "emulator/sandbox.h"
#include "handlers/s3/s3_call.h"
#include "handlers/s3/s3_encryption.h"

void s3_add_etag_header(struct call *call, struct slice etag)
{
    call_add_header(call, "ETag", s3_quoted(call, etag));
}

bool s3_find_existing(struct call *call, struct object **ret_existing)
{
    const struct s3_call *s3 = s3_call_of(call);
    *ret_existing = NULL;
    if (!request_has_header(&call->request, "If-Match") &&
        !request_has_header(&call->request, "If-None-Match"))
        return true;
    struct object *existing = arena_alloc(&call->arena, sizeof(*existing));
    enum status status = STATUS_NO_MEMORY;
    if (existing != NULL)
        status =
            object_store_find(call->sandbox->db, s3->bucket.id, s3->key, &call->arena, existing);
    if (status == STATUS_OK)
        *ret_existing = existing;
    return status == STATUS_OK || status == STATUS_NOT_FOUND ||
           s3_refuse_internal(call, status, "looking up the object");
}

void s3_add_written_headers(struct call *call)
{
    s3_encryption_add_headers(call, s3_call_of(call)->traits.encryption);
    s3_add_version_header(call);
}

bool s3_refuse_put(struct call *call, enum status status)
{
    if (status != STATUS_NOT_FOUND)
        return s3_refuse_internal(call, status, "storing the object");
    s3_detail(call, "BucketName", s3_call_of(call)->bucket_name);
    return s3_refuse(call, S3_NO_SUCH_BUCKET, NULL);
}

struct object_put s3_object_put(struct call *call)
{
    struct s3_call *s3 = s3_call_of(call);
    return (struct object_put){.bucket = s3->bucket.name,
                               .key = s3->key,
                               .traits = s3->traits,
                               .ret_version = &s3->version,
                               .content_type = s3->metadata.content_type,
                               .content_encoding = s3->metadata.content_encoding,
                               .metadata = s3->metadata.json,
                               .modified_ms = s3_now_ms(call)};
}

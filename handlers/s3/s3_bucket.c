#include "handlers/s3/s3_bucket.h"
#include "emulator/base/xml.h"
#include "emulator/sandbox.h"
#include "handlers/s3/s3_call.h"
#include "handlers/s3/s3_operations.h"

void s3_add_bucket_arn_header(struct call *call, struct slice name)
{
    call_add_header_text(call, "x-amz-bucket-arn",
                         arena_printf(&call->arena, "arn:aws:s3:::%.*s", SLICE_ARG(name)));
}

void s3_head_bucket(struct call *call)
{
    const struct bucket *bucket = &s3_call_of(call)->bucket;
    call_add_header(call, "x-amz-bucket-region", bucket->region);
    call_add_header_text(call, "x-amz-access-point-alias", "false");
    s3_add_bucket_arn_header(call, bucket->name);
    s3_add_common_headers(call);
    call_answer_head(call, 200, "application/xml", 0);
}

void s3_delete_bucket(struct call *call)
{
    const struct bucket *bucket = &s3_call_of(call)->bucket;
    enum status status = bucket_store_delete(call->sandbox->db, bucket->id);
    if (status == STATUS_CONFLICT) {
        s3_detail(call, "BucketName", bucket->name);
        (void)s3_refuse(call, S3_BUCKET_NOT_EMPTY, "%s%s", s3_error_message(S3_BUCKET_NOT_EMPTY),
                        bucket->versioning != BUCKET_NEVER_VERSIONED
                            ? ". You must delete all versions in the bucket."
                            : "");
    } else if (status != STATUS_OK) {
        (void)s3_refuse_internal(call, status, "deleting a bucket");
    } else {
        s3_answer_empty(call, 204);
    }
}

void s3_get_bucket_location(struct call *call)
{
    struct text xml = s3_xml(call);
    xml_open(&xml, "LocationConstraint", S3_XMLNS);
    xml_text(&xml, s3_call_of(call)->bucket.location);
    xml_close(&xml, "LocationConstraint");
    s3_answer_xml(call, &xml);
}

#include "emulator/base/xml.h"
#include "emulator/sandbox.h"
#include "handlers/s3/s3_call.h"
#include "handlers/s3/s3_operations.h"
#include "handlers/s3/s3_schema.h"

static bool read_state(struct call *call, enum bucket_versioning *ret_versioning)
{
    static const struct s3_xml_rule rule = {.root = "VersioningConfiguration",
                                            .type = "VersioningConfiguration"};
    const struct xml_element *root = NULL;
    if (!s3_schema_read(call, &rule, &root))
        return false;
    if (slice_equal(xml_child_text(root, "MfaDelete"), SLICE("Enabled")))
        return s3_refuse(call, S3_NOT_IMPLEMENTED, "Hydrant does not implement MfaDelete.");
    if (xml_child(root, "Status") == NULL)
        return s3_refuse(call, S3_ILLEGAL_VERSIONING, NULL);
    *ret_versioning = slice_equal(xml_child_text(root, "Status"), SLICE("Enabled"))
                          ? BUCKET_VERSIONED
                          : BUCKET_SUSPENDED;
    return true;
}

void s3_put_bucket_versioning(struct call *call)
{
    struct bucket bucket = s3_call_of(call)->bucket;
    if (!read_state(call, &bucket.versioning))
        return;
    if (bucket.has_lock && bucket.versioning == BUCKET_SUSPENDED) {
        (void)s3_refuse(call, S3_INVALID_BUCKET_STATE,
                        "An Object Lock configuration is present on this bucket, so the versioning "
                        "state cannot be changed.");
        return;
    }
    enum status status = bucket_store_update(call->sandbox->db, &bucket);
    if (status != STATUS_OK)
        (void)s3_refuse_internal(call, status, "writing the bucket");
    else
        s3_answer_empty(call, 200);
}

void s3_get_bucket_versioning(struct call *call)
{
    enum bucket_versioning versioning = s3_call_of(call)->bucket.versioning;
    struct text xml = s3_xml(call);
    xml_open(&xml, "VersioningConfiguration", S3_XMLNS);
    if (versioning != BUCKET_NEVER_VERSIONED)
        xml_put(&xml, "Status",
                versioning == BUCKET_VERSIONED ? SLICE("Enabled") : SLICE("Suspended"));
    xml_close(&xml, "VersioningConfiguration");
    s3_answer_xml(call, &xml);
}

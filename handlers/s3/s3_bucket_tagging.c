#include "emulator/base/xml.h"
#include "handlers/s3/s3_call.h"
#include "handlers/s3/s3_operations.h"
#include "handlers/s3/s3_schema.h"
#include "handlers/s3/s3_settings.h"
#include "handlers/s3/s3_tags.h"

void s3_put_bucket_tagging(struct call *call)
{
    static const struct s3_xml_rule rule = {
        .root = "Tagging", .type = "Tagging", .needs_digest = true};
    const struct xml_element *root = NULL;
    struct s3_tags tags;
    if (s3_schema_read(call, &rule, &root) &&
        s3_tags_read_set(call, xml_child(root, "TagSet"), S3_TAGS_OF_BUCKET, &tags) &&
        s3_setting_store_text(call, "tagging", s3_tags_store(call, &tags)))
        s3_answer_empty(call, 204);
}

void s3_get_bucket_tagging(struct call *call)
{
    struct slice stored;
    if (!s3_setting_load_text(call, "tagging", &stored))
        return;
    if (stored.len == 0) {
        s3_detail(call, "BucketName", s3_call_of(call)->bucket.name);
        (void)s3_refuse(call, S3_NO_SUCH_TAG_SET, NULL);
        return;
    }
    struct text xml = s3_xml(call);
    xml_open(&xml, "Tagging", S3_XMLNS);
    s3_tags_put(call, &xml, "TagSet", stored);
    xml_close(&xml, "Tagging");
    s3_answer_xml(call, &xml);
}

void s3_delete_bucket_tagging(struct call *call)
{
    if (s3_setting_drop(call, "tagging"))
        s3_answer_empty(call, 204);
}

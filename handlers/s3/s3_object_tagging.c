#include "emulator/base/xml.h"
#include "emulator/sandbox.h"
#include "handlers/s3/s3_call.h"
#include "handlers/s3/s3_find.h"
#include "handlers/s3/s3_operations.h"
#include "handlers/s3/s3_schema.h"
#include "handlers/s3/s3_tags.h"
#include "storage/object_versions.h"

static void change(struct call *call, struct slice tags, int answer)
{
    struct object object;
    if (!s3_find_for_change(call, &object))
        return;
    object.traits.tags = tags;
    enum status status = object_versions_update(call->sandbox->db, &object);
    if (status != STATUS_OK) {
        (void)s3_refuse_internal(call, status, "writing tags");
        return;
    }
    s3_add_object_version_header(call, &object);
    s3_answer_empty(call, answer);
}

void s3_put_object_tagging(struct call *call)
{
    static const struct s3_xml_rule rule = {.root = "Tagging", .type = "Tagging"};
    const struct xml_element *root = NULL;
    struct s3_tags tags;
    if (s3_schema_read(call, &rule, &root) &&
        s3_tags_read_set(call, xml_child(root, "TagSet"), S3_TAGS_OF_OBJECT, &tags))
        change(call, s3_tags_store(call, &tags), 200);
}

void s3_delete_object_tagging(struct call *call)
{
    change(call, SLICE(""), 204);
}

void s3_get_object_tagging(struct call *call)
{
    struct object object;
    if (!s3_find_object(call, false, &object))
        return;
    struct text xml = s3_xml(call);
    xml_open(&xml, "Tagging", S3_XMLNS);
    s3_tags_put(call, &xml, "TagSet", object.traits.tags);
    xml_close(&xml, "Tagging");
    s3_add_object_version_header(call, &object);
    s3_answer_xml(call, &xml);
}

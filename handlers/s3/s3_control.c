#include "handlers/s3/s3_control.h"

#include "emulator/base/xml.h"
#include "emulator/sandbox.h"
#include "handlers/s3/s3_call.h"
#include "handlers/s3/s3_digests.h"
#include "handlers/s3/s3_operations.h"
#include "handlers/s3/s3_settings.h"
#include "handlers/s3/s3_tags.h"

#define FIRST_SEGMENT "v20180820"
#define KEY_PREFIX "tags/"
#define ARN_PREFIX "arn:aws:s3:::"
#define XMLNS "xmlns=\"http://awss3control.amazonaws.com/doc/2018-08-20/\""

bool s3_control_take(struct call *call)
{
    struct s3_call *s3 = s3_call_of(call);
    struct slice arn = slice_from(s3->key, sizeof(KEY_PREFIX) - 1);
    if (!slice_equal(s3->bucket_name, SLICE(FIRST_SEGMENT)) ||
        !slice_starts_with(s3->key, SLICE(KEY_PREFIX)) ||
        !request_has_header(&call->request, "x-amz-account-id"))
        return false;
    s3->is_control = true;
    s3->bucket_name =
        slice_starts_with(arn, SLICE(ARN_PREFIX)) ? slice_from(arn, sizeof(ARN_PREFIX) - 1) : arn;
    s3->key = slice_make(NULL, 0);
    return true;
}

const char *s3_control_route(const struct call *call)
{
    struct slice method = call->request.method;
    if (slice_equal(method, SLICE("GET")))
        return "ListTagsForResource";
    if (slice_equal(method, SLICE("POST")))
        return "TagResource";
    return slice_equal(method, SLICE("DELETE")) ? "UntagResource" : NULL;
}

static bool load(struct call *call, struct s3_tags *tags)
{
    struct slice stored;
    if (!s3_setting_load_text(call, "tagging", &stored))
        return false;
    s3_tags_load(call, stored, tags);
    return true;
}

static void store(struct call *call, const struct s3_tags *tags)
{
    bool is_kept = tags->count > 0
                       ? s3_setting_store_text(call, "tagging", s3_tags_store(call, tags))
                       : s3_setting_drop(call, "tagging");
    if (is_kept)
        s3_answer_empty(call, 204);
}

void s3_list_tags_for_resource(struct call *call)
{
    struct slice stored;
    if (!s3_setting_load_text(call, "tagging", &stored))
        return;
    struct text xml = s3_xml(call);
    xml_open(&xml, "ListTagsForResourceResult", XMLNS);
    s3_tags_put(call, &xml, "Tags", stored);
    xml_close(&xml, "ListTagsForResourceResult");
    s3_answer_xml(call, &xml);
}

void s3_tag_resource(struct call *call)
{
    struct s3_tags tags;
    struct s3_tags added;
    struct slice body = call->body;
    const struct xml_element *root = NULL;
    if (!s3_digests_check_bytes(call, true, &body))
        return;
    if (xml_parse(body, &call->arena, &root) != STATUS_OK ||
        !slice_equal(root->name, SLICE("TagResourceRequest")) || xml_child(root, "Tags") == NULL) {
        (void)s3_refuse(call, S3_MALFORMED_XML, NULL);
        return;
    }
    if (!s3_tags_read_set(call, xml_child(root, "Tags"), S3_TAGS_OF_BUCKET, &added) ||
        !load(call, &tags))
        return;
    for (size_t i = 0; i < added.count; i++) {
        if (!s3_tags_add(call, &tags, added.tags[i], S3_TAGS_OF_BUCKET))
            return;
    }
    store(call, &tags);
}

void s3_untag_resource(struct call *call)
{
    struct s3_tags tags;
    struct slice rest = call->request.query;
    struct slice name;
    struct slice value;
    struct slice key;
    if (!load(call, &tags))
        return;
    while (request_next_parameter(&rest, &name, &value)) {
        if (!slice_equal(name, SLICE("tagKeys")))
            continue;
        if (request_decode(value, true, &call->arena, &key) != STATUS_OK) {
            (void)s3_refuse_internal(call, STATUS_NO_MEMORY, "reading tags");
            return;
        }
        s3_tags_remove(&tags, key);
    }
    store(call, &tags);
}

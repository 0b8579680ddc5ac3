#include "emulator/base/xml.h"
#include "emulator/sandbox.h"
#include "handlers/s3/s3_call.h"
#include "handlers/s3/s3_conditions.h"
#include "handlers/s3/s3_digests.h"
#include "handlers/s3/s3_object_headers.h"
#include "handlers/s3/s3_operations.h"

#define MAX_DELETES 1000U

void s3_delete_object(struct call *call)
{
    const struct s3_call *s3 = s3_call_of(call);
    struct object *existing = NULL;
    if (!s3_find_existing(call, &existing) || !s3_conditions_for_delete(call, existing))
        return;
    enum status status =
        object_store_delete(call->sandbox->db, s3->bucket.id, s3->key, s3_now_ms(call));
    if (status == STATUS_OK || status == STATUS_NOT_FOUND)
        s3_answer_empty(call, 204);
    else
        (void)s3_refuse_internal(call, status, "deleting an object");
}

/* ---- DeleteObjects ---- */

static void put_error(struct text *xml, struct slice key, struct slice version, enum s3_error error)
{
    xml_open(xml, "Error", NULL);
    xml_put(xml, "Key", key);
    if (version.len > 0)
        xml_put(xml, "VersionId", version);
    xml_put(xml, "Code", slice_of(s3_api_error(error)->code));
    xml_put(xml, "Message", slice_of(s3_error_message(error)));
    xml_close(xml, "Error");
}

static void put_deleted(struct text *xml, struct slice key, struct slice version)
{
    xml_open(xml, "Deleted", NULL);
    xml_put(xml, "Key", key);
    if (version.len > 0)
        xml_put(xml, "VersionId", version);
    xml_close(xml, "Deleted");
}

/* Does the ETag asked for (if any) stand? An object that is not there has nothing to lose. */
static enum status check_etag(struct call *call, struct slice key, struct slice etag)
{
    struct object object;
    if (etag.len == 0)
        return STATUS_OK;
    enum status status = object_store_find(call->sandbox->db, s3_call_of(call)->bucket.id, key,
                                           &call->arena, &object);
    if (status != STATUS_OK)
        return status == STATUS_NOT_FOUND ? STATUS_OK : status;
    bool stands = slice_equal(etag, SLICE("*")) || slice_equal(s3_unquoted(etag), object.etag);
    return stands ? STATUS_OK : STATUS_CONFLICT;
}

static bool delete_one(struct call *call, const struct xml_element *object, bool is_quiet,
                       struct text *xml)
{
    struct slice key = xml_child_text(object, "Key");
    struct slice version = xml_child_text(object, "VersionId");
    if (version.len > 0 && !slice_equal(version, SLICE("null"))) {
        put_error(xml, key, version, S3_NO_SUCH_VERSION);
        return true;
    }
    enum status status = check_etag(call, key, xml_child_text(object, "ETag"));
    if (status == STATUS_CONFLICT) {
        put_error(xml, key, version, S3_PRECONDITION_FAILED);
        return true;
    }
    if (status == STATUS_OK)
        status = object_store_delete(call->sandbox->db, s3_call_of(call)->bucket.id, key,
                                     s3_now_ms(call));
    if (status != STATUS_OK && status != STATUS_NOT_FOUND)
        return s3_refuse_internal(call, status, "deleting an object");
    if (!is_quiet)
        put_deleted(xml, key, version);
    return true;
}

static bool check_object(struct call *call, const struct xml_element *object)
{
    struct slice key = xml_child_text(object, "Key");
    if (key.len == 0 || key.len > OBJECT_KEY_MAX_BYTES)
        return s3_refuse(call, S3_MALFORMED_XML, NULL);
    if (xml_child(object, "LastModifiedTime") != NULL || xml_child(object, "Size") != NULL)
        return s3_refuse(call, S3_NOT_IMPLEMENTED,
                         "Hydrant does not implement LastModifiedTime and Size in DeleteObjects.");
    return true;
}

static bool check_list(struct call *call, const struct xml_element *root)
{
    size_t count = 0;
    if (!slice_equal(root->name, SLICE("Delete")))
        return s3_refuse(call, S3_MALFORMED_XML, NULL);
    for (const struct xml_element *child = root->first_child; child != NULL; child = child->next) {
        if (slice_equal(child->name, SLICE("Quiet")))
            continue;
        if (!slice_equal(child->name, SLICE("Object")))
            return s3_refuse(call, S3_MALFORMED_XML, NULL);
        if (!check_object(call, child))
            return false;
        count++;
    }
    return (count > 0 && count <= MAX_DELETES) || s3_refuse(call, S3_MALFORMED_XML, NULL);
}

/* The request must say what its body's digest is. */
static bool check_has_digest(struct call *call)
{
    for (size_t i = 0; i < call->request.header_count; i++) {
        struct slice name = call->request.headers[i].name;
        struct slice prefix = SLICE("x-amz-checksum-");
        if (slice_equal_nocase(name, SLICE("Content-MD5")) ||
            slice_equal_nocase(name, SLICE("x-amz-trailer")) ||
            slice_equal_nocase(slice_first(name, prefix.len), prefix))
            return true;
    }
    return s3_refuse(call, S3_INVALID_REQUEST,
                     "Missing required header for this request: Content-MD5 OR x-amz-checksum-*");
}

static bool read_list(struct call *call, const struct xml_element **ret_root)
{
    struct slice body = call->body;
    if (!check_has_digest(call) || !s3_digests_check_bytes(call, true, &body))
        return false;
    enum status status = xml_parse(body, &call->arena, ret_root);
    if (status == STATUS_NO_MEMORY)
        return s3_refuse_internal(call, status, "reading the body");
    if (status != STATUS_OK)
        return s3_refuse(call, S3_MALFORMED_XML, NULL);
    return check_list(call, *ret_root);
}

void s3_delete_objects(struct call *call)
{
    const struct xml_element *root = NULL;
    if (!read_list(call, &root))
        return;
    bool is_quiet = slice_equal(xml_child_text(root, "Quiet"), SLICE("true"));
    struct text xml = s3_xml(call);
    xml_open(&xml, "DeleteResult", S3_XMLNS);
    for (const struct xml_element *child = root->first_child; child != NULL; child = child->next) {
        if (slice_equal(child->name, SLICE("Object")) && !delete_one(call, child, is_quiet, &xml))
            return;
    }
    xml_close(&xml, "DeleteResult");
    s3_answer_xml(call, &xml);
}

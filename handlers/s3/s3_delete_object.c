#include "emulator/base/xml.h"
#include "emulator/sandbox.h"
#include "handlers/s3/s3_call.h"
#include "handlers/s3/s3_conditions.h"
#include "handlers/s3/s3_digests.h"
#include "handlers/s3/s3_find.h"
#include "handlers/s3/s3_lock.h"
#include "handlers/s3/s3_object_headers.h"
#include "handlers/s3/s3_operations.h"
#include "storage/object_versions.h"

#define MAX_DELETES 1000U
#define LOCKED "Access Denied because object protected by object lock."

/* What was done to one key or version. */
struct deletion {
    struct slice key;
    struct slice version; /* asked for; empty: none */
    bool is_marker;       /* a marker was made, or was the version removed */
    struct slice marker;  /* the one made; empty: none */
    bool is_locked;       /* nothing was done: the lock forbids it */
    bool is_unknown;      /* the id never was one */
};

/* ---- one ---- */

static bool find_version(struct call *call, const struct deletion *deletion, struct object *object,
                         enum status *ret_status)
{
    const struct object which = {.bucket_id = s3_call_of(call)->bucket.id,
                                 .key = deletion->key,
                                 .version = deletion->version};
    *ret_status = object_versions_find(call->sandbox->db, &which, false, &call->arena, object);
    return *ret_status == STATUS_OK;
}

/* That it is gone already is fine. */
static enum status remove_version(struct call *call, struct deletion *deletion)
{
    struct object object;
    enum status status = STATUS_OK;
    if (!find_version(call, deletion, &object, &status)) {
        deletion->is_unknown = !slice_equal(deletion->version, SLICE("null")) &&
                               object_versions_sequence(deletion->version) == 0;
        return status == STATUS_NOT_FOUND ? STATUS_OK : status;
    }
    deletion->is_locked = !object.is_marker && !s3_lock_allows_removal(call, &object);
    if (deletion->is_locked)
        return STATUS_OK;
    deletion->is_marker = object.is_marker;
    return object_versions_remove(call->sandbox->db, &object);
}

static enum status remove_current(struct call *call, struct deletion *deletion)
{
    struct object_deletion made = {.has_marker = false};
    enum status status = object_versions_delete(call->sandbox->db, s3_call_of(call)->bucket.id,
                                                deletion->key, s3_now_ms(call), &made);
    if (status != STATUS_OK)
        return status == STATUS_NOT_FOUND ? STATUS_OK : status;
    if (!made.has_marker)
        return STATUS_OK;
    deletion->is_marker = true;
    deletion->marker = s3_version_text(slice_of(made.marker.text));
    return arena_copy(&call->arena, deletion->marker, &deletion->marker);
}

static enum status remove_one(struct call *call, struct deletion *deletion)
{
    return deletion->version.len > 0 ? remove_version(call, deletion)
                                     : remove_current(call, deletion);
}

static void answer_one(struct call *call, const struct deletion *deletion)
{
    struct slice version = deletion->version.len > 0 ? deletion->version : deletion->marker;
    if (deletion->is_marker)
        call_add_header_text(call, "x-amz-delete-marker", "true");
    if (version.len > 0 && s3_call_of(call)->bucket.versioning != BUCKET_NEVER_VERSIONED)
        call_add_header(call, "x-amz-version-id", version);
    s3_answer_empty(call, 204);
}

void s3_delete_object(struct call *call)
{
    const struct s3_call *s3 = s3_call_of(call);
    struct deletion deletion = {.key = s3->key, .version = s3->version_id};
    struct object *existing = NULL;
    if (!s3_lock_check_bypass(call) || !s3_find_existing(call, &existing) ||
        !s3_conditions_for_delete(call, existing))
        return;
    enum status status = remove_one(call, &deletion);
    if (status != STATUS_OK)
        (void)s3_refuse_internal(call, status, "deleting an object");
    else if (deletion.is_unknown)
        (void)s3_refuse_argument(call, "versionId", s3->version_id, "Invalid version id specified");
    else if (deletion.is_locked)
        (void)s3_refuse(call, S3_ACCESS_DENIED, LOCKED);
    else
        answer_one(call, &deletion);
}

/* ---- DeleteObjects ---- */

static void put_error(struct text *xml, const struct deletion *deletion, enum s3_error error,
                      const char *message)
{
    xml_open(xml, "Error", NULL);
    xml_put(xml, "Key", deletion->key);
    if (deletion->version.len > 0)
        xml_put(xml, "VersionId", deletion->version);
    xml_put(xml, "Code", slice_of(s3_api_error(error)->code));
    xml_put(xml, "Message", slice_of(message != NULL ? message : s3_error_message(error)));
    xml_close(xml, "Error");
}

static void put_deleted(struct text *xml, const struct deletion *deletion)
{
    struct slice marker = deletion->version.len > 0 ? deletion->version : deletion->marker;
    xml_open(xml, "Deleted", NULL);
    xml_put(xml, "Key", deletion->key);
    if (deletion->version.len > 0)
        xml_put(xml, "VersionId", deletion->version);
    if (deletion->is_marker) {
        xml_put(xml, "DeleteMarker", SLICE("true"));
        xml_put(xml, "DeleteMarkerVersionId", marker);
    }
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
    struct deletion deletion = {.key = xml_child_text(object, "Key"),
                                .version = xml_child_text(object, "VersionId")};
    enum status status = check_etag(call, deletion.key, xml_child_text(object, "ETag"));
    if (status == STATUS_CONFLICT) {
        put_error(xml, &deletion, S3_PRECONDITION_FAILED, NULL);
        return true;
    }
    if (status == STATUS_OK)
        status = remove_one(call, &deletion);
    if (status != STATUS_OK)
        return s3_refuse_internal(call, status, "deleting an object");
    if (deletion.is_unknown)
        put_error(xml, &deletion, S3_NO_SUCH_VERSION, NULL);
    else if (deletion.is_locked)
        put_error(xml, &deletion, S3_ACCESS_DENIED, LOCKED);
    else if (!is_quiet)
        put_deleted(xml, &deletion);
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
    return s3_digests_are_sent(call) ||
           s3_refuse(call, S3_INVALID_REQUEST,
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
    if (!s3_lock_check_bypass(call) || !read_list(call, &root))
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

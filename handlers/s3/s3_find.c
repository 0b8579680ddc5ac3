#include "handlers/s3/s3_find.h"

#include "emulator/base/dates.h"
#include "emulator/sandbox.h"
#include "handlers/s3/s3_call.h"
#include "handlers/s3/s3_operations.h"
#include "storage/object_versions.h"

struct slice s3_version_text(struct slice version)
{
    return version.len > 0 ? version : SLICE("null");
}

static bool is_version_id(struct slice id)
{
    for (size_t i = 0; i < id.len; i++) {
        char c = id.ptr[i];
        bool is_alphanumeric =
            (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!is_alphanumeric && c != '.' && c != '_')
            return false;
    }
    return id.len == VERSION_ID_CHARS;
}

bool s3_find_read_version(struct call *call)
{
    struct slice id = s3_parameter(call, "versionId");
    s3_call_of(call)->version_id = id;
    return id.ptr == NULL || slice_equal(id, SLICE("null")) || is_version_id(id) ||
           s3_refuse_argument(call, "versionId", id, "Invalid version id specified");
}

void s3_add_object_version_header(struct call *call, const struct object *object)
{
    if (s3_call_of(call)->bucket.versioning != BUCKET_NEVER_VERSIONED)
        call_add_header(call, "x-amz-version-id", s3_version_text(object->version));
}

enum status s3_find_version(struct call *call, bool bytes, struct object *ret_object)
{
    const struct s3_call *s3 = s3_call_of(call);
    struct object which = {.bucket_id = s3->bucket.id, .key = s3->key, .version = s3->version_id};
    return object_versions_find(call->sandbox->db, &which, bytes, &call->arena, ret_object);
}

/* ---- refusing ---- */

static void add_marker_headers(struct call *call, const struct object *marker)
{
    s3_refusal_header(call, "x-amz-delete-marker", SLICE("true"));
    s3_refusal_header(call, "x-amz-version-id", s3_version_text(marker->version));
}

static bool refuse_marker(struct call *call, const struct object *marker)
{
    char date[DATE_TEXT_BYTES];
    dates_http(marker->modified_ms, date);
    add_marker_headers(call, marker);
    s3_refusal_header(call, "Allow", SLICE("DELETE"));
    s3_refusal_header(call, "Last-Modified", slice_of(arena_printf(&call->arena, "%s", date)));
    s3_detail(call, "Method", call->request.method);
    s3_detail(call, "ResourceType", SLICE("DeleteMarker"));
    return s3_refuse(call, S3_METHOD_NOT_ALLOWED, NULL);
}

static bool refuse_missing_version(struct call *call)
{
    s3_detail(call, "Key", s3_call_of(call)->key);
    s3_detail(call, "VersionId", s3_call_of(call)->version_id);
    return s3_refuse(call, S3_NO_SUCH_VERSION, NULL);
}

/* GetObjectTagging names the key with its bucket, as AWS does. */
static bool refuse_missing_key(struct call *call)
{
    const struct s3_call *s3 = s3_call_of(call);
    struct slice key = s3->key;
    if (call->operation->run == s3_get_object_tagging)
        key = slice_of(arena_printf(&call->arena, "%.*s/%.*s", SLICE_ARG(s3->bucket.name),
                                    SLICE_ARG(s3->key)));
    s3_detail(call, "Key", key);
    return s3_refuse(call, S3_NO_SUCH_KEY, NULL);
}

/* ---- finding ---- */

static bool find_marker(struct call *call, struct object *marker)
{
    const struct s3_call *s3 = s3_call_of(call);
    return s3->bucket.versioning != BUCKET_NEVER_VERSIONED &&
           object_versions_find_marker(call->sandbox->db, s3->bucket.id, s3->key, &call->arena,
                                       marker) == STATUS_OK;
}

static bool find_by_id(struct call *call, bool bytes, struct object *ret_object)
{
    enum status status = s3_find_version(call, bytes, ret_object);
    if (status == STATUS_NOT_FOUND)
        return refuse_missing_version(call);
    if (status != STATUS_OK)
        return s3_refuse_internal(call, status, "looking up the object");
    return !ret_object->is_marker || refuse_marker(call, ret_object);
}

static bool find(struct call *call, bool bytes, bool is_change, struct object *ret_object)
{
    const struct s3_call *s3 = s3_call_of(call);
    struct db *db = call->sandbox->db;
    struct object marker;
    if (s3->version_id.ptr != NULL)
        return find_by_id(call, bytes, ret_object);
    enum status status =
        bytes ? object_store_read(db, s3->bucket.id, s3->key, &call->arena, ret_object)
              : object_store_find(db, s3->bucket.id, s3->key, &call->arena, ret_object);
    if (status == STATUS_OK)
        return true;
    if (status != STATUS_NOT_FOUND)
        return s3_refuse_internal(call, status, "looking up the object");
    if (!find_marker(call, &marker))
        return refuse_missing_key(call);
    if (is_change)
        return refuse_marker(call, &marker);
    add_marker_headers(call, &marker);
    return refuse_missing_key(call);
}

bool s3_find_object(struct call *call, bool bytes, struct object *ret_object)
{
    return find(call, bytes, false, ret_object);
}

bool s3_find_for_change(struct call *call, struct object *ret_object)
{
    return find(call, false, true, ret_object);
}

#include "emulator/base/xml.h"
#include "emulator/sandbox.h"
#include "handlers/s3/s3_call.h"
#include "handlers/s3/s3_find.h"
#include "handlers/s3/s3_listing.h"
#include "handlers/s3/s3_operations.h"
#include "handlers/s3/s3_traits.h"
#include "storage/object_versions.h"

struct versions_request {
    struct s3_listing listing;
    struct slice key_marker;
    struct slice version_marker;
};

/* Where a "null" version stands among the others has to be looked up. */
static bool find_null(struct call *call, struct versions_request *request)
{
    struct object object;
    struct object which = {.bucket_id = s3_call_of(call)->bucket.id,
                           .key = request->key_marker,
                           .version = SLICE("null")};
    enum status status =
        object_versions_find(call->sandbox->db, &which, false, &call->arena, &object);
    if (status == STATUS_OK)
        request->listing.list.after_number = object.sequence;
    return status == STATUS_OK || status == STATUS_NOT_FOUND ||
           s3_refuse_internal(call, status, "looking up the version");
}

static bool read_markers(struct call *call, struct versions_request *request)
{
    struct object_list *list = &request->listing.list;
    request->key_marker = s3_parameter(call, "key-marker");
    request->version_marker = s3_parameter(call, "version-id-marker");
    struct slice version = request->version_marker;
    if (request->key_marker.len == 0 && version.len > 0)
        return s3_refuse_argument(call, "version-id-marker", version,
                                  "A version-id marker cannot be specified without a key marker.");
    list->after = request->key_marker;
    if (version.len == 0)
        return !request_has_parameter(&call->request, "version-id-marker") ||
               request->key_marker.len == 0 || version.ptr == NULL ||
               s3_refuse_argument(call, "version-id-marker", version,
                                  "A version-id marker cannot be empty.");
    if (slice_equal(version, SLICE("null")))
        return find_null(call, request);
    list->after_number = object_versions_sequence(version);
    return list->after_number != 0 ||
           s3_refuse_argument(call, "version-id-marker", version, "Invalid version id specified");
}

static void put_version(struct call *call, struct text *xml, const struct s3_listing *listing,
                        const struct object_list_row *row)
{
    const char *element = row->is_marker ? "DeleteMarker" : "Version";
    xml_open(xml, element, NULL);
    s3_listing_put_name(xml, listing, "Key", row->name);
    xml_put(xml, "VersionId", s3_version_text(row->id));
    xml_put(xml, "IsLatest", row->is_latest ? SLICE("true") : SLICE("false"));
    s3_put_date(xml, "LastModified", row->modified_ms);
    if (!row->is_marker) {
        xml_put(xml, "ETag", s3_quoted(call, row->etag));
        s3_listing_put_checksum(xml, row);
        xml_put_integer(xml, "Size", (int64_t)row->size);
        xml_put(xml, "StorageClass", s3_storage_class_text(row->storage_class));
    }
    s3_listing_put_user(call, xml, "Owner", false);
    xml_close(xml, element);
}

static void put_next(struct text *xml, const struct s3_listing *listing)
{
    const struct object_list *list = &listing->list;
    if (!list->is_truncated)
        return;
    const struct object_list_row *last = &list->rows[list->count - 1];
    s3_listing_put_name(xml, listing, "NextKeyMarker", last->name);
    if (!last->is_group)
        xml_put(xml, "NextVersionIdMarker", s3_version_text(last->id));
}

static void answer(struct call *call, const struct versions_request *request)
{
    const struct s3_listing *listing = &request->listing;
    struct text xml = s3_xml(call);
    xml_open(&xml, "ListVersionsResult", S3_XMLNS);
    xml_put(&xml, "Name", s3_call_of(call)->bucket.name);
    s3_listing_put_name(&xml, listing, "Prefix", listing->list.prefix);
    s3_listing_put_name(&xml, listing, "KeyMarker", request->key_marker);
    xml_put(&xml, "VersionIdMarker", request->version_marker);
    put_next(&xml, listing);
    xml_put_integer(&xml, "MaxKeys", (int64_t)listing->list.max);
    s3_listing_put_form(&xml, listing);
    s3_listing_put_truncated(&xml, listing);
    for (size_t i = 0; i < listing->list.count; i++) {
        if (!listing->list.rows[i].is_group)
            put_version(call, &xml, listing, &listing->list.rows[i]);
    }
    s3_listing_put_groups(&xml, listing);
    xml_close(&xml, "ListVersionsResult");
    s3_answer_xml(call, &xml);
}

void s3_list_object_versions(struct call *call)
{
    struct versions_request request = {.listing.list.kind = OBJECT_LIST_VERSIONS};
    if (s3_listing_read(call, "max-keys", &request.listing) && read_markers(call, &request) &&
        s3_listing_run(call, &request.listing))
        answer(call, &request);
}

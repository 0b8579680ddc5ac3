#include "emulator/base/xml.h"
#include "emulator/sandbox.h"
#include "handlers/s3/s3_call.h"
#include "handlers/s3/s3_listing.h"
#include "handlers/s3/s3_operations.h"
#include "handlers/s3/s3_traits.h"
#include "storage/upload_store.h"

struct uploads_request {
    struct s3_listing listing;
    struct slice key_marker;
    struct slice id_marker;
};

/* Without a key the id says nothing; with one it must be an upload of it. */
static bool read_markers(struct call *call, struct uploads_request *request)
{
    struct object_list *list = &request->listing.list;
    struct upload upload;
    request->key_marker = s3_parameter(call, "key-marker");
    request->id_marker = s3_parameter(call, "upload-id-marker");
    list->after = request->key_marker;
    if (request->key_marker.len == 0)
        request->id_marker = slice_make(NULL, 0);
    if (request->id_marker.len == 0)
        return true;
    enum status status =
        upload_store_find(call->sandbox->db, request->id_marker, &call->arena, &upload);
    if (status != STATUS_OK && status != STATUS_NOT_FOUND)
        return s3_refuse_internal(call, status, "looking up the upload");
    if (status == STATUS_NOT_FOUND || upload.bucket_id != list->bucket_id ||
        !slice_equal(upload.key, request->key_marker))
        return s3_refuse_argument(call, "upload-id-marker", request->id_marker,
                                  "Invalid uploadId marker");
    list->after_number = upload.initiated_ms;
    list->after_id = upload.id;
    return true;
}

static void put_upload(struct call *call, struct text *xml, const struct s3_listing *listing,
                       const struct object_list_row *row)
{
    xml_open(xml, "Upload", NULL);
    s3_listing_put_name(xml, listing, "Key", row->name);
    xml_put(xml, "UploadId", row->id);
    s3_listing_put_user(call, xml, "Initiator", true);
    s3_listing_put_user(call, xml, "Owner", false);
    xml_put(xml, "StorageClass", s3_storage_class_text(row->storage_class));
    s3_put_date(xml, "Initiated", row->number);
    s3_listing_put_checksum(xml, row);
    xml_close(xml, "Upload");
}

/* There also when nothing follows. */
static void put_next(struct text *xml, const struct s3_listing *listing)
{
    const struct object_list *list = &listing->list;
    const struct object_list_row *last = list->count > 0 ? &list->rows[list->count - 1] : NULL;
    s3_listing_put_name(xml, listing, "NextKeyMarker", last != NULL ? last->name : SLICE(""));
    xml_put(xml, "NextUploadIdMarker", last != NULL && !last->is_group ? last->id : SLICE(""));
}

static void answer(struct call *call, const struct uploads_request *request)
{
    const struct s3_listing *listing = &request->listing;
    struct text xml = s3_xml(call);
    xml_open(&xml, "ListMultipartUploadsResult", S3_XMLNS);
    xml_put(&xml, "Bucket", s3_call_of(call)->bucket.name);
    s3_listing_put_name(&xml, listing, "KeyMarker", request->key_marker);
    xml_put(&xml, "UploadIdMarker", request->id_marker);
    put_next(&xml, listing);
    if (listing->list.prefix.len > 0)
        s3_listing_put_name(&xml, listing, "Prefix", listing->list.prefix);
    xml_put_integer(&xml, "MaxUploads", (int64_t)listing->list.max);
    s3_listing_put_form(&xml, listing);
    s3_listing_put_truncated(&xml, listing);
    for (size_t i = 0; i < listing->list.count; i++) {
        if (!listing->list.rows[i].is_group)
            put_upload(call, &xml, listing, &listing->list.rows[i]);
    }
    s3_listing_put_groups(&xml, listing);
    xml_close(&xml, "ListMultipartUploadsResult");
    s3_answer_xml(call, &xml);
}

void s3_list_multipart_uploads(struct call *call)
{
    struct uploads_request request = {.listing.list.kind = OBJECT_LIST_UPLOADS};
    if (s3_listing_read(call, "max-uploads", &request.listing) && read_markers(call, &request) &&
        s3_listing_run(call, &request.listing))
        answer(call, &request);
}

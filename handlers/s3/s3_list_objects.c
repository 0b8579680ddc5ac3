#include "emulator/base/xml.h"
#include "emulator/sandbox.h"
#include "handlers/s3/s3_call.h"
#include "handlers/s3/s3_listing.h"
#include "handlers/s3/s3_operations.h"
#include "handlers/s3/s3_token.h"
#include "handlers/s3/s3_traits.h"

/* A list request of either version. */
struct list_request {
    struct s3_listing listing;
    bool is_v2;
    bool has_owner;
    struct slice marker;
    struct slice start_after;
    struct slice token;
};

/* ---- asking ---- */

static bool read_v2(struct call *call, struct list_request *request)
{
    struct object_list *list = &request->listing.list;
    request->start_after = s3_parameter(call, "start-after");
    request->token = s3_parameter(call, "continuation-token");
    request->has_owner = slice_equal(s3_parameter(call, "fetch-owner"), SLICE("true"));
    list->after = request->start_after;
    if (request->token.ptr == NULL ||
        s3_token_read(request->token, &call->arena, &list->after) == STATUS_OK)
        return true;
    return s3_refuse_argument(call, "continuation-token", request->token,
                              "The continuation token provided is incorrect");
}

/* ---- answering ---- */

static void put_contents(struct call *call, struct text *xml, const struct list_request *request,
                         const struct object_list_row *row)
{
    xml_open(xml, "Contents", NULL);
    s3_listing_put_name(xml, &request->listing, "Key", row->name);
    s3_put_date(xml, "LastModified", row->modified_ms);
    xml_put(xml, "ETag", s3_quoted(call, row->etag));
    s3_listing_put_checksum(xml, row);
    xml_put_integer(xml, "Size", (int64_t)row->size);
    if (request->has_owner)
        s3_listing_put_user(call, xml, "Owner", false);
    xml_put(xml, "StorageClass", s3_storage_class_text(row->storage_class));
    xml_close(xml, "Contents");
}

static void put_rows(struct call *call, struct text *xml, const struct list_request *request)
{
    const struct object_list *list = &request->listing.list;
    for (size_t i = 0; i < list->count; i++) {
        if (!list->rows[i].is_group)
            put_contents(call, xml, request, &list->rows[i]);
    }
    s3_listing_put_groups(xml, &request->listing);
}

static void put_v1(struct text *xml, const struct list_request *request)
{
    const struct object_list *list = &request->listing.list;
    s3_listing_put_name(xml, &request->listing, "Marker", request->marker);
    if (list->is_truncated && list->delimiter.len > 0)
        s3_listing_put_name(xml, &request->listing, "NextMarker", list->rows[list->count - 1].name);
}

static enum status put_v2(struct call *call, struct text *xml, const struct list_request *request)
{
    const struct object_list *list = &request->listing.list;
    if (request->start_after.len > 0)
        s3_listing_put_name(xml, &request->listing, "StartAfter", request->start_after);
    if (request->token.ptr != NULL)
        xml_put(xml, "ContinuationToken", request->token);
    xml_put_integer(xml, "KeyCount", (int64_t)list->count);
    if (!list->is_truncated)
        return STATUS_OK;
    struct slice token = {NULL, 0};
    enum status status = s3_token_make(list->rows[list->count - 1].name, &call->arena, &token);
    if (status == STATUS_OK)
        xml_put(xml, "NextContinuationToken", token);
    return status;
}

static void answer(struct call *call, const struct list_request *request)
{
    const struct object_list *list = &request->listing.list;
    enum status status = STATUS_OK;
    struct text xml = s3_xml(call);
    xml_open(&xml, "ListBucketResult", S3_XMLNS);
    xml_put(&xml, "Name", s3_call_of(call)->bucket.name);
    s3_listing_put_name(&xml, &request->listing, "Prefix", list->prefix);
    if (request->is_v2)
        status = put_v2(call, &xml, request);
    else
        put_v1(&xml, request);
    xml_put_integer(&xml, "MaxKeys", (int64_t)list->max);
    s3_listing_put_form(&xml, &request->listing);
    s3_listing_put_truncated(&xml, &request->listing);
    put_rows(call, &xml, request);
    xml_close(&xml, "ListBucketResult");
    if (status != STATUS_OK)
        (void)s3_refuse_internal(call, status, "listing objects");
    else
        s3_answer_xml(call, &xml);
}

static void run(struct call *call, struct list_request *request)
{
    if (!s3_listing_run(call, &request->listing))
        return;
    call_add_header(call, "x-amz-bucket-region", s3_call_of(call)->bucket.region);
    answer(call, request);
}

void s3_list_objects(struct call *call)
{
    struct list_request request = {.has_owner = true, .marker = s3_parameter(call, "marker")};
    request.listing.list.after = request.marker;
    if (s3_listing_read(call, "max-keys", &request.listing))
        run(call, &request);
}

void s3_list_objects_v2(struct call *call)
{
    struct list_request request = {.is_v2 = true};
    if (s3_listing_read(call, "max-keys", &request.listing) && read_v2(call, &request))
        run(call, &request);
}

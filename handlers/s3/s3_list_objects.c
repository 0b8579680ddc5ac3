#include "emulator/base/xml.h"
#include "emulator/sandbox.h"
#include "handlers/s3/s3_call.h"
#include "handlers/s3/s3_digests.h"
#include "handlers/s3/s3_operations.h"
#include "handlers/s3/s3_token.h"
#include "storage/object_list.h"

#define MAX_KEYS 1000U
#define MAX_KEYS_ARGUMENT 2147483647U

/* A list request of either version. */
struct list_request {
    struct object_list list;
    uint64_t max_keys; /* as asked */
    bool is_v2;
    bool encodes; /* encoding-type=url */
    bool has_owner;
    struct slice marker;
    struct slice start_after;
    struct slice token;
};

/* ---- asking ---- */

static bool read_encoding(struct call *call, struct list_request *request)
{
    struct slice encoding = s3_parameter(call, "encoding-type");
    request->encodes = slice_equal(encoding, SLICE("url"));
    if (request->encodes || !request_has_parameter(&call->request, "encoding-type"))
        return true;
    return s3_refuse_argument(call, "encoding-type", encoding,
                              "Invalid Encoding Method specified in Request");
}

static bool read_common(struct call *call, struct list_request *request)
{
    static const struct s3_number max = {"max-keys", 0, MAX_KEYS_ARGUMENT, MAX_KEYS};
    if (!s3_parameter_number(call, &max, &request->max_keys) || !read_encoding(call, request))
        return false;
    if (request->max_keys > MAX_KEYS)
        request->max_keys = MAX_KEYS;
    request->list.bucket_id = s3_call_of(call)->bucket.id;
    request->list.prefix = s3_parameter(call, "prefix");
    request->list.delimiter = s3_parameter(call, "delimiter");
    request->list.max = (size_t)request->max_keys;
    return true;
}

static bool read_v2(struct call *call, struct list_request *request)
{
    request->start_after = s3_parameter(call, "start-after");
    request->token = s3_parameter(call, "continuation-token");
    request->has_owner = slice_equal(s3_parameter(call, "fetch-owner"), SLICE("true"));
    request->list.after = request->start_after;
    if (request->token.ptr == NULL ||
        s3_token_read(request->token, &call->arena, &request->list.after) == STATUS_OK)
        return true;
    return s3_refuse_argument(call, "continuation-token", request->token,
                              "The continuation token provided is incorrect");
}

/* ---- answering ---- */

static bool is_plain(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
           c == '_' || c == '.' || c == '~' || c == '/';
}

static void append_encoded(struct text *xml, struct slice name)
{
    for (size_t i = 0; i < name.len; i++) {
        if (is_plain(name.ptr[i]))
            text_append_byte(xml, name.ptr[i]);
        else
            text_printf(xml, "%%%02X", (unsigned)(unsigned char)name.ptr[i]);
    }
}

static void put_name(struct text *xml, const struct list_request *request, const char *element,
                     struct slice name)
{
    xml_open(xml, element, NULL);
    if (request->encodes)
        append_encoded(xml, name);
    else
        xml_text(xml, name);
    xml_close(xml, element);
}

static void put_owner(struct call *call, struct text *xml)
{
    char owner[S3_CANONICAL_ID_CHARS + 1];
    s3_canonical_id(s3_call_of(call)->bucket.account, owner);
    xml_open(xml, "Owner", NULL);
    xml_put(xml, "ID", slice_of(owner));
    xml_close(xml, "Owner");
}

static void put_contents(struct call *call, struct text *xml, const struct list_request *request,
                         const struct object_list_row *row)
{
    xml_open(xml, "Contents", NULL);
    put_name(xml, request, "Key", row->name);
    s3_put_date(xml, "LastModified", row->modified_ms);
    xml_put(xml, "ETag", s3_quoted(call, row->etag));
    if (row->checksum_algorithm != CHECKSUM_NONE) {
        xml_put(xml, "ChecksumAlgorithm", slice_of(s3_checksum_name(row->checksum_algorithm)));
        xml_put(xml, "ChecksumType", row->is_composite ? SLICE("COMPOSITE") : SLICE("FULL_OBJECT"));
    }
    xml_put_integer(xml, "Size", (int64_t)row->size);
    if (request->has_owner)
        put_owner(call, xml);
    xml_put(xml, "StorageClass", SLICE("STANDARD"));
    xml_close(xml, "Contents");
}

static void put_rows(struct call *call, struct text *xml, const struct list_request *request)
{
    const struct object_list *list = &request->list;
    for (size_t i = 0; i < list->count; i++) {
        if (!list->rows[i].is_group)
            put_contents(call, xml, request, &list->rows[i]);
    }
    for (size_t i = 0; i < list->count; i++) {
        if (!list->rows[i].is_group)
            continue;
        xml_open(xml, "CommonPrefixes", NULL);
        put_name(xml, request, "Prefix", list->rows[i].name);
        xml_close(xml, "CommonPrefixes");
    }
}

static void put_v1(struct text *xml, const struct list_request *request)
{
    const struct object_list *list = &request->list;
    put_name(xml, request, "Marker", request->marker);
    if (list->is_truncated && list->delimiter.len > 0)
        put_name(xml, request, "NextMarker", list->rows[list->count - 1].name);
}

static enum status put_v2(struct call *call, struct text *xml, const struct list_request *request)
{
    const struct object_list *list = &request->list;
    if (request->start_after.len > 0)
        put_name(xml, request, "StartAfter", request->start_after);
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
    const struct object_list *list = &request->list;
    enum status status = STATUS_OK;
    struct text xml = s3_xml(call);
    xml_open(&xml, "ListBucketResult", S3_XMLNS);
    xml_put(&xml, "Name", s3_call_of(call)->bucket.name);
    put_name(&xml, request, "Prefix", list->prefix);
    if (request->is_v2)
        status = put_v2(call, &xml, request);
    else
        put_v1(&xml, request);
    xml_put_integer(&xml, "MaxKeys", (int64_t)request->max_keys);
    if (list->delimiter.len > 0)
        put_name(&xml, request, "Delimiter", list->delimiter);
    if (request->encodes)
        xml_put(&xml, "EncodingType", SLICE("url"));
    xml_put(&xml, "IsTruncated", list->is_truncated ? SLICE("true") : SLICE("false"));
    put_rows(call, &xml, request);
    xml_close(&xml, "ListBucketResult");
    if (status != STATUS_OK)
        (void)s3_refuse_internal(call, status, "listing objects");
    else
        s3_answer_xml(call, &xml);
}

static void run(struct call *call, struct list_request *request)
{
    enum status status = object_list_run(call->sandbox->db, &call->arena, &request->list);
    if (status != STATUS_OK) {
        (void)s3_refuse_internal(call, status, "listing objects");
        return;
    }
    call_add_header(call, "x-amz-bucket-region", s3_call_of(call)->bucket.region);
    answer(call, request);
}

void s3_list_objects(struct call *call)
{
    struct list_request request = {.has_owner = true, .marker = s3_parameter(call, "marker")};
    request.list.after = request.marker;
    if (read_common(call, &request))
        run(call, &request);
}

void s3_list_objects_v2(struct call *call)
{
    struct list_request request = {.is_v2 = true};
    if (read_common(call, &request) && read_v2(call, &request))
        run(call, &request);
}

#include "emulator/base/dates.h"
#include "emulator/base/xml.h"
#include "emulator/sandbox.h"
#include "handlers/s3/s3_call.h"
#include "handlers/s3/s3_digests.h"
#include "handlers/s3/s3_find.h"
#include "handlers/s3/s3_operations.h"
#include "handlers/s3/s3_traits.h"

#define MAX_PARTS 1000U

static const char *const names[] = {"ETag", "Checksum", "ObjectParts", "StorageClass",
                                    "ObjectSize"};

enum attribute { ETAG, CHECKSUM, OBJECT_PARTS, STORAGE_CLASS, OBJECT_SIZE, ATTRIBUTE_COUNT };

struct attributes_request {
    bool wants[ATTRIBUTE_COUNT];
    struct object object;
    uint64_t max_parts;
    uint64_t after;
};

static bool read_one(struct call *call, struct attributes_request *request, struct slice name)
{
    for (size_t i = 0; i < ATTRIBUTE_COUNT; i++) {
        if (slice_equal_text(name, names[i])) {
            request->wants[i] = true;
            return true;
        }
    }
    return s3_refuse_argument(call, "x-amz-object-attributes", name,
                              "Invalid attribute name specified.");
}

static bool read_names(struct call *call, struct attributes_request *request)
{
    struct slice rest = s3_header_joined(call, "x-amz-object-attributes");
    if (rest.len == 0)
        return s3_refuse(call, S3_INVALID_REQUEST,
                         "The x-amz-object-attributes header specifying the attributes to be "
                         "retrieved is either missing or empty");
    while (rest.len > 0) {
        if (!read_one(call, request, slice_trim(slice_cut(&rest, ','))))
            return false;
    }
    return true;
}

static bool read_number(struct call *call, const char *header, uint64_t otherwise,
                        uint64_t *ret_number)
{
    struct slice value = request_header(&call->request, header);
    *ret_number = otherwise;
    return value.len == 0 || slice_to_u64(value, ret_number) == STATUS_OK ||
           s3_refuse_argument(call, header, value, "Argument must be an integer");
}

static void put_checksum(struct text *xml, const struct object *object)
{
    bool is_composite = s3_checksum_is_composite(object->checksum.value);
    if (object->checksum.algorithm == CHECKSUM_NONE)
        return;
    xml_open(xml, "Checksum", NULL);
    xml_put(xml, s3_checksum_element(object->checksum.algorithm), object->checksum.value);
    xml_put(xml, "ChecksumType", is_composite ? SLICE("COMPOSITE") : SLICE("FULL_OBJECT"));
    xml_close(xml, "Checksum");
}

static void put_part(struct text *xml, const struct object *object, const struct extent *extent,
                     size_t number)
{
    xml_open(xml, "Part", NULL);
    xml_put_integer(xml, "PartNumber", (int64_t)number);
    xml_put_integer(xml, "Size", (int64_t)extent->length);
    xml_put(xml, s3_checksum_element(object->checksum.algorithm), extent->checksum.value);
    xml_close(xml, "Part");
}

/* The parts themselves are told of a composite checksum only. */
static void put_page(struct text *xml, const struct attributes_request *request,
                     const struct extent *extents, size_t count)
{
    size_t first = request->after < count ? (size_t)request->after : count;
    size_t max = request->max_parts < MAX_PARTS ? (size_t)request->max_parts : MAX_PARTS;
    size_t end = count - first > max ? first + max : count;
    if (s3_checksum_is_composite(request->object.checksum.value)) {
        xml_put_integer(xml, "PartNumberMarker", (int64_t)request->after);
        xml_put_integer(xml, "NextPartNumberMarker", (int64_t)(end > first ? end : 0));
        xml_put_integer(xml, "MaxParts", (int64_t)max);
        xml_put(xml, "IsTruncated", end < count ? SLICE("true") : SLICE("false"));
        for (size_t i = first; i < end; i++)
            put_part(xml, &request->object, &extents[i], i + 1);
    }
    xml_put_integer(xml, "PartsCount", (int64_t)count);
}

static bool put_parts(struct call *call, struct text *xml, const struct attributes_request *request)
{
    const struct object *object = &request->object;
    struct extent *extents = NULL;
    size_t count = 0;
    if (slice_find(object->etag, '-') == object->etag.len)
        return true;
    enum status status =
        object_store_extents(call->sandbox->db, object->body_id, &call->arena, &extents, &count);
    if (status != STATUS_OK)
        return s3_refuse_internal(call, status, "looking up the object");
    xml_open(xml, "ObjectParts", NULL);
    put_page(xml, request, extents, count);
    xml_close(xml, "ObjectParts");
    return true;
}

static void answer(struct call *call, const struct attributes_request *request)
{
    const struct object *object = &request->object;
    char date[DATE_TEXT_BYTES];
    struct text xml = s3_xml(call);
    xml_open(&xml, "GetObjectAttributesResponse", S3_XMLNS);
    if (request->wants[ETAG])
        xml_put(&xml, "ETag", object->etag);
    if (request->wants[CHECKSUM])
        put_checksum(&xml, object);
    if (request->wants[OBJECT_PARTS] && !put_parts(call, &xml, request))
        return;
    if (request->wants[STORAGE_CLASS])
        xml_put(&xml, "StorageClass", s3_storage_class_text(object->traits.storage_class));
    if (request->wants[OBJECT_SIZE])
        xml_put_integer(&xml, "ObjectSize", (int64_t)object->size);
    xml_close(&xml, "GetObjectAttributesResponse");
    dates_http(object->modified_ms, date);
    call_add_header_text(call, "Last-Modified", date);
    s3_add_object_version_header(call, object);
    s3_answer_xml(call, &xml);
}

void s3_get_object_attributes(struct call *call)
{
    struct attributes_request request = {.max_parts = MAX_PARTS};
    if (read_names(call, &request) &&
        read_number(call, "x-amz-max-parts", MAX_PARTS, &request.max_parts) &&
        read_number(call, "x-amz-part-number-marker", 0, &request.after) &&
        s3_find_object(call, false, &request.object))
        answer(call, &request);
}

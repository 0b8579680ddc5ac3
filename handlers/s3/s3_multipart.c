#include "handlers/s3/s3_multipart.h"

#include "emulator/auth/principal.h"
#include "emulator/base/xml.h"
#include "emulator/loop/random.h"
#include "emulator/sandbox.h"
#include "handlers/s3/s3_call.h"
#include "handlers/s3/s3_digests.h"
#include "handlers/s3/s3_encryption.h"
#include "handlers/s3/s3_listing.h"
#include "handlers/s3/s3_object_headers.h"
#include "handlers/s3/s3_operations.h"
#include "handlers/s3/s3_traits.h"
#include "handlers/s3/s3_upload.h"

#define UPLOAD_ID_CHARS 96
#define MAX_PARTS 1000U
#define MAX_PARTS_ARGUMENT 2147483647U

/* ---- finding ---- */

enum status s3_multipart_find(struct call *call, struct upload *ret_upload)
{
    const struct s3_call *s3 = s3_call_of(call);
    struct slice id = s3_parameter(call, "uploadId");
    enum status status = upload_store_find(call->sandbox->db, id, &call->arena, ret_upload);
    if (status != STATUS_OK)
        return status;
    bool is_ours = ret_upload->bucket_id == s3->bucket.id && slice_equal(ret_upload->key, s3->key);
    return is_ours ? STATUS_OK : STATUS_NOT_FOUND;
}

bool s3_refuse_upload(struct call *call)
{
    s3_detail(call, "UploadId", s3_parameter(call, "uploadId"));
    return s3_refuse(call, S3_NO_SUCH_UPLOAD, NULL);
}

bool s3_multipart_require(struct call *call, struct upload *ret_upload)
{
    enum status status = s3_multipart_find(call, ret_upload);
    if (status == STATUS_NOT_FOUND)
        return s3_refuse_upload(call);
    return status == STATUS_OK || s3_refuse_internal(call, status, "looking up the upload");
}

const char *s3_multipart_mode(const struct upload *upload)
{
    if (upload->checksum_algorithm == CHECKSUM_NONE)
        return "null";
    return upload->is_composite ? "COMPOSITE" : "FULL_OBJECT";
}

/* ---- CreateMultipartUpload ---- */

static bool read_type(struct call *call, struct upload *upload)
{
    struct slice type = request_header(&call->request, "x-amz-checksum-type");
    enum checksum_algorithm algorithm = upload->checksum_algorithm;
    bool is_sha = algorithm == CHECKSUM_SHA1 || algorithm == CHECKSUM_SHA256;
    if (type.ptr == NULL) {
        upload->is_composite = algorithm != CHECKSUM_NONE && algorithm != CHECKSUM_CRC64NVME;
        return true;
    }
    if (algorithm == CHECKSUM_NONE)
        return s3_refuse(call, S3_INVALID_REQUEST,
                         "The x-amz-checksum-type header can only be used with the "
                         "x-amz-checksum-algorithm header.");
    upload->is_composite = slice_equal_nocase(type, SLICE("COMPOSITE"));
    if (!upload->is_composite && !slice_equal_nocase(type, SLICE("FULL_OBJECT")))
        return s3_refuse(call, S3_INVALID_REQUEST,
                         "Value for x-amz-checksum-type header is invalid.");
    if (upload->is_composite ? algorithm == CHECKSUM_CRC64NVME : is_sha)
        return s3_refuse(call, S3_INVALID_REQUEST,
                         "The %s checksum type cannot be used with the %s checksum algorithm.",
                         s3_multipart_mode(upload), s3_checksum_lower_name(algorithm));
    return true;
}

static bool read_algorithm(struct call *call, struct upload *upload)
{
    struct slice name = request_header(&call->request, "x-amz-checksum-algorithm");
    if (name.ptr != NULL) {
        upload->checksum_algorithm = s3_checksum_by_name(name);
        if (upload->checksum_algorithm == CHECKSUM_NONE)
            return s3_refuse(call, S3_INVALID_REQUEST,
                             "Checksum algorithm provided is unsupported. Please try again with "
                             "any of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]");
    }
    return read_type(call, upload);
}

static void answer_created(struct call *call, const struct upload *upload)
{
    struct text xml = s3_xml(call);
    xml_open(&xml, "InitiateMultipartUploadResult", S3_XMLNS);
    xml_put(&xml, "Bucket", s3_call_of(call)->bucket.name);
    xml_put(&xml, "Key", upload->key);
    xml_put(&xml, "UploadId", upload->id);
    xml_close(&xml, "InitiateMultipartUploadResult");
    if (upload->checksum_algorithm != CHECKSUM_NONE) {
        call_add_header_text(call, "x-amz-checksum-algorithm",
                             s3_checksum_name(upload->checksum_algorithm));
        call_add_header_text(call, "x-amz-checksum-type", s3_multipart_mode(upload));
    }
    s3_encryption_add_headers(call, upload->traits.encryption);
    s3_answer_xml(call, &xml);
}

void s3_create_multipart_upload(struct call *call)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                   "0123456789._";
    struct s3_call *s3 = s3_call_of(call);
    struct upload upload = {
        .bucket_id = s3->bucket.id, .key = s3->key, .initiated_ms = s3_now_ms(call)};
    if (!read_algorithm(call, &upload) || !s3_metadata_read(call, &s3->metadata) ||
        !s3_traits_read(call, &upload.traits))
        return;
    char id[UPLOAD_ID_CHARS + 1];
    random_text(&call->sandbox->random, UPLOAD_ID_CHARS, alphabet, id);
    upload.id = slice_of(id);
    upload.content_type = s3->metadata.content_type;
    upload.content_encoding = s3->metadata.content_encoding;
    upload.metadata = s3->metadata.json;
    enum status status = upload_store_create(call->sandbox->db, &upload);
    if (status != STATUS_OK)
        (void)s3_refuse_internal(call, status, "creating an upload");
    else
        answer_created(call, &upload);
}

/* ---- UploadPart ---- */

struct part_request {
    struct s3_upload_plan plan;
    struct upload upload;
    uint32_t number;
};

bool s3_multipart_read_number(struct call *call, uint32_t *ret_number)
{
    uint64_t number = 0;
    struct slice value = s3_parameter(call, "partNumber");
    if (slice_to_u64(value, &number) != STATUS_OK || number < 1 || number > UPLOAD_MAX_PARTS)
        return s3_refuse_argument(call, "partNumber", value,
                                  "Part number must be an integer between 1 and 10000, inclusive");
    *ret_number = (uint32_t)number;
    return true;
}

static bool check_algorithm(struct call *call, const struct part_request *part)
{
    enum checksum_algorithm expected = part->upload.checksum_algorithm;
    enum checksum_algorithm sent = part->plan.digests.checksum.algorithm;
    if (expected == CHECKSUM_NONE || sent == CHECKSUM_NONE || sent == expected)
        return true;
    return s3_refuse(call, S3_INVALID_REQUEST,
                     "Checksum Type mismatch occurred, expected checksum Type: %s, actual checksum "
                     "Type: %s",
                     s3_checksum_lower_name(expected), s3_checksum_lower_name(sent));
}

/* The upload's algorithm, or what the client sent with this part. */
static struct object_checksum part_checksum(struct call *call, const struct part_request *part,
                                            const struct body *body)
{
    enum checksum_algorithm algorithm = part->upload.checksum_algorithm;
    if (algorithm == CHECKSUM_NONE)
        algorithm = part->plan.digests.checksum.algorithm;
    if (algorithm == CHECKSUM_NONE)
        return (struct object_checksum){CHECKSUM_NONE, {NULL, 0}};
    return s3_checksum_of(call, algorithm, body);
}

static bool store_part(struct call *call, const struct body *body)
{
    const struct part_request *request = s3_call_of(call)->own;
    struct upload_part part = {.number = request->number,
                               .size = body->size,
                               .modified_ms = s3_now_ms(call),
                               .crc64nvme = body->crc64nvme,
                               .checksum = part_checksum(call, request, body)};
    for (size_t i = 0; i < MD5_BYTES; i++)
        part.md5[i] = body->md5[i];
    enum status status = upload_store_put_part(call->sandbox->db, request->upload.id, &part, body);
    if (status == STATUS_NOT_FOUND)
        return s3_refuse_upload(call);
    return status == STATUS_OK || s3_refuse_internal(call, status, "storing a part");
}

static void answer_part(struct call *call, const struct body *body)
{
    char etag[2 * MD5_BYTES + 1];
    struct object_checksum checksum = part_checksum(call, s3_call_of(call)->own, body);
    hash_hex(body->md5, MD5_BYTES, etag);
    s3_add_etag_header(call, slice_of(etag));
    if (checksum.algorithm != CHECKSUM_NONE)
        call_add_header(call, s3_checksum_header(checksum.algorithm), checksum.value);
    const struct part_request *request = s3_call_of(call)->own;
    s3_encryption_add_headers(call, request->upload.traits.encryption);
    s3_answer_empty(call, 200);
}

void s3_begin_upload_part(struct call *call)
{
    struct part_request *part = arena_zalloc(&call->arena, sizeof(*part));
    if (part == NULL) {
        (void)s3_refuse_internal(call, STATUS_NO_MEMORY, "starting an upload");
        return;
    }
    s3_call_of(call)->own = part;
    part->plan.store = store_part;
    part->plan.answer = answer_part;
    if (!s3_multipart_read_number(call, &part->number) ||
        !s3_multipart_require(call, &part->upload) || !s3_digests_read(call, &part->plan.digests) ||
        !check_algorithm(call, part))
        return;
    part->plan.wanted = s3_checksum_digest(part->upload.checksum_algorithm);
    (void)s3_upload_start(call, &part->plan);
}

void s3_upload_part(struct call *call)
{
    s3_upload_finish(call);
}

/* ---- AbortMultipartUpload ---- */

void s3_abort_multipart_upload(struct call *call)
{
    struct upload upload;
    if (!s3_multipart_require(call, &upload))
        return;
    enum status status = upload_store_delete(call->sandbox->db, upload.id);
    if (status != STATUS_OK)
        (void)s3_refuse_internal(call, status, "aborting an upload");
    else
        s3_answer_empty(call, 204);
}

/* ---- ListParts ---- */

static void put_part(struct call *call, struct text *xml, const struct upload *upload,
                     const struct upload_part *part)
{
    char etag[2 * MD5_BYTES + 1];
    hash_hex(part->md5, MD5_BYTES, etag);
    xml_open(xml, "Part", NULL);
    xml_put_integer(xml, "PartNumber", part->number);
    s3_put_date(xml, "LastModified", part->modified_ms);
    xml_put(xml, "ETag", s3_quoted(call, slice_of(etag)));
    xml_put_integer(xml, "Size", (int64_t)part->size);
    if (upload->checksum_algorithm != CHECKSUM_NONE && part->checksum.value.len > 0)
        xml_put(xml, s3_checksum_element(part->checksum.algorithm), part->checksum.value);
    xml_close(xml, "Part");
}

static void answer_parts(struct call *call, const struct upload *upload,
                         const struct upload_part_list *list)
{
    struct text xml = s3_xml(call);
    uint32_t last = list->count > 0 ? list->parts[list->count - 1].number : 0;
    xml_open(&xml, "ListPartsResult", S3_XMLNS);
    xml_put(&xml, "Bucket", s3_call_of(call)->bucket.name);
    xml_put(&xml, "Key", upload->key);
    xml_put(&xml, "UploadId", upload->id);
    s3_listing_put_user(call, &xml, "Initiator", true);
    s3_listing_put_user(call, &xml, "Owner", false);
    xml_put(&xml, "StorageClass", s3_storage_class_text(upload->traits.storage_class));
    xml_put_integer(&xml, "PartNumberMarker", list->after);
    xml_put_integer(&xml, "NextPartNumberMarker", last);
    xml_put_integer(&xml, "MaxParts", (int64_t)list->max);
    xml_put(&xml, "IsTruncated", list->is_truncated ? SLICE("true") : SLICE("false"));
    if (upload->checksum_algorithm != CHECKSUM_NONE) {
        xml_put(&xml, "ChecksumAlgorithm", slice_of(s3_checksum_name(upload->checksum_algorithm)));
        xml_put(&xml, "ChecksumType", slice_of(s3_multipart_mode(upload)));
    }
    for (size_t i = 0; i < list->count; i++)
        put_part(call, &xml, upload, &list->parts[i]);
    xml_close(&xml, "ListPartsResult");
    s3_answer_xml(call, &xml);
}

void s3_list_parts(struct call *call)
{
    static const struct s3_number max = {"max-parts", 0, MAX_PARTS_ARGUMENT, MAX_PARTS};
    static const struct s3_number marker = {"part-number-marker", 0, MAX_PARTS_ARGUMENT, 0};
    struct upload upload;
    uint64_t max_parts = 0;
    uint64_t after = 0;
    if (!s3_multipart_require(call, &upload) || !s3_parameter_number(call, &max, &max_parts) ||
        !s3_parameter_number(call, &marker, &after))
        return;
    struct upload_part_list list = {.upload_id = upload.id,
                                    .after = (uint32_t)after,
                                    .max = max_parts < MAX_PARTS ? (size_t)max_parts : MAX_PARTS};
    enum status status = upload_store_list_parts(call->sandbox->db, &call->arena, &list);
    if (status != STATUS_OK)
        (void)s3_refuse_internal(call, status, "listing parts");
    else
        answer_parts(call, &upload, &list);
}

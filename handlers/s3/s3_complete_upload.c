/*
 * s3_complete_upload.c -- CompleteMultipartUpload: check the list against the parts, work out
 * ETag and checksum from those of the parts, and put one row. No byte of a part is read.
 */
#include <endian.h>
#include <string.h>

#include "emulator/base/base64.h"
#include "emulator/base/xml.h"
#include "emulator/sandbox.h"
#include "handlers/s3/s3_call.h"
#include "handlers/s3/s3_conditions.h"
#include "handlers/s3/s3_digests.h"
#include "handlers/s3/s3_encryption.h"
#include "handlers/s3/s3_multipart.h"
#include "handlers/s3/s3_object_headers.h"
#include "handlers/s3/s3_operations.h"

#define PART_MIN_BYTES (UINT64_C(5) * 1024 * 1024)
#define RESULT_KEPT_MS (INT64_C(7) * 24 * 60 * 60 * 1000)

struct completion {
    struct upload upload;
    struct upload_part_list stored;
    struct upload_part *parts; /* those of the list, in its order */
    size_t count;
    uint64_t size;
    struct slice etag;
    struct object_checksum checksum;
};

/* ---- the list of parts ---- */

static bool refuse_part(struct call *call, struct slice number, struct slice etag)
{
    s3_detail(call, "UploadId", s3_parameter(call, "uploadId"));
    s3_detail(call, "PartNumber", number);
    s3_detail(call, "ETag", s3_unquoted(etag));
    return s3_refuse(call, S3_INVALID_PART, NULL);
}

static bool refuse_small(struct call *call, const struct upload_part *part)
{
    char etag[2 * MD5_BYTES + 1];
    struct slice copy = {NULL, 0};
    hash_hex(part->md5, MD5_BYTES, etag);
    if (arena_copy(&call->arena, slice_of(etag), &copy) == STATUS_OK)
        s3_detail(call, "ETag", copy);
    s3_detail_number(call, "MinSizeAllowed", PART_MIN_BYTES);
    s3_detail_number(call, "PartNumber", part->number);
    s3_detail_number(call, "ProposedSize", part->size);
    return s3_refuse(call, S3_ENTITY_TOO_SMALL, NULL);
}

/* Parts and list both ascend: `*next` moves along the stored ones. */
static const struct upload_part *find_part(const struct completion *completion, uint64_t number,
                                           size_t *next)
{
    const struct upload_part_list *stored = &completion->stored;
    while (*next < stored->count && stored->parts[*next].number < number)
        (*next)++;
    bool found = *next < stored->count && stored->parts[*next].number == number;
    return found ? &stored->parts[*next] : NULL;
}

static bool check_part_checksum(struct call *call, const struct completion *completion,
                                const struct xml_element *element, const struct upload_part *part)
{
    struct slice number = xml_child_text(element, "PartNumber");
    enum checksum_algorithm algorithm = completion->upload.checksum_algorithm;
    for (int i = CHECKSUM_CRC32; i <= CHECKSUM_SHA256; i++) {
        enum checksum_algorithm given = (enum checksum_algorithm)i;
        struct slice value = xml_child_text(element, s3_checksum_element(given));
        if (value.len == 0)
            continue;
        if (given != algorithm || !slice_equal(value, part->checksum.value))
            return refuse_part(call, number, xml_child_text(element, "ETag"));
        return true;
    }
    return !completion->upload.is_composite ||
           s3_refuse(call, S3_INVALID_REQUEST,
                     "The upload was created using a %s checksum. The complete request must "
                     "include the checksum for each part. It was missing for part %.*s in the "
                     "request.",
                     s3_checksum_lower_name(algorithm), SLICE_ARG(number));
}

static bool take_part(struct call *call, struct completion *completion,
                      const struct xml_element *element, size_t *next)
{
    struct slice number_text = slice_trim(xml_child_text(element, "PartNumber"));
    struct slice etag = slice_trim(xml_child_text(element, "ETag"));
    uint64_t number = 0;
    if (slice_to_u64(number_text, &number) != STATUS_OK || number < 1 || number > UPLOAD_MAX_PARTS)
        return s3_refuse_argument(call, "partNumber", number_text,
                                  "Part number must be an integer between 1 and 10000, inclusive");
    if (completion->count > 0 && number <= completion->parts[completion->count - 1].number) {
        s3_detail(call, "UploadId", completion->upload.id);
        return s3_refuse(call, S3_INVALID_PART_ORDER, NULL);
    }
    const struct upload_part *part = find_part(completion, number, next);
    char expected[2 * MD5_BYTES + 1] = "";
    if (part != NULL)
        hash_hex(part->md5, MD5_BYTES, expected);
    if (part == NULL || !slice_equal_text(s3_unquoted(etag), expected))
        return refuse_part(call, number_text, etag);
    if (!check_part_checksum(call, completion, element, part))
        return false;
    completion->parts[completion->count++] = *part;
    completion->size += part->size;
    return true;
}

static bool check_sizes(struct call *call, const struct completion *completion)
{
    for (size_t i = 0; i + 1 < completion->count; i++) {
        if (completion->parts[i].size < PART_MIN_BYTES)
            return refuse_small(call, &completion->parts[i]);
    }
    uint64_t expected = 0;
    struct slice header = request_header(&call->request, "x-amz-mp-object-size");
    if (header.ptr == NULL)
        return true;
    if (slice_to_u64(header, &expected) != STATUS_OK)
        return s3_refuse(call, S3_INVALID_REQUEST,
                         "Value for x-amz-mp-object-size header is invalid.");
    return expected == completion->size ||
           s3_refuse(call, S3_INVALID_REQUEST,
                     "The provided 'x-amz-mp-object-size' header value %llu does not match what "
                     "was computed: %llu",
                     (unsigned long long)expected, (unsigned long long)completion->size);
}

static bool take_parts(struct call *call, struct completion *completion,
                       const struct xml_element *root)
{
    size_t next = 0;
    size_t room = completion->stored.count + 1;
    completion->parts = arena_alloc(&call->arena, room * sizeof(*completion->parts));
    if (completion->parts == NULL)
        return s3_refuse_internal(call, STATUS_NO_MEMORY, "completing an upload");
    for (const struct xml_element *child = root->first_child; child != NULL; child = child->next) {
        if (!slice_equal(child->name, SLICE("Part")))
            return s3_refuse(call, S3_MALFORMED_XML, NULL);
        if (!take_part(call, completion, child, &next))
            return false;
    }
    if (completion->count == 0)
        return s3_refuse(call, S3_INVALID_REQUEST, "You must specify at least one part");
    return check_sizes(call, completion);
}

static bool read_list(struct call *call, const struct xml_element **ret_root)
{
    struct slice body = call->body;
    if (!s3_digests_check_bytes(call, false, &body))
        return false;
    enum status status = xml_parse(body, &call->arena, ret_root);
    if (status == STATUS_NO_MEMORY)
        return s3_refuse_internal(call, status, "reading the body");
    if (status != STATUS_OK || !slice_equal((*ret_root)->name, SLICE("CompleteMultipartUpload")))
        return s3_refuse(call, S3_MALFORMED_XML, NULL);
    return true;
}

/* ---- ETag and checksum of the whole ---- */

static bool make_etag(struct call *call, struct completion *completion)
{
    uint8_t digest[MD5_BYTES];
    char hex[2 * MD5_BYTES + 1];
    struct hash *hash = NULL;
    if (hash_create(HASH_MD5, &hash) != STATUS_OK)
        return s3_refuse_internal(call, STATUS_NO_MEMORY, "completing an upload");
    for (size_t i = 0; i < completion->count; i++)
        hash_update(hash, slice_make(completion->parts[i].md5, MD5_BYTES));
    hash_finish(hash, digest);
    hash_destroy(hash);
    hash_hex(digest, MD5_BYTES, hex);
    completion->etag = slice_of(arena_printf(&call->arena, "%s-%zu", hex, completion->count));
    return completion->etag.len > 0 ||
           s3_refuse_internal(call, STATUS_NO_MEMORY, "completing an upload");
}

static struct slice raw_checksum(struct call *call, const struct upload_part *part)
{
    struct slice raw = {NULL, 0};
    if (base64_decode(part->checksum.value, &call->arena, &raw) != STATUS_OK)
        return slice_make(NULL, 0);
    return raw;
}

static uint32_t raw_crc32(struct slice raw)
{
    uint32_t crc = 0;
    if (raw.len == sizeof(crc))
        memcpy(&crc, raw.ptr, sizeof(crc));
    return be32toh(crc);
}

/* The checksum of the parts' checksums in a row. */
static bool make_composite(struct call *call, struct completion *completion)
{
    struct text row;
    struct body body = {0};
    enum checksum_algorithm algorithm = completion->upload.checksum_algorithm;
    text_init_in(&row, &call->arena, (size_t)UPLOAD_MAX_PARTS * SHA256_BYTES);
    for (size_t i = 0; i < completion->count; i++)
        text_append(&row, raw_checksum(call, &completion->parts[i]));
    struct body_writer *writer = NULL;
    enum status status = row.status;
    if (status == STATUS_OK)
        status = body_writer_create(call->sandbox->blobs, &writer);
    if (status == STATUS_OK)
        status = body_writer_want(writer, s3_checksum_digest(algorithm));
    if (status == STATUS_OK)
        status = body_writer_append(writer, text_slice(&row));
    if (status == STATUS_OK)
        status = body_writer_finish(writer, &body);
    body_writer_destroy(writer);
    if (status != STATUS_OK)
        return s3_refuse_internal(call, status, "completing an upload");
    struct object_checksum plain = s3_checksum_of(call, algorithm, &body);
    char *value = arena_printf(&call->arena, "%.*s-%zu", SLICE_ARG(plain.value), completion->count);
    completion->checksum = (struct object_checksum){algorithm, slice_of(value)};
    return value != NULL || s3_refuse_internal(call, STATUS_NO_MEMORY, "completing an upload");
}

/* The checksum of all bytes, from those of the parts. */
static void make_full(struct call *call, struct completion *completion)
{
    struct body body = {0};
    enum checksum_algorithm algorithm = completion->upload.checksum_algorithm;
    if (algorithm == CHECKSUM_NONE)
        algorithm = CHECKSUM_CRC64NVME;
    for (size_t i = 0; i < completion->count; i++) {
        const struct upload_part *part = &completion->parts[i];
        uint32_t crc32 = raw_crc32(raw_checksum(call, part));
        if (algorithm == CHECKSUM_CRC64NVME)
            body.crc64nvme =
                hash_crc_combine(HASH_CRC64NVME, body.crc64nvme, part->crc64nvme, part->size);
        else if (algorithm == CHECKSUM_CRC32)
            body.crc32 = (uint32_t)hash_crc_combine(HASH_CRC32, body.crc32, crc32, part->size);
        else
            body.crc32c = (uint32_t)hash_crc_combine(HASH_CRC32C, body.crc32c, crc32, part->size);
    }
    completion->checksum = s3_checksum_of(call, algorithm, &body);
}

static bool check_type(struct call *call, const struct upload *upload)
{
    struct slice type = request_header(&call->request, "x-amz-checksum-type");
    const char *mode = s3_multipart_mode(upload);
    return type.ptr == NULL || slice_equal_nocase(type, slice_of(mode)) ||
           s3_refuse(call, S3_INVALID_REQUEST,
                     "The upload was created using the %s checksum mode. The complete request "
                     "must use the same checksum mode.",
                     mode);
}

/* A checksum header of the request speaks of the finished object. */
static bool check_checksum(struct call *call, const struct completion *completion)
{
    enum checksum_algorithm algorithm = completion->checksum.algorithm;
    struct slice sent = request_header(&call->request, s3_checksum_header(algorithm));
    struct slice computed = completion->checksum.value;
    if (sent.ptr == NULL || slice_equal(sent, computed) ||
        slice_equal(sent, slice_first(computed, slice_find(computed, '-'))))
        return true;
    return s3_refuse(call, S3_BAD_DIGEST,
                     "The %s you specified did not match the calculated checksum.",
                     s3_checksum_lower_name(algorithm));
}

static bool make_digests(struct call *call, struct completion *completion)
{
    if (!check_type(call, &completion->upload) || !make_etag(call, completion))
        return false;
    if (!completion->upload.is_composite)
        make_full(call, completion);
    else if (!make_composite(call, completion))
        return false;
    return check_checksum(call, completion);
}

/* ---- conditions, rows, answer ---- */

static bool check_conditions(struct call *call, const struct completion *completion)
{
    struct object *existing = NULL;
    if (!s3_conditions_check_form(call) || !s3_find_existing(call, &existing) ||
        !s3_conditions_for_write(call, existing))
        return false;
    bool has_match = request_has_header(&call->request, "If-Match");
    if (!completion->upload.is_overtaken ||
        (!has_match && !request_has_header(&call->request, "If-None-Match")))
        return true;
    s3_detail(call, "Condition", has_match ? SLICE("If-Match") : SLICE("If-None-Match"));
    s3_detail(call, "Key", s3_call_of(call)->key);
    return s3_refuse(call, S3_CONDITIONAL_REQUEST_CONFLICT, NULL);
}

static enum status put_rows(struct call *call, const struct completion *completion)
{
    struct db *db = call->sandbox->db;
    const struct upload *upload = &completion->upload;
    struct object_put put = s3_object_put(call);
    int64_t body_id = 0;
    put.content_type = upload->content_type;
    put.content_encoding = upload->content_encoding;
    put.metadata = upload->metadata;
    put.traits = upload->traits;
    put.etag = completion->etag;
    put.checksum = completion->checksum;
    struct upload_result result = {.bucket_id = upload->bucket_id,
                                   .key = upload->key,
                                   .at_ms = put.modified_ms,
                                   .etag = completion->etag,
                                   .checksum = completion->checksum};
    enum status status =
        upload_store_compose(db, upload->id, completion->parts, completion->count, &body_id);
    if (status == STATUS_OK)
        status = object_store_put_composed(db, &put, completion->size, body_id);
    result.version = slice_of(s3_call_of(call)->version.text);
    if (status == STATUS_OK)
        status = upload_store_put_result(db, upload->id, &result, result.at_ms - RESULT_KEPT_MS);
    return status == STATUS_OK ? upload_store_delete(db, upload->id) : status;
}

static void append_escaped(struct text *out, struct slice key)
{
    for (size_t i = 0; i < key.len; i++) {
        char c = key.ptr[i];
        bool is_plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
                        (c >= 'A' && c <= 'Z') || strchr("-_.~/", c) != NULL;
        if (is_plain && c != '\0')
            text_append_byte(out, c);
        else
            text_printf(out, "%%%02X", (unsigned)(unsigned char)c);
    }
}

static struct slice location_of(struct call *call)
{
    const struct s3_call *s3 = s3_call_of(call);
    struct text out;
    text_init_in(&out, &call->arena, (size_t)8 * OBJECT_KEY_MAX_BYTES);
    text_printf(&out, "http://%.*s/", SLICE_ARG(call->request.host));
    if (!s3->is_virtual_host)
        text_printf(&out, "%.*s/", SLICE_ARG(s3->bucket.name));
    append_escaped(&out, s3->key);
    return text_slice(&out);
}

static void answer(struct call *call, struct slice etag, const struct object_checksum *checksum)
{
    const struct s3_call *s3 = s3_call_of(call);
    bool is_composite = s3_checksum_is_composite(checksum->value);
    struct text xml = s3_xml(call);
    xml_open(&xml, "CompleteMultipartUploadResult", S3_XMLNS);
    xml_put(&xml, "Location", location_of(call));
    xml_put(&xml, "Bucket", s3->bucket.name);
    xml_put(&xml, "Key", s3->key);
    xml_put(&xml, "ETag", s3_quoted(call, etag));
    xml_put(&xml, s3_checksum_element(checksum->algorithm), checksum->value);
    xml_put(&xml, "ChecksumType", is_composite ? SLICE("COMPOSITE") : SLICE("FULL_OBJECT"));
    xml_close(&xml, "CompleteMultipartUploadResult");
    s3_add_version_header(call);
    s3_answer_xml(call, &xml);
}

/* A client that lost the answer asks again and gets it again. */
static void answer_again(struct call *call)
{
    const struct s3_call *s3 = s3_call_of(call);
    struct upload_result result;
    enum status status = upload_store_result(call->sandbox->db, s3_parameter(call, "uploadId"),
                                             &call->arena, &result);
    bool is_ours = status == STATUS_OK && result.bucket_id == s3->bucket.id &&
                   slice_equal(result.key, s3->key);
    if (is_ours) {
        if (result.version.len > 0)
            call_add_header(call, "x-amz-version-id", result.version);
        answer(call, result.etag, &result.checksum);
    } else if (status == STATUS_OK || status == STATUS_NOT_FOUND)
        (void)s3_refuse_upload(call);
    else
        (void)s3_refuse_internal(call, status, "looking up the upload");
}

static bool load_parts(struct call *call, struct completion *completion)
{
    completion->stored =
        (struct upload_part_list){.upload_id = completion->upload.id, .max = UPLOAD_MAX_PARTS};
    enum status status =
        upload_store_list_parts(call->sandbox->db, &call->arena, &completion->stored);
    return status == STATUS_OK || s3_refuse_internal(call, status, "listing parts");
}

void s3_complete_multipart_upload(struct call *call)
{
    struct completion completion = {0};
    const struct xml_element *root = NULL;
    enum status status = s3_multipart_find(call, &completion.upload);
    if (status == STATUS_NOT_FOUND) {
        answer_again(call);
        return;
    }
    if (status != STATUS_OK) {
        (void)s3_refuse_internal(call, status, "looking up the upload");
        return;
    }
    if (!read_list(call, &root) || !load_parts(call, &completion) ||
        !take_parts(call, &completion, root) || !make_digests(call, &completion) ||
        !check_conditions(call, &completion))
        return;
    status = put_rows(call, &completion);
    if (status != STATUS_OK) {
        (void)s3_refuse_put(call, status);
        return;
    }
    s3_encryption_add_headers(call, completion.upload.traits.encryption);
    answer(call, completion.etag, &completion.checksum);
}

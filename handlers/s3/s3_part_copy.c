/*
 * s3_part_copy.c -- UploadPartCopy: a part that is another object, or a range of one.
 *
 * A whole object in one file whose digests are known is shared, whatever its size. Otherwise the
 * bytes are read, to hash them: small ones at once, others by a worker (s3_merge.h) into a file of
 * their own.
 */
#include <string.h>
#include <unistd.h>

#include "emulator/base/base64.h"
#include "emulator/base/xml.h"
#include "emulator/sandbox.h"
#include "handlers/s3/s3_call.h"
#include "handlers/s3/s3_copy_source.h"
#include "handlers/s3/s3_digests.h"
#include "handlers/s3/s3_encryption.h"
#include "handlers/s3/s3_merge.h"
#include "handlers/s3/s3_multipart.h"
#include "handlers/s3/s3_operations.h"

struct part_copy {
    struct upload upload;
    uint32_t number;
    struct s3_copy_source source;
    uint64_t first;
    uint64_t length;
    bool is_whole;
    struct upload_part part; /* what was stored */
};

/* ---- the range ---- */

static bool refuse_form(struct call *call, struct slice range)
{
    return s3_refuse_argument(
        call, "x-amz-copy-source-range", range,
        "The x-amz-copy-source-range value must be of the form bytes=first-last where first and "
        "last are the zero-based offsets of the first and last bytes to copy");
}

static bool read_range(struct call *call, struct part_copy *copy)
{
    struct slice range = request_header(&call->request, "x-amz-copy-source-range");
    uint64_t size = copy->source.object.size;
    uint64_t last = 0;
    copy->length = size;
    copy->is_whole = true;
    if (range.ptr == NULL)
        return true;
    struct slice rest = slice_from(range, sizeof("bytes=") - 1);
    struct slice first = slice_cut(&rest, '-');
    if (!slice_starts_with(range, SLICE("bytes=")) ||
        slice_to_u64(first, &copy->first) != STATUS_OK || slice_to_u64(rest, &last) != STATUS_OK ||
        last < copy->first)
        return refuse_form(call, range);
    if (copy->first >= size)
        return s3_refuse(call, S3_INVALID_REQUEST,
                         "The specified copy range is invalid for the source object size");
    if (last >= size)
        return s3_refuse_argument(
            call, "x-amz-copy-source-range", range,
            arena_printf(&call->arena,
                         "Range specified is not valid for source object of size: %llu",
                         (unsigned long long)size));
    copy->length = last - copy->first + 1;
    copy->is_whole = copy->length == size;
    return true;
}

/* ---- storing and answering ---- */

static bool store_part(struct call *call, struct part_copy *copy, const struct body *body)
{
    enum status status =
        upload_store_put_part(call->sandbox->db, copy->upload.id, &copy->part, body);
    if (status == STATUS_NOT_FOUND)
        return s3_refuse_upload(call);
    return status == STATUS_OK || s3_refuse_internal(call, status, "storing a part");
}

static bool store_hashed(struct call *call, const struct body *body)
{
    struct part_copy *copy = s3_call_of(call)->own;
    copy->part = (struct upload_part){.number = copy->number,
                                      .size = body->size,
                                      .modified_ms = s3_now_ms(call),
                                      .crc64nvme = body->crc64nvme};
    memcpy(copy->part.md5, body->md5, MD5_BYTES);
    if (copy->upload.checksum_algorithm != CHECKSUM_NONE)
        copy->part.checksum = s3_checksum_of(call, copy->upload.checksum_algorithm, body);
    return store_part(call, copy, body);
}

static void answer(struct call *call)
{
    const struct part_copy *copy = s3_call_of(call)->own;
    const struct object_checksum *checksum = &copy->part.checksum;
    char etag[2 * MD5_BYTES + 1];
    struct text xml = s3_xml(call);
    hash_hex(copy->part.md5, MD5_BYTES, etag);
    xml_open(&xml, "CopyPartResult", S3_XMLNS);
    s3_put_date(&xml, "LastModified", copy->part.modified_ms);
    xml_put(&xml, "ETag", s3_quoted(call, slice_of(etag)));
    if (checksum->algorithm != CHECKSUM_NONE)
        xml_put(&xml, s3_checksum_element(checksum->algorithm), checksum->value);
    xml_close(&xml, "CopyPartResult");
    s3_copy_source_add_header(call, &copy->source);
    s3_encryption_add_headers(call, copy->upload.traits.encryption);
    s3_answer_xml(call, &xml);
}

/* ---- the ways ---- */

/* The digests of the source as those of the part. False: one that is needed is not known. */
static bool take_digests(struct call *call, struct part_copy *copy)
{
    const struct object *object = &copy->source.object;
    enum checksum_algorithm wanted = copy->upload.checksum_algorithm;
    enum checksum_algorithm known = object->checksum.algorithm;
    struct slice raw = {NULL, 0};
    copy->part = (struct upload_part){
        .number = copy->number, .size = object->size, .modified_ms = s3_now_ms(call)};
    if (known != (wanted == CHECKSUM_NONE ? CHECKSUM_CRC64NVME : wanted) ||
        object_store_body_md5(call->sandbox->db, object->body_id, copy->part.md5) != STATUS_OK ||
        s3_checksum_is_composite(object->checksum.value))
        return false;
    if (wanted != CHECKSUM_NONE)
        copy->part.checksum = object->checksum;
    if (known != CHECKSUM_CRC64NVME)
        return true;
    if (base64_decode(object->checksum.value, &call->arena, &raw) != STATUS_OK || raw.len != 8)
        return false;
    for (size_t i = 0; i < raw.len; i++)
        copy->part.crc64nvme = copy->part.crc64nvme << 8 | (uint8_t)raw.ptr[i];
    return true;
}

static bool is_one_blob(const struct extent *extents, size_t count)
{
    return count == 1 && extents[0].start == 0 && extents[0].blob_id[0] != '\0';
}

static void share(struct call *call, struct part_copy *copy, const struct extent *extent)
{
    struct body body = {.size = extent->length};
    memcpy(body.blob_id, extent->blob_id, sizeof(body.blob_id));
    if (store_part(call, copy, &body))
        answer(call);
}

static void copy_small(struct call *call, struct part_copy *copy)
{
    struct body body;
    struct body_writer *writer = NULL;
    struct slice bytes = slice_first(slice_from(copy->source.object.bytes, (size_t)copy->first),
                                     (size_t)copy->length);
    enum status status = body_writer_create(call->sandbox->blobs, &writer);
    if (status == STATUS_OK)
        status = body_writer_want(writer, s3_checksum_digest(copy->upload.checksum_algorithm));
    if (status == STATUS_OK)
        status = body_writer_append(writer, bytes);
    if (status == STATUS_OK)
        status = body_writer_finish(writer, &body);
    if (status != STATUS_OK)
        (void)s3_refuse_internal(call, status, "copying a part");
    else if (store_hashed(call, &body))
        answer(call);
    body_writer_destroy(writer);
}

static void answer_merged(struct call *call, const struct body *body, int file)
{
    (void)body;
    if (file >= 0)
        (void)close(file);
    answer(call);
}

/* Cut the extents down to the range. Returns how many are left, at *extents. */
static size_t cut(const struct part_copy *copy, struct extent **extents, size_t count)
{
    uint64_t skip = copy->first;
    uint64_t left = copy->length;
    size_t kept = 0;
    while (count > 0 && skip >= (*extents)->length) {
        skip -= (*extents)->length;
        (*extents)++;
        count--;
    }
    for (; kept < count && left > 0; kept++) {
        struct extent *extent = &(*extents)[kept];
        extent->start += skip;
        extent->length -= skip;
        if (extent->blob_id[0] == '\0')
            extent->bytes = slice_from(extent->bytes, (size_t)skip);
        if (extent->length > left)
            extent->length = left;
        extent->bytes = slice_first(extent->bytes, (size_t)extent->length);
        left -= extent->length;
        skip = 0;
    }
    return kept;
}

static void copy_large(struct call *call, struct part_copy *copy)
{
    struct extent *extents = NULL;
    size_t count = 0;
    enum status status = object_store_extents(call->sandbox->db, copy->source.object.body_id,
                                              &call->arena, &extents, &count);
    if (status != STATUS_OK) {
        (void)s3_refuse_internal(call, status, "looking up the object");
        return;
    }
    if (copy->is_whole && is_one_blob(extents, count) && take_digests(call, copy)) {
        share(call, copy, &extents[0]);
        return;
    }
    count = cut(copy, &extents, count);
    struct s3_merge_plan plan = {.extents = extents,
                                 .count = count,
                                 .wanted = s3_checksum_digest(copy->upload.checksum_algorithm),
                                 .store = store_hashed,
                                 .answer = answer_merged};
    (void)s3_merge_start(call, &plan);
}

void s3_upload_part_copy(struct call *call)
{
    struct part_copy *copy = arena_zalloc(&call->arena, sizeof(*copy));
    if (copy == NULL) {
        (void)s3_refuse_internal(call, STATUS_NO_MEMORY, "copying a part");
        return;
    }
    s3_call_of(call)->own = copy;
    if (!s3_multipart_read_number(call, &copy->number) ||
        !s3_multipart_require(call, &copy->upload) || !s3_copy_source_read(call, &copy->source) ||
        !s3_copy_source_find(call, &copy->source) || !read_range(call, copy))
        return;
    if (copy->source.object.body_id == 0)
        copy_small(call, copy);
    else
        copy_large(call, copy);
}

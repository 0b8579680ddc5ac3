/*
 * s3_copy_object.c -- CopyObject: a new row on the same body.
 *
 * Two things need the bytes: the plain MD5 of an object made of parts, and a checksum of another
 * algorithm than the source has. Small bodies are hashed at once; larger ones by a worker that
 * merges them (s3_merge.h), and the new row refers to what it made.
 */
#include <unistd.h>

#include "emulator/base/xml.h"
#include "emulator/sandbox.h"
#include "handlers/s3/s3_call.h"
#include "handlers/s3/s3_conditions.h"
#include "handlers/s3/s3_copy_source.h"
#include "handlers/s3/s3_digests.h"
#include "handlers/s3/s3_merge.h"
#include "handlers/s3/s3_object_headers.h"
#include "handlers/s3/s3_operations.h"
#include "handlers/s3/s3_traits.h"

#define COPY_MAX_BYTES (UINT64_C(5) * 1024 * 1024 * 1024)

struct copy {
    struct s3_copy_source from;
    struct object source;
    bool replaces_metadata;
    bool replaces_tags;
    bool is_changing; /* something besides the bytes is asked to change */
    enum checksum_algorithm algorithm;
    /* of the new object: */
    struct slice etag;
    struct object_checksum checksum;
    int64_t modified_ms;
};

/* ---- what is asked ---- */

static bool read_tagging_directive(struct call *call, struct copy *copy)
{
    struct slice directive = request_header(&call->request, "x-amz-tagging-directive");
    copy->replaces_tags = slice_equal(directive, SLICE("REPLACE"));
    return directive.ptr == NULL || copy->replaces_tags || slice_equal(directive, SLICE("COPY")) ||
           s3_refuse_argument(call, "x-amz-tagging-directive", directive,
                              "Unknown tagging directive.");
}

static bool read_directive(struct call *call, struct copy *copy)
{
    struct slice directive = request_header(&call->request, "x-amz-metadata-directive");
    copy->replaces_metadata = slice_equal(directive, SLICE("REPLACE"));
    if (directive.ptr != NULL && !copy->replaces_metadata && !slice_equal(directive, SLICE("COPY")))
        return s3_refuse_argument(call, "x-amz-metadata-directive", directive,
                                  "Unknown metadata directive.");
    copy->is_changing = copy->replaces_metadata ||
                        request_has_header(&call->request, "x-amz-storage-class") ||
                        request_has_header(&call->request, "x-amz-server-side-encryption") ||
                        request_has_header(&call->request, "x-amz-website-redirect-location");
    return read_tagging_directive(call, copy) &&
           (!copy->replaces_metadata || s3_metadata_read(call, &s3_call_of(call)->metadata));
}

static bool read_algorithm(struct call *call, struct copy *copy)
{
    struct slice name = request_header(&call->request, "x-amz-checksum-algorithm");
    if (name.ptr == NULL)
        return true;
    copy->algorithm = s3_checksum_by_name(name);
    return copy->algorithm != CHECKSUM_NONE ||
           s3_refuse(call, S3_INVALID_REQUEST,
                     "Checksum algorithm provided is unsupported. Please try again with any of "
                     "the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]");
}

/* ---- the source ---- */

static bool find_source(struct call *call, struct copy *copy)
{
    if (!s3_copy_source_find(call, &copy->from))
        return false;
    copy->source = copy->from.object;
    return copy->source.size <= COPY_MAX_BYTES ||
           s3_refuse(call, S3_INVALID_REQUEST,
                     "The specified copy source is larger than the maximum allowable size for a "
                     "copy source: 5368709120");
}

static bool check_in_place(struct call *call, const struct copy *copy)
{
    const struct s3_call *s3 = s3_call_of(call);
    bool is_in_place = slice_equal(copy->from.bucket_name, s3->bucket_name) &&
                       slice_equal(copy->from.key, s3->key);
    if (!is_in_place || copy->is_changing || copy->source.is_past)
        return true;
    return s3_refuse(call, S3_INVALID_REQUEST,
                     "This copy request is illegal because it is trying to copy an object to "
                     "itself without changing the object's metadata, storage class, website "
                     "redirect location or encryption attributes.");
}

static bool check_destination(struct call *call)
{
    struct object *existing = NULL;
    return s3_conditions_check_form(call) && s3_find_existing(call, &existing) &&
           s3_conditions_for_write(call, existing);
}

/* ---- writing and answering ---- */

static struct object_put put_of(struct call *call, struct copy *copy)
{
    struct object_put put = s3_object_put(call);
    copy->modified_ms = put.modified_ms;
    if (!copy->replaces_tags)
        put.traits.tags = copy->source.traits.tags;
    put.etag = copy->etag;
    put.checksum = copy->checksum;
    if (!copy->replaces_metadata) {
        put.content_type = copy->source.content_type;
        put.content_encoding = copy->source.content_encoding;
        put.metadata = copy->source.metadata;
    }
    return put;
}

static bool store(struct call *call, struct copy *copy)
{
    struct object_put put = put_of(call, copy);
    enum status status = object_store_share(call->sandbox->db, &put, &copy->source);
    return status == STATUS_OK || s3_refuse_put(call, status);
}

static void answer(struct call *call, const struct copy *copy)
{
    bool is_composite = s3_checksum_is_composite(copy->checksum.value);
    struct text xml = s3_xml(call);
    xml_open(&xml, "CopyObjectResult", S3_XMLNS);
    xml_put(&xml, "ETag", s3_quoted(call, copy->etag));
    s3_put_date(&xml, "LastModified", copy->modified_ms);
    if (copy->checksum.algorithm != CHECKSUM_NONE) {
        xml_put(&xml, "ChecksumType", is_composite ? SLICE("COMPOSITE") : SLICE("FULL_OBJECT"));
        xml_put(&xml, s3_checksum_element(copy->checksum.algorithm), copy->checksum.value);
    }
    xml_close(&xml, "CopyObjectResult");
    s3_add_written_headers(call);
    s3_copy_source_add_header(call, &copy->from);
    s3_answer_xml(call, &xml);
}

/* What the new object has of a body whose digests are known. */
static bool take_digests(struct call *call, struct copy *copy, const struct body *body)
{
    char etag[2 * MD5_BYTES + 1];
    hash_hex(body->md5, MD5_BYTES, etag);
    if (arena_copy(&call->arena, slice_of(etag), &copy->etag) != STATUS_OK)
        return s3_refuse_internal(call, STATUS_NO_MEMORY, "copying an object");
    copy->checksum = s3_checksum_of(call, copy->algorithm, body);
    return true;
}

/* The source, and with it the body to share, may be gone by now. */
static bool store_merged(struct call *call, const struct body *body)
{
    struct copy *copy = s3_call_of(call)->own;
    if (!take_digests(call, copy, body) || !check_destination(call))
        return false;
    struct object_put put = put_of(call, copy);
    enum status status = object_store_put(call->sandbox->db, call->sandbox->blobs, &put, body);
    return status == STATUS_OK || s3_refuse_put(call, status);
}

static void answer_merged(struct call *call, const struct body *body, int file)
{
    (void)body;
    if (file >= 0)
        (void)close(file);
    answer(call, s3_call_of(call)->own);
}

static void copy_by_reading(struct call *call, struct copy *copy)
{
    struct s3_merge_plan plan = {.body_id = copy->source.body_id,
                                 .wanted = s3_checksum_digest(copy->algorithm),
                                 .store = store_merged,
                                 .answer = answer_merged};
    struct extent *extents = NULL;
    enum status status =
        object_store_extents(call->sandbox->db, plan.body_id, &call->arena, &extents, &plan.count);
    plan.extents = extents;
    s3_call_of(call)->own = copy;
    if (status != STATUS_OK)
        (void)s3_refuse_internal(call, status, "looking up the object");
    else
        (void)s3_merge_start(call, &plan);
}

static void copy_small(struct call *call, struct copy *copy)
{
    struct body body;
    struct body_writer *writer = NULL;
    enum status status = body_writer_create(call->sandbox->blobs, &writer);
    if (status == STATUS_OK)
        status = body_writer_want(writer, s3_checksum_digest(copy->algorithm));
    if (status == STATUS_OK)
        status = body_writer_append(writer, copy->source.bytes);
    if (status == STATUS_OK)
        status = body_writer_finish(writer, &body);
    if (status != STATUS_OK)
        (void)s3_refuse_internal(call, status, "copying an object");
    else if (take_digests(call, copy, &body) && store(call, copy))
        answer(call, copy);
    body_writer_destroy(writer);
}

static void copy_object(struct call *call, struct copy *copy)
{
    const struct object *source = &copy->source;
    bool has_parts = slice_find(source->etag, '-') < source->etag.len;
    if (copy->algorithm == CHECKSUM_NONE)
        copy->algorithm = source->checksum.algorithm;
    if (copy->algorithm == CHECKSUM_NONE)
        copy->algorithm = CHECKSUM_CRC64NVME;
    if (!has_parts && copy->algorithm == source->checksum.algorithm) {
        copy->etag = source->etag;
        copy->checksum = source->checksum;
        if (store(call, copy))
            answer(call, copy);
    } else if (source->body_id == 0) {
        copy_small(call, copy);
    } else {
        copy_by_reading(call, copy);
    }
}

void s3_copy_object(struct call *call)
{
    struct copy *copy = arena_zalloc(&call->arena, sizeof(*copy));
    if (copy == NULL) {
        (void)s3_refuse_internal(call, STATUS_NO_MEMORY, "copying an object");
        return;
    }
    if (s3_copy_source_read(call, &copy->from) && read_directive(call, copy) &&
        read_algorithm(call, copy) && s3_traits_read(call, &s3_call_of(call)->traits) &&
        find_source(call, copy) && check_in_place(call, copy) && check_destination(call))
        copy_object(call, copy);
}

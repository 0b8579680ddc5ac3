#include <unistd.h>

#include "emulator/base/dates.h"
#include "emulator/sandbox.h"
#include "handlers/s3/s3_call.h"
#include "handlers/s3/s3_conditions.h"
#include "handlers/s3/s3_digests.h"
#include "handlers/s3/s3_find.h"
#include "handlers/s3/s3_merge.h"
#include "handlers/s3/s3_object_headers.h"
#include "handlers/s3/s3_operations.h"
#include "handlers/s3/s3_range.h"
#include "handlers/s3/s3_traits.h"

#define MAX_PART_NUMBER 10000U

/* What is being answered, kept for an answer that comes later. */
struct get {
    struct object object;
    struct s3_range range;
    bool is_head;
    bool is_part; /* asked by partNumber */
    struct extent *extents;
    size_t extent_count;
    size_t parts;                    /* of a multipart object; else 1 */
    struct object_checksum checksum; /* to answer; CHECKSUM_NONE: none */
};

/* ---- response-content-type and its kin ---- */

struct override {
    const char *parameter;
    const char *header;
};

static const struct override overrides[] = {
    {"response-cache-control", "Cache-Control"},
    {"response-content-disposition", "Content-Disposition"},
    {"response-content-encoding", "Content-Encoding"},
    {"response-content-language", "Content-Language"},
    {"response-content-type", "Content-Type"},
    {"response-expires", "Expires"},
};

#define OVERRIDE_COUNT (sizeof(overrides) / sizeof(overrides[0]))

static bool is_overridden(struct call *call, struct slice name)
{
    for (size_t i = 0; i < OVERRIDE_COUNT; i++) {
        if (slice_equal_nocase(name, slice_of(overrides[i].header)))
            return request_has_parameter(&call->request, overrides[i].parameter);
    }
    return false;
}

/* UTF-8 that has its characters in Latin-1, and no control characters. */
static bool is_latin1(struct slice value)
{
    for (size_t i = 0; i < value.len; i++) {
        unsigned char byte = (unsigned char)value.ptr[i];
        if (byte < 0x20 || byte == 0x7F || byte > 0xC3)
            return false;
    }
    return true;
}

static bool check_overrides(struct call *call)
{
    for (size_t i = 0; call->request.query.len > 0 && i < OVERRIDE_COUNT; i++) {
        struct slice value = s3_parameter(call, overrides[i].parameter);
        if (!is_latin1(value))
            return s3_refuse_argument(call, overrides[i].parameter, value,
                                      "Header value cannot be represented using ISO-8859-1.");
    }
    return true;
}

static void add_overrides(struct call *call)
{
    for (size_t i = 0; i < OVERRIDE_COUNT; i++) {
        struct slice value = s3_parameter(call, overrides[i].parameter);
        if (value.ptr != NULL)
            call_add_header(call, overrides[i].header, value);
    }
}

/* ---- looking ---- */

static bool find_extents(struct call *call, struct get *get)
{
    if (get->object.body_id == 0 || get->extents != NULL)
        return true;
    enum status status = object_store_extents(call->sandbox->db, get->object.body_id, &call->arena,
                                              &get->extents, &get->extent_count);
    return status == STATUS_OK || s3_refuse_internal(call, status, "looking up the object");
}

static bool refuse_range(struct call *call, const struct get *get, struct slice header)
{
    s3_detail(call, "RangeRequested", header);
    s3_detail_number(call, "ActualObjectSize", get->object.size);
    return s3_refuse(call, S3_INVALID_RANGE, NULL);
}

static bool read_range(struct call *call, struct get *get)
{
    struct slice header = request_header(&call->request, "Range");
    get->range = s3_range_parse(header, get->object.size);
    return get->range.kind != S3_RANGE_UNSATISFIABLE || refuse_range(call, get, header);
}

/* The ETag of a multipart object says how many parts it has. */
static void count_parts(struct get *get)
{
    bool is_multipart = slice_find(get->object.etag, '-') < get->object.etag.len;
    get->parts = is_multipart ? get->extent_count : 1;
}

static bool read_part(struct call *call, struct get *get)
{
    static const struct s3_number rule = {"partNumber", 1, MAX_PART_NUMBER, 0};
    uint64_t number = 0;
    struct slice value = s3_parameter(call, "partNumber");
    if (slice_to_u64(value, &number) != STATUS_OK || number < rule.min || number > rule.max)
        return s3_refuse_argument(call, "partNumber", value,
                                  "Part number must be an integer between 1 and 10000, inclusive");
    if (request_has_header(&call->request, "Range"))
        return s3_refuse(call, S3_INVALID_REQUEST,
                         "Cannot specify both Range header and partNumber query parameter");
    if (!find_extents(call, get))
        return false;
    count_parts(get);
    if (number > get->parts) {
        s3_detail_number(call, "PartNumberRequested", number);
        s3_detail_number(call, "ActualPartCount", get->parts);
        return s3_refuse(call, S3_INVALID_PART_NUMBER, NULL);
    }
    get->range = (struct s3_range){S3_RANGE_PART, 0, get->object.size};
    if (get->object.size == 0)
        get->range.kind = S3_RANGE_WHOLE;
    get->is_part = get->parts > 1 || slice_find(get->object.etag, '-') < get->object.etag.len;
    if (!get->is_part)
        return true;
    for (size_t i = 0; i + 1 < number; i++)
        get->range.first += get->extents[i].length;
    get->range.length = get->extents[number - 1].length;
    get->checksum.value = get->extents[number - 1].checksum.value;
    return true;
}

/* Checksums go with whole objects; a composite one's part has its own. */
static void choose_checksum(struct call *call, struct get *get)
{
    bool covers_all = get->range.length == get->object.size;
    struct slice mode = request_header(&call->request, "x-amz-checksum-mode");
    struct slice of_part = get->checksum.value;
    get->checksum = (struct object_checksum){CHECKSUM_NONE, {NULL, 0}};
    if (!slice_equal_nocase(mode, SLICE("ENABLED")))
        return;
    if (get->is_part && of_part.len > 0)
        get->checksum = (struct object_checksum){get->object.checksum.algorithm, of_part};
    else if (covers_all && !get->is_part)
        get->checksum = get->object.checksum;
}

/* ---- answering ---- */

static void add_validators(struct call *call, const struct object *object)
{
    char date[DATE_TEXT_BYTES];
    dates_http(object->modified_ms, date);
    call_add_header_text(call, "Last-Modified", date);
    s3_add_etag_header(call, object->etag);
}

static void add_checksum(struct call *call, const struct get *get)
{
    bool of_part = get->is_part && get->checksum.algorithm != CHECKSUM_NONE;
    if (!of_part) {
        s3_checksum_add_headers(call, &get->checksum);
        return;
    }
    bool is_composite = s3_checksum_is_composite(get->object.checksum.value);
    call_add_header(call, s3_checksum_header(get->checksum.algorithm), get->checksum.value);
    call_add_header_text(call, "x-amz-checksum-type", is_composite ? "COMPOSITE" : "FULL_OBJECT");
}

static void add_headers(struct call *call, const struct get *get)
{
    const struct object *object = &get->object;
    add_validators(call, object);
    s3_add_object_version_header(call, object);
    call_add_header_text(call, "Accept-Ranges", "bytes");
    if (get->range.kind == S3_RANGE_PART)
        call_add_header_text(
            call, "Content-Range",
            arena_printf(&call->arena, "bytes %llu-%llu/%llu", (unsigned long long)get->range.first,
                         (unsigned long long)(get->range.first + get->range.length - 1),
                         (unsigned long long)object->size));
    if (get->is_part)
        call_add_header_text(call, "x-amz-mp-parts-count",
                             arena_printf(&call->arena, "%zu", get->parts));
    s3_metadata_add_headers(call, object->content_encoding, object->metadata, is_overridden);
    if (call->request.query.len > 0)
        add_overrides(call);
    add_checksum(call, get);
    s3_traits_add_headers(call, object);
    s3_add_common_headers(call);
}

static int status_of(const struct get *get)
{
    return get->range.kind == S3_RANGE_PART ? 206 : 200;
}

static const char *content_type_of(struct call *call, const struct get *get)
{
    if (is_overridden(call, SLICE("Content-Type")))
        return NULL;
    return arena_text(&call->arena, get->object.content_type);
}

static void answer_bytes(struct call *call, const struct get *get, struct slice bytes)
{
    add_headers(call, get);
    call_answer(call, status_of(get), content_type_of(call, get), bytes);
}

static void answer_file(struct call *call, const struct get *get, int file, uint64_t offset)
{
    add_headers(call, get);
    call_answer_file(call, status_of(get), content_type_of(call, get), file, offset,
                     get->range.length);
}

static void answer_merged(struct call *call, const struct body *body, int file)
{
    const struct get *get = s3_call_of(call)->own;
    if (file >= 0)
        answer_file(call, get, file, get->range.first);
    else
        answer_bytes(call, get,
                     slice_first(slice_from(body->inline_bytes, (size_t)get->range.first),
                                 (size_t)get->range.length));
}

/* The extent that holds `*offset`, which becomes the offset within it. */
static size_t find_extent(const struct get *get, uint64_t *offset)
{
    size_t i = 0;
    while (i + 1 < get->extent_count && *offset >= get->extents[i].length)
        *offset -= get->extents[i++].length;
    return i;
}

/* How many bytes from there lie in one file without a gap. */
static uint64_t contiguous(const struct get *get, size_t i, uint64_t offset)
{
    const struct extent *first = &get->extents[i];
    uint64_t length = first->length - offset;
    uint64_t end = first->start + first->length;
    for (i++; i < get->extent_count && first->blob_id[0] != '\0'; i++) {
        const struct extent *next = &get->extents[i];
        if (!slice_equal(slice_of(next->blob_id), slice_of(first->blob_id)) || next->start != end)
            break;
        length += next->length;
        end += next->length;
    }
    return length;
}

static void merge_and_answer(struct call *call, struct get *get)
{
    struct s3_merge_plan plan = {.body_id = get->object.body_id,
                                 .extents = get->extents,
                                 .count = get->extent_count,
                                 .answer = answer_merged};
    s3_call_of(call)->own = get;
    (void)s3_merge_start(call, &plan);
}

static void answer_from_extents(struct call *call, struct get *get)
{
    uint64_t offset = get->range.first;
    size_t i = find_extent(get, &offset);
    const struct extent *extent = &get->extents[i];
    if (contiguous(get, i, offset) < get->range.length) {
        merge_and_answer(call, get);
        return;
    }
    if (extent->blob_id[0] == '\0') {
        answer_bytes(
            call, get,
            slice_first(slice_from(extent->bytes, (size_t)offset), (size_t)get->range.length));
        return;
    }
    int file = -1;
    enum status status = blob_open(call->sandbox->blobs, extent->blob_id, &file);
    if (status != STATUS_OK)
        (void)s3_refuse_internal(call, status, "opening an object");
    else
        answer_file(call, get, file, extent->start + offset);
}

static void answer_body(struct call *call, struct get *get)
{
    if (get->is_head) {
        add_headers(call, get);
        call_answer_head(call, status_of(get), content_type_of(call, get), get->range.length);
    } else if (get->object.body_id == 0) {
        answer_bytes(call, get,
                     slice_first(slice_from(get->object.bytes, (size_t)get->range.first),
                                 (size_t)get->range.length));
    } else if (find_extents(call, get)) {
        answer_from_extents(call, get);
    }
}

static void get_object(struct call *call, bool is_head)
{
    struct get *get = arena_zalloc(&call->arena, sizeof(*get));
    if (get == NULL) {
        (void)s3_refuse_internal(call, STATUS_NO_MEMORY, "reading an object");
        return;
    }
    get->is_head = is_head;
    if (!check_overrides(call) || !s3_find_object(call, !is_head, &get->object))
        return;
    if (!is_head && !s3_traits_check_readable(call, &get->object))
        return;
    enum s3_read_result result = s3_conditions_for_read(call, &get->object);
    if (result == S3_READ_NOT_MODIFIED) {
        add_validators(call, &get->object);
        s3_add_object_version_header(call, &get->object);
        s3_answer_empty(call, 304);
    }
    if (result != S3_READ_GO_ON)
        return;
    bool by_part = request_has_parameter(&call->request, "partNumber");
    if (by_part ? !read_part(call, get) : !read_range(call, get))
        return;
    choose_checksum(call, get);
    answer_body(call, get);
}

void s3_get_object(struct call *call)
{
    get_object(call, false);
}

void s3_head_object(struct call *call)
{
    get_object(call, true);
}

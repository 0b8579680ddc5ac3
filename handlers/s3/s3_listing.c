#include "handlers/s3/s3_listing.h"

#include "emulator/base/xml.h"
#include "emulator/sandbox.h"
#include "handlers/s3/s3_call.h"
#include "handlers/s3/s3_digests.h"

#define MAX_ARGUMENT 2147483647U

static bool read_encoding(struct call *call, struct s3_listing *listing)
{
    struct slice encoding = s3_parameter(call, "encoding-type");
    listing->encodes = slice_equal(encoding, SLICE("url"));
    if (listing->encodes || !request_has_parameter(&call->request, "encoding-type"))
        return true;
    return s3_refuse_argument(call, "encoding-type", encoding,
                              "Invalid Encoding Method specified in Request");
}

bool s3_listing_read(struct call *call, const char *max_name, struct s3_listing *listing)
{
    const struct s3_number max = {max_name, 0, MAX_ARGUMENT, S3_LISTING_MAX};
    uint64_t number = 0;
    if (!s3_parameter_number(call, &max, &number) || !read_encoding(call, listing))
        return false;
    listing->list.bucket_id = s3_call_of(call)->bucket.id;
    listing->list.prefix = s3_parameter(call, "prefix");
    listing->list.delimiter = s3_parameter(call, "delimiter");
    listing->list.max = number < S3_LISTING_MAX ? (size_t)number : S3_LISTING_MAX;
    return true;
}

bool s3_listing_run(struct call *call, struct s3_listing *listing)
{
    enum status status = object_list_run(call->sandbox->db, &call->arena, &listing->list);
    return status == STATUS_OK || s3_refuse_internal(call, status, "listing a bucket");
}

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

void s3_listing_put_name(struct text *xml, const struct s3_listing *listing, const char *element,
                         struct slice name)
{
    xml_open(xml, element, NULL);
    if (listing->encodes)
        append_encoded(xml, name);
    else
        xml_text(xml, name);
    xml_close(xml, element);
}

void s3_listing_put_groups(struct text *xml, const struct s3_listing *listing)
{
    for (size_t i = 0; i < listing->list.count; i++) {
        if (!listing->list.rows[i].is_group)
            continue;
        xml_open(xml, "CommonPrefixes", NULL);
        s3_listing_put_name(xml, listing, "Prefix", listing->list.rows[i].name);
        xml_close(xml, "CommonPrefixes");
    }
}

void s3_listing_put_form(struct text *xml, const struct s3_listing *listing)
{
    if (listing->list.delimiter.len > 0)
        s3_listing_put_name(xml, listing, "Delimiter", listing->list.delimiter);
    if (listing->encodes)
        xml_put(xml, "EncodingType", SLICE("url"));
}

void s3_listing_put_truncated(struct text *xml, const struct s3_listing *listing)
{
    xml_put(xml, "IsTruncated", listing->list.is_truncated ? SLICE("true") : SLICE("false"));
}

void s3_listing_put_checksum(struct text *xml, const struct object_list_row *row)
{
    if (row->checksum_algorithm == CHECKSUM_NONE)
        return;
    xml_put(xml, "ChecksumAlgorithm", slice_of(s3_checksum_name(row->checksum_algorithm)));
    xml_put(xml, "ChecksumType", row->is_composite ? SLICE("COMPOSITE") : SLICE("FULL_OBJECT"));
}

void s3_listing_put_user(struct call *call, struct text *xml, const char *element, bool has_name)
{
    char id[S3_CANONICAL_ID_CHARS + 1];
    s3_canonical_id(s3_call_of(call)->bucket.account, id);
    xml_open(xml, element, NULL);
    xml_put(xml, "ID", slice_of(id));
    if (has_name)
        xml_put(xml, "DisplayName", s3_call_of(call)->bucket.account);
    xml_close(xml, element);
}

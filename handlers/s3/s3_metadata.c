/*
 * s3_metadata.c -- the part of s3_headers.h about metadata: headers in, a JSON object stored,
 * headers out again.
 */
#include "emulator/base/base64.h"
#include "emulator/base/json.h"
#include "emulator/base/json_writer.h"
#include "emulator/base/utf8.h"
#include "handlers/s3/s3_call.h"
#include "handlers/s3/s3_headers.h"

#define USER_PREFIX "x-amz-meta-"
#define USER_MAX_BYTES 2048U
#define JSON_MAX_BYTES ((size_t)64 * 1024)

static const char *const system_names[] = {"Cache-Control", "Content-Disposition",
                                           "Content-Language", "Expires",
                                           "x-amz-website-redirect-location"};

static bool is_user_name(struct slice name)
{
    struct slice prefix = SLICE(USER_PREFIX);
    return name.len > prefix.len && slice_equal_nocase(slice_first(name, prefix.len), prefix);
}

/* Header bytes that are not UTF-8 are taken for Latin-1. */
static struct slice as_utf8(struct call *call, struct slice value)
{
    if (utf8_is_valid(value))
        return value;
    struct text text;
    text_init_in(&text, &call->arena, JSON_MAX_BYTES);
    for (size_t i = 0; i < value.len; i++) {
        unsigned char byte = (unsigned char)value.ptr[i];
        if (byte >= 0x80)
            text_append_byte(&text, (char)(0xC0 | byte >> 6));
        text_append_byte(&text, (char)(byte >= 0x80 ? 0x80 | (byte & 0x3F) : byte));
    }
    return text_slice(&text);
}

static char *lower_name(struct call *call, struct slice name)
{
    char *lower = arena_text(&call->arena, name);
    for (char *c = lower; c != NULL && *c != '\0'; c++) {
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c - 'A' + 'a');
    }
    return lower;
}

static bool came_before(struct call *call, size_t index)
{
    struct slice name = call->request.headers[index].name;
    for (size_t i = 0; i < index; i++) {
        if (slice_equal_nocase(call->request.headers[i].name, name))
            return true;
    }
    return false;
}

static bool write_user(struct call *call, struct json_writer *w, size_t *ret_count)
{
    size_t bytes = 0;
    for (size_t i = 0; i < call->request.header_count; i++) {
        struct slice name = call->request.headers[i].name;
        if (!is_user_name(name) || came_before(call, i))
            continue;
        char *lower = lower_name(call, name);
        if (lower == NULL)
            return s3_refuse_internal(call, STATUS_NO_MEMORY, "reading metadata");
        struct slice value = as_utf8(call, s3_header_joined(call, lower));
        bytes += name.len - sizeof(USER_PREFIX) + 1 + value.len;
        json_put_string(w, lower, value);
        (*ret_count)++;
    }
    if (bytes <= USER_MAX_BYTES)
        return true;
    s3_detail_number(call, "Size", bytes);
    s3_detail_number(call, "MaxSizeAllowed", USER_MAX_BYTES);
    return s3_refuse(call, S3_METADATA_TOO_LARGE, NULL);
}

static bool write_system(struct call *call, struct json_writer *w, size_t *ret_count)
{
    for (size_t i = 0; i < sizeof(system_names) / sizeof(system_names[0]); i++) {
        struct slice value = s3_header_joined(call, system_names[i]);
        if (value.ptr == NULL)
            continue;
        json_put_string(w, system_names[i], as_utf8(call, value));
        (*ret_count)++;
    }
    return true;
}

/* "gzip,aws-chunked" was "gzip" before the SDK framed it. */
static struct slice without_framing(struct call *call, struct slice encoding)
{
    struct text text;
    text_init_in(&text, &call->arena, JSON_MAX_BYTES);
    while (encoding.ptr != NULL) {
        struct slice one = slice_trim(slice_cut(&encoding, ','));
        if (one.len == 0 || slice_equal_nocase(one, SLICE("aws-chunked")))
            continue;
        if (text.len > 0)
            text_append_byte(&text, ',');
        text_append(&text, one);
    }
    return text_slice(&text);
}

static bool check_redirect(struct call *call)
{
    struct slice to = request_header(&call->request, "x-amz-website-redirect-location");
    if (to.ptr == NULL || slice_starts_with(to, SLICE("/")) ||
        slice_starts_with(to, SLICE("http://")) || slice_starts_with(to, SLICE("https://")))
        return true;
    return s3_refuse(call, S3_INVALID_REQUEST,
                     "The website redirect location must have a prefix of 'http://' or "
                     "'https://' or '/'.");
}

bool s3_metadata_read(struct call *call, struct s3_metadata *metadata)
{
    struct text json;
    text_init_in(&json, &call->arena, JSON_MAX_BYTES);
    struct json_writer w = json_writer_make(&json);
    size_t count = 0;
    json_begin_object(&w);
    if (!check_redirect(call) || !write_system(call, &w, &count) || !write_user(call, &w, &count))
        return false;
    json_end_object(&w);
    if (json.status != STATUS_OK)
        return s3_refuse_internal(call, json.status, "reading metadata");
    struct slice encoding = s3_header_joined(call, "Content-Encoding");
    *metadata = (struct s3_metadata){
        .content_type = request_header(&call->request, "Content-Type"),
        .content_encoding = without_framing(call, encoding),
    };
    if (count > 0)
        metadata->json = text_slice(&json);
    return true;
}

static bool is_ascii(struct slice value)
{
    for (size_t i = 0; i < value.len; i++) {
        if ((unsigned char)value.ptr[i] >= 0x80)
            return false;
    }
    return true;
}

/*
 * User metadata beyond ASCII goes out as an RFC 2047 word, as on AWS. libmicrohttpd sends no
 * empty values; a space says the same.
 */
static struct slice as_header(struct call *call, struct slice name, struct slice value)
{
    if (value.len == 0)
        return SLICE(" ");
    if (!is_user_name(name) || is_ascii(value))
        return value;
    struct text text;
    text_init_in(&text, &call->arena, JSON_MAX_BYTES);
    text_append_text(&text, "=?UTF-8?B?");
    base64_append(&text, value);
    text_append_text(&text, "?=");
    return text_slice(&text);
}

static void add_header(struct call *call, struct slice name, struct slice value,
                       bool (*but)(struct call *call, struct slice name))
{
    if (but != NULL && but(call, name))
        return;
    char *copy = arena_text(&call->arena, name);
    if (copy != NULL)
        call_add_header(call, copy, as_header(call, name, value));
}

void s3_metadata_add_headers(struct call *call, struct slice content_encoding, struct slice json,
                             bool (*but)(struct call *call, struct slice name))
{
    if (content_encoding.len > 0)
        add_header(call, SLICE("Content-Encoding"), content_encoding, but);
    const struct json *object = NULL;
    if (json.len == 0 || json_parse(json, &call->arena, &object) != STATUS_OK)
        return;
    for (const struct json *member = json_first(object); member != NULL; member = json_next(member))
        add_header(call, json_name(member), json_string(member), but);
}

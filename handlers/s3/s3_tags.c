#include "handlers/s3/s3_tags.h"

#include <string.h>

#include "emulator/base/utf8.h"
#include "emulator/base/xml.h"
#include "handlers/s3/s3_call.h"

#define KEY_MAX_CHARS 128U
#define VALUE_MAX_CHARS 256U
#define STORED_MAX_BYTES ((size_t)256 * 1024)

/* ---- one tag ---- */

/* Letters of any language, digits, spaces and these. */
static bool is_tag_text(struct slice text, size_t max_chars)
{
    if (!utf8_is_valid(text) || utf8_count(text) > max_chars)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool is_alphanumeric =
            (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!is_alphanumeric && (unsigned char)c < 0x80 &&
            (c == '\0' || strchr(" +-=._:/@", c) == NULL))
            return false;
    }
    return true;
}

static bool is_key(struct slice key)
{
    return key.len > 0 && is_tag_text(key, KEY_MAX_CHARS);
}

static bool is_reserved(struct slice key)
{
    return slice_equal_nocase(slice_first(key, 4), SLICE("aws:"));
}

static const struct s3_tag *find(const struct s3_tags *tags, struct slice key)
{
    for (size_t i = 0; i < tags->count; i++) {
        if (slice_equal(tags->tags[i].key, key))
            return &tags->tags[i];
    }
    return NULL;
}

static bool check_tag(struct call *call, struct s3_tag tag, size_t max)
{
    s3_detail(call, "TagKey", tag.key);
    if (!is_key(tag.key))
        return s3_refuse(call, S3_INVALID_TAG, "The TagKey you have provided is invalid");
    if (is_reserved(tag.key))
        return s3_refuse(call, S3_INVALID_TAG,
                         max == S3_TAGS_OF_BUCKET
                             ? "System tags cannot be added/updated by requester"
                             : "Your TagKey cannot be prefixed with aws:");
    if (is_tag_text(tag.value, VALUE_MAX_CHARS)) {
        s3_call_of(call)->detail_count--;
        return true;
    }
    s3_detail(call, "TagValue", tag.value);
    return s3_refuse(call, S3_INVALID_TAG, "The TagValue you have provided is invalid");
}

static bool refuse_count(struct call *call, size_t max)
{
    return s3_refuse(call, S3_BAD_REQUEST,
                     max == S3_TAGS_OF_BUCKET ? "Bucket tag count cannot be greater than 50"
                                              : "Object tags cannot be greater than 10");
}

bool s3_tags_add(struct call *call, struct s3_tags *tags, struct s3_tag tag, size_t max)
{
    if (!check_tag(call, tag, max))
        return false;
    s3_tags_remove(tags, tag.key);
    if (tags->count == max)
        return refuse_count(call, max);
    tags->tags[tags->count++] = tag;
    return true;
}

void s3_tags_remove(struct s3_tags *tags, struct slice key)
{
    size_t kept = 0;
    for (size_t i = 0; i < tags->count; i++) {
        if (!slice_equal(tags->tags[i].key, key))
            tags->tags[kept++] = tags->tags[i];
    }
    tags->count = kept;
}

/* ---- in ---- */

bool s3_tags_read_set(struct call *call, const struct xml_element *set, size_t max,
                      struct s3_tags *tags)
{
    tags->count = 0;
    const struct xml_element *child = set != NULL ? set->first_child : NULL;
    for (; child != NULL; child = child->next) {
        struct s3_tag tag = {xml_child_text(child, "Key"), xml_child_text(child, "Value")};
        if (find(tags, tag.key) != NULL) {
            s3_detail(call, "TagKey", tag.key);
            return s3_refuse(call, S3_INVALID_TAG,
                             "Cannot provide multiple Tags with the same key");
        }
        if (!s3_tags_add(call, tags, tag, max))
            return false;
    }
    return true;
}

static bool refuse_header(struct call *call, struct slice header)
{
    return s3_refuse_argument(
        call, "x-amz-tagging", header,
        "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters "
        "without tag name duplicates.");
}

bool s3_tags_from_header(struct call *call, struct slice header, struct slice *ret_stored)
{
    struct s3_tags tags = {.count = 0};
    struct slice rest = header;
    struct slice name;
    struct slice value;
    while (request_next_parameter(&rest, &name, &value)) {
        struct s3_tag tag = {{NULL, 0}, {NULL, 0}};
        if (request_decode(name, true, &call->arena, &tag.key) != STATUS_OK ||
            request_decode(value, true, &call->arena, &tag.value) != STATUS_OK)
            return s3_refuse_internal(call, STATUS_NO_MEMORY, "reading tags");
        if (find(&tags, tag.key) != NULL || !is_key(tag.key) ||
            !is_tag_text(tag.value, VALUE_MAX_CHARS))
            return refuse_header(call, header);
        if (!s3_tags_add(call, &tags, tag, S3_TAGS_OF_OBJECT))
            return false;
    }
    *ret_stored = s3_tags_store(call, &tags);
    return true;
}

/* ---- stored ---- */

static void append_encoded(struct text *out, struct slice part)
{
    for (size_t i = 0; i < part.len; i++) {
        char c = part.ptr[i];
        bool is_plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (is_plain)
            text_append_byte(out, c);
        else
            text_printf(out, "%%%02X", (unsigned)(unsigned char)c);
    }
}

struct slice s3_tags_store(struct call *call, const struct s3_tags *tags)
{
    struct text out;
    text_init_in(&out, &call->arena, STORED_MAX_BYTES);
    for (size_t i = 0; i < tags->count; i++) {
        if (i > 0)
            text_append_byte(&out, '&');
        append_encoded(&out, tags->tags[i].key);
        text_append_byte(&out, '=');
        append_encoded(&out, tags->tags[i].value);
    }
    return text_slice(&out);
}

void s3_tags_load(struct call *call, struct slice stored, struct s3_tags *tags)
{
    struct slice name;
    struct slice value;
    tags->count = 0;
    while (tags->count < S3_TAGS_OF_BUCKET && request_next_parameter(&stored, &name, &value)) {
        struct s3_tag *tag = &tags->tags[tags->count];
        if (request_decode(name, false, &call->arena, &tag->key) == STATUS_OK &&
            request_decode(value, false, &call->arena, &tag->value) == STATUS_OK)
            tags->count++;
    }
}

size_t s3_tags_count(struct slice stored)
{
    size_t count = stored.len > 0 ? 1 : 0;
    for (size_t i = 0; i < stored.len; i++)
        count += stored.ptr[i] == '&' ? 1 : 0;
    return count;
}

void s3_tags_put(struct call *call, struct text *xml, const char *name, struct slice stored)
{
    struct s3_tags tags;
    s3_tags_load(call, stored, &tags);
    xml_open(xml, name, NULL);
    for (size_t i = 0; i < tags.count; i++) {
        xml_open(xml, "Tag", NULL);
        xml_put(xml, "Key", tags.tags[i].key);
        xml_put(xml, "Value", tags.tags[i].value);
        xml_close(xml, "Tag");
    }
    xml_close(xml, name);
}

#include "handlers/iam/iam_tags.h"

#include <stddef.h>

#include "emulator/base/json.h"
#include "emulator/base/json_writer.h"
#include "emulator/base/text.h"
#include "emulator/base/xml.h"
#include "emulator/http/call.h"
#include "handlers/iam/iam_errors.h"
#include "handlers/iam/iam_page.h"

#define TEXT_MAX_BYTES ((size_t)256 * 1024)

struct tag {
    struct slice key;
    struct slice value;
};

/* What is there and as much again from a request. */
struct tag_set {
    enum iam_tags_kind kind;
    size_t count;
    struct tag tags[2 * IAM_TAGS_MAX];
};

static bool is_same(const struct tag_set *set, struct slice a, struct slice b)
{
    return set->kind == IAM_TAGS_OF_PRINCIPAL ? slice_equal_nocase(a, b) : slice_equal(a, b);
}

static struct tag *find(struct tag_set *set, struct slice key)
{
    for (size_t i = 0; i < set->count; i++)
        if (is_same(set, set->tags[i].key, key))
            return &set->tags[i];
    return NULL;
}

static void put(struct tag_set *set, struct tag tag)
{
    struct tag *old = find(set, tag.key);
    if (old != NULL)
        *old = tag;
    else if (set->count < sizeof(set->tags) / sizeof(set->tags[0]))
        set->tags[set->count++] = tag;
}

static void take_away(struct tag_set *set, struct slice key)
{
    const struct tag *gone = find(set, key);
    if (gone == NULL)
        return;
    set->count--;
    for (size_t i = (size_t)(gone - set->tags); i < set->count; i++)
        set->tags[i] = set->tags[i + 1];
}

static struct tag tag_of(const struct json *json)
{
    return (struct tag){json_member_string(json, "Key"), json_member_string(json, "Value")};
}

/* ---- changing ---- */

static bool has_duplicates(const struct tag_set *set, const struct json *tags)
{
    for (const struct json *tag = json_first(tags); tag != NULL; tag = json_next(tag))
        for (const struct json *other = json_first(tags); other != tag; other = json_next(other))
            if (is_same(set, tag_of(tag).key, tag_of(other).key))
                return true;
    return false;
}

static bool check_request(struct call *call, const struct tag_set *set)
{
    if (!has_duplicates(set, json_member(call->input, "Tags")))
        return true;
    call_fail(call, &iam_error_invalid_input, "Duplicate tag keys found.%s",
              set->kind == IAM_TAGS_OF_PRINCIPAL
                  ? " Please note that Tag keys are case insensitive."
                  : "");
    return false;
}

static bool is_before(struct tag a, struct tag b)
{
    return a.key.len != b.key.len ? a.key.len < b.key.len : slice_compare(a.key, b.key) < 0;
}

static void sort(struct tag_set *set)
{
    for (size_t i = 1; i < set->count; i++)
        for (size_t j = i; j > 0 && is_before(set->tags[j], set->tags[j - 1]); j--) {
            struct tag swapped = set->tags[j];
            set->tags[j] = set->tags[j - 1];
            set->tags[j - 1] = swapped;
        }
}

static bool write_json(struct call *call, const struct tag_set *set, struct slice *ret_tags)
{
    struct text json;
    text_init_in(&json, &call->arena, TEXT_MAX_BYTES);
    struct json_writer w = json_writer_make(&json);
    json_begin_array(&w);
    for (size_t i = 0; i < set->count; i++) {
        json_begin_object(&w);
        json_put_string(&w, "Key", set->tags[i].key);
        json_put_string(&w, "Value", set->tags[i].value);
        json_end_object(&w);
    }
    json_end_array(&w);
    if (json.status != STATUS_OK) {
        call_fail_internal(call, json.status, "changing the tags");
        return false;
    }
    *ret_tags = set->count > 0 ? text_slice(&json) : SLICE("");
    return true;
}

static enum status read_old(struct call *call, struct slice old, const struct json **ret_tags)
{
    *ret_tags = NULL;
    return old.len > 0 ? json_parse(old, &call->arena, ret_tags) : STATUS_OK;
}

/* What a request takes away goes before what it adds. */
static void merge(const struct call *call, struct tag_set *set, const struct json *old)
{
    const struct json *keys = json_member(call->input, "TagKeys");
    const struct json *added = json_member(call->input, "Tags");
    for (const struct json *tag = json_first(old); tag != NULL; tag = json_next(tag))
        put(set, tag_of(tag));
    for (const struct json *key = json_first(keys); key != NULL; key = json_next(key))
        take_away(set, json_string(key));
    for (const struct json *tag = json_first(added); tag != NULL; tag = json_next(tag))
        put(set, tag_of(tag));
}

bool iam_tags_change(struct call *call, enum iam_tags_kind kind, struct slice old,
                     struct slice *ret_tags)
{
    struct tag_set set = {.kind = kind};
    const struct json *tags = NULL;
    enum status status = read_old(call, old, &tags);
    if (status != STATUS_OK) {
        call_fail_internal(call, status, "reading the tags");
        return false;
    }
    if (!check_request(call, &set))
        return false;
    merge(call, &set, tags);
    if (set.count > IAM_TAGS_MAX) {
        call_fail(call, &iam_error_limit_exceeded, "The number of tags must not exceed %d.",
                  IAM_TAGS_MAX);
        return false;
    }
    if (kind == IAM_TAGS_OF_POLICY)
        sort(&set);
    return write_json(call, &set, ret_tags);
}

/* ---- telling ---- */

static void write_tag(struct text *xml, struct tag tag)
{
    xml_open(xml, "member", NULL);
    xml_put(xml, "Key", tag.key);
    xml_put(xml, "Value", tag.value);
    xml_close(xml, "member");
}

void iam_tags_write(struct call *call, struct slice tags, struct iam_page *page, struct text *xml)
{
    const struct json *list = NULL;
    enum status status = read_old(call, tags, &list);
    if (status != STATUS_OK) {
        xml->status = status;
        return;
    }
    int64_t number = 0;
    xml_open(xml, "Tags", NULL);
    for (const struct json *tag = json_first(list); tag != NULL; tag = json_next(tag)) {
        if (page != NULL && ++number <= iam_page_after_number(page))
            continue;
        if (page != NULL && !iam_page_takes(page))
            break;
        write_tag(xml, tag_of(tag));
        if (page != NULL)
            iam_page_set_last_number(page, number);
    }
    xml_close(xml, "Tags");
}

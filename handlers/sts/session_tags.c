#include "handlers/sts/session_tags.h"

#include "emulator/base/json.h"
#include "emulator/base/json_writer.h"
#include "emulator/base/text.h"
#include "emulator/http/call.h"
#include "handlers/sts/sts_errors.h"

#define TEXT_MAX_BYTES ((size_t)256 * 1024)

static bool refuse(struct call *call, const char *message)
{
    call_fail(call, &sts_error_invalid_value, "%s", message);
    return false;
}

static struct slice key_of(const struct json *tag)
{
    return json_member_string(tag, "Key");
}

/* In what comes before `end`; NULL looks at all. */
static bool has_key(const struct json *tags, struct slice key, const struct json *end)
{
    for (const struct json *tag = json_first(tags); tag != end; tag = json_next(tag))
        if (slice_equal_nocase(key_of(tag), key))
            return true;
    return false;
}

static bool is_transitive(const struct call *call, struct slice key)
{
    const struct json *keys = json_member(call->input, "TransitiveTagKeys");
    for (const struct json *k = json_first(keys); k != NULL; k = json_next(k))
        if (slice_equal_nocase(json_string(k), key))
            return true;
    return false;
}

static bool check(struct call *call, const struct json *tags, const struct json *inherited)
{
    const struct json *keys = json_member(call->input, "TransitiveTagKeys");
    for (const struct json *tag = json_first(tags); tag != NULL; tag = json_next(tag))
        if (has_key(tags, key_of(tag), tag))
            return refuse(call, "Duplicate tag keys found. Please note that Tag keys are case "
                                "insensitive.");
    for (const struct json *k = json_first(keys); k != NULL; k = json_next(k))
        if (!has_key(tags, json_string(k), NULL))
            return refuse(call, "The specified transitive tag key must be included in the "
                                "requested tags.");
    for (const struct json *tag = json_first(inherited); tag != NULL; tag = json_next(tag))
        if (json_member_bool(tag, "IsTransitive", false) && has_key(tags, key_of(tag), NULL))
            return refuse(call, "One of the specified transitive tag keys can't be set because it "
                                "conflicts with a transitive tag key from the calling session.");
    return true;
}

static void put_tag(struct json_writer *w, const struct json *tag, bool transitive)
{
    json_begin_object(w);
    json_put_string(w, "Key", key_of(tag));
    json_put_string(w, "Value", json_member_string(tag, "Value"));
    json_put_bool(w, "IsTransitive", transitive);
    json_end_object(w);
}

static size_t write_all(struct call *call, struct json_writer *w, const struct json *tags,
                        const struct json *inherited)
{
    size_t count = 0;
    json_begin_array(w);
    for (const struct json *tag = json_first(tags); tag != NULL; tag = json_next(tag), count++)
        put_tag(w, tag, is_transitive(call, key_of(tag)));
    for (const struct json *tag = json_first(inherited); tag != NULL; tag = json_next(tag)) {
        if (!json_member_bool(tag, "IsTransitive", false))
            continue;
        put_tag(w, tag, true);
        count++;
    }
    json_end_array(w);
    return count;
}

bool session_tags_read(struct call *call, struct slice inherited, struct slice *ret_tags)
{
    const struct json *tags = json_member(call->input, "Tags");
    const struct json *passed_on = NULL;
    enum status status = STATUS_OK;
    if (inherited.len > 0)
        status = json_parse(inherited, &call->arena, &passed_on);
    if (status == STATUS_OK && !check(call, tags, passed_on))
        return false;
    struct text json;
    text_init_in(&json, &call->arena, TEXT_MAX_BYTES);
    struct json_writer w = json_writer_make(&json);
    size_t count = write_all(call, &w, tags, passed_on);
    if (status == STATUS_OK)
        status = json.status;
    if (status != STATUS_OK)
        call_fail_internal(call, status, "reading the session's tags");
    *ret_tags = count > 0 ? text_slice(&json) : SLICE("");
    return status == STATUS_OK;
}

#include "handlers/kinesis/kinesis_tags.h"

#include "emulator/auth/principal.h"
#include "emulator/base/json.h"
#include "emulator/base/json_writer.h"
#include "emulator/http/call.h"
#include "emulator/protocol/aws_json.h"
#include "emulator/sandbox.h"
#include "handlers/kinesis/kinesis_errors.h"
#include "handlers/kinesis/kinesis_lookup.h"
#include "handlers/kinesis/kinesis_operations.h"

#define TAGS_MAX 50

/* ---- storing ---- */

static void fail_to_add(struct call *call, const struct kinesis_stream_row *stream, const char *why)
{
    call_fail(call, &kinesis_error_invalid_argument,
              "Failed to add tags to stream %.*s under account %.*s because %s",
              SLICE_ARG(stream->name), SLICE_ARG(call->principal->account), why);
}

bool kinesis_store_tags(struct call *call, const struct kinesis_stream_row *stream)
{
    struct db *db = call->sandbox->db;
    const struct json *tag = json_first(json_member(call->input, "Tags"));
    enum status status = STATUS_OK;
    for (; tag != NULL && status == STATUS_OK; tag = json_next(tag)) {
        if (slice_starts_with(json_name(tag), SLICE("aws:"))) {
            fail_to_add(call, stream, "keys that begin with aws: are reserved.");
            return false;
        }
        status = kinesis_tag_put(db, stream->id, json_name(tag), json_string(tag));
    }
    int64_t count = 0;
    if (status == STATUS_OK)
        status = kinesis_tag_count(db, stream->id, &count);
    if (status != STATUS_OK)
        kinesis_fail_storage(call, status);
    else if (count > TAGS_MAX)
        fail_to_add(call, stream,
                    "a given stream cannot have more than 50 tags associated with it.");
    return !call_is_answered(call);
}

static enum status remove_tags(struct call *call, const struct kinesis_stream_row *stream)
{
    const struct json *key = json_first(json_member(call->input, "TagKeys"));
    enum status status = STATUS_OK;
    for (; key != NULL && status == STATUS_OK; key = json_next(key))
        status = kinesis_tag_remove(call->sandbox->db, stream->id, json_string(key));
    return status;
}

/* ---- listing ---- */

/* "Tags": up to `limit` behind `after`; whether there are more. */
static enum status write_tags(struct call *call, const struct kinesis_stream_row *stream,
                              struct json_writer *w, int64_t limit, bool *ret_more)
{
    struct kinesis_cursor cursor;
    struct slice key;
    struct slice value;
    int64_t count = 0;
    *ret_more = false;
    json_key(w, "Tags");
    json_begin_array(w);
    kinesis_tags_begin(&cursor, call->sandbox->db, stream->id,
                       json_member_string(call->input, "ExclusiveStartTagKey"));
    while (!*ret_more && kinesis_tags_next(&cursor, &key, &value)) {
        *ret_more = count++ == limit;
        if (*ret_more)
            continue;
        json_begin_object(w);
        json_put_string(w, "Key", key);
        json_put_string(w, "Value", value);
        json_end_object(w);
    }
    json_end_array(w);
    return kinesis_cursor_end(&cursor);
}

static void answer_tags(struct call *call, const struct kinesis_stream_row *stream, bool has_pages)
{
    int64_t limit = json_member_integer(call->input, "Limit", TAGS_MAX);
    struct text answer = aws_json_text(call);
    struct json_writer w = json_writer_make(&answer);
    bool more = false;
    json_begin_object(&w);
    enum status status = write_tags(call, stream, &w, limit, &more);
    if (has_pages)
        json_put_bool(&w, "HasMoreTags", more);
    json_end_object(&w);
    if (status == STATUS_OK)
        aws_json_answer(call, &answer);
    else
        kinesis_fail_storage(call, status);
}

/* ---- the operations ---- */

void kinesis_add_tags_to_stream(struct call *call)
{
    struct kinesis_stream_row stream;
    if (kinesis_require_stream(call, &stream) && kinesis_store_tags(call, &stream))
        aws_json_answer_nothing(call);
}

void kinesis_remove_tags_from_stream(struct call *call)
{
    struct kinesis_stream_row stream;
    if (kinesis_require_stream(call, &stream))
        kinesis_answer_done(call, remove_tags(call, &stream));
}

void kinesis_list_tags_for_stream(struct call *call)
{
    struct kinesis_stream_row stream;
    if (kinesis_require_stream(call, &stream))
        answer_tags(call, &stream, true);
}

static bool require_resource(struct call *call, struct kinesis_stream_row *ret_stream)
{
    return kinesis_require_arn(call, json_member_string(call->input, "ResourceARN"), ret_stream);
}

void kinesis_tag_resource(struct call *call)
{
    struct kinesis_stream_row stream;
    if (require_resource(call, &stream) && kinesis_store_tags(call, &stream))
        aws_json_answer_nothing(call);
}

void kinesis_untag_resource(struct call *call)
{
    struct kinesis_stream_row stream;
    if (require_resource(call, &stream))
        kinesis_answer_done(call, remove_tags(call, &stream));
}

void kinesis_list_tags_for_resource(struct call *call)
{
    struct kinesis_stream_row stream;
    if (require_resource(call, &stream))
        answer_tags(call, &stream, false);
}

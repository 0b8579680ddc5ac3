#include "emulator/base/json.h"
#include "emulator/base/json_writer.h"
#include "emulator/base/text.h"
#include "emulator/delivery/delivery.h"
#include "emulator/http/call.h"
#include "emulator/protocol/aws_json.h"
#include "emulator/sandbox.h"
#include "handlers/firehose/firehose_errors.h"
#include "handlers/firehose/firehose_operations.h"
#include "handlers/firehose/stream_lookup.h"
#include "storage/delivery_stream_store.h"

#define TAGS_MAX 50

static enum status put_tags(struct db *db, int64_t stream, const struct json *tags,
                            size_t *ret_count)
{
    for (const struct json *tag = json_first(tags); tag != NULL; tag = json_next(tag)) {
        struct delivery_stream_tag row = {json_member_string(tag, "Key"),
                                          json_member_string(tag, "Value")};
        enum status status = delivery_stream_store_put_tag(db, stream, &row);
        if (status != STATUS_OK)
            return status;
    }
    return delivery_stream_store_count_tags(db, stream, ret_count);
}

void firehose_tag_delivery_stream(struct call *call)
{
    struct delivery_stream *stream = stream_lookup_require(call);
    if (stream == NULL)
        return;
    size_t count = 0;
    enum status status = put_tags(call->sandbox->db, delivery_stream_id(stream),
                                  json_member(call->input, "Tags"), &count);
    if (status == STATUS_OK && count > TAGS_MAX) /* the unit is undone with the error */
        call_fail(call, &firehose_error_limit_exceeded, "A delivery stream can have up to %d tags.",
                  TAGS_MAX);
    else
        stream_lookup_answer_done(call, status);
}

void firehose_untag_delivery_stream(struct call *call)
{
    struct delivery_stream *stream = stream_lookup_require(call);
    if (stream == NULL)
        return;
    enum status status = STATUS_OK;
    const struct json *key = json_first(json_member(call->input, "TagKeys"));
    for (; status == STATUS_OK && key != NULL; key = json_next(key))
        status = delivery_stream_store_delete_tag(call->sandbox->db, delivery_stream_id(stream),
                                                  json_string(key));
    stream_lookup_answer_done(call, status);
}

static void answer_tags(struct call *call, const struct delivery_stream_tags *page)
{
    struct text answer = aws_json_text(call);
    struct json_writer w = json_writer_make(&answer);
    json_begin_object(&w);
    json_key(&w, "Tags");
    json_begin_array(&w);
    for (size_t i = 0; i < page->count; i++) {
        json_begin_object(&w);
        json_put_string(&w, "Key", page->tags[i].key);
        if (page->tags[i].value.ptr != NULL)
            json_put_string(&w, "Value", page->tags[i].value);
        json_end_object(&w);
    }
    json_end_array(&w);
    json_put_bool(&w, "HasMoreTags", page->has_more);
    json_end_object(&w);
    aws_json_answer(call, &answer);
}

void firehose_list_tags_for_delivery_stream(struct call *call)
{
    struct delivery_stream *stream = stream_lookup_require(call);
    if (stream == NULL)
        return;
    struct delivery_stream_tags page = {0};
    enum status status = delivery_stream_store_tags(
        call->sandbox->db, delivery_stream_id(stream),
        json_member_string(call->input, "ExclusiveStartTagKey"),
        (size_t)json_member_integer(call->input, "Limit", TAGS_MAX), &call->arena, &page);
    if (status != STATUS_OK)
        stream_lookup_fail_storage(call, status);
    else
        answer_tags(call, &page);
}

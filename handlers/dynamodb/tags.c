#include "handlers/dynamodb/tags.h"

#include <assert.h>

#include "emulator/base/arena.h"
#include "emulator/base/json.h"
#include "emulator/base/json_writer.h"
#include "emulator/base/text.h"
#include "emulator/protocol/aws_json.h"
#include "handlers/dynamodb/dynamodb_errors.h"
#include "handlers/dynamodb/operation.h"
#include "handlers/dynamodb/tables.h"

static enum status refuse_too_many(struct work *work)
{
    return refuse(&work->refusal, "Too many tags: a table can have up to %d", TAGS_MAX);
}

static bool has_key_before(const struct json *tags, const struct json *end, struct slice key)
{
    for (const struct json *tag = json_first(tags); tag != end; tag = json_next(tag))
        if (slice_equal(json_member_string(tag, "Key"), key))
            return true;
    return false;
}

enum status tags_check(struct work *work, const struct json *tags)
{
    if (json_count(tags) > TAGS_MAX)
        return refuse_too_many(work);
    for (const struct json *tag = json_first(tags); tag != NULL; tag = json_next(tag)) {
        struct slice key = json_member_string(tag, "Key");
        if (has_key_before(tags, tag, key))
            return refuse(&work->refusal, "Duplicate tag key: %.*s", SLICE_ARG(key));
    }
    return STATUS_OK;
}

enum status tags_store(struct work *work, int64_t table_id, const struct json *tags)
{
    for (const struct json *json = json_first(tags); json != NULL; json = json_next(json)) {
        struct table_tag tag = {json_member_string(json, "Key"), json_member_string(json, "Value")};
        enum status status = table_store_tag(work->db, table_id, &tag);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

/* The table of input.ResourceArn. */
static enum status find(struct work *work, const struct table **ret_table)
{
    struct slice arn = json_member_string(work->input, "ResourceArn");
    enum status status = STATUS_OK;
    if (slice_starts_with(arn, SLICE("arn:")))
        status = operation_find_table(work, arn, false, ret_table);
    else
        status =
            refuse(&work->refusal, "Invalid TableArn: Invalid ResourceArn provided as input %.*s",
                   SLICE_ARG(arn));
    if (status == STATUS_INVALID && work->refusal.error == &dynamodb_error_resource_not_found) {
        work->refusal = refusal_make(work->arena);
        status =
            refuse_as(&work->refusal, &dynamodb_error_resource_not_found,
                      "Requested resource not found: ResourcArn: %.*s not found", SLICE_ARG(arn));
    }
    assert(status != STATUS_OK || *ret_table != NULL); /* a refusal is never STATUS_OK */
    return status;
}

static enum status load(struct work *work, const struct table *table, struct table_tag *tags,
                        size_t *ret_count)
{
    return table_store_tags(work->db, table->id, TAGS_MAX + 1, work->arena, tags, ret_count);
}

static enum status tag_resource(struct work *work)
{
    const struct table *table = NULL;
    const struct json *tags = json_member(work->input, "Tags");
    struct table_tag stored[TAGS_MAX + 1];
    size_t count = 0;
    enum status status = tags_check(work, tags);
    if (status == STATUS_OK)
        status = find(work, &table);
    if (status == STATUS_OK)
        status = tags_store(work, table->id, tags);
    if (status == STATUS_OK)
        status = load(work, table, stored, &count);
    if (status == STATUS_OK && count > TAGS_MAX)
        status = refuse_too_many(work);
    if (status == STATUS_OK)
        aws_json_answer_nothing(work->call);
    return status;
}

static enum status untag_resource(struct work *work)
{
    const struct table *table = NULL;
    const struct json *keys = json_member(work->input, "TagKeys");
    enum status status = find(work, &table);
    for (const struct json *key = json_first(keys); key != NULL && status == STATUS_OK;
         key = json_next(key))
        status = table_store_untag(work->db, table->id, json_string(key));
    if (status == STATUS_OK)
        aws_json_answer_nothing(work->call);
    return status;
}

static enum status list_tags_of_resource(struct work *work)
{
    const struct table *table = NULL;
    struct table_tag tags[TAGS_MAX + 1];
    size_t count = 0;
    enum status status = find(work, &table);
    if (status == STATUS_OK)
        status = load(work, table, tags, &count);
    if (status != STATUS_OK)
        return status;
    struct text out = aws_json_text(work->call);
    struct json_writer w = json_writer_make(&out);
    json_begin_object(&w);
    json_key(&w, "Tags");
    json_begin_array(&w);
    for (size_t i = 0; i < count; i++) {
        json_begin_object(&w);
        json_put_string(&w, "Key", tags[i].name);
        json_put_string(&w, "Value", tags[i].value);
        json_end_object(&w);
    }
    json_end_array(&w);
    json_end_object(&w);
    aws_json_answer(work->call, &out);
    return STATUS_OK;
}

void dynamodb_tag_resource(struct call *call)
{
    operation_run(call, tag_resource);
}

void dynamodb_untag_resource(struct call *call)
{
    operation_run(call, untag_resource);
}

void dynamodb_list_tags_of_resource(struct call *call)
{
    operation_run(call, list_tags_of_resource);
}

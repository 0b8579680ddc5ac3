#include "handlers/logs/log_tags.h"

#include "emulator/base/json.h"
#include "emulator/base/json_writer.h"
#include "emulator/http/call.h"
#include "emulator/protocol/aws_json.h"
#include "emulator/sandbox.h"
#include "handlers/logs/log_destination_tags.h"
#include "handlers/logs/log_lookup.h"
#include "handlers/logs/logs_errors.h"
#include "handlers/logs/logs_operations.h"

enum status log_tags_store(struct call *call, int64_t group_id)
{
    struct db *db = call->sandbox->db;
    const struct json *tags = json_member(call->input, "tags");
    enum status status = STATUS_OK;
    for (const struct json *tag = json_first(tags); tag != NULL && status == STATUS_OK;
         tag = json_next(tag))
        status = log_tag_put(db, group_id, json_name(tag), json_string(tag));

    int64_t count = 0;
    if (status == STATUS_OK)
        status = log_tag_count(db, group_id, &count);
    return status == STATUS_OK && count > LOG_TAGS_MAX ? STATUS_TOO_LARGE : status;
}

/* The group in `resourceArn`; false when the call has been answered. */
static bool require_resource(struct call *call, struct log_group_row *ret_group)
{
    struct log_owner owner = log_lookup_owner(call);
    struct slice name = {NULL, 0};
    enum status status =
        log_lookup_arn_name(&owner, json_member_string(call->input, "resourceArn"), &name);
    if (status == STATUS_OK)
        status = log_group_find(call->sandbox->db, &owner, name, &call->arena, ret_group);
    if (status == STATUS_INVALID)
        call_fail(call, &logs_error_invalid_parameter, "The specified resource ARN is invalid.");
    else if (status == STATUS_NOT_FOUND)
        call_fail(call, &logs_error_resource_not_found, "The specified resource does not exist.");
    else if (status != STATUS_OK)
        logs_fail_storage(call, status);
    return status == STATUS_OK;
}

static void answer_tags(struct call *call, int64_t group_id)
{
    struct text body = aws_json_text(call);
    struct json_writer w = json_writer_make(&body);
    struct log_cursor cursor;
    struct slice key;
    struct slice value;
    json_begin_object(&w);
    json_key(&w, "tags");
    json_begin_object(&w);
    log_tags_begin(&cursor, call->sandbox->db, group_id);
    while (log_tags_next(&cursor, &key, &value)) {
        json_key_slice(&w, key);
        json_write_string(&w, value);
    }
    enum status status = log_cursor_end(&cursor);
    json_end_object(&w);
    json_end_object(&w);
    if (status == STATUS_OK)
        aws_json_answer(call, &body);
    else
        logs_fail_storage(call, status);
}

void logs_list_tags_for_resource(struct call *call)
{
    struct log_group_row group;
    if (log_destination_tags_are_asked(call))
        log_destination_tags_list(call);
    else if (require_resource(call, &group))
        answer_tags(call, group.id);
}

void logs_list_tags_log_group(struct call *call)
{
    struct log_group_row group;
    if (logs_require_group(call, &group))
        answer_tags(call, group.id);
}

static void tag(struct call *call, const struct log_group_row *group)
{
    enum status status = log_tags_store(call, group->id);
    if (status == STATUS_TOO_LARGE)
        call_fail(call, &logs_error_too_many_tags, "The resource would have more than %d tags.",
                  LOG_TAGS_MAX);
    else
        logs_answer_done(call, status);
}

void logs_tag_resource(struct call *call)
{
    struct log_group_row group;
    if (log_destination_tags_are_asked(call))
        log_destination_tags_add(call);
    else if (require_resource(call, &group))
        tag(call, &group);
}

void logs_tag_log_group(struct call *call)
{
    struct log_group_row group;
    if (logs_require_group(call, &group))
        tag(call, &group);
}

static void untag(struct call *call, const struct log_group_row *group, const struct json *keys)
{
    enum status status = STATUS_OK;
    for (const struct json *key = json_first(keys); key != NULL && status == STATUS_OK;
         key = json_next(key))
        status = log_tag_remove(call->sandbox->db, group->id, json_string(key));
    logs_answer_done(call, status);
}

void logs_untag_resource(struct call *call)
{
    struct log_group_row group;
    if (log_destination_tags_are_asked(call))
        log_destination_tags_remove(call);
    else if (require_resource(call, &group))
        untag(call, &group, json_member(call->input, "tagKeys"));
}

void logs_untag_log_group(struct call *call)
{
    struct log_group_row group;
    if (logs_require_group(call, &group))
        untag(call, &group, json_member(call->input, "tags"));
}

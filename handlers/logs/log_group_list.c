#include "emulator/base/arena.h"
#include "emulator/base/json.h"
#include "emulator/base/json_writer.h"
#include "emulator/http/call.h"
#include "emulator/protocol/aws_json.h"
#include "emulator/sandbox.h"
#include "handlers/logs/log_lookup.h"
#include "handlers/logs/log_tokens.h"
#include "handlers/logs/logs_errors.h"
#include "handlers/logs/logs_operations.h"
#include "storage/log_filter_store.h"

#define LIMIT_DEFAULT 50

/* What DescribeLogGroups was asked for. */
struct group_query {
    struct slice prefix;
    struct slice pattern; /* anywhere in the name */
    struct slice class;
    struct log_list_place after;
    int64_t limit;
};

static enum status write_group(struct call *call, struct json_writer *w,
                               const struct log_group_row *row)
{
    static const struct slice none = {NULL, 0};
    struct log_filter_counts counts = {0};
    enum status status = log_filter_count(call->sandbox->db, row->id, &counts);
    json_begin_object(w);
    json_put_string(w, "logGroupName", row->name);
    json_put_integer(w, "creationTime", row->created_ms);
    if (row->retention_days > 0)
        json_put_integer(w, "retentionInDays", row->retention_days);
    json_put_integer(w, "metricFilterCount", counts.metric_filters);
    json_put_text(w, "arn", log_lookup_arn(call, row->name, ":*", none));
    json_put_integer(w, "storedBytes", row->stored_bytes);
    if (row->kms_key.len > 0)
        json_put_string(w, "kmsKeyId", row->kms_key);
    json_put_string(w, "logGroupClass", row->class);
    json_put_text(w, "logGroupArn", log_lookup_arn(call, row->name, "", none));
    json_put_bool(w, "deletionProtectionEnabled", row->is_protected);
    json_end_object(w);
    return status;
}

static bool is_wanted(const struct group_query *query, const struct log_group_row *row)
{
    if (query->class.len > 0 && !slice_equal(query->class, row->class))
        return false;
    return query->pattern.len == 0 || slice_search(row->name, query->pattern) < row->name.len;
}

/* Up to `limit` groups; the last one's name is in the arena when more follow. */
static enum status write_page(struct call *call, const struct group_query *query,
                              struct json_writer *w, struct slice *ret_last)
{
    struct log_owner owner = log_lookup_owner(call);
    struct log_cursor cursor;
    struct log_group_row row;
    struct slice last = {NULL, 0};
    int64_t count = 0;
    bool has_more = false;
    enum status copied = STATUS_OK;
    log_groups_begin(&cursor, call->sandbox->db, &owner, query->after.name, query->prefix);
    while (!has_more && copied == STATUS_OK && log_groups_next(&cursor, &row)) {
        if (!is_wanted(query, &row))
            continue;
        has_more = count == query->limit;
        if (has_more)
            continue;
        copied = write_group(call, w, &row);
        if (++count == query->limit && copied == STATUS_OK)
            copied = arena_copy(&call->arena, row.name, &last);
    }
    enum status status = log_cursor_end(&cursor);
    if (status == STATUS_OK)
        status = copied;
    if (status == STATUS_OK)
        *ret_last = has_more ? last : (struct slice){NULL, 0};
    return status;
}

/* Named groups in the order of the names; those that are not there are left out. */
static enum status write_named(struct call *call, const struct json *identifiers,
                               struct json_writer *w)
{
    struct log_owner owner = log_lookup_owner(call);
    for (const struct json *id = json_first(identifiers); id != NULL; id = json_next(id)) {
        struct log_group_row row;
        struct slice name = json_string(id);
        if (slice_starts_with(name, SLICE("arn:")) &&
            log_lookup_arn_name(&owner, name, &name) != STATUS_OK)
            continue;
        enum status status = log_group_find(call->sandbox->db, &owner, name, &call->arena, &row);
        if (status == STATUS_OK)
            status = write_group(call, w, &row);
        if (status != STATUS_OK && status != STATUS_NOT_FOUND)
            return status;
    }
    return STATUS_OK;
}

/* False when the call has been answered. */
static bool read_query(struct call *call, struct group_query *ret_query)
{
    const struct json *input = call->input;
    ret_query->prefix = json_member_string(input, "logGroupNamePrefix");
    ret_query->pattern = json_member_string(input, "logGroupNamePattern");
    ret_query->class = json_member_string(input, "logGroupClass");
    ret_query->limit = json_member_integer(input, "limit", LIMIT_DEFAULT);
    if (ret_query->prefix.len > 0 && ret_query->pattern.len > 0) {
        call_fail(call, &logs_error_invalid_parameter,
                  "LogGroup name prefix and LogGroup name pattern are mutually exclusive "
                  "parameters.");
        return false;
    }
    if (json_member_bool(input, "includeLinkedAccounts", false) ||
        json_count(json_member(input, "accountIdentifiers")) > 0) {
        call_fail(call, &logs_error_invalid_parameter,
                  "Hydrant does not support accountIdentifiers and includeLinkedAccounts.");
        return false;
    }
    struct slice token = json_member_string(input, "nextToken");
    if (token.len > 0 && log_list_token_read(&call->arena, token, &ret_query->after) != STATUS_OK) {
        call_fail(call, &logs_error_invalid_parameter, "The specified nextToken is invalid.");
        return false;
    }
    return true;
}

void logs_describe_log_groups(struct call *call)
{
    struct group_query query = {0};
    if (!read_query(call, &query))
        return;
    struct text body = aws_json_text(call);
    struct json_writer w = json_writer_make(&body);
    struct log_list_place last = {0, {NULL, 0}};
    struct slice token = {NULL, 0};
    const struct json *identifiers = json_member(call->input, "logGroupIdentifiers");
    json_begin_object(&w);
    json_key(&w, "logGroups");
    json_begin_array(&w);
    enum status status = identifiers != NULL ? write_named(call, identifiers, &w)
                                             : write_page(call, &query, &w, &last.name);
    json_end_array(&w);
    if (status == STATUS_OK && last.name.len > 0)
        status = log_list_token_write(&call->arena, &last, &token);
    if (token.len > 0)
        json_put_string(&w, "nextToken", token);
    json_end_object(&w);
    if (status == STATUS_OK)
        aws_json_answer(call, &body);
    else
        logs_fail_storage(call, status);
}

/* ---- ListLogGroups ------------------------------------------------------------------------ */

/* "^a|b": one of the alternatives is in the name, at its beginning when it has a '^'. */
static bool fits(struct slice name, struct slice pattern)
{
    while (pattern.len > 0) {
        struct slice part = slice_cut(&pattern, '|');
        bool is_anchored = slice_starts_with(part, SLICE("^"));
        struct slice text = slice_from(part, is_anchored ? 1 : 0);
        if (is_anchored ? slice_starts_with(name, text) : slice_search(name, text) < name.len)
            return true;
    }
    return false;
}

static bool is_listed(const struct call *call, const struct log_group_row *row)
{
    struct slice pattern = json_member_string(call->input, "logGroupNamePattern");
    struct slice class = json_member_string(call->input, "logGroupClass");
    return (class.len == 0 || slice_equal(class, row->class)) &&
           (pattern.len == 0 || fits(row->name, pattern));
}

static void write_summary(struct call *call, struct json_writer *w, const struct log_group_row *row)
{
    json_begin_object(w);
    json_put_string(w, "logGroupName", row->name);
    json_put_text(w, "logGroupArn", log_lookup_arn(call, row->name, "", slice_make(NULL, 0)));
    json_put_string(w, "logGroupClass", row->class);
    json_end_object(w);
}

/* `*ret_last` gets a name only when more follow. */
static enum status write_summaries(struct call *call, struct slice after, struct json_writer *w,
                                   struct slice *ret_last)
{
    struct log_owner owner = log_lookup_owner(call);
    int64_t limit = json_member_integer(call->input, "limit", LIMIT_DEFAULT);
    struct log_cursor cursor;
    struct log_group_row row;
    struct slice last = {NULL, 0};
    int64_t count = 0;
    bool has_more = false;
    enum status copied = STATUS_OK;
    log_groups_begin(&cursor, call->sandbox->db, &owner, after, slice_make(NULL, 0));
    while (!has_more && copied == STATUS_OK && log_groups_next(&cursor, &row)) {
        if (!is_listed(call, &row))
            continue;
        has_more = count == limit;
        if (has_more)
            continue;
        write_summary(call, w, &row);
        if (++count == limit)
            copied = arena_copy(&call->arena, row.name, &last);
    }
    enum status status = log_cursor_end(&cursor);
    if (status == STATUS_OK && has_more)
        *ret_last = last;
    return status != STATUS_OK ? status : copied;
}

/* False when the call has been answered. */
static bool check_list(struct call *call, struct log_list_place *ret_after)
{
    static const char *const lists[] = {"accountIdentifiers", "dataSources", "fieldIndexNames",
                                        "logGroupTags"};
    struct slice token = json_member_string(call->input, "nextToken");
    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
        if (json_count(json_member(call->input, lists[i])) > 0) {
            call_fail(call, &logs_error_invalid_parameter,
                      "Hydrant does not support the parameter %s.", lists[i]);
            return false;
        }
    }
    if (token.len == 0 || log_list_token_read(&call->arena, token, ret_after) == STATUS_OK)
        return true;
    call_fail(call, &logs_error_invalid_parameter, "The specified nextToken is invalid.");
    return false;
}

void logs_list_log_groups(struct call *call)
{
    struct log_list_place after = {0, {NULL, 0}};
    struct log_list_place last = {0, {NULL, 0}};
    struct slice token = {NULL, 0};
    if (!check_list(call, &after))
        return;
    struct text body = aws_json_text(call);
    struct json_writer w = json_writer_make(&body);
    json_begin_object(&w);
    json_key(&w, "logGroups");
    json_begin_array(&w);
    enum status status = write_summaries(call, after.name, &w, &last.name);
    json_end_array(&w);
    if (status == STATUS_OK && last.name.len > 0)
        status = log_list_token_write(&call->arena, &last, &token);
    if (token.len > 0)
        json_put_string(&w, "nextToken", token);
    json_end_object(&w);
    if (status == STATUS_OK)
        aws_json_answer(call, &body);
    else
        logs_fail_storage(call, status);
}

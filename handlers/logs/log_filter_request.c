#include "handlers/logs/log_filter_request.h"

#include "emulator/base/arena.h"
#include "emulator/base/json.h"
#include "emulator/base/json_writer.h"
#include "emulator/http/call.h"
#include "emulator/protocol/aws_json.h"
#include "emulator/sandbox.h"
#include "handlers/logs/log_forwarder.h"
#include "handlers/logs/log_lookup.h"
#include "handlers/logs/log_tokens.h"
#include "handlers/logs/logs_errors.h"

#define LIMIT_DEFAULT 50
#define PROBLEM_MAX_BYTES 2048
#define SETTINGS_MAX_BYTES ((size_t)64 * 1024)
#define METRIC_FILTERS_MAX 100
#define SUBSCRIPTION_FILTERS_MAX 2
#define REGEX_FILTERS_MAX 5

bool log_filter_request_pattern(struct call *call, struct filter_pattern *ret_pattern)
{
    struct text problem;
    text_init_in(&problem, &call->arena, PROBLEM_MAX_BYTES);
    enum status status = filter_pattern_parse(json_member_string(call->input, "filterPattern"),
                                              &call->arena, ret_pattern, &problem);
    if (status == STATUS_INVALID)
        call_fail(call, &logs_error_invalid_parameter, "%.*s", SLICE_ARG(text_slice(&problem)));
    else if (status != STATUS_OK)
        call_fail_internal(call, status, "reading the filter pattern");
    return status == STATUS_OK;
}

bool log_filter_request_check_members(struct call *call)
{
    static const char *const lists[] = {"emitSystemFields", "emitSystemFieldDimensions"};
    const char *refused = NULL;
    if (json_member_bool(call->input, "applyOnTransformedLogs", false))
        refused = "applyOnTransformedLogs";
    if (json_member_string(call->input, "fieldSelectionCriteria").len > 0)
        refused = "fieldSelectionCriteria";
    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
        if (json_count(json_member(call->input, lists[i])) > 0)
            refused = lists[i];
    if (refused != NULL)
        call_fail(call, &logs_error_invalid_parameter, "Hydrant does not support the parameter %s.",
                  refused);
    return refused == NULL;
}

/* ---- putting ---- */

/* False when the call has been answered. */
static bool check_counts(struct call *call, const struct log_group_row *group,
                         enum log_filter_kind kind, bool has_regex, bool had_regex, bool is_new)
{
    struct log_filter_counts counts;
    enum status status = log_filter_count(call->sandbox->db, group->id, &counts);
    if (status != STATUS_OK) {
        logs_fail_storage(call, status);
        return false;
    }
    bool is_full = kind == LOG_FILTER_METRIC
                       ? counts.metric_filters >= METRIC_FILTERS_MAX
                       : counts.subscription_filters >= SUBSCRIPTION_FILTERS_MAX;
    bool is_regex_full = has_regex && !had_regex && counts.with_regex >= REGEX_FILTERS_MAX;
    if ((is_new && is_full) || is_regex_full) {
        call_fail(call, &logs_error_limit_exceeded, "Resource limit exceeded.");
        return false;
    }
    return true;
}

static struct slice write_settings(struct call *call, const char *const *members)
{
    struct text settings;
    text_init_in(&settings, &call->arena, SETTINGS_MAX_BYTES);
    struct json_writer w = json_writer_make(&settings);
    json_begin_object(&w);
    for (size_t i = 0; members[i] != NULL; i++) {
        const struct json *value = json_member(call->input, members[i]);
        if (value == NULL)
            continue;
        json_key(&w, members[i]);
        json_write_value(&w, value);
    }
    json_end_object(&w);
    return settings.status == STATUS_OK ? text_slice(&settings) : slice_make(NULL, 0);
}

bool log_filter_request_put(struct call *call, const struct log_group_row *group,
                            enum log_filter_kind kind, const struct filter_pattern *pattern,
                            const char *const *members)
{
    struct db *db = call->sandbox->db;
    struct log_filter_row old = {.id = 0};
    struct log_filter_row row = {
        .group_id = group->id,
        .kind = kind,
        .name = json_member_string(call->input, "filterName"),
        .pattern = json_member_string(call->input, "filterPattern"),
        .settings = write_settings(call, members),
        .has_regex = pattern->regexes > 0,
        .created_ms = sim_clock_now_ms(&call->sandbox->clock),
    };
    enum status status = log_filter_find(db, group->id, kind, row.name, &call->arena, &old);
    bool is_new = status == STATUS_NOT_FOUND;
    if (status != STATUS_OK && !is_new) {
        logs_fail_storage(call, status);
        return false;
    }
    if (!check_counts(call, group, kind, row.has_regex, old.has_regex, is_new))
        return false;
    status = row.settings.len > 0 ? log_filter_put(db, &row) : STATUS_NO_MEMORY;
    if (status != STATUS_OK)
        logs_fail_storage(call, status);
    return status == STATUS_OK;
}

/* ---- deleting ---- */

void log_filter_request_delete(struct call *call, enum log_filter_kind kind, const char *what)
{
    struct db *db = call->sandbox->db;
    struct log_group_row group;
    struct log_filter_row row;
    if (!logs_require_group(call, &group))
        return;
    enum status status = log_filter_find(
        db, group.id, kind, json_member_string(call->input, "filterName"), &call->arena, &row);
    if (status == STATUS_NOT_FOUND) {
        call_fail(call, &logs_error_resource_not_found, "The specified %s does not exist.", what);
        return;
    }
    logs_answer_done(call, status == STATUS_OK ? log_filter_remove(db, row.id) : status);
    log_forwarder_notify(call->sandbox->log_forwarder); /* it forgets what was left to do */
}

/* ---- listing ---- */

static enum status write_filter(struct call *call, struct json_writer *w,
                                const struct log_filter_row *row)
{
    const struct json *settings = NULL;
    enum status status = json_parse(row->settings, &call->arena, &settings);
    if (status != STATUS_OK)
        return status;
    json_begin_object(w);
    json_put_string(w, "filterName", row->name);
    json_put_string(w, "logGroupName", row->group);
    json_put_string(w, "filterPattern", row->pattern);
    json_put_integer(w, "creationTime", row->created_ms);
    for (const struct json *member = json_first(settings); member != NULL;
         member = json_next(member)) {
        json_key_slice(w, json_name(member));
        json_write_value(w, member);
    }
    if (json_member(settings, "applyOnTransformedLogs") == NULL)
        json_put_bool(w, "applyOnTransformedLogs", false);
    if (row->kind == LOG_FILTER_SUBSCRIPTION && json_member(settings, "distribution") == NULL)
        json_put_text(w, "distribution", "ByLogStream");
    json_end_object(w);
    return STATUS_OK;
}

/* False when the call has been answered. */
static bool read_range(struct call *call, const struct log_group_row *group,
                       struct log_filters_range *range)
{
    struct slice token = json_member_string(call->input, "nextToken");
    struct log_list_place after = {0, {NULL, 0}};
    range->owner = log_lookup_owner(call);
    range->group_id = group != NULL ? group->id : 0;
    range->prefix = json_member_string(call->input, "filterNamePrefix");
    if (token.len > 0 && log_list_token_read(&call->arena, token, &after) != STATUS_OK) {
        call_fail(call, &logs_error_invalid_parameter, "The specified nextToken is invalid.");
        return false;
    }
    range->after_group = after.number;
    range->after_name = after.name;
    return true;
}

/* `*ret_last` gets a name only when more follow. */
static enum status write_page(struct call *call, const struct log_filters_range *range,
                              const struct log_filter_list *list, struct json_writer *w,
                              struct log_list_place *ret_last)
{
    int64_t limit = json_member_integer(call->input, "limit", LIMIT_DEFAULT);
    struct log_cursor cursor;
    struct log_filter_row row;
    struct log_list_place last = {0, {NULL, 0}};
    int64_t count = 0;
    bool has_more = false;
    enum status written = STATUS_OK;
    log_filters_begin(&cursor, call->sandbox->db, range);
    while (!has_more && written == STATUS_OK && log_filters_next(&cursor, &row)) {
        if (list->is_wanted != NULL && !list->is_wanted(call, &row))
            continue;
        has_more = count == limit;
        if (has_more)
            continue;
        written = write_filter(call, w, &row);
        last.number = row.group_id;
        if (++count == limit && written == STATUS_OK)
            written = arena_copy(&call->arena, row.name, &last.name);
    }
    enum status status = log_cursor_end(&cursor);
    if (status == STATUS_OK)
        status = written;
    if (status == STATUS_OK && has_more)
        *ret_last = last;
    return status;
}

void log_filter_request_list(struct call *call, const struct log_group_row *group,
                             const struct log_filter_list *list)
{
    struct log_filters_range range = {.kind = list->kind};
    struct log_list_place last = {0, {NULL, 0}};
    struct slice token = {NULL, 0};
    if (!read_range(call, group, &range))
        return;
    struct text body = aws_json_text(call);
    struct json_writer w = json_writer_make(&body);
    json_begin_object(&w);
    json_key(&w, list->name);
    json_begin_array(&w);
    enum status status = write_page(call, &range, list, &w, &last);
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

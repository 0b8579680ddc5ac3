#include "handlers/logs/log_lookup.h"

#include "emulator/auth/principal.h"
#include "emulator/base/json.h"
#include "emulator/base/utf8.h"
#include "emulator/http/call.h"
#include "emulator/protocol/aws_json.h"
#include "emulator/sandbox.h"
#include "handlers/logs/logs_errors.h"
#include "storage/log_retention_store.h"

#define NAME_MAX_CHARS 512

struct log_owner log_lookup_owner(const struct call *call)
{
    return (struct log_owner){call->principal->account, call->principal->region};
}

void logs_fail_storage(struct call *call, enum status status)
{
    call_fail_internal(call, status, "reading or writing log data");
}

void logs_answer_done(struct call *call, enum status status)
{
    if (status == STATUS_OK)
        aws_json_answer_nothing(call);
    else
        logs_fail_storage(call, status);
}

bool logs_check_name(struct call *call, struct slice name)
{
    if (utf8_count(name) <= NAME_MAX_CHARS)
        return true;
    call_fail(call, &logs_error_invalid_parameter,
              "Invalid LogGroup or LogStream, both must have length less than or equal to %d.",
              NAME_MAX_CHARS);
    return false;
}

static bool require_named_group(struct call *call, struct slice name, struct log_group_row *ret_row)
{
    if (!logs_check_name(call, name))
        return false;
    struct log_owner owner = log_lookup_owner(call);
    enum status status = log_group_find(call->sandbox->db, &owner, name, &call->arena, ret_row);
    if (status == STATUS_NOT_FOUND)
        call_fail(call, &logs_error_resource_not_found, "The specified log group does not exist.");
    else if (status != STATUS_OK)
        logs_fail_storage(call, status);
    return status == STATUS_OK;
}

bool logs_require_group(struct call *call, struct log_group_row *ret_row)
{
    return require_named_group(call, json_member_string(call->input, "logGroupName"), ret_row);
}

bool logs_require_identified_group(struct call *call, struct slice identifier,
                                   struct log_group_row *ret_row)
{
    struct log_owner owner = log_lookup_owner(call);
    struct slice name = identifier;
    if (slice_starts_with(identifier, SLICE("arn:")) &&
        log_lookup_arn_name(&owner, identifier, &name) != STATUS_OK) {
        call_fail(call, &logs_error_resource_not_found, "The specified log group does not exist.");
        return false;
    }
    return require_named_group(call, name, ret_row);
}

bool logs_require_group_or_identifier(struct call *call, struct log_group_row *ret_row)
{
    struct slice name = json_member_string(call->input, "logGroupName");
    struct slice identifier = json_member_string(call->input, "logGroupIdentifier");
    if (name.len > 0 && identifier.len > 0) {
        call_fail(call, &logs_error_invalid_parameter,
                  "LogGroup name and LogGroup ARN are mutually exclusive parameters.");
        return false;
    }
    if (name.len == 0 && identifier.len == 0) {
        call_fail(call, &logs_error_invalid_parameter,
                  "Either LogGroup name or LogGroup ARN must be specified.");
        return false;
    }
    return name.len > 0 ? require_named_group(call, name, ret_row)
                        : logs_require_identified_group(call, identifier, ret_row);
}

bool logs_require_stream(struct call *call, const struct log_group_row *group, struct slice name,
                         struct log_stream_row *ret_row)
{
    if (!logs_check_name(call, name))
        return false;
    enum status status = log_stream_find(call->sandbox->db, group->id, name, &call->arena, ret_row);
    if (status == STATUS_NOT_FOUND)
        call_fail(call, &logs_error_resource_not_found, "The specified log stream does not exist.");
    else if (status != STATUS_OK)
        logs_fail_storage(call, status);
    return status == STATUS_OK;
}

void log_lookup_leave_out_expired(const struct call *call, const struct log_group_row *group,
                                  struct log_events_range *range)
{
    int64_t now_ms = sim_clock_now_ms(&call->sandbox->clock);
    struct log_position oldest = {now_ms - group->retention_days * LOG_RETENTION_DAY_MS, INT64_MIN};
    if (group->retention_days > 0 && log_position_is_before(range->after, oldest))
        range->after = oldest;
}

enum status log_lookup_arn_name(const struct log_owner *owner, struct slice arn,
                                struct slice *ret_name)
{
    struct slice rest = arn;
    if (!slice_equal(slice_cut(&rest, ':'), SLICE("arn")))
        return STATUS_INVALID;
    struct slice partition = slice_cut(&rest, ':');
    struct slice service = slice_cut(&rest, ':');
    struct slice region = slice_cut(&rest, ':');
    struct slice account = slice_cut(&rest, ':');
    if (rest.len == 0 || partition.len == 0)
        return STATUS_INVALID;
    if (!slice_equal(service, SLICE("logs")) || !slice_equal(region, owner->region) ||
        !slice_equal(account, owner->account) ||
        !slice_equal(slice_cut(&rest, ':'), SLICE("log-group")))
        return STATUS_NOT_FOUND;

    struct slice name = slice_cut(&rest, ':');
    if (name.len == 0 || (rest.len > 0 && !slice_equal(rest, SLICE("*"))))
        return STATUS_NOT_FOUND;
    *ret_name = name;
    return STATUS_OK;
}

const char *log_lookup_arn(struct call *call, struct slice group, const char *tail,
                           struct slice stream)
{
    return arena_printf(&call->arena, "arn:aws:logs:%.*s:%.*s:log-group:%.*s%s%.*s",
                        SLICE_ARG(call->principal->region), SLICE_ARG(call->principal->account),
                        SLICE_ARG(group), tail, SLICE_ARG(stream));
}

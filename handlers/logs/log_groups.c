#include "emulator/base/json.h"
#include "emulator/base/log.h"
#include "emulator/http/call.h"
#include "emulator/protocol/aws_json.h"
#include "emulator/sandbox.h"
#include "handlers/logs/log_expiry.h"
#include "handlers/logs/log_forwarder.h"
#include "handlers/logs/log_lookup.h"
#include "handlers/logs/log_tags.h"
#include "handlers/logs/logs_errors.h"
#include "handlers/logs/logs_operations.h"

/* What is stored and shown but makes no difference here. */
static void warn_of_unused(const struct log_group_row *row)
{
    if (row->kms_key.len > 0)
        log_line(LOG_WARNING, "log group %.*s: kmsKeyId is kept, but nothing is encrypted",
                 SLICE_ARG(row->name));
    if (!slice_equal(row->class, SLICE("STANDARD")))
        log_line(LOG_WARNING, "log group %.*s: logGroupClass %.*s is kept, but acts as STANDARD",
                 SLICE_ARG(row->name), SLICE_ARG(row->class));
}

static struct log_group_row requested_group(const struct call *call)
{
    struct slice class = json_member_string(call->input, "logGroupClass");
    return (struct log_group_row){
        .name = json_member_string(call->input, "logGroupName"),
        .created_ms = sim_clock_now_ms(&call->sandbox->clock),
        .class = class.len > 0 ? class : SLICE("STANDARD"),
        .kms_key = json_member_string(call->input, "kmsKeyId"),
        .is_protected = json_member_bool(call->input, "deletionProtectionEnabled", false),
    };
}

void logs_create_log_group(struct call *call)
{
    struct log_owner owner = log_lookup_owner(call);
    struct log_group_row row = requested_group(call);
    if (!logs_check_name(call, row.name))
        return;
    enum status status = log_group_create(call->sandbox->db, &owner, &row, &row.id);
    if (status == STATUS_EXISTS) {
        call_fail(call, &logs_error_resource_exists, "The specified log group already exists");
        return;
    }
    if (status == STATUS_OK)
        status = log_tags_store(call, row.id);
    if (status == STATUS_OK)
        warn_of_unused(&row);
    logs_answer_done(call, status);
}

void logs_delete_log_group(struct call *call)
{
    struct log_group_row group;
    if (!logs_require_group(call, &group))
        return;
    if (group.is_protected) {
        call_fail(call, &logs_error_validation,
                  "The log group %.*s cannot be deleted while deletion protection is enabled.",
                  SLICE_ARG(group.name));
        return;
    }
    logs_answer_done(call, log_group_delete(call->sandbox->db, group.id));
    log_forwarder_notify(call->sandbox->log_forwarder); /* its filters are gone */
}

void logs_put_log_group_deletion_protection(struct call *call)
{
    struct log_group_row group;
    struct slice identifier = json_member_string(call->input, "logGroupIdentifier");
    if (!logs_require_identified_group(call, identifier, &group))
        return;
    bool enabled = json_member_bool(call->input, "deletionProtectionEnabled", false);
    logs_answer_done(call, log_group_set_protection(call->sandbox->db, group.id, enabled));
}

static bool is_retention(int64_t days)
{
    static const int64_t allowed[] = {1,   3,   5,   7,   14,   30,   60,   90,   120,  150,  180,
                                      365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653};
    for (size_t i = 0; i < sizeof(allowed) / sizeof(allowed[0]); i++)
        if (allowed[i] == days)
            return true;
    return false;
}

void logs_put_retention_policy(struct call *call)
{
    struct log_group_row group;
    int64_t days = json_member_integer(call->input, "retentionInDays", 0);
    if (!is_retention(days)) {
        call_fail(
            call, &logs_error_invalid_parameter,
            "1 validation error detected: Value '%lld' at 'retentionInDays' failed to satisfy "
            "constraint: Member must satisfy enum value set: [1, 3, 5, 7, 14, 30, 60, 90, "
            "120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653]",
            (long long)days);
        return;
    }
    if (!logs_require_group(call, &group))
        return;
    group.retention_days = days;
    logs_answer_done(call, log_group_set_retention(call->sandbox->db, group.id, days));
    log_expiry_notify(call->sandbox->log_expiry, &group);
}

void logs_delete_retention_policy(struct call *call)
{
    struct log_group_row group;
    if (logs_require_group(call, &group))
        logs_answer_done(call, log_group_set_retention(call->sandbox->db, group.id, 0));
}

/* By `logGroupName`, or by an ARN in `resourceIdentifier`; false when the call has been answered.
 */
static bool require_key_owner(struct call *call, struct log_group_row *ret_group)
{
    struct slice name = json_member_string(call->input, "logGroupName");
    struct slice identifier = json_member_string(call->input, "resourceIdentifier");
    if ((name.len > 0) == (identifier.len > 0)) {
        call_fail(call, &logs_error_invalid_parameter,
                  "Exactly one of logGroupName and resourceIdentifier must be specified.");
        return false;
    }
    return name.len > 0 ? logs_require_group(call, ret_group)
                        : logs_require_identified_group(call, identifier, ret_group);
}

void logs_associate_kms_key(struct call *call)
{
    struct log_group_row group;
    if (!require_key_owner(call, &group))
        return;
    group.kms_key = json_member_string(call->input, "kmsKeyId");
    warn_of_unused(&group);
    logs_answer_done(call, log_group_set_kms_key(call->sandbox->db, group.id, group.kms_key));
}

void logs_disassociate_kms_key(struct call *call)
{
    struct log_group_row group;
    if (require_key_owner(call, &group))
        logs_answer_done(call, log_group_set_kms_key(call->sandbox->db, group.id, SLICE("")));
}

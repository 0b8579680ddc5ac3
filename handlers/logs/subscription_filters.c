/*
 * subscription_filters.c -- PutSubscriptionFilter, DescribeSubscriptionFilters and
 * DeleteSubscriptionFilter. What they send is the forwarder's (log_forwarder.h).
 */
#include "emulator/base/json.h"
#include "emulator/delivery/delivery.h"
#include "emulator/http/call.h"
#include "emulator/protocol/aws_json.h"
#include "emulator/sandbox.h"
#include "handlers/logs/log_destination.h"
#include "handlers/logs/log_filter_request.h"
#include "handlers/logs/log_forwarder.h"
#include "handlers/logs/log_lookup.h"
#include "handlers/logs/logs_errors.h"
#include "handlers/logs/logs_operations.h"
#include "storage/function_store.h"
#include "storage/kinesis_store.h"

/* ---- the destination: each answers the call when it says false ---- */

static bool check_found(struct call *call, enum status status, const char *message)
{
    if (status == STATUS_NOT_FOUND)
        call_fail(call, &logs_error_invalid_parameter, "%s", message);
    else if (status != STATUS_OK)
        logs_fail_storage(call, status);
    return status == STATUS_OK;
}

static bool check_function(struct call *call, const struct log_target *target)
{
    struct function_row row;
    enum status status = function_store_find(call->sandbox->db, target->account, target->region,
                                             target->name, &call->arena, &row);
    return check_found(call, status,
                       "Could not execute the lambda function. Make sure you have given "
                       "CloudWatch Logs permission to execute your function.");
}

static bool check_kinesis(struct call *call, const struct log_target *target)
{
    const struct kinesis_owner owner = {target->account, target->region};
    struct kinesis_stream_row row;
    enum status status =
        kinesis_stream_find(call->sandbox->db, &owner, target->name, &call->arena, &row);
    return check_found(call, status,
                       "Could not deliver test message to specified Kinesis stream. Check if the "
                       "given kinesis stream is in ACTIVE state. ");
}

static bool check_firehose(struct call *call, const struct log_target *target)
{
    const struct delivery_stream *stream = delivery_stream_find(
        call->sandbox->delivery, target->account, target->region, target->name);
    bool is_active = stream != NULL && delivery_stream_state(stream) == DELIVERY_ACTIVE;
    return check_found(call, is_active ? STATUS_OK : STATUS_NOT_FOUND,
                       "Could not deliver test message to specified Firehose stream. Check if "
                       "the given Firehose stream is in ACTIVE state. ");
}

static bool check_target(struct call *call, const struct log_target *target)
{
    if (target->kind == LOG_TARGET_LAMBDA)
        return check_function(call, target);
    return target->kind == LOG_TARGET_KINESIS ? check_kinesis(call, target)
                                              : check_firehose(call, target);
}

/* A role is for streams, which the caller's account lends to CloudWatch Logs. */
static bool check_role(struct call *call, const struct log_target *target)
{
    bool has_role = json_member(call->input, "roleArn") != NULL;
    bool needs_role = target->kind == LOG_TARGET_KINESIS || target->kind == LOG_TARGET_FIREHOSE;
    if (target->kind == LOG_TARGET_DESTINATION || has_role == needs_role)
        return true;
    call_fail(call, &logs_error_invalid_parameter,
              "destinationArn for vendor %.*s cannot be used %s roleArn", SLICE_ARG(target->vendor),
              has_role ? "with" : "without");
    return false;
}

/* What the ARN is, and what it stands for in the end. */
static bool require_target(struct call *call, struct log_target *ret_target)
{
    struct slice arn = json_member_string(call->input, "destinationArn");
    struct log_target target = {.kind = LOG_TARGET_LAMBDA};
    enum status status = log_target_parse(arn, &target);
    if (status == STATUS_UNSUPPORTED)
        call_fail(call, &logs_error_invalid_parameter,
                  "PutSubscriptionFilter operation cannot work with destinationArn for vendor %.*s",
                  SLICE_ARG(target.vendor));
    else if (status != STATUS_OK)
        call_fail(call, &logs_error_invalid_parameter, "Invalid destinationArn: %.*s",
                  SLICE_ARG(arn));
    if (status != STATUS_OK || !check_role(call, &target))
        return false;
    status = log_destination_resolve(call->sandbox->db, arn, &call->arena, ret_target);
    return check_found(call, status, "The specified destination does not exist.") &&
           check_target(call, ret_target);
}

/* ---- operations ---- */

/* Streams get a message of their own first, as on AWS. */
static enum status ask_for_check(struct call *call, const struct log_group_row *group)
{
    struct db *db = call->sandbox->db;
    struct log_filter_row row;
    enum status status =
        log_filter_find(db, group->id, LOG_FILTER_SUBSCRIPTION,
                        json_member_string(call->input, "filterName"), &call->arena, &row);
    return status == STATUS_OK ? log_forward_add_check(db, row.id) : status;
}

void logs_put_subscription_filter(struct call *call)
{
    static const char *const members[] = {"destinationArn", "roleArn", "distribution",
                                          "applyOnTransformedLogs", NULL};
    struct filter_pattern pattern;
    struct log_group_row group;
    struct log_target target;
    if (!log_filter_request_check_members(call) || !log_filter_request_pattern(call, &pattern) ||
        !logs_require_group(call, &group) || !require_target(call, &target) ||
        !log_filter_request_put(call, &group, LOG_FILTER_SUBSCRIPTION, &pattern, members))
        return;
    enum status status = STATUS_OK;
    if (target.kind != LOG_TARGET_LAMBDA)
        status = ask_for_check(call, &group);
    logs_answer_done(call, status);
    log_forwarder_notify(call->sandbox->log_forwarder);
}

void logs_delete_subscription_filter(struct call *call)
{
    log_filter_request_delete(call, LOG_FILTER_SUBSCRIPTION, "subscription filter");
}

void logs_describe_subscription_filters(struct call *call)
{
    static const struct log_filter_list list = {LOG_FILTER_SUBSCRIPTION, "subscriptionFilters",
                                                NULL};
    struct log_group_row group;
    if (logs_require_group(call, &group))
        log_filter_request_list(call, &group, &list);
}

#include "handlers/logs/logs.h"

#include "emulator/protocol/aws_json.h"
#include "emulator/shapes/shape_check.h"
#include "handlers/logs/logs_errors.h"
#include "handlers/logs/logs_operations.h"

/* A full PutLogEvents is 1 MiB of text; escapes can make it several times as long. */
#define BODY_MAX_BYTES ((size_t)8 * 1024 * 1024)

#define X(name, code, status) const struct api_error logs_error_##name = {code, status, "", false};
LOGS_ERRORS(X)
#undef X

static const struct common_errors errors = {
    .internal = &logs_error_internal,
    .unavailable = &logs_error_unavailable,
    .too_large = &logs_error_too_large,
    .headers_too_large = &logs_error_headers_too_large,
    .unknown_operation = &logs_error_unknown_operation,
    .malformed = &logs_error_serialization,
    .validation = &logs_error_invalid_parameter,
    .missing_authentication = &logs_error_missing_authentication,
    .incomplete_signature = &logs_error_incomplete_signature,
    .invalid_key = &logs_error_invalid_key,
    .expired_key = &logs_error_expired_key,
};

static const struct aws_json_profile profile = {
    .content_type = "application/x-amz-json-1.1",
    .dialect = &shape_dialect_logs,
};

static const struct operation operations[] = {
    {"AssociateKmsKey", logs_associate_kms_key},
    {"CreateLogGroup", logs_create_log_group},
    {"CreateLogStream", logs_create_log_stream},
    {"DeleteDestination", logs_delete_destination},
    {"DeleteLogGroup", logs_delete_log_group},
    {"DeleteLogStream", logs_delete_log_stream},
    {"DeleteMetricFilter", logs_delete_metric_filter},
    {"DeleteQueryDefinition", logs_delete_query_definition},
    {"DeleteResourcePolicy", logs_delete_resource_policy},
    {"DeleteRetentionPolicy", logs_delete_retention_policy},
    {"DeleteSubscriptionFilter", logs_delete_subscription_filter},
    {"DescribeDestinations", logs_describe_destinations},
    {"DescribeLogGroups", logs_describe_log_groups},
    {"DescribeLogStreams", logs_describe_log_streams},
    {"DescribeMetricFilters", logs_describe_metric_filters},
    {"DescribeQueryDefinitions", logs_describe_query_definitions},
    {"DescribeResourcePolicies", logs_describe_resource_policies},
    {"DescribeSubscriptionFilters", logs_describe_subscription_filters},
    {"DisassociateKmsKey", logs_disassociate_kms_key},
    {"FilterLogEvents", logs_filter_log_events},
    {"GetLogEvents", logs_get_log_events},
    {"ListLogGroups", logs_list_log_groups},
    {"ListTagsForResource", logs_list_tags_for_resource},
    {"ListTagsLogGroup", logs_list_tags_log_group},
    {"PutDestination", logs_put_destination},
    {"PutDestinationPolicy", logs_put_destination_policy},
    {"PutLogEvents", logs_put_log_events},
    {"PutLogGroupDeletionProtection", logs_put_log_group_deletion_protection},
    {"PutMetricFilter", logs_put_metric_filter},
    {"PutQueryDefinition", logs_put_query_definition},
    {"PutResourcePolicy", logs_put_resource_policy},
    {"PutRetentionPolicy", logs_put_retention_policy},
    {"PutSubscriptionFilter", logs_put_subscription_filter},
    {"TagLogGroup", logs_tag_log_group},
    {"TagResource", logs_tag_resource},
    {"TestMetricFilter", logs_test_metric_filter},
    {"UntagLogGroup", logs_untag_log_group},
    {"UntagResource", logs_untag_resource},
};

const struct service logs_service = {
    .name = "logs",
    .target_prefix = "Logs_20140328",
    .title = "CloudWatch Logs",
    .operations = operations,
    .operation_count = sizeof(operations) / sizeof(operations[0]),
    .body_max_bytes = BODY_MAX_BYTES,
    .errors = &errors,
    .protocol = &profile,
    .begin = aws_json_begin,
    .handle = aws_json_handle,
    .write_error = aws_json_write_error,
};

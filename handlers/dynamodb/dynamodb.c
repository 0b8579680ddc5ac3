#include "handlers/dynamodb/dynamodb.h"

#include "emulator/http/service.h"
#include "emulator/protocol/aws_json.h"
#include "emulator/shapes/shape_check.h"
#include "handlers/dynamodb/dynamodb_errors.h"
#include "handlers/dynamodb/items.h"
#include "handlers/dynamodb/tables.h"

#define BODY_MAX_BYTES ((size_t)16 * 1024 * 1024)

static const struct operation operations[] = {
    {"BatchExecuteStatement", dynamodb_batch_execute_statement},
    {"BatchGetItem", dynamodb_batch_get_item},
    {"BatchWriteItem", dynamodb_batch_write_item},
    {"CreateTable", dynamodb_create_table},
    {"DeleteItem", dynamodb_delete_item},
    {"DeleteTable", dynamodb_delete_table},
    {"DescribeContinuousBackups", dynamodb_describe_continuous_backups},
    {"DescribeEndpoints", dynamodb_describe_endpoints},
    {"DescribeLimits", dynamodb_describe_limits},
    {"DescribeTable", dynamodb_describe_table},
    {"DescribeTimeToLive", dynamodb_describe_time_to_live},
    {"ExecuteStatement", dynamodb_execute_statement},
    {"ExecuteTransaction", dynamodb_execute_transaction},
    {"GetItem", dynamodb_get_item},
    {"ListTables", dynamodb_list_tables},
    {"ListTagsOfResource", dynamodb_list_tags_of_resource},
    {"PutItem", dynamodb_put_item},
    {"Query", dynamodb_query},
    {"Scan", dynamodb_scan},
    {"TagResource", dynamodb_tag_resource},
    {"TransactGetItems", dynamodb_transact_get_items},
    {"TransactWriteItems", dynamodb_transact_write_items},
    {"UntagResource", dynamodb_untag_resource},
    {"UpdateItem", dynamodb_update_item},
};

static const struct common_errors errors = {
    .internal = &dynamodb_error_internal,
    .unavailable = &dynamodb_error_unavailable,
    .too_large = &dynamodb_error_too_large,
    .headers_too_large = &dynamodb_error_headers_too_large,
    .unknown_operation = &dynamodb_error_unknown_operation,
    .malformed = &dynamodb_error_serialization,
    .validation = &dynamodb_error_validation,
    .missing_authentication = &dynamodb_error_missing_authentication,
    .incomplete_signature = &dynamodb_error_incomplete_signature,
    .invalid_key = &dynamodb_error_invalid_key,
    .expired_key = &dynamodb_error_expired_key,
};

static const struct aws_json_profile profile = {
    .content_type = "application/x-amz-json-1.0",
    .dialect = &shape_dialect_dynamodb,
    .has_upper_request_id = true,
    .has_crc32 = true,
    .reads_encoded = true,
    .echoes_plain_json = true,
};

const struct service dynamodb_service = {
    .name = "dynamodb",
    .target_prefix = "DynamoDB_20120810",
    .title = "DynamoDB",
    .operations = operations,
    .operation_count = sizeof(operations) / sizeof(operations[0]),
    .body_max_bytes = BODY_MAX_BYTES,
    .errors = &errors,
    .protocol = &profile,
    .begin = aws_json_begin,
    .handle = aws_json_handle,
    .write_error = aws_json_write_error,
};

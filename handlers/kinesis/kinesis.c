#include "handlers/kinesis/kinesis.h"

#include "emulator/protocol/aws_json.h"
#include "emulator/shapes/shape_check.h"
#include "handlers/kinesis/kinesis_errors.h"
#include "handlers/kinesis/kinesis_operations.h"

/* 5 MiB of data is 7 MiB of base64; more still has to be read to be refused by its own error. */
#define BODY_MAX_BYTES ((size_t)16 * 1024 * 1024)

#define X(name, code, status) \
    const struct api_error kinesis_error_##name = {code, status, "", false};
KINESIS_ERRORS(X)
#undef X

static const struct common_errors errors = {
    .internal = &kinesis_error_internal,
    .unavailable = &kinesis_error_unavailable,
    .too_large = &kinesis_error_too_large,
    .headers_too_large = &kinesis_error_headers_too_large,
    .unknown_operation = &kinesis_error_unknown_operation,
    .malformed = &kinesis_error_serialization,
    .validation = &kinesis_error_validation,
    .missing_authentication = &kinesis_error_missing_authentication,
    .incomplete_signature = &kinesis_error_incomplete_signature,
    .invalid_key = &kinesis_error_invalid_key,
    .expired_key = &kinesis_error_expired_key,
};

static const struct aws_json_profile profile = {
    .content_type = "application/x-amz-json-1.1",
    .dialect = &shape_dialect_kinesis,
};

static const struct operation operations[] = {
    {"AddTagsToStream", kinesis_add_tags_to_stream},
    {"CreateStream", kinesis_create_stream},
    {"DecreaseStreamRetentionPeriod", kinesis_decrease_stream_retention_period},
    {"DeleteStream", kinesis_delete_stream},
    {"DescribeLimits", kinesis_describe_limits},
    {"DescribeStream", kinesis_describe_stream},
    {"DescribeStreamSummary", kinesis_describe_stream_summary},
    {"GetRecords", kinesis_get_records},
    {"GetShardIterator", kinesis_get_shard_iterator},
    {"IncreaseStreamRetentionPeriod", kinesis_increase_stream_retention_period},
    {"ListShards", kinesis_list_shards},
    {"ListStreams", kinesis_list_streams},
    {"ListTagsForResource", kinesis_list_tags_for_resource},
    {"ListTagsForStream", kinesis_list_tags_for_stream},
    {"PutRecord", kinesis_put_record},
    {"PutRecords", kinesis_put_records},
    {"RemoveTagsFromStream", kinesis_remove_tags_from_stream},
    {"TagResource", kinesis_tag_resource},
    {"UntagResource", kinesis_untag_resource},
};

const struct service kinesis_service = {
    .name = "kinesis",
    .target_prefix = "Kinesis_20131202",
    .title = "Kinesis",
    .operations = operations,
    .operation_count = sizeof(operations) / sizeof(operations[0]),
    .body_max_bytes = BODY_MAX_BYTES,
    .errors = &errors,
    .protocol = &profile,
    .begin = aws_json_begin,
    .handle = aws_json_handle,
    .write_error = aws_json_write_error,
};

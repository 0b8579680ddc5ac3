#include "emulator/delivery/transform_error.h"

#include "emulator/base/base64.h"
#include "emulator/base/json.h"
#include "emulator/base/json_writer.h"
#include "emulator/base/text.h"

#define JSON_ARENA_MAX_BYTES ((size_t)64 * 1024 * 1024)

/* code, retried, logged, message */
#define ERROR_LIST(X)                                                                            \
    X(function_error, "Lambda.FunctionError", true, true,                                        \
      "The Lambda function was successfully invoked but it returned an error result.")           \
    X(timed_out, "Lambda.FunctionTimedOut", true, true,                                          \
      "The Lambda function invocation timed out. Increase the Timeout setting in the Lambda"     \
      " function.")                                                                              \
    X(over_limit, "Lambda.FunctionTimedOut", true, true,                                         \
      "Firehose encountered timeout errors when calling AWS Lambda. The maximum supported"       \
      " function timeout is 5 minutes.")                                                         \
    X(not_found, "Lambda.ResourceNotFound", true, true,                                          \
      "The specified Lambda function does not exist. Use a different function that does exist.") \
    X(throttled, "Lambda.InvokeLimitExceeded", true, true,                                       \
      "The Lambda concurrent execution limit is exceeded. Increase the concurrent execution"     \
      " limit.")                                                                                 \
    X(internal, "Lambda.InternalServerError", true, true,                                        \
      "The Lambda function could not be invoked because of an internal error.")                  \
    X(no_json, "Lambda.JsonProcessingException", false, true,                                    \
      "There was an error parsing returned records from the Lambda function. Ensure that the"    \
      " returned records follow the status model required by Kinesis Data Firehose.")            \
    X(missing, "Lambda.MissingRecordId", false, true,                                            \
      "One or more record Ids were not returned. Ensure that the Lambda function returns all"    \
      " received record Ids.")                                                                   \
    X(duplicate, "Lambda.DuplicatedRecordId", false, true,                                       \
      "Multiple records were returned with the same record Id. Ensure that the Lambda function"  \
      " returns a unique record Id for each record.")                                            \
    X(no_data, "Lambda.InvalidReturnFormat", false, true,                                        \
      "The data field cannot be null when the SourceType is DirectPut or KinesisStreamAsSource"  \
      " and processing result is Ok. The value field cannot be null when the SourceType is"      \
      " MSKAsSource and processing result is Ok.")                                               \
    X(bad_format, "Lambda.FunctionError", false, true,                                           \
      "Check your function and make sure the output is in required format. In addition to that," \
      " make sure the processed records contain valid result status of Dropped, Ok, or"          \
      " ProcessingFailed")                                                                       \
    X(failed, "Lambda.ProcessingFailedStatus", false, false,                                     \
      "ProcessingFailed status set for record")                                                  \
    X(unpacking, "Decompression.Failed", false, true,                                            \
      "The record could not be decompressed: it is not whole GZIP, or too large.")               \
    X(splitting, "RecordDeAggregation.Failed", false, true,                                      \
      "The record does not have the form that the configured processors take apart.")            \
    X(partitioning, "DynamicPartitioning.MetadataExtractionFailed", false, true,                 \
      "partitionKeys values must not be null or empty")                                          \
    X(too_many, "DynamicPartitioning.ActivePartitionsLimitExceeded", false, true,                \
      "The limit of 500 active partitions of the stream is exceeded.")

#define X(name, code, is_retried, is_logged, message)                                          \
    static const struct transform_error error_##name = {SLICE_INIT(code), SLICE_INIT(message), \
                                                        is_retried, is_logged};
ERROR_LIST(X)
#undef X

/* {} is JSON without any record; anything that is no JSON object has another code. */
static const struct transform_error *classify_malformed(struct slice payload)
{
    struct arena arena;
    arena_init(&arena, JSON_ARENA_MAX_BYTES);
    const struct json *root = NULL;
    bool is_object =
        json_parse(payload, &arena, &root) == STATUS_OK && json_kind(root) == JSON_OBJECT;
    arena_clear(&arena);
    return is_object ? &error_missing : &error_no_json;
}

const struct transform_error *
transform_error_of_invocation(const struct lambda_invocation *invocation)
{
    switch (invocation->outcome) {
    case LAMBDA_OK:
        return NULL;
    case LAMBDA_FUNCTION_ERROR:
        return &error_function_error;
    case LAMBDA_TIMED_OUT:
        return invocation->is_over_limit ? &error_over_limit : &error_timed_out;
    case LAMBDA_MALFORMED:
        return classify_malformed(invocation->payload);
    case LAMBDA_NOT_FOUND:
        return &error_not_found;
    case LAMBDA_THROTTLED:
        return &error_throttled;
    case LAMBDA_INTERNAL_ERROR:
        break;
    }
    return &error_internal;
}

const struct transform_error *transform_error_of_record(enum lambda_result_kind kind)
{
    switch (kind) {
    case LAMBDA_RESULT_OK:
    case LAMBDA_RESULT_DROPPED:
        return NULL;
    case LAMBDA_RESULT_MISSING:
        return &error_missing;
    case LAMBDA_RESULT_FAILED:
        return &error_failed;
    case LAMBDA_RESULT_DUPLICATE:
        return &error_duplicate;
    case LAMBDA_RESULT_NO_DATA:
        return &error_no_data;
    case LAMBDA_RESULT_BAD_STATUS:
    case LAMBDA_RESULT_BAD_DATA:
        break;
    }
    return &error_bad_format;
}

const struct transform_error *transform_error_of_unpacking(void)
{
    return &error_unpacking;
}

const struct transform_error *transform_error_of_splitting(void)
{
    return &error_splitting;
}

const struct transform_error *transform_error_of_partitioning(void)
{
    return &error_partitioning;
}

const struct transform_error *transform_error_of_too_many_partitions(void)
{
    return &error_too_many;
}

bool transform_error_is_of_lambda(const struct transform_error *error)
{
    return slice_starts_with(error->code, SLICE("Lambda."));
}

void transform_error_append_line(struct text *out, const struct transform_failure *failure)
{
    struct json_writer w = json_writer_make(out);
    json_begin_object(&w);
    json_key(&w, "rawData");
    text_append_byte(out, '"');
    base64_append(out, failure->data);
    text_append_byte(out, '"');
    w.needs_comma = true;
    json_put_string(&w, "errorCode", failure->error->code);
    json_put_string(&w, "errorMessage",
                    failure->why != NULL ? slice_of(failure->why) : failure->error->message);
    json_put_integer(&w, "attemptsMade", failure->attempts);
    json_put_integer(&w, "arrivalTimestamp", failure->arrival_ms);
    json_put_integer(&w, "attemptEndingTimestamp", failure->ended_ms);
    if (transform_error_is_of_lambda(failure->error))
        json_put_string(&w, "lambdaARN", failure->lambda_arn);
    json_end_object(&w);
    text_append_byte(out, '\n');
}

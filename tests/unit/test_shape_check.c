#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "emulator/base/arena.h"
#include "emulator/base/json.h"
#include "emulator/base/mem.h"
#include "emulator/base/text.h"
#include "emulator/shapes/shape_check.h"

#define ONE "1 validation error detected: "
#define FAILED "failed to satisfy constraint: "

struct fixture {
    struct arena arena;
    struct shape_cache *cache;
    struct text message;
    struct text unknown;
};

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));
    arena_init(&f->arena, (size_t)64 << 20);
    f->cache = shape_cache_create();
    text_init(&f->message, SHAPE_MESSAGE_MAX);
    text_init(&f->unknown, 4096);
    *state = f;
    return f->cache ? 0 : -1;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    text_close(&f->unknown);
    text_close(&f->message);
    shape_cache_destroy(f->cache);
    arena_clear(&f->arena);
    free(f);
    return 0;
}

static enum shape_verdict check(struct fixture *f, const char *service, const char *name,
                                struct slice body)
{
    const struct shape_operation *operation = shape_find(slice_of(service), slice_of(name));
    assert_non_null(operation);
    struct shape_input input = {.cache = f->cache, .unknown = &f->unknown};
    assert_int_equal(json_parse(body, &f->arena, &input.body), STATUS_OK);
    text_clear(&f->message);
    text_clear(&f->unknown);
    return shape_check(operation, &input, shape_dialect_of(operation), &f->message);
}

static const char *said(const struct text *text)
{
    return text->len ? text->ptr : "";
}

static void accepted(void **state, const char *service, const char *name, const char *body)
{
    struct fixture *f = *state;
    enum shape_verdict verdict = check(f, service, name, slice_of(body));
    assert_string_equal(said(&f->message), "");
    assert_int_equal(verdict, SHAPE_OK);
}

static void refused(void **state, const char *service, const char *name, const char *body,
                    const char *message)
{
    struct fixture *f = *state;
    enum shape_verdict verdict = check(f, service, name, slice_of(body));
    assert_string_equal(said(&f->message), message);
    assert_int_equal(verdict, SHAPE_VALIDATION);
}

static void unreadable(void **state, const char *service, const char *name, const char *body,
                       const char *message)
{
    struct fixture *f = *state;
    enum shape_verdict verdict = check(f, service, name, slice_of(body));
    assert_string_equal(said(&f->message), message);
    assert_int_equal(verdict, SHAPE_SERIALIZATION);
}

/* ---- finding ---------------------------------------------------------------------------- */

static void an_operation_is_found_by_its_exact_name(void **state)
{
    (void)state;
    const struct shape_operation *put = shape_find(SLICE("firehose"), SLICE("PutRecord"));
    assert_string_equal(put->name, "PutRecord");
    assert_string_equal(put->uri, "/");
    assert_null(shape_find(SLICE("firehose"), SLICE("putRecord")));
    assert_null(shape_find(SLICE("firehose"), SLICE("PutRecor")));
    assert_null(shape_find(SLICE("glue"), SLICE("PutRecord")));
    assert_null(shape_find(SLICE(""), SLICE("")));
}

static void a_rest_operation_has_its_method_and_uri(void **state)
{
    (void)state;
    const struct shape_operation *invoke = shape_find(SLICE("lambda"), SLICE("Invoke"));
    assert_string_equal(invoke->method, "POST");
    assert_string_equal(invoke->uri, "/2015-03-31/functions/{FunctionName}/invocations");
    const struct shape_operation *get = shape_find(SLICE("s3"), SLICE("GetObject"));
    assert_string_equal(get->method, "GET");
    assert_string_equal(get->uri, "/{Bucket}/{Key+}");
}

static void every_operation_is_listed_in_order_and_found(void **state)
{
    (void)state;

    static const struct {
        const char *service;
        size_t count;
    } services[] = {{"firehose", 12},   {"dynamodb", 57}, {"kinesis", 39},
                    {"lambda", 85},     {"logs", 113},    {"s3", 111},
                    {"monitoring", 46}, {"iam", 176},     {"sts", 11}};

    for (size_t s = 0; s < sizeof(services) / sizeof(services[0]); s++) {
        struct slice service = slice_of(services[s].service);
        const char *last = "";
        size_t count = 0;
        for (const struct shape_operation *o; (o = shape_operation_at(service, count)); count++) {
            assert_true(strcmp(last, o->name) < 0);
            assert_ptr_equal(shape_find(service, slice_of(o->name)), o);
            last = o->name;
        }
        assert_int_equal(count, services[s].count);
    }
}

/* ---- Firehose --------------------------------------------------------------------------- */

#define S3(members)                                                                             \
    "{\"DeliveryStreamName\":\"likes\",\"ExtendedS3DestinationConfiguration\":{"                \
    "\"RoleARN\":\"arn:aws:iam::000000000000:role/r\",\"BucketARN\":\"arn:aws:s3:::b\"" members \
    "}}"
#define AT_S3 "Value at 'extendedS3DestinationConfiguration."

static void a_complete_stream_is_accepted(void **state)
{
    accepted(
        state, "firehose", "CreateDeliveryStream",
        S3(",\"CompressionFormat\":\"GZIP\",\"FileExtension\":\".json\",\"Prefix\":\"\","
           "\"CustomTimeZone\":\"\",\"BufferingHints\":{\"SizeInMBs\":1,\"IntervalInSeconds\":0}"));
}

static void an_unknown_compression_lists_the_formats_in_awss_order(void **state)
{
    refused(state, "firehose", "CreateDeliveryStream", S3(",\"CompressionFormat\":\"gzip\""),
            ONE AT_S3
            "compressionFormat' " FAILED
            "Member must satisfy enum value set: [ZIP, HADOOP_SNAPPY, Snappy, GZIP, UNCOMPRESSED]");
}

static void a_file_extension_is_quoted_in_awss_spelling(void **state)
{
    refused(state, "firehose", "CreateDeliveryStream", S3(",\"FileExtension\":\".JSON\""),
            ONE AT_S3
            "fileExtension' " FAILED
            "Member must satisfy regular expression pattern: ^(|\\.[0-9a-z!\\-_.*'()]+)$");
    accepted(state, "firehose", "CreateDeliveryStream", S3(",\"FileExtension\":\"\""));
}

static void a_long_file_extension_is_too_long(void **state)
{
    char body[1024];
    char extension[130] = {'.'};
    memset(extension + 1, 'a', 128);
    snprintf(body, sizeof(body), S3(",\"FileExtension\":\"%s\""), extension);
    refused(state, "firehose", "CreateDeliveryStream", body,
            ONE AT_S3 "fileExtension' " FAILED "Member must have length less than or equal to 128");
    extension[128] = 0;
    snprintf(body, sizeof(body), S3(",\"FileExtension\":\"%s\""), extension);
    accepted(state, "firehose", "CreateDeliveryStream", body);
}

static void missing_members_are_listed_in_the_models_order(void **state)
{
    refused(state, "firehose", "CreateDeliveryStream",
            "{\"ExtendedS3DestinationConfiguration\":{\"FileExtension\":\"x\"}}",
            "4 validation errors detected: Value at 'deliveryStreamName' " FAILED
            "Member must not be null; " AT_S3 "roleARN' " FAILED "Member must not be null; " AT_S3
            "bucketARN' " FAILED "Member must not be null; " AT_S3 "fileExtension' " FAILED
            "Member must satisfy regular expression pattern: ^(|\\.[0-9a-z!\\-_.*'()]+)$");
}

static void null_counts_as_missing(void **state)
{
    refused(state, "firehose", "DescribeDeliveryStream",
            "{\"DeliveryStreamName\":null,\"Limit\":null}",
            ONE "Value at 'deliveryStreamName' " FAILED "Member must not be null");
}

static void processors_are_numbered_from_one(void **state)
{
    refused(
        state, "firehose", "CreateDeliveryStream",
        S3(",\"ProcessingConfiguration\":{\"Enabled\":true,\"Processors\":[{\"Type\":\"Lambda\"},"
           "{\"Type\":\"lambda\",\"Parameters\":[{\"ParameterName\":\"X\",\"ParameterValue\":\" "
           "\"}]}]}"),
        "3 validation errors detected: " AT_S3
        "processingConfiguration.processors.2.member.type' " FAILED
        "Member must satisfy enum value set: [Decompression, Lambda, RecordDeAggregation, "
        "MetadataExtraction, AppendDelimiterToRecord, CloudWatchLogProcessing]; " AT_S3
        "processingConfiguration.processors.2.member.parameters.1.member.parameterName' " FAILED
        "Member must satisfy enum value set: [DataMessageExtraction, NumberOfRetries, Delimiter, "
        "RoleArn, JsonParsingEngine, SubRecordType, MetadataExtractionQuery, "
        "BufferIntervalInSeconds, LambdaArn, BufferSizeInMBs, CompressionFormat]; " AT_S3
        "processingConfiguration.processors.2.member.parameters.1.member.parameterValue' " FAILED
        "Member must satisfy regular expression pattern: ^(?!\\s*$).+");
}

static void a_parameters_length_comes_before_its_pattern(void **state)
{
    refused(
        state, "firehose", "CreateDeliveryStream",
        S3(",\"ProcessingConfiguration\":{\"Processors\":[{\"Type\":\"Lambda\",\"Parameters\":["
           "{\"ParameterName\":\"LambdaArn\",\"ParameterValue\":\"\"}]}]}"),
        "2 validation errors detected: " AT_S3
        "processingConfiguration.processors.1.member.parameters.1.member.parameterValue' " FAILED
        "Member must have length greater than or equal to 1; " AT_S3
        "processingConfiguration.processors.1.member.parameters.1.member.parameterValue' " FAILED
        "Member must satisfy regular expression pattern: ^(?!\\s*$).+");
}

static void a_number_outside_its_range_is_told_the_bound(void **state)
{
    refused(state, "firehose", "CreateDeliveryStream",
            S3(",\"BufferingHints\":{\"SizeInMBs\":129,\"IntervalInSeconds\":-1}"),
            "2 validation errors detected: " AT_S3 "bufferingHints.sizeInMBs' " FAILED
            "Member must have value less than or equal to 128; " AT_S3
            "bufferingHints.intervalInSeconds' " FAILED
            "Member must have value greater than or equal to 0");
}

static struct slice batch_of(struct fixture *f, size_t count)
{
    struct text body;
    text_init_in(&body, &f->arena, (size_t)1 << 20);
    text_append_text(&body, "{\"DeliveryStreamName\":\"likes\",\"Records\":[");
    for (size_t i = 0; i < count; i++)
        text_append_text(&body, i ? ",{\"Data\":\"aGk=\"}" : "{\"Data\":\"\"}");
    text_append_text(&body, "]}");
    return text_slice(&body);
}

static void a_batch_holds_one_to_five_hundred_records(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(check(f, "firehose", "PutRecordBatch", batch_of(f, 500)), SHAPE_OK);
    assert_int_equal(check(f, "firehose", "PutRecordBatch", batch_of(f, 501)), SHAPE_VALIDATION);
    assert_string_equal(said(&f->message), ONE "Value at 'records' " FAILED
                                               "Member must have length less than or equal to 500");
    assert_int_equal(check(f, "firehose", "PutRecordBatch", batch_of(f, 0)), SHAPE_VALIDATION);
    assert_string_equal(said(&f->message),
                        ONE "Value at 'records' " FAILED
                            "Member must have length greater than or equal to 1");
}

static struct slice record_of(struct fixture *f, size_t bytes)
{
    size_t encoded = (bytes + 2) / 3 * 4;
    struct text body;
    text_init_in(&body, &f->arena, (size_t)4 << 20);
    text_append_text(&body, "{\"DeliveryStreamName\":\"likes\",\"Record\":{\"Data\":\"");
    char *data = text_reserve(&body, encoded);
    memset(data, 'A', encoded);
    memset(data + encoded - (encoded / 4 * 3 - bytes), '=', encoded / 4 * 3 - bytes);
    text_grew(&body, encoded);
    text_append_text(&body, "\"}}");
    return text_slice(&body);
}

static void a_record_is_measured_before_base64(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(check(f, "firehose", "PutRecord", record_of(f, 1024000)), SHAPE_OK);
    assert_int_equal(check(f, "firehose", "PutRecord", record_of(f, 1024001)), SHAPE_VALIDATION);
    assert_string_equal(said(&f->message),
                        ONE "Value at 'record.data' " FAILED
                            "Member must have length less than or equal to 1024000");
}

static void a_null_record_is_refused_by_its_number(void **state)
{
    refused(state, "firehose", "PutRecordBatch",
            "{\"DeliveryStreamName\":\"likes\",\"Records\":[{\"Data\":\"\"},null]}",
            ONE "Value at 'records.2.member' " FAILED "Member must not be null");
}

static void data_must_be_base64(void **state)
{
    static const struct {
        const char *data;
        const char *message;
    } cases[] = {
        {"\"aGVsb\"", "Base64 encoded length is expected a multiple of 4 bytes but found: 5"},
        {"\"aG!=\"", "Invalid base 64 character: '!'"},
        {"\"aGl=\"", "Invalid last non-pad Base64 character dectected"},
        {"true", "only base-64-encoded strings are convertible to bytes"},
        {"23", "only base-64-encoded strings are convertible to bytes"},
        {"{}", "Start of structure or map found where not expected"},
        {"[]", "Unrecognized collection type class java.nio.ByteBuffer"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char body[256];
        snprintf(body, sizeof(body), "{\"DeliveryStreamName\":\"likes\",\"Record\":{\"Data\":%s}}",
                 cases[i].data);
        unreadable(state, "firehose", "PutRecord", body, cases[i].message);
    }
}

static void no_more_than_ten_errors_are_told(void **state)
{
    struct fixture *f = *state;
    struct text body;
    text_init_in(&body, &f->arena, 65536);
    text_append_text(&body, "{\"DeliveryStreamName\":\"likes\",\"Records\":[");
    for (int i = 0; i < 12; i++)
        text_append_text(&body, i ? ",{}" : "{}");
    text_append_text(&body, "]}");
    assert_int_equal(check(f, "firehose", "PutRecordBatch", text_slice(&body)), SHAPE_VALIDATION);
    struct slice message = text_slice(&f->message);
    assert_true(slice_starts_with(
        message, SLICE("10 validation errors detected: Value at 'records.1.member.data'")));
    assert_true(slice_ends_with(
        message, SLICE("Value at 'records.10.member.data' " FAILED "Member must not be null")));
}

static void tag_keys_may_have_any_letters_but_not_awss_prefix(void **state)
{
    accepted(state, "firehose", "TagDeliveryStream",
             "{\"DeliveryStreamName\":\"likes\",\"Tags\":[{\"Key\":\"größe 中\",\"Value\":\"\"}]}");
    refused(state, "firehose", "TagDeliveryStream",
            "{\"DeliveryStreamName\":\"likes\",\"Tags\":[{\"Key\":\"aws:x\"}]}",
            ONE "Value at 'tags.1.member.key' " FAILED
                "Member must satisfy regular expression pattern: "
                "^(?!aws:)[\\p{L}\\p{Z}\\p{N}_.:\\/=+\\-@%]*$");
}

/* ---- DynamoDB --------------------------------------------------------------------------- */

#define TABLE "\"TableName\":\"likes\","

static void types_are_told_as_awss_parser_tells_them(void **state)
{
    static const struct {
        const char *member;
        const char *message;
    } cases[] = {
        {"\"ConditionExpression\":true", "TRUE_VALUE cannot be converted to String"},
        {"\"ConditionExpression\":false", "FALSE_VALUE cannot be converted to String"},
        {"\"ConditionExpression\":23", "NUMBER_VALUE cannot be converted to String"},
        {"\"ConditionExpression\":34.56", "DECIMAL_VALUE cannot be converted to String"},
        {"\"ConditionExpression\":[]", "Unrecognized collection type class java.lang.String"},
        {"\"ConditionExpression\":{}", "Start of structure or map found where not expected"},
        {"\"Item\":\"23\"", "Unexpected field type"},
        {"\"Item\":[]", "Unrecognized collection type java.util.Map<java.lang.String, "
                        "com.amazonaws.dynamodb.v20120810.AttributeValue>"},
        {"\"Item\":{\"a\":\"x\"}", "Unexpected value type in payload"},
        {"\"Item\":{\"a\":[]}", "Unrecognized collection type class "
                                "com.amazonaws.dynamodb.v20120810.AttributeValue"},
        {"\"Item\":{\"a\":{\"N\":5}}", "NUMBER_VALUE cannot be converted to String"},
        {"\"Item\":{\"a\":{\"SS\":{}}}", "Start of structure or map found where not expected"},
        {"\"Item\":{\"a\":{\"SS\":\"x\"}}", "Unexpected field type"},
        {"\"Item\":{\"a\":{\"BOOL\":\"23\"}}", "Unexpected token received from parser"},
        {"\"Item\":{\"a\":{\"BOOL\":23}}", "NUMBER_VALUE cannot be converted to Boolean"},
        {"\"Item\":{\"a\":{\"B\":\"23456\"}}",
         "Base64 encoded length is expected a multiple of 4 bytes but found: 5"},
        {"\"Item\":{\"a\":{\"L\":[{\"M\":{\"b\":{\"S\":1}}}]}}",
         "NUMBER_VALUE cannot be converted to String"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char body[256];
        snprintf(body, sizeof(body), "{" TABLE "%s}", cases[i].member);
        unreadable(state, "dynamodb", "PutItem", body, cases[i].message);
    }
}

static void an_integer_is_no_string_and_may_have_a_fraction(void **state)
{
    unreadable(state, "dynamodb", "Scan", "{" TABLE "\"Limit\":\"23\"}",
               "STRING_VALUE cannot be converted to Integer");
    accepted(state, "dynamodb", "Scan", "{" TABLE "\"Limit\":1.9}");
    refused(state, "dynamodb", "Scan", "{" TABLE "\"Limit\":0}",
            ONE "Value '0' at 'limit' " FAILED "Member must have value greater than or equal to 1");
}

static void a_wrong_type_comes_before_every_constraint(void **state)
{
    unreadable(state, "dynamodb", "PutItem", "{\"ReturnValues\":\"x\",\"Item\":5}",
               "Unexpected field type");
}

static void a_body_that_is_no_object_has_no_message(void **state)
{
    unreadable(state, "dynamodb", "PutItem", "[]", "");
    unreadable(state, "dynamodb", "PutItem", "\"x\"", "");
}

static void values_are_echoed_and_null_is_bare(void **state)
{
    refused(state, "dynamodb", "PutItem", "{\"TableName\":\"\"}",
            "2 validation errors detected: Value '' at 'tableName' " FAILED
            "Member must have length greater than or equal to 1; Value null at 'item' " FAILED
            "Member must not be null");
    refused(state, "dynamodb", "PutItem", "{\"Item\":{}}",
            ONE "Value null at 'tableName' " FAILED "Member must not be null");
}

static void enums_stand_in_awss_order(void **state)
{
    refused(
        state, "dynamodb", "PutItem",
        "{" TABLE "\"Item\":{},\"ReturnConsumedCapacity\":\"hi\",\"ReturnValues\":\"hi\","
        "\"ReturnItemCollectionMetrics\":\"hi\"}",
        "3 validation errors detected: Value 'hi' at 'returnValues' " FAILED
        "Member must satisfy enum value set: [ALL_NEW, UPDATED_OLD, ALL_OLD, NONE, UPDATED_NEW]; "
        "Value 'hi' at 'returnConsumedCapacity' " FAILED
        "Member must satisfy enum value set: [INDEXES, TOTAL, NONE]; "
        "Value 'hi' at 'returnItemCollectionMetrics' " FAILED
        "Member must satisfy enum value set: [SIZE, NONE]");
    refused(state, "dynamodb", "Query", "{" TABLE "\"Select\":\"x\"}",
            ONE "Value 'x' at 'select' " FAILED "Member must satisfy enum value set: "
                "[SPECIFIC_ATTRIBUTES, COUNT, ALL_ATTRIBUTES, ALL_PROJECTED_ATTRIBUTES]");
    refused(state, "dynamodb", "Query",
            "{" TABLE "\"KeyConditions\":{\"a\":{\"ComparisonOperator\":\"x\"}}}",
            ONE "Value 'x' at 'keyConditions.a.member.comparisonOperator' " FAILED
                "Member must satisfy enum value set: [IN, NULL, BETWEEN, LT, NOT_CONTAINS, EQ, GT, "
                "NOT_NULL, NE, LE, BEGINS_WITH, GE, CONTAINS]");
    refused(state, "dynamodb", "CreateTable",
            "{" TABLE
            "\"AttributeDefinitions\":[{\"AttributeName\":\"a\",\"AttributeType\":\"x\"}],"
            "\"KeySchema\":[{\"AttributeName\":\"a\",\"KeyType\":\"x\"}],\"BillingMode\":\"x\"}",
            "3 validation errors detected: "
            "Value 'x' at 'attributeDefinitions.1.member.attributeType' " FAILED
            "Member must satisfy enum value set: [B, N, S]; "
            "Value 'x' at 'keySchema.1.member.keyType' " FAILED
            "Member must satisfy enum value set: [HASH, RANGE]; "
            "Value 'x' at 'billingMode' " FAILED
            "Member must satisfy enum value set: [PROVISIONED, PAY_PER_REQUEST]");
}

static void a_new_tables_name_has_three_characters_or_more(void **state)
{
    refused(state, "dynamodb", "CreateTable", "{\"TableName\":\"ab\"}",
            ONE "Value 'ab' at 'tableName' " FAILED
                "Member must have length greater than or equal to 3");
    refused(state, "dynamodb", "CreateTable", "{\"TableName\":\"abc;\"}",
            ONE "Value 'abc;' at 'tableName' " FAILED
                "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+");
}

static void a_table_that_is_not_named_is_asked_for_first(void **state)
{
    refused(state, "dynamodb", "CreateTable", "{\"BillingMode\":\"x\"}",
            "The parameter 'TableName' is required but was not present in the request");
    refused(state, "dynamodb", "DescribeTable", "{}",
            "The parameter 'TableName' is required but was not present in the request");
}

static void only_an_arn_may_be_longer_than_a_table_name(void **state)
{
    char name[400];
    char body[512];
    char message[1024];
    memset(name, 'a', sizeof(name));
    name[256] = 0;
    snprintf(body, sizeof(body), "{\"TableName\":\"%s\",\"Item\":{}}", name);
    snprintf(message, sizeof(message),
             ONE "Value '%s' at 'tableName' " FAILED
                 "Member must have length less than or equal to 255",
             name);
    refused(state, "dynamodb", "PutItem", body, message);
    memcpy(name, "arn:", 4);
    snprintf(body, sizeof(body), "{\"TableName\":\"%s\",\"Item\":{}}", name);
    accepted(state, "dynamodb", "PutItem", body);
}

static void lists_and_maps_are_echoed_as_java_prints_them(void **state)
{
    refused(state, "dynamodb", "BatchWriteItem", "{\"RequestItems\":{}}",
            ONE "Value '{}' at 'requestItems' " FAILED
                "Member must have length greater than or equal to 1");
    refused(state, "dynamodb", "BatchWriteItem", "{\"RequestItems\":{\"likes\":[]}}",
            ONE "Value '{likes=[]}' at 'requestItems' " FAILED
                "Map value must satisfy constraint: [Member must have length less than or equal to "
                "25, Member must have length greater than or equal to 1]");
    refused(state, "dynamodb", "BatchWriteItem",
            "{\"RequestItems\":{\"likes\":[{\"DeleteRequest\":{}}]}}",
            ONE "Value null at 'requestItems.likes.member.1.member.deleteRequest.key' " FAILED
                "Member must not be null");
}

static void a_bad_key_of_a_map_is_told_of_the_map(void **state)
{
    struct fixture *f = *state;
    struct slice body = SLICE("{\"RequestItems\":{\"\":[{\"DeleteRequest\":{\"Key\":{}}}]}}");
    assert_int_equal(check(f, "dynamodb", "BatchWriteItem", body), SHAPE_VALIDATION);
    struct slice message = text_slice(&f->message);
    /* Between the two stands a number that means nothing. */
    assert_true(slice_starts_with(
        message, SLICE(ONE "Value '{=[com.amazonaws.dynamodb.v20120810.WriteRequest@")));
    assert_true(slice_ends_with(
        message, SLICE("]}' at 'requestItems' " FAILED
                       "Map keys must satisfy constraint: [Member must have length less than or "
                       "equal to 255, Member must have length greater than or equal to 1]")));
}

static void the_inside_of_a_value_is_the_handlers(void **state)
{
    accepted(state, "dynamodb", "PutItem",
             "{" TABLE "\"Item\":{\"a\":{},\"b\":{\"N\":\"x\"},\"c\":{\"SS\":[]},\"d\":null,"
             "\"e\":{\"L\":[null]},\"f\":{\"S\":\"\",\"N\":\"1\"}}}");
}

static void nesting_to_the_parsers_limit_costs_no_stack(void **state)
{
    struct fixture *f = *state;
    struct text body;
    text_init_in(&body, &f->arena, 65536);
    text_append_text(&body, "{" TABLE "\"Item\":{\"a\":");
    const int levels = 490; /* two JSON levels each */
    for (int i = 0; i < levels; i++)
        text_append_text(&body, "{\"L\":[");
    text_append_text(&body, "{\"S\":5}");
    for (int i = 0; i < levels; i++)
        text_append_text(&body, "]}");
    text_append_text(&body, "}}");
    assert_int_equal(check(f, "dynamodb", "PutItem", text_slice(&body)), SHAPE_SERIALIZATION);
    assert_string_equal(said(&f->message), "NUMBER_VALUE cannot be converted to String");
}

/* ---- Logs and Lambda -------------------------------------------------------------------- */

static void logs_echo_the_value(void **state)
{
    refused(state, "logs", "DescribeLogGroups", "{\"limit\":51}",
            ONE "Value '51' at 'limit' " FAILED "Member must have value less than or equal to 50");
    refused(state, "logs", "GetLogEvents",
            "{\"logGroupName\":\"g\",\"logStreamName\":\"s\",\"limit\":10001}",
            ONE "Value '10001' at 'limit' " FAILED
                "Member must have value less than or equal to 10000");
    refused(state, "logs", "PutLogEvents",
            "{\"logGroupName\":\"g\",\"logStreamName\":\"a:b\",\"logEvents\":[{\"message\":\"\"}]}",
            "3 validation errors detected: Value 'a:b' at 'logStreamName' " FAILED
            "Member must satisfy regular expression pattern: [^:*]*; "
            "Value null at 'logEvents.1.member.timestamp' " FAILED "Member must not be null; "
            "Value '' at 'logEvents.1.member.message' " FAILED
            "Member must have length greater than or equal to 1");
}

#define FUNCTION(members) \
    "{\"FunctionName\":\"f\",\"Code\":{},\"Role\":\"arn:aws:iam::000000000000:role/r\"" members "}"

static void a_bad_role_is_told_the_pattern(void **state)
{
    refused(state, "lambda", "CreateFunction",
            "{\"FunctionName\":\"f\",\"Code\":{},\"Role\":\"r1\"}",
            ONE "Value 'r1' at 'role' " FAILED "Member must satisfy regular expression pattern: "
                "arn:(aws[a-zA-Z-]*)?:iam::\\d{12}:role/?[a-zA-Z_0-9+=,.@\\-_/]+");
}

static void architectures_are_told_as_a_list(void **state)
{
    refused(state, "lambda", "CreateFunction",
            FUNCTION(",\"Architectures\":[\"x86_64\",\"arm64\"]"),
            ONE "Value '[x86_64, arm64]' at 'architectures' " FAILED
                "Member must have length less than or equal to 1");
    refused(state, "lambda", "CreateFunction", FUNCTION(",\"Architectures\":[\"foo\"]"),
            ONE "Value '[foo]' at 'architectures' " FAILED
                "Member must satisfy constraint: [Member must satisfy enum value set: "
                "[x86_64, arm64], Member must not be null]");
}

static void cors_methods_list_all_that_is_asked(void **state)
{
    refused(state, "lambda", "CreateFunctionUrlConfig",
            "{\"AuthType\":\"NONE\",\"Cors\":{\"AllowMethods\":[\"GET\",\"POST\",\"OPTIONS\"]}}",
            ONE "Value '[GET, POST, OPTIONS]' at 'cors.allowMethods' " FAILED
                "Member must satisfy constraint: [Member must have length less than or equal to 6, "
                "Member must have length greater than or equal to 0, Member must satisfy regular "
                "expression pattern: .*, Member must not be null]");
}

static void an_alias_is_no_number(void **state)
{
    refused(state, "lambda", "CreateAlias", "{\"Name\":\"12\",\"FunctionVersion\":\"1\"}",
            ONE "Value '12' at 'name' " FAILED "Member must satisfy regular expression pattern: "
                "(?!^[0-9]+$)([a-zA-Z0-9-_]+)");
}

static void the_runtime_is_the_handlers_to_judge(void **state)
{
    accepted(state, "lambda", "CreateFunction", FUNCTION(",\"Runtime\":\"cobol\""));
}

struct params {
    const char *pairs[8]; /* name, value, ... */
};

static bool find_param(void *owner, enum shape_location where, struct slice name, size_t index,
                       struct slice *ret_value)
{
    const struct params *params = owner;
    (void)where;
    for (size_t i = 0; i + 1 < 8 && params->pairs[i]; i += 2) {
        if (!slice_equal_text(name, params->pairs[i]) || index--)
            continue;
        *ret_value = slice_of(params->pairs[i + 1]);
        return true;
    }
    return false;
}

static enum shape_verdict check_params(struct fixture *f, const char *name, struct params params)
{
    const struct shape_operation *operation = shape_find(SLICE("lambda"), slice_of(name));
    struct shape_input input = {.param = find_param, .param_owner = &params, .cache = f->cache};
    text_clear(&f->message);
    return shape_check(operation, &input, &shape_dialect_lambda, &f->message);
}

static void members_outside_the_body_are_checked_too(void **state)
{
    struct fixture *f = *state;
    struct params good = {{"FunctionName", "f", "X-Amz-Invocation-Type", "Event"}};
    assert_int_equal(check_params(f, "Invoke", good), SHAPE_OK);
    struct params bad = {{"FunctionName", "f", "X-Amz-Invocation-Type", "event"}};
    assert_int_equal(check_params(f, "Invoke", bad), SHAPE_VALIDATION);
    assert_string_equal(said(&f->message),
                        ONE "Value 'event' at 'invocationType' " FAILED
                            "Member must satisfy enum value set: [Event, RequestResponse, DryRun]");
}

static void a_number_in_the_query_must_be_one(void **state)
{
    struct fixture *f = *state;
    struct params high = {{"MaxItems", "10001"}};
    assert_int_equal(check_params(f, "ListFunctions", high), SHAPE_VALIDATION);
    assert_string_equal(said(&f->message),
                        ONE "Value '10001' at 'maxItems' " FAILED
                            "Member must have value less than or equal to 10000");
    struct params none = {{"MaxItems", "many"}};
    assert_int_equal(check_params(f, "ListFunctions", none), SHAPE_SERIALIZATION);
    assert_string_equal(said(&f->message), "STRING_VALUE cannot be converted to Integer");
}

static void a_list_in_the_query_is_required(void **state)
{
    struct fixture *f = *state;
    const char *arn = "arn:aws:lambda:us-east-1:000000000000:function:f";
    struct params two = {{"Resource", arn, "tagKeys", "a", "tagKeys", "b"}};
    assert_int_equal(check_params(f, "UntagResource", two), SHAPE_OK);
    struct params none = {{"Resource", arn}};
    assert_int_equal(check_params(f, "UntagResource", none), SHAPE_VALIDATION);
    assert_string_equal(said(&f->message),
                        ONE "Value null at 'tagKeys' " FAILED "Member must not be null");
}

/* ---- the rest --------------------------------------------------------------------------- */

static void unknown_members_are_ignored_and_named(void **state)
{
    struct fixture *f = *state;
    accepted(state, "firehose", "CreateDeliveryStream",
             S3(",\"Colour\":{\"a\":1},\"ProcessingConfiguration\":{\"Processors\":["
                "{\"Type\":\"Lambda\"},{\"Type\":\"Lambda\",\"typo\":1}]}"));
    assert_string_equal(
        said(&f->unknown),
        "extendedS3DestinationConfiguration.Colour, extendedS3DestinationConfiguration."
        "processingConfiguration.processors.2.member.typo");
}

static void of_a_name_that_stands_twice_the_first_counts(void **state)
{
    accepted(state, "firehose", "DescribeDeliveryStream",
             "{\"DeliveryStreamName\":\"likes\",\"DeliveryStreamName\":5}");
    refused(state, "firehose", "DescribeDeliveryStream",
            "{\"DeliveryStreamName\":null,\"DeliveryStreamName\":\"likes\"}",
            ONE "Value at 'deliveryStreamName' " FAILED "Member must not be null");
}

static void an_operation_without_input_takes_anything(void **state)
{
    struct fixture *f = *state;
    const struct shape_operation *operation =
        shape_find(SLICE("dynamodb"), SLICE("DescribeLimits"));
    struct shape_input input = {.body = NULL};
    assert_int_equal(shape_check(operation, &input, shape_dialect_of(operation), &f->message),
                     SHAPE_OK);
}

/* Fail the allocation that brings the countdown to zero, once. */
static int countdown;

static void *failing_alloc(size_t size)
{
    return countdown-- == 0 ? NULL : malloc(size);
}

static void *failing_resize(void *ptr, size_t size)
{
    return countdown-- == 0 ? NULL : realloc(ptr, size);
}

static const struct mem_hooks failing = {failing_alloc, failing_resize, free};

static enum shape_verdict check_failing(const struct json *body, int at, char *message, size_t size)
{
    const struct shape_operation *operation =
        shape_find(SLICE("firehose"), SLICE("CreateDeliveryStream"));
    struct shape_input input = {.body = body};
    struct text text;
    text_init(&text, SHAPE_MESSAGE_MAX);
    countdown = at;
    enum shape_verdict verdict = shape_check(operation, &input, &shape_dialect_firehose, &text);
    snprintf(message, size, "%s", said(&text));
    text_close(&text);
    return verdict;
}

static void every_failed_allocation_is_told(void **state)
{
    (void)state;
    struct arena arena;
    const struct json *body;
    mem_set_hooks(&failing);
    countdown = -1;
    arena_init(&arena, (size_t)1 << 20);
    assert_int_equal(json_parse(SLICE(S3(",\"FileExtension\":\"x\"")), &arena, &body), STATUS_OK);
    char message[1024];
    int at = 0;
    while (check_failing(body, at, message, sizeof(message)) == SHAPE_NO_MEMORY)
        at++;
    assert_true(at > 5);
    assert_non_null(strstr(message, "fileExtension"));
    arena_clear(&arena);
    mem_set_hooks(NULL);
}

int main(void)
{
    const struct CMUnitTest own_memory[] = {
        cmocka_unit_test(every_failed_allocation_is_told),
    };
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(an_operation_is_found_by_its_exact_name),
        TEST(a_rest_operation_has_its_method_and_uri),
        TEST(every_operation_is_listed_in_order_and_found),
        TEST(a_complete_stream_is_accepted),
        TEST(an_unknown_compression_lists_the_formats_in_awss_order),
        TEST(a_file_extension_is_quoted_in_awss_spelling),
        TEST(a_long_file_extension_is_too_long),
        TEST(missing_members_are_listed_in_the_models_order),
        TEST(null_counts_as_missing),
        TEST(processors_are_numbered_from_one),
        TEST(a_parameters_length_comes_before_its_pattern),
        TEST(a_number_outside_its_range_is_told_the_bound),
        TEST(a_batch_holds_one_to_five_hundred_records),
        TEST(a_record_is_measured_before_base64),
        TEST(a_null_record_is_refused_by_its_number),
        TEST(data_must_be_base64),
        TEST(no_more_than_ten_errors_are_told),
        TEST(tag_keys_may_have_any_letters_but_not_awss_prefix),
        TEST(types_are_told_as_awss_parser_tells_them),
        TEST(an_integer_is_no_string_and_may_have_a_fraction),
        TEST(a_wrong_type_comes_before_every_constraint),
        TEST(a_body_that_is_no_object_has_no_message),
        TEST(values_are_echoed_and_null_is_bare),
        TEST(enums_stand_in_awss_order),
        TEST(a_new_tables_name_has_three_characters_or_more),
        TEST(a_table_that_is_not_named_is_asked_for_first),
        TEST(only_an_arn_may_be_longer_than_a_table_name),
        TEST(lists_and_maps_are_echoed_as_java_prints_them),
        TEST(a_bad_key_of_a_map_is_told_of_the_map),
        TEST(the_inside_of_a_value_is_the_handlers),
        TEST(nesting_to_the_parsers_limit_costs_no_stack),
        TEST(logs_echo_the_value),
        TEST(a_bad_role_is_told_the_pattern),
        TEST(architectures_are_told_as_a_list),
        TEST(cors_methods_list_all_that_is_asked),
        TEST(an_alias_is_no_number),
        TEST(the_runtime_is_the_handlers_to_judge),
        TEST(members_outside_the_body_are_checked_too),
        TEST(a_number_in_the_query_must_be_one),
        TEST(a_list_in_the_query_is_required),
        TEST(unknown_members_are_ignored_and_named),
        TEST(of_a_name_that_stands_twice_the_first_counts),
        TEST(an_operation_without_input_takes_anything),
    };
    int failures = cmocka_run_group_tests(own_memory, NULL, NULL);
    return failures + cmocka_run_group_tests(tests, NULL, NULL);
}

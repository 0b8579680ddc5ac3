#include "shape_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "emulator/base/json.h"
#include "emulator/base/mem.h"

/* ---- Firehose --------------------------------------------------------------------------- */

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
    const struct CMUnitTest tests[] = {
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
    };
    int failures = cmocka_run_group_tests(own_memory, NULL, NULL);
    return failures + cmocka_run_group_tests(tests, NULL, NULL);
}

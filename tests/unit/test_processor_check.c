#include <stdio.h>

#include "emulator/base/arena.h"
#include "emulator/base/json.h"
#include "emulator/base/text.h"
#include "handlers/firehose/processor_check.h"
#include "handlers/firehose/query_check.h"
#include "tests/lib/asserts.h"

#define ARN "arn:aws:lambda:us-east-1:000000000000:function:"
#define PARAMETER(name, value) "{\"ParameterName\":\"" name "\",\"ParameterValue\":\"" value "\"}"
#define LAMBDA(parameters) "{\"Type\":\"Lambda\",\"Parameters\":[" parameters "]}"

/* `expected` NULL: all is well. */
static void check(const char *processors, const char *expected)
{
    struct arena arena;
    struct text problem;
    const struct json *value = NULL;
    arena_init(&arena, 1024 * 1024);
    text_init(&problem, 4096);
    char *text = arena_printf(&arena, "{\"Processors\":[%s]}", processors);
    assert_ok(json_parse(slice_of(text), &arena, &value));
    assert_int_equal(processor_check(value, NULL, &problem), expected == NULL);
    assert_slice(text_slice(&problem), expected != NULL ? expected : "");
    text_close(&problem);
    arena_clear(&arena);
}

static void check_arn(const char *arn, bool is_good)
{
    char processors[1024];
    (void)snprintf(processors, sizeof(processors),
                   "{\"Type\":\"Lambda\",\"Parameters\":[{\"ParameterName\":\"LambdaArn\","
                   "\"ParameterValue\":\"%s\"}]}",
                   arn);
    check(processors, is_good ? NULL : "Invalid lambda ARN.");
}

static void nothing_to_check_is_fine(void **state)
{
    (void)state;
    struct text problem;
    text_init(&problem, 100);
    assert_true(processor_check(NULL, NULL, &problem));
    check("", NULL);
    check(LAMBDA(PARAMETER("LambdaArn", ARN "f")), NULL);
}

static void the_first_of_several_mistakes_is_reported(void **state)
{
    (void)state;
    const char *twice =
        LAMBDA(PARAMETER("NumberOfRetries", "1") "," PARAMETER("NumberOfRetries", "2"));
    check(twice, "Duplicate ProcessorParameter passed to ProcessingConfiguration.");
    check(LAMBDA("") "," LAMBDA(""), "Cannot have more than 1 Lambda processor.");
    check(LAMBDA(PARAMETER("BufferSizeInMBs", "1")),
          "LambdaArn is required when Lambda processor is used.");
    check(LAMBDA(PARAMETER("BufferSizeInMBs", "1") "," PARAMETER("LambdaArn", "x")),
          "Invalid lambda ARN.");
    check(LAMBDA(PARAMETER("BufferSizeInMBs", "1") "," PARAMETER("LambdaArn", ARN "f")),
          "Both BufferSizeInMBs and BufferIntervalInSeconds are required to configure buffering"
          " for lambda processor.");
}

#define OF(type, parameters) "{\"Type\":\"" type "\",\"Parameters\":[" parameters "]}"
#define QUERY(program)       \
    OF("MetadataExtraction", \
       PARAMETER("JsonParsingEngine", "JQ-1.6") "," PARAMETER("MetadataExtractionQuery", program))

static void other_processors_need_their_parameters(void **state)
{
    (void)state;
    check(OF("Decompression", ""), NULL);
    check(OF("Decompression", PARAMETER("CompressionFormat", "ZIP")),
          "CompressionFormat has to be GZIP");
    check(OF("Decompression", PARAMETER("CompressionFormat", "GZIP")), NULL);
    check(OF("CloudWatchLogProcessing", PARAMETER("DataMessageExtraction", "true")),
          "CloudWatchLogProcessingProcessor can only be enabled with DecompressionProcessor");
    check(OF("RecordDeAggregation", ""), "SubRecordType has to be one of JSON, DELIMITED");
    check(OF("RecordDeAggregation", PARAMETER("SubRecordType", "XML")),
          "SubRecordType has to be one of JSON, DELIMITED");
    check(OF("RecordDeAggregation", PARAMETER("SubRecordType", "DELIMITED")),
          "Delimiter should be present for DELIMITED");
    check(OF("RecordDeAggregation", PARAMETER("SubRecordType", "JSON")), NULL);
    check(OF("MetadataExtraction", PARAMETER("MetadataExtractionQuery", "{a:.a}")),
          "MetaDataExtraction JSON Parsing Engine has to be one of JQ-1.6");
    check(QUERY("{a:.a}"), NULL);
    check(OF("AppendDelimiterToRecord", ""), NULL);
}

static void a_query_has_to_compile(void **state)
{
    (void)state;
    const struct query_verdict verdict = {.program = SLICE("{a:"), .why = SLICE("why not")};
    struct arena arena;
    struct text problem;
    const struct json *value = NULL;
    arena_init(&arena, 1024 * 1024);
    text_init(&problem, 64 * 1024);
    assert_ok(json_parse(SLICE("{\"Processors\":[" QUERY("{a:") "]}"), &arena, &value));
    assert_false(processor_check(value, &verdict, &problem));
    assert_slice(text_slice(&problem),
                 "MetadataExtractionQuery is not a valid JQ-1.6 expression: why not");
    text_close(&problem);
    arena_clear(&arena);
}

static void arns_of_functions_versions_and_aliases(void **state)
{
    (void)state;
    check_arn(ARN "f", true);
    check_arn(ARN "f:$LATEST", true);
    check_arn(ARN "f:live-1_a", true);
    check_arn("arn:aws-cn:lambda:cn-north-1:123456789012:function:f", true);
    check_arn("arn:aws-us-gov:lambda:us-gov-west-1:123456789012:function:f", true);
    check_arn(ARN "f:", false);
    check_arn(ARN "f:a:b", false);
    check_arn(ARN "", false);
    check_arn(ARN "a b", false);
    check_arn("arn:aws:lambda:us-east-1:12345678901:function:f", false);
    check_arn("arn:aws:lambda:us-east-1:12345678901x:function:f", false);
    check_arn("arn:aws:s3:us-east-1:123456789012:function:f", false);
    check_arn("arn:azure:lambda:us-east-1:123456789012:function:f", false);
    check_arn("f", false);
    check_arn(ARN "a123456789012345678901234567890123456789012345678901234567890123", true);
    check_arn(ARN "a1234567890123456789012345678901234567890123456789012345678901234", false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_to_check_is_fine),
        cmocka_unit_test(the_first_of_several_mistakes_is_reported),
        cmocka_unit_test(other_processors_need_their_parameters),
        cmocka_unit_test(a_query_has_to_compile),
        cmocka_unit_test(arns_of_functions_versions_and_aliases),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * processor_check.c -- AWS's checks of a Lambda processor, in AWS's order: duplicate parameters,
 * number of Lambda processors, LambdaArn present, LambdaArn well-formed, both buffering hints or
 * none.
 */
#include "handlers/firehose/processor_check.h"

#include "emulator/base/json.h"
#include "emulator/base/text.h"
#include "emulator/delivery/metadata_query.h"
#include "emulator/delivery/processor_settings.h"

#define NAME_MAX_CHARS 64
#define ALIAS_MAX_CHARS 128
#define RETRIES_MAX 999999999 /* AWS looks at no range here */
#define SIZE_MIN_MB 0.2
#define SIZE_MAX_MB 3.0
#define INTERVAL_MAX_S 900
#define QUERY_PROBLEM_MAX_BYTES ((size_t)4 * 1024)

static bool fail(struct text *problem, const char *message)
{
    text_append_text(problem, message);
    return false;
}

static const struct json *parameters_of(const struct json *processor)
{
    return json_member(processor, "Parameters");
}

struct slice processor_parameter(const struct json *processor, const char *name)
{
    const struct json *p = json_first(parameters_of(processor));
    for (; p != NULL; p = json_next(p)) {
        if (slice_equal_text(json_member_string(p, "ParameterName"), name))
            return json_member_string(p, "ParameterValue");
    }
    return slice_make(NULL, 0);
}

static bool has_duplicate(const struct json *processor)
{
    for (const struct json *a = json_first(parameters_of(processor)); a; a = json_next(a)) {
        struct slice name = json_member_string(a, "ParameterName");
        for (const struct json *b = json_next(a); b != NULL; b = json_next(b)) {
            if (slice_equal(name, json_member_string(b, "ParameterName")))
                return true;
        }
    }
    return false;
}

static bool is_word(struct slice s, size_t max)
{
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        bool fits = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                    c == '-' || c == '_';
        if (!fits)
            return false;
    }
    return s.len > 0 && s.len <= max;
}

static bool is_partition(struct slice s)
{
    struct slice tail = slice_from(s, 3);
    for (size_t i = 0; i < tail.len; i++) {
        char c = tail.ptr[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-'))
            return false;
    }
    return slice_starts_with(s, SLICE("aws"));
}

static bool is_account(struct slice s)
{
    uint64_t number = 0;
    return s.len == 12 && slice_to_u64(s, &number) == STATUS_OK;
}

/* arn:<partition>:lambda:<region>:<account>:function:<name>[:<alias>] */
static bool is_lambda_arn(struct slice arn)
{
    struct slice rest = arn;
    if (!slice_equal_text(slice_cut(&rest, ':'), "arn") || !is_partition(slice_cut(&rest, ':')) ||
        !slice_equal_text(slice_cut(&rest, ':'), "lambda") ||
        !is_word(slice_cut(&rest, ':'), NAME_MAX_CHARS) || !is_account(slice_cut(&rest, ':')) ||
        !slice_equal_text(slice_cut(&rest, ':'), "function") ||
        !is_word(slice_cut(&rest, ':'), NAME_MAX_CHARS))
        return false;
    if (rest.ptr == NULL)
        return true;
    return slice_equal_text(rest, "$LATEST") || is_word(rest, ALIAS_MAX_CHARS);
}

/* A decimal number; whole where `least` is 0. A parameter that is not given has its default. */
static bool check_number(const struct json *processor, const char *name, double least, double most,
                         struct text *problem)
{
    struct slice text = processor_parameter(processor, name);
    double value = 0;
    bool is_whole = least == 0;
    if (text.ptr == NULL)
        return true;
    if (processor_settings_number(text, &value) && value >= least && value <= most &&
        (!is_whole || slice_find(text, '.') == text.len))
        return true;
    text_printf(problem, "%s of a Lambda processor must be a %snumber from %g to %g, not %.*s.",
                name, is_whole ? "whole " : "", least, most, SLICE_ARG(slice_first(text, 100)));
    return false;
}

static bool check_lambda(const struct json *processor, struct text *problem)
{
    struct slice arn = processor_parameter(processor, "LambdaArn");
    if (arn.ptr == NULL)
        return fail(problem, "LambdaArn is required when Lambda processor is used.");
    if (!is_lambda_arn(arn))
        return fail(problem, "Invalid lambda ARN.");
    bool has_size = processor_parameter(processor, "BufferSizeInMBs").ptr != NULL;
    bool has_interval = processor_parameter(processor, "BufferIntervalInSeconds").ptr != NULL;
    if (has_size != has_interval)
        return fail(problem, "Both BufferSizeInMBs and BufferIntervalInSeconds are required to"
                             " configure buffering for lambda processor.");
    return check_number(processor, "NumberOfRetries", 0, RETRIES_MAX, problem) &&
           check_number(processor, "BufferSizeInMBs", SIZE_MIN_MB, SIZE_MAX_MB, problem) &&
           check_number(processor, "BufferIntervalInSeconds", 0, INTERVAL_MAX_S, problem);
}

static bool check_value(const struct json *processor, const char *name, const char *allowed,
                        struct text *problem)
{
    struct slice type = json_member_string(processor, "Type");
    struct slice value = processor_parameter(processor, name);
    if (value.ptr == NULL)
        text_printf(problem, "%s is required when %.*s processor is used.", name, SLICE_ARG(type));
    else if (allowed != NULL && !slice_equal_text(value, allowed))
        text_printf(problem, "%s of a %.*s processor must be %s.", name, SLICE_ARG(type), allowed);
    else
        return true;
    return false;
}

static bool check_de_aggregation(const struct json *processor, struct text *problem)
{
    struct slice type = processor_parameter(processor, "SubRecordType");
    if (slice_equal_text(type, "JSON"))
        return true;
    if (type.ptr != NULL && !slice_equal_text(type, "DELIMITED"))
        return fail(problem, "SubRecordType must be JSON or DELIMITED.");
    return check_value(processor, "SubRecordType", NULL, problem) &&
           check_value(processor, "Delimiter", NULL, problem);
}

static bool check_log_processing(const struct json *processor, struct text *problem)
{
    struct slice value = processor_parameter(processor, "DataMessageExtraction");
    if (value.ptr != NULL && !slice_equal_nocase(value, SLICE("true")) &&
        !slice_equal_nocase(value, SLICE("false")))
        return fail(problem, "DataMessageExtraction must be true or false.");
    return check_value(processor, "DataMessageExtraction", NULL, problem);
}

static bool check_query(struct slice program, struct text *problem)
{
    struct metadata_query *query = NULL;
    struct text why;
    text_init(&why, QUERY_PROBLEM_MAX_BYTES);
    enum status status = metadata_query_create(program, &why, &query);
    metadata_query_destroy(query);
    if (status != STATUS_OK)
        text_printf(problem, "MetadataExtractionQuery is not a valid JQ-1.6 expression: %.*s",
                    SLICE_ARG(text_slice(&why)));
    text_close(&why);
    return status == STATUS_OK;
}

static bool check_extraction(const struct json *processor, struct text *problem)
{
    return check_value(processor, "MetadataExtractionQuery", NULL, problem) &&
           check_value(processor, "JsonParsingEngine", "JQ-1.6", problem) &&
           check_query(processor_parameter(processor, "MetadataExtractionQuery"), problem);
}

static bool check_type(const struct json *processor, struct text *problem)
{
    struct slice type = json_member_string(processor, "Type");
    if (slice_equal_text(type, "Lambda"))
        return check_lambda(processor, problem);
    if (slice_equal_text(type, "RecordDeAggregation"))
        return check_de_aggregation(processor, problem);
    if (slice_equal_text(type, "MetadataExtraction"))
        return check_extraction(processor, problem);
    if (slice_equal_text(type, "Decompression"))
        return check_value(processor, "CompressionFormat", "GZIP", problem);
    if (slice_equal_text(type, "CloudWatchLogProcessing"))
        return check_log_processing(processor, problem);
    return true; /* AppendDelimiterToRecord */
}

bool processor_is_there(const struct json *processing, const char *type)
{
    const struct json *p = json_first(json_member(processing, "Processors"));
    for (; p != NULL; p = json_next(p)) {
        if (slice_equal_text(json_member_string(p, "Type"), type))
            return true;
    }
    return false;
}

bool processor_check(const struct json *processing, struct text *problem)
{
    const struct json *processors = json_member(processing, "Processors");
    size_t lambdas = 0;
    const struct json *p = NULL;
    for (p = json_first(processors); p != NULL; p = json_next(p)) {
        if (has_duplicate(p))
            return fail(problem, "Duplicate ProcessorParameter passed to ProcessingConfiguration.");
        lambdas += slice_equal_text(json_member_string(p, "Type"), "Lambda");
    }
    if (lambdas > 1)
        return fail(problem, "Cannot have more than 1 Lambda processor.");
    for (p = json_first(processors); p != NULL; p = json_next(p)) {
        if (!check_type(p, problem))
            return false;
    }
    if (processor_is_there(processing, "CloudWatchLogProcessing") &&
        !processor_is_there(processing, "Decompression"))
        return fail(problem, "Decompression processor should be present when"
                             " CloudWatchLogProcessing processor is used.");
    return true;
}

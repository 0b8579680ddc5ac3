/*
 * processor_check.c -- AWS's checks of processors: how many, duplicate parameters, number of Lambda
 * processors; then one by one, a Lambda's in AWS's order: LambdaArn present, LambdaArn well-formed,
 * both buffering hints or none. What is in Hydrant's name is not known of AWS.
 */
#include "handlers/firehose/processor_check.h"

#include "emulator/base/json.h"
#include "emulator/base/text.h"
#include "emulator/delivery/processor_settings.h"
#include "handlers/firehose/query_check.h"

#define NAME_MAX_CHARS 64
#define ALIAS_MAX_CHARS 128
#define PROCESSORS_MAX 5
#define PARAMETERS_MAX 5

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

/* A parameter of a Lambda processor that is a number; `problem` is AWS's. */
struct number_rule {
    const char *name;
    double least;
    double most;
    bool is_whole;
    const char *problem;
};

static const struct number_rule number_rules[] = {
    {"NumberOfRetries", 0, 300, true, "Number of retries for lambda must be between 0 and 300."},
    {"BufferSizeInMBs", 0.2, 3, false,
     "BufferSizeInMBs for lambda processor must be between 0.2 and 3."},
    {"BufferIntervalInSeconds", 0, 900, true,
     "BufferIntervalInSeconds for lambda processor must be between 0 and 900."},
};

/* One that is not given has its default. */
static bool check_number(const struct json *processor, const struct number_rule *rule,
                         struct text *problem)
{
    struct slice text = processor_parameter(processor, rule->name);
    double value = 0;
    bool fits = text.ptr == NULL ||
                (processor_settings_number(text, &value) && value >= rule->least &&
                 value <= rule->most && (!rule->is_whole || slice_find(text, '.') == text.len));
    return fits || fail(problem, rule->problem);
}

static bool check_lambda(const struct json *processor, const struct query_verdict *verdict,
                         struct text *problem)
{
    (void)verdict;
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
    for (size_t i = 0; i < sizeof(number_rules) / sizeof(number_rules[0]); i++) {
        if (!check_number(processor, &number_rules[i], problem))
            return false;
    }
    return true;
}

static bool check_de_aggregation(const struct json *processor, const struct query_verdict *verdict,
                                 struct text *problem)
{
    (void)verdict;
    struct slice type = processor_parameter(processor, "SubRecordType");
    bool is_delimited = slice_equal_text(type, "DELIMITED");
    if (!is_delimited && !slice_equal_text(type, "JSON"))
        return fail(problem, "SubRecordType has to be one of JSON, DELIMITED");
    if (is_delimited && processor_parameter(processor, "Delimiter").ptr == NULL)
        return fail(problem, "Delimiter should be present for DELIMITED");
    return true;
}

static bool check_decompression(const struct json *processor, const struct query_verdict *verdict,
                                struct text *problem)
{
    (void)verdict;
    struct slice format = processor_parameter(processor, "CompressionFormat");
    return format.ptr == NULL || slice_equal_text(format, "GZIP") ||
           fail(problem, "CompressionFormat has to be GZIP");
}

static bool check_log_processing(const struct json *processor, const struct query_verdict *verdict,
                                 struct text *problem)
{
    (void)verdict;
    struct slice value = processor_parameter(processor, "DataMessageExtraction");
    return slice_equal_nocase(value, SLICE("true")) || slice_equal_nocase(value, SLICE("false")) ||
           fail(problem, "Invalid parameter value for DataMessageExtraction. Allowed values are"
                         " True and False.");
}

static bool check_query(struct slice program, const struct query_verdict *verdict,
                        struct text *problem)
{
    if (verdict == NULL || verdict->is_good || !slice_equal(program, verdict->program))
        return true;
    text_printf(problem, "MetadataExtractionQuery is not a valid JQ-1.6 expression: %.*s",
                SLICE_ARG(verdict->why));
    return false;
}

static bool check_extraction(const struct json *processor, const struct query_verdict *verdict,
                             struct text *problem)
{
    struct slice query = processor_parameter(processor, "MetadataExtractionQuery");
    if (!slice_equal_text(processor_parameter(processor, "JsonParsingEngine"), "JQ-1.6"))
        return fail(problem, "MetaDataExtraction JSON Parsing Engine has to be one of JQ-1.6");
    if (query.ptr == NULL)
        return fail(problem, "MetadataExtractionQuery is required when MetadataExtraction"
                             " processor is used.");
    return check_query(query, verdict, problem);
}

struct type_rule {
    const char *name;
    /* NULL: nothing to check */
    bool (*check)(const struct json *processor, const struct query_verdict *verdict,
                  struct text *problem);
    const char *parameters[PARAMETERS_MAX + 1]; /* those it has */
    bool is_repeatable;
};

static const struct type_rule type_rules[] = {
    {"Lambda",
     check_lambda,
     {"LambdaArn", "NumberOfRetries", "RoleArn", "BufferSizeInMBs", "BufferIntervalInSeconds"},
     true}, /* counted before */
    {"RecordDeAggregation", check_de_aggregation, {"SubRecordType", "Delimiter"}, false},
    {"MetadataExtraction",
     check_extraction,
     {"MetadataExtractionQuery", "JsonParsingEngine"},
     false},
    {"Decompression", check_decompression, {"CompressionFormat"}, false},
    {"CloudWatchLogProcessing", check_log_processing, {"DataMessageExtraction"}, false},
    {"AppendDelimiterToRecord", NULL, {"Delimiter"}, true},
};

static const struct type_rule *find_rule(const struct json *processor)
{
    struct slice type = json_member_string(processor, "Type");
    for (size_t i = 0; i < sizeof(type_rules) / sizeof(type_rules[0]); i++) {
        if (slice_equal_text(type, type_rules[i].name))
            return &type_rules[i];
    }
    return NULL;
}

static bool is_own(const struct type_rule *rule, struct slice parameter)
{
    for (size_t i = 0; rule->parameters[i] != NULL; i++) {
        if (slice_equal_text(parameter, rule->parameters[i]))
            return true;
    }
    return false;
}

/* What AWS does with another processor's parameters is not known; here they would do nothing. */
static bool check_parameters(const struct type_rule *rule, const struct json *processor,
                             struct text *problem)
{
    const struct json *p = json_first(parameters_of(processor));
    for (; p != NULL; p = json_next(p)) {
        struct slice name = json_member_string(p, "ParameterName");
        if (is_own(rule, name))
            continue;
        text_printf(problem, "Hydrant does not support the parameter %.*s of a %s processor.",
                    SLICE_ARG(name), rule->name);
        return false;
    }
    return true;
}

static size_t count_of(const struct json *processing, const char *type)
{
    size_t count = 0;
    const struct json *p = json_first(json_member(processing, "Processors"));
    for (; p != NULL; p = json_next(p))
        count += slice_equal_text(json_member_string(p, "Type"), type);
    return count;
}

static bool check_one(const struct json *processing, const struct json *processor,
                      const struct query_verdict *verdict, struct text *problem)
{
    const struct type_rule *rule = find_rule(processor);
    if (rule == NULL)
        return true; /* there is no other type */
    if (rule->check != NULL && !rule->check(processor, verdict, problem))
        return false;
    if (!rule->is_repeatable && count_of(processing, rule->name) > 1) {
        text_printf(problem, "Hydrant does not support more than 1 %s processor.", rule->name);
        return false;
    }
    return check_parameters(rule, processor, problem);
}

bool processor_is_there(const struct json *processing, const char *type)
{
    return count_of(processing, type) > 0;
}

static bool check_count(const struct json *processing, struct text *problem)
{
    size_t count = json_count(json_member(processing, "Processors"));
    bool is_on = json_member_bool(processing, "Enabled", false);
    return !is_on || (count >= 1 && count <= PROCESSORS_MAX) ||
           fail(problem, "A maximum of 5 and a minimum of 1 processor needs to be supplied when"
                         " processing is enabled.");
}

bool processor_check(const struct json *processing, const struct query_verdict *verdict,
                     struct text *problem)
{
    const struct json *processors = json_member(processing, "Processors");
    const struct json *p = NULL;
    if (!check_count(processing, problem))
        return false;
    for (p = json_first(processors); p != NULL; p = json_next(p)) {
        if (has_duplicate(p))
            return fail(problem, "Duplicate ProcessorParameter passed to ProcessingConfiguration.");
    }
    if (count_of(processing, "Lambda") > 1)
        return fail(problem, "Cannot have more than 1 Lambda processor.");
    for (p = json_first(processors); p != NULL; p = json_next(p)) {
        if (!check_one(processing, p, verdict, problem))
            return false;
    }
    return !processor_is_there(processing, "CloudWatchLogProcessing") ||
           processor_is_there(processing, "Decompression") ||
           fail(problem, "CloudWatchLogProcessingProcessor can only be enabled with"
                         " DecompressionProcessor");
}

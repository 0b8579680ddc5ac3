#include "handlers/firehose/conversion_check.h"

#include "emulator/base/json.h"
#include "emulator/base/text.h"

#define MIN_SIZE_MB 64

static bool fail(struct text *problem, const char *message)
{
    text_append_text(problem, message);
    return false;
}

static bool require(const struct json *object, const char *name, const char *shown,
                    struct text *problem)
{
    if (json_member(object, name) != NULL)
        return true;
    text_printf(problem, "%s must not be null", shown);
    return false;
}

static bool check_buffering(const struct json *destination, struct text *problem)
{
    struct slice compression = json_member_string(destination, "CompressionFormat");
    if (compression.ptr != NULL && !slice_equal_text(compression, "UNCOMPRESSED"))
        return fail(problem, "The S3 destination's compression format must be set to UNCOMPRESSED"
                             " when data format conversion is enabled. To enable compression"
                             " within the converted output format, set the appropriate"
                             " serialization option in the output format configuration.");
    const struct json *hints = json_member(destination, "BufferingHints");
    if (json_member_integer(hints, "SizeInMBs", MIN_SIZE_MB) < MIN_SIZE_MB)
        return fail(problem, "BufferingHints.SizeInMBs must be at least 64 when data format"
                             " conversion is enabled.");
    return true;
}

/* Exactly one of `first` and `second`. */
static bool check_one_of(const struct json *format, const char *first, const char *second,
                         struct text *problem, const char *several)
{
    bool has_first = json_member(format, first) != NULL;
    bool has_second = json_member(format, second) != NULL;
    return !(has_first && has_second) || fail(problem, several);
}

static bool check_formats(const struct json *conversion, struct text *problem)
{
    const struct json *input = json_member(conversion, "InputFormatConfiguration");
    const struct json *output = json_member(conversion, "OutputFormatConfiguration");
    const struct json *deserializer = json_member(input, "Deserializer");
    const struct json *serializer = json_member(output, "Serializer");
    return require(input, "Deserializer", "Deserializer", problem) &&
           check_one_of(deserializer, "OpenXJsonSerDe", "HiveJsonSerDe", problem,
                        "More than one deserializer specified. Only one may be chosen.") &&
           require(output, "Serializer", "Serializer", problem) &&
           check_one_of(serializer, "ParquetSerDe", "OrcSerDe", problem,
                        "More than one serializer specified. Only one may be chosen.");
}

static bool check_schema(const struct json *schema, struct text *problem)
{
    static const char *const members[][2] = {
        {"RoleARN", "RoleArn"}, {"DatabaseName", "DatabaseName"}, {"TableName", "TableName"}};
    for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
        if (json_member_string(schema, members[i][0]).len > 0)
            continue;
        text_printf(problem, "SchemaConfiguration.%s must not be null or empty", members[i][1]);
        return false;
    }
    return true;
}

bool conversion_check(const struct json *destination, struct text *problem)
{
    const struct json *conversion = json_member(destination, "DataFormatConversionConfiguration");
    if (conversion == NULL || !json_member_bool(conversion, "Enabled", true))
        return true;
    if (!check_buffering(destination, problem) ||
        !require(conversion, "InputFormatConfiguration", "InputFormatConfiguration", problem) ||
        !require(conversion, "OutputFormatConfiguration", "OutputFormatConfiguration", problem) ||
        !require(conversion, "SchemaConfiguration", "SchemaConfiguration", problem) ||
        !check_formats(conversion, problem) ||
        !check_schema(json_member(conversion, "SchemaConfiguration"), problem))
        return false;
    return fail(problem, "Hydrant does not support DataFormatConversionConfiguration with Enabled"
                         " true yet.");
}

#include "handlers/firehose/partitioning_check.h"

#include "emulator/base/json.h"
#include "emulator/base/text.h"
#include "emulator/delivery/key_name.h"
#include "handlers/firehose/processor_check.h"
#include "handlers/firehose/query_keys.h"

enum { MIN_SIZE_MB = 64, MIN_INTERVAL_S = 60, DEFAULT_SIZE_MB = 5, DEFAULT_INTERVAL_S = 300 };

static bool fail(struct text *problem, const char *message)
{
    text_append_text(problem, message);
    return false;
}

bool partitioning_is_enabled(const struct json *destination)
{
    const struct json *partitioning = json_member(destination, "DynamicPartitioningConfiguration");
    return json_member_bool(partitioning, "Enabled", false);
}

static bool check_hints(const struct json *hints, struct text *problem)
{
    if (json_member_integer(hints, "SizeInMBs", DEFAULT_SIZE_MB) < MIN_SIZE_MB)
        return fail(problem, "BufferingHints.SizeInMBs must be at least 64 when Dynamic"
                             " Partitioning is enabled.");
    if (json_member_integer(hints, "IntervalInSeconds", DEFAULT_INTERVAL_S) < MIN_INTERVAL_S)
        return fail(problem, "BufferingHints.IntervalInSeconds must be at least 60 seconds when"
                             " Dynamic Partitioning is enabled.");
    return true;
}

static bool check_sources(unsigned namespaces, const struct json *processing, struct text *problem)
{
    if (!json_member_bool(processing, "Enabled", false))
        return fail(problem, "Processing Configuration is not enabled when DataPartitioning is"
                             " enabled");
    if ((namespaces & KEY_FROM_LAMBDA) != 0 && !processor_is_there(processing, "Lambda"))
        return fail(problem, "Lambda should be present when S3 Prefix contains keys from"
                             " partitionKeyFromLambda namespace");
    if ((namespaces & KEY_FROM_QUERY) != 0 && !processor_is_there(processing, "MetadataExtraction"))
        return fail(problem, "MetadataExtraction processor should be present when S3 Prefix has"
                             " partitionKeyFromQuery namespace.");
    return true;
}

/* Processors that make sense for partitions only. */
static bool check_absent(const struct json *processing, struct text *problem)
{
    static const char *const types[] = {"MetadataExtraction", "RecordDeAggregation"};
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        if (!processor_is_there(processing, types[i]))
            continue;
        text_printf(problem,
                    "class com.amazonaws.services.firehose.internal.model.%sProcessor can only be"
                    " present when Dynamic Partitioning is enabled.",
                    types[i]);
        return false;
    }
    return true;
}

static bool check_query(const struct json *processing, struct slice prefix, struct text *problem)
{
    const struct json *p = json_first(json_member(processing, "Processors"));
    for (; p != NULL; p = json_next(p)) {
        if (!query_keys_are_used(processor_parameter(p, "MetadataExtractionQuery"), prefix))
            return fail(problem, "MetaDataExtraction JQ Query can't contain keys that are not"
                                 " present in the S3 Prefix expression");
    }
    return true;
}

bool partitioning_check(const struct json *destination, struct text *problem)
{
    if (!partitioning_is_enabled(destination))
        return check_absent(json_member(destination, "ProcessingConfiguration"), problem);
    unsigned namespaces = key_name_namespaces(json_member_string(destination, "Prefix"));
    if (!check_hints(json_member(destination, "BufferingHints"), problem))
        return false;
    if (namespaces == 0)
        return fail(problem, "S3 Prefix should contain Dynamic Partitioning namespaces when Dynamic"
                             " Partitioning is enabled");
    const struct json *processing = json_member(destination, "ProcessingConfiguration");
    return check_sources(namespaces, processing, problem) &&
           check_query(processing, json_member_string(destination, "Prefix"), problem);
}

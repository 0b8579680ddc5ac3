#include "handlers/firehose/endpoint_check.h"

#include "emulator/base/json.h"
#include "emulator/base/text.h"
#include "handlers/firehose/destination_check.h"
#include "handlers/firehose/processor_check.h"

/* They make sense for objects only, or make more records than a request may have. */
static const char *const other_processors[] = {
    "AppendDelimiterToRecord",
    "MetadataExtraction",
    "RecordDeAggregation",
};

static bool check_processing(const struct json *processing, struct text *problem)
{
    if (!processor_check(processing, problem))
        return false;
    for (size_t i = 0; i < sizeof(other_processors) / sizeof(other_processors[0]); i++) {
        if (!processor_is_there(processing, other_processors[i]))
            continue;
        text_printf(problem, "Hydrant does not support the processor %s with an HTTP endpoint.",
                    other_processors[i]);
        return false;
    }
    return true;
}

static bool check_secrets(const struct json *destination, struct text *problem)
{
    const struct json *secrets = json_member(destination, "SecretsManagerConfiguration");
    if (!json_member_bool(secrets, "Enabled", false))
        return true;
    text_append_text(problem, "Hydrant does not support SecretsManagerConfiguration yet.");
    return false;
}

/* What is written there is a backup: never without buffering. */
static bool check_s3(const struct json *s3, struct text *problem)
{
    const struct json *hints = json_member(s3, "BufferingHints");
    if (json_member_integer(hints, "IntervalInSeconds", 300) == 0) {
        text_append_text(problem,
                         "BufferingHints.IntervalInSeconds of an S3 backup must not be 0.");
        return false;
    }
    return destination_check_encryption(s3, problem) && destination_check_prefixes(s3, problem);
}

bool endpoint_check(const struct json *destination, struct text *problem)
{
    const struct json *s3 = json_member(destination, "S3Configuration");
    if (s3 == NULL)
        s3 = json_member(destination, "S3DestinationDescription");
    return check_processing(json_member(destination, "ProcessingConfiguration"), problem) &&
           check_secrets(destination, problem) && check_s3(s3, problem);
}

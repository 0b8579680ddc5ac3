#include "handlers/firehose/endpoint_check.h"

#include "emulator/base/json.h"
#include "emulator/base/text.h"
#include "handlers/firehose/destination_check.h"
#include "handlers/firehose/partitioning_check.h"
#include "handlers/firehose/processor_check.h"

/* An endpoint has no partitions, and its records are taken one by one. */
static bool check_processing(const struct json *destination, const struct query_verdict *verdict,
                             struct text *problem)
{
    const struct json *processing = json_member(destination, "ProcessingConfiguration");
    if (!processor_check(processing, verdict, problem) || !partitioning_check(destination, problem))
        return false;
    if (!processor_is_there(processing, "AppendDelimiterToRecord"))
        return true;
    text_append_text(problem, "Hydrant does not support the processor AppendDelimiterToRecord with"
                              " an HTTP endpoint.");
    return false;
}

static bool check_attributes(const struct json *attributes, struct text *problem)
{
    for (const struct json *a = json_first(attributes); a != NULL; a = json_next(a)) {
        struct slice name = json_member_string(a, "AttributeName");
        for (const struct json *b = json_next(a); b != NULL; b = json_next(b)) {
            if (!slice_equal(name, json_member_string(b, "AttributeName")))
                continue;
            text_printf(problem, "Http Endpoint Common Attributes have duplicate name %.*s",
                        SLICE_ARG(name));
            return false;
        }
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
    return destination_check_encryption(s3, problem) && destination_check_logging(s3, problem) &&
           destination_check_prefixes(s3, problem);
}

bool endpoint_check(const struct json *destination, const struct query_verdict *verdict,
                    struct text *problem)
{
    const struct json *s3 = json_member(destination, "S3Configuration");
    if (s3 == NULL)
        s3 = json_member(destination, "S3DestinationDescription");
    const struct json *request = json_member(destination, "RequestConfiguration");
    return check_processing(destination, verdict, problem) &&
           check_attributes(json_member(request, "CommonAttributes"), problem) &&
           check_secrets(destination, problem) && destination_check_logging(destination, problem) &&
           check_s3(s3, problem);
}

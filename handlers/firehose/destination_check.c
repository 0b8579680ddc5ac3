#include "handlers/firehose/destination_check.h"

#include <stdio.h>
#include <string.h>

#include "emulator/base/arena.h"
#include "emulator/base/json.h"
#include "emulator/base/text.h"
#include "emulator/delivery/key_name.h"
#include "emulator/delivery/time_zone.h"
#include "handlers/firehose/conversion_check.h"
#include "handlers/firehose/endpoint_check.h"
#include "handlers/firehose/partitioning_check.h"
#include "handlers/firehose/processor_check.h"
#include "handlers/firehose/stream_source.h"

#define MEMBER_NAME_BYTES 96
#define ZONE_MAX_BYTES ((size_t)256 * 1024)

static const char *const other_destinations[] = {
    "AmazonOpenSearchServerless",
    "Amazonopensearchservice",
    "Elasticsearch",
    "Iceberg",
    "Redshift",
    "Snowflake",
    "Splunk",
};

static bool refuse(struct text *problem, const char *member, const char *value)
{
    text_printf(problem, "Hydrant does not support %s%s%s yet.", member, value[0] ? " " : "",
                value);
    return false;
}

static const struct json *member_of(const struct json *input, const char *kind, const char *suffix)
{
    char name[MEMBER_NAME_BYTES];
    (void)snprintf(name, sizeof(name), "%s%s", kind, suffix);
    return json_member(input, name);
}

/* What is asked for is not exactly one destination Hydrant has. */
static const struct json *refuse_find(unsigned count, const char *other, const char *suffix,
                                      struct text *problem)
{
    bool is_update = strcmp(suffix, "DestinationUpdate") == 0;
    bool is_search =
        strcmp(other, "Elasticsearch") == 0 || strcmp(other, "Amazonopensearchservice") == 0;
    if (count == 0 && is_update)
        text_append_text(problem, "At least one destination or source configuration update must be"
                                  " provided");
    else if (count != 1)
        text_append_text(problem,
                         "Exactly one destination configuration is supported for a Firehose");
    else if (is_update && is_search)
        destination_refuse_change(other, problem);
    else
        text_printf(problem, "Hydrant does not support %s%s yet.", other, suffix);
    return NULL;
}

const struct json *destination_find(const struct json *input, const char *suffix,
                                    struct text *problem)
{
    const struct json *plain = member_of(input, "S3", suffix);
    const struct json *extended = member_of(input, "ExtendedS3", suffix);
    const struct json *endpoint = member_of(input, "HttpEndpoint", suffix);
    unsigned count =
        (plain != NULL ? 1U : 0U) + (extended != NULL ? 1U : 0U) + (endpoint != NULL ? 1U : 0U);
    const char *other = "";
    for (size_t i = 0; i < sizeof(other_destinations) / sizeof(other_destinations[0]); i++) {
        if (member_of(input, other_destinations[i], suffix) == NULL)
            continue;
        other = other_destinations[i];
        count++;
    }
    if (count != 1 || other[0] != '\0')
        return refuse_find(count, other, suffix, problem);
    if (endpoint != NULL)
        return endpoint;
    return plain != NULL ? plain : extended;
}

bool destination_is_endpoint(const struct json *destination)
{
    return json_member(destination, "EndpointConfiguration") != NULL;
}

bool destination_check_source(const struct json *input, struct text *problem)
{
    static const char *const unsupported[] = {"MSKSourceConfiguration",
                                              "DatabaseSourceConfiguration"};
    if (!stream_source_check(input, problem))
        return false;
    for (size_t i = 0; i < sizeof(unsupported) / sizeof(unsupported[0]); i++) {
        if (json_member(input, unsupported[i]) != NULL)
            return refuse(problem, unsupported[i], "");
    }
    return true;
}

static bool fail(struct text *problem, const char *message)
{
    text_append_text(problem, message);
    return false;
}

static bool is_enabled(const struct json *destination)
{
    return slice_equal_text(json_member_string(destination, "S3BackupMode"), "Enabled");
}

void destination_refuse_change(const char *kind, struct text *problem)
{
    text_printf(problem,
                "Changing the destination type to or from %s is not supported at this time.", kind);
}

/* A configuration's, an update's or a description's. */
static const struct json *backup_of(const struct json *destination)
{
    static const char *const names[] = {"S3BackupConfiguration", "S3BackupUpdate",
                                        "S3BackupDescription"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        const struct json *backup = json_member(destination, names[i]);
        if (backup != NULL)
            return backup;
    }
    return NULL;
}

bool destination_check_encryption(const struct json *s3, struct text *problem)
{
    const struct json *encryption = json_member(s3, "EncryptionConfiguration");
    if (json_member(encryption, "KMSEncryptionConfig") != NULL)
        return refuse(problem, "EncryptionConfiguration.KMSEncryptionConfig", "");
    return true;
}

bool destination_check_support(const struct json *destination, struct text *problem)
{
    return destination_check_encryption(destination, problem) &&
           destination_check_encryption(json_member(destination, "S3Update"), problem) &&
           destination_check_encryption(backup_of(destination), problem);
}

bool destination_check_logging(const struct json *block, struct text *problem)
{
    const struct json *options = json_member(block, "CloudWatchLoggingOptions");
    if (!json_member_bool(options, "Enabled", false))
        return true;
    if (json_member_string(options, "LogGroupName").len == 0)
        return fail(problem, "CloudWatch Log Group Name is required if CloudWatch Logging is"
                             " enabled");
    return json_member_string(options, "LogStreamName").len > 0 ||
           fail(problem, "CloudWatch Log Stream Name is required if CloudWatch Logging is enabled");
}

bool destination_check_prefixes(const struct json *s3, struct text *problem)
{
    return key_name_check(json_member_string(s3, "Prefix"),
                          json_member_string(s3, "ErrorOutputPrefix"), partitioning_is_enabled(s3),
                          problem) == STATUS_OK;
}

static bool check_backup(const struct json *destination, struct text *problem)
{
    const struct json *backup = backup_of(destination);
    if (is_enabled(destination) && backup == NULL)
        return fail(problem, "S3 backup destination configuration is required when enabling S3"
                             " backup.");
    if (backup != NULL && (json_member_string(backup, "BucketARN").len == 0 ||
                           json_member_string(backup, "RoleARN").len == 0))
        return fail(problem, "An S3 backup needs a BucketARN and a RoleARN.");
    const struct json *hints = json_member(backup, "BufferingHints");
    if (json_member_integer(hints, "IntervalInSeconds", 300) == 0)
        return fail(problem, "BufferingHints.IntervalInSeconds of an S3 backup must not be 0.");
    return destination_check_logging(backup, problem) &&
           destination_check_prefixes(backup, problem);
}

static bool check_zone(const struct json *destination, struct text *problem)
{
    struct slice name = json_member_string(destination, "CustomTimeZone");
    const struct time_zone *zone = NULL;
    struct arena arena;
    arena_init(&arena, ZONE_MAX_BYTES);
    enum status status = time_zone_load(name, &arena, &zone);
    arena_clear(&arena);
    if (status == STATUS_OK)
        return true;
    text_printf(problem, "CustomTimeZone %.*s is not a time zone that is known here.",
                SLICE_ARG(name));
    return false;
}

bool destination_check(const struct json *destination, const struct query_verdict *verdict,
                       struct text *problem)
{
    if (destination_is_endpoint(destination))
        return endpoint_check(destination, verdict, problem);
    return processor_check(json_member(destination, "ProcessingConfiguration"), verdict, problem) &&
           conversion_check(destination, problem) &&
           destination_check_support(destination, problem) &&
           destination_check_logging(destination, problem) &&
           destination_check_prefixes(destination, problem) &&
           partitioning_check(destination, problem) && check_backup(destination, problem) &&
           check_zone(destination, problem);
}

static bool backs_up_all(const struct json *destination)
{
    return is_enabled(destination) ||
           slice_equal_text(json_member_string(destination, "S3BackupMode"), "AllData");
}

static bool runs(const struct json *destination, const char *processor)
{
    const struct json *processing = json_member(destination, "ProcessingConfiguration");
    return json_member_bool(processing, "Enabled", false) &&
           processor_is_there(processing, processor);
}

bool destination_check_change(const struct json *before, const struct json *after,
                              struct text *problem)
{
    if (backs_up_all(before) && !backs_up_all(after))
        return fail(problem, "Disabling S3 backup is not currently supported.");
    if (runs(after, "Decompression") && !runs(before, "Decompression") && !runs(before, "Lambda"))
        return fail(problem, "Enabling source decompression is not supported for existing stream"
                             " with no Lambda function attached.");
    if (partitioning_is_enabled(before) != partitioning_is_enabled(after))
        return fail(problem, "Dynamic Partitioning can only be enabled when a delivery stream is"
                             " created, and not be disabled.");
    return true;
}

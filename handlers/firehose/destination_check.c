#include "handlers/firehose/destination_check.h"

#include <stdio.h>

#include "emulator/base/json.h"
#include "emulator/base/text.h"
#include "emulator/delivery/key_name.h"
#include "handlers/firehose/processor_check.h"

#define MEMBER_NAME_BYTES 96

static const char *const other_destinations[] = {
    "AmazonOpenSearchServerless",
    "Amazonopensearchservice",
    "Elasticsearch",
    "HttpEndpoint",
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

const struct json *destination_find(const struct json *input, const char *suffix,
                                    struct text *problem)
{
    const struct json *plain = member_of(input, "S3", suffix);
    const struct json *extended = member_of(input, "ExtendedS3", suffix);
    unsigned count = (plain != NULL ? 1U : 0U) + (extended != NULL ? 1U : 0U);
    const char *other = NULL;
    for (size_t i = 0; i < sizeof(other_destinations) / sizeof(other_destinations[0]); i++) {
        if (member_of(input, other_destinations[i], suffix) == NULL)
            continue;
        other = other_destinations[i];
        count++;
    }
    if (count != 1) {
        text_append_text(problem,
                         "Exactly one destination configuration is supported for a Firehose");
        return NULL;
    }
    if (other != NULL) {
        text_printf(problem, "Hydrant does not support %s%s yet.", other, suffix);
        return NULL;
    }
    return plain != NULL ? plain : extended;
}

bool destination_check_source(const struct json *input, struct text *problem)
{
    static const char *const unsupported[] = {"MSKSourceConfiguration",
                                              "DatabaseSourceConfiguration",
                                              "DeliveryStreamEncryptionConfigurationInput"};
    struct slice type = json_member_string(input, "DeliveryStreamType");
    bool is_direct = type.ptr == NULL || slice_equal_text(type, "DirectPut");
    if (!is_direct) {
        text_printf(problem, "Hydrant does not support DeliveryStreamType %.*s yet.",
                    SLICE_ARG(type));
        return false;
    }
    if (json_member(input, "KinesisStreamSourceConfiguration") != NULL) {
        text_append_text(problem, "KinesisSourceStreamConfig is only applicable for"
                                  " KinesisStreamAsSource stream type");
        return false;
    }
    for (size_t i = 0; i < sizeof(unsupported) / sizeof(unsupported[0]); i++) {
        if (json_member(input, unsupported[i]) != NULL)
            return refuse(problem, unsupported[i], "");
    }
    return true;
}

static bool is_set_to(const struct json *destination, const char *member, const char *wanted)
{
    struct slice value = json_member_string(destination, member);
    return value.ptr == NULL || slice_equal_text(value, wanted);
}

static bool is_utc(struct slice zone)
{
    static const char *const names[] = {"", "UTC", "Etc/UTC", "Etc/UCT", "UCT", "GMT", "Etc/GMT"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (slice_equal_text(zone, names[i]))
            return true;
    }
    return false;
}

static bool check_format(const struct json *destination, struct text *problem)
{
    const struct json *conversion = json_member(destination, "DataFormatConversionConfiguration");
    if (conversion != NULL && json_member_bool(conversion, "Enabled", true))
        return refuse(problem, "DataFormatConversionConfiguration", "with Enabled true");
    const struct json *encryption = json_member(destination, "EncryptionConfiguration");
    if (json_member(encryption, "KMSEncryptionConfig") != NULL)
        return refuse(problem, "EncryptionConfiguration.KMSEncryptionConfig", "");
    if (!is_utc(json_member_string(destination, "CustomTimeZone")))
        return refuse(problem, "a CustomTimeZone other than UTC", "");
    return true;
}

static bool check_backup(const struct json *destination, struct text *problem)
{
    if (!is_set_to(destination, "S3BackupMode", "Disabled"))
        return refuse(problem, "S3BackupMode", "Enabled");
    if (json_member(destination, "S3BackupConfiguration") != NULL)
        return refuse(problem, "S3BackupConfiguration", "");
    if (json_member(destination, "S3BackupUpdate") != NULL)
        return refuse(problem, "S3BackupUpdate", "");
    const struct json *partitioning = json_member(destination, "DynamicPartitioningConfiguration");
    if (json_member_bool(partitioning, "Enabled", false))
        return refuse(problem, "DynamicPartitioningConfiguration", "with Enabled true");
    return true;
}

bool destination_check_support(const struct json *destination, struct text *problem)
{
    return check_format(destination, problem) && check_backup(destination, problem);
}

bool destination_check(const struct json *destination, struct text *problem)
{
    if (!processor_check(json_member(destination, "ProcessingConfiguration"), problem) ||
        !destination_check_support(destination, problem))
        return false;
    return key_name_check(json_member_string(destination, "Prefix"),
                          json_member_string(destination, "ErrorOutputPrefix"),
                          problem) == STATUS_OK;
}

#include "handlers/firehose/destination_write.h"

#include "emulator/base/json.h"
#include "emulator/base/json_writer.h"
#include "emulator/base/text.h"
#include "handlers/firehose/processor_check.h"

#define RETRY_DEFAULT_S 300

/* Where the members come from. */
struct source {
    const struct json *given;
    const struct json *before;
};

static const struct json *pick(const struct source *s, const char *name)
{
    const struct json *value = json_member(s->given, name);
    return value != NULL ? value : json_member(s->before, name);
}

static void put_value(struct json_writer *w, const char *name, const struct json *value)
{
    if (value == NULL)
        return;
    json_key(w, name);
    json_write_value(w, value);
}

static void put_text_or(struct json_writer *w, const char *name, const struct json *value,
                        const char *otherwise)
{
    if (value != NULL)
        put_value(w, name, value);
    else
        json_put_text(w, name, otherwise);
}

static void put_hints(struct json_writer *w, const struct json *hints)
{
    json_key(w, "BufferingHints");
    json_begin_object(w);
    json_put_integer(w, "SizeInMBs", json_member_integer(hints, "SizeInMBs", 5));
    json_put_integer(w, "IntervalInSeconds", json_member_integer(hints, "IntervalInSeconds", 300));
    json_end_object(w);
}

static void put_logging(struct json_writer *w, const struct json *options)
{
    json_key(w, "CloudWatchLoggingOptions");
    json_begin_object(w);
    json_put_bool(w, "Enabled", json_member_bool(options, "Enabled", false));
    put_value(w, "LogGroupName", json_member(options, "LogGroupName"));
    put_value(w, "LogStreamName", json_member(options, "LogStreamName"));
    json_end_object(w);
}

static void put_encryption(struct json_writer *w)
{
    json_put_raw(w, "EncryptionConfiguration", SLICE("{\"NoEncryptionConfig\":\"NoEncryption\"}"));
}

static void put_parameter(struct json_writer *w, struct slice name, struct slice value)
{
    json_begin_object(w);
    json_put_string(w, "ParameterName", name);
    json_put_string(w, "ParameterValue", value);
    json_end_object(w);
}

static void put_default(struct json_writer *w, const struct json *processor, const char *name,
                        struct slice value)
{
    if (processor_parameter(processor, name).ptr == NULL)
        put_parameter(w, slice_of(name), value);
}

static void put_lambda_defaults(struct json_writer *w, const struct json *processor,
                                struct slice role)
{
    put_default(w, processor, "NumberOfRetries", SLICE("3"));
    put_default(w, processor, "RoleArn", role);
    put_default(w, processor, "BufferSizeInMBs", SLICE("1"));
    put_default(w, processor, "BufferIntervalInSeconds", SLICE("60"));
}

static void put_processor(struct json_writer *w, const struct json *processor, struct slice role)
{
    json_begin_object(w);
    json_put_string(w, "Type", json_member_string(processor, "Type"));
    json_key(w, "Parameters");
    json_begin_array(w);
    const struct json *p = json_first(json_member(processor, "Parameters"));
    for (; p != NULL; p = json_next(p))
        put_parameter(w, json_member_string(p, "ParameterName"),
                      json_member_string(p, "ParameterValue"));
    if (slice_equal_text(json_member_string(processor, "Type"), "Lambda"))
        put_lambda_defaults(w, processor, role);
    if (slice_equal_text(json_member_string(processor, "Type"), "Decompression"))
        put_default(w, processor, "CompressionFormat", SLICE("GZIP"));
    json_end_array(w);
    json_end_object(w);
}

static void put_processing(struct json_writer *w, const struct json *processing, struct slice role)
{
    if (processing == NULL)
        return;
    json_key(w, "ProcessingConfiguration");
    json_begin_object(w);
    json_put_bool(w, "Enabled", json_member_bool(processing, "Enabled", false));
    json_key(w, "Processors");
    json_begin_array(w);
    const struct json *p = json_first(json_member(processing, "Processors"));
    for (; p != NULL; p = json_next(p))
        put_processor(w, p, role);
    json_end_array(w);
    json_end_object(w);
}

/* The eight members of both kinds. */
static void put_common(struct json_writer *w, const struct source *s)
{
    put_value(w, "RoleARN", pick(s, "RoleARN"));
    put_value(w, "BucketARN", pick(s, "BucketARN"));
    put_value(w, "Prefix", pick(s, "Prefix"));
    put_value(w, "ErrorOutputPrefix", pick(s, "ErrorOutputPrefix"));
    put_hints(w, pick(s, "BufferingHints"));
    put_text_or(w, "CompressionFormat", pick(s, "CompressionFormat"), "UNCOMPRESSED");
    put_encryption(w);
    put_logging(w, pick(s, "CloudWatchLoggingOptions"));
}

/* Given as a configuration or an update, kept and shown as a description. */
static void put_backup(struct json_writer *w, const struct source *s)
{
    const struct json *given = json_member(s->given, "S3BackupConfiguration");
    if (given == NULL)
        given = json_member(s->given, "S3BackupUpdate");
    if (given == NULL)
        given = json_member(s->given, "S3BackupDescription");
    struct source backup = {given, json_member(s->before, "S3BackupDescription")};
    if (backup.given == NULL && backup.before == NULL)
        return;
    json_key(w, "S3BackupDescription");
    json_begin_object(w);
    put_common(w, &backup);
    json_end_object(w);
}

static void put_partitioning(struct json_writer *w, const struct json *given)
{
    const struct json *retry = json_member(given, "RetryOptions");
    if (given == NULL)
        return;
    json_key(w, "DynamicPartitioningConfiguration");
    json_begin_object(w);
    if (json_member_bool(given, "Enabled", false)) {
        json_key(w, "RetryOptions");
        json_begin_object(w);
        json_put_integer(w, "DurationInSeconds",
                         json_member_integer(retry, "DurationInSeconds", RETRY_DEFAULT_S));
        json_end_object(w);
    } else {
        put_value(w, "RetryOptions", retry);
    }
    put_value(w, "Enabled", json_member(given, "Enabled"));
    json_end_object(w);
}

/* Merged member by member, unlike the others. */
static void put_conversion(struct json_writer *w, const struct source *s)
{
    static const char name[] = "DataFormatConversionConfiguration";
    static const char *const members[] = {"SchemaConfiguration", "InputFormatConfiguration",
                                          "OutputFormatConfiguration", "Enabled"};
    struct source conversion = {json_member(s->given, name), json_member(s->before, name)};
    if (conversion.given == NULL && conversion.before == NULL)
        return;
    json_key(w, name);
    json_begin_object(w);
    for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
        put_value(w, members[i], pick(&conversion, members[i]));
    json_end_object(w);
}

/* ---- an HTTP endpoint ---- */

/* A key given for one address is never kept for another. */
static const struct json *pick_key(const struct json *given, const struct json *before)
{
    const struct json *key = json_member(given, "AccessKey");
    bool is_same = slice_equal(json_member_string(given, "Url"), json_member_string(before, "Url"));
    return key != NULL || !is_same ? key : json_member(before, "AccessKey");
}

/* The key is stored, and never shown. */
static void put_endpoint(struct json_writer *w, const struct source *s, bool with_key)
{
    const struct json *before = json_member(s->before, "EndpointConfiguration");
    const struct json *where = pick(s, "EndpointConfiguration");
    json_key(w, "EndpointConfiguration");
    json_begin_object(w);
    put_value(w, "Url", json_member(where, "Url"));
    put_value(w, "Name", json_member(where, "Name"));
    if (with_key)
        put_value(w, "AccessKey", pick_key(where, before));
    json_end_object(w);
}

static void put_request(struct json_writer *w, const struct json *given)
{
    json_key(w, "RequestConfiguration");
    json_begin_object(w);
    put_text_or(w, "ContentEncoding", json_member(given, "ContentEncoding"), "NONE");
    if (json_member(given, "CommonAttributes") != NULL)
        put_value(w, "CommonAttributes", json_member(given, "CommonAttributes"));
    else
        json_put_raw(w, "CommonAttributes", SLICE("[]"));
    json_end_object(w);
}

static void put_retry(struct json_writer *w, const struct json *given)
{
    json_key(w, "RetryOptions");
    json_begin_object(w);
    json_put_integer(w, "DurationInSeconds",
                     json_member_integer(given, "DurationInSeconds", RETRY_DEFAULT_S));
    json_end_object(w);
}

static const struct json *s3_of(const struct json *destination)
{
    static const char *const names[] = {"S3Configuration", "S3Update", "S3DestinationDescription"};
    const struct json *s3 = NULL;
    for (size_t i = 0; s3 == NULL && i < sizeof(names) / sizeof(names[0]); i++)
        s3 = json_member(destination, names[i]);
    return s3;
}

static void put_s3(struct json_writer *w, const struct source *s3)
{
    json_key(w, "S3DestinationDescription");
    json_begin_object(w);
    put_common(w, s3);
    json_end_object(w);
}

/* Of a configuration, an update, or once more of a description. */
static void write_endpoint(struct json_writer *w, const struct source *s, bool with_key)
{
    struct source s3 = {s3_of(s->given), s3_of(s->before)};
    struct slice role = json_string(pick(s, "RoleARN"));
    json_begin_object(w);
    put_endpoint(w, s, with_key);
    put_hints(w, pick(s, "BufferingHints"));
    put_logging(w, pick(s, "CloudWatchLoggingOptions"));
    put_request(w, pick(s, "RequestConfiguration"));
    put_processing(w, pick(s, "ProcessingConfiguration"),
                   role.len > 0 ? role : json_string(pick(&s3, "RoleARN")));
    put_value(w, "RoleARN", pick(s, "RoleARN"));
    put_retry(w, pick(s, "RetryOptions"));
    put_text_or(w, "S3BackupMode", pick(s, "S3BackupMode"), "FailedDataOnly");
    put_s3(w, &s3);
    put_value(w, "SecretsManagerConfiguration", pick(s, "SecretsManagerConfiguration"));
    json_end_object(w);
}

void destination_write_endpoint(struct json_writer *w, const struct json *description)
{
    struct source s = {description, NULL};
    write_endpoint(w, &s, false);
}

/* ---- both ---- */

void destination_write(struct text *out, const struct json *given, const struct json *before)
{
    struct source s = {given, before};
    struct json_writer w = json_writer_make(out);
    if (pick(&s, "EndpointConfiguration") != NULL) {
        write_endpoint(&w, &s, true);
        return;
    }
    json_begin_object(&w);
    put_common(&w, &s);
    put_processing(&w, pick(&s, "ProcessingConfiguration"), json_string(pick(&s, "RoleARN")));
    put_text_or(&w, "S3BackupMode", pick(&s, "S3BackupMode"), "Disabled");
    put_backup(&w, &s);
    put_conversion(&w, &s);
    put_partitioning(&w, pick(&s, "DynamicPartitioningConfiguration"));
    put_value(&w, "FileExtension", pick(&s, "FileExtension"));
    put_value(&w, "CustomTimeZone", pick(&s, "CustomTimeZone"));
    json_end_object(&w);
}

void destination_write_plain(struct json_writer *w, const struct json *description)
{
    struct source s = {description, NULL};
    json_begin_object(w);
    put_common(w, &s);
    json_end_object(w);
}

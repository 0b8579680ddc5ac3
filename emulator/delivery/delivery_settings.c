#include "emulator/delivery/delivery_settings.h"

#include "emulator/base/arena.h"
#include "emulator/base/json.h"
#include "emulator/base/json_writer.h"
#include "emulator/base/log.h"
#include "emulator/base/text.h"
#include "emulator/delivery/processor_settings.h"
#include "emulator/delivery/time_zone.h"

#define MIB ((int64_t)1024 * 1024)
#define ATTRIBUTES_MAX_BYTES ((size_t)512 * 1024)

static struct slice bucket_name(struct slice arn)
{
    size_t at = slice_search(arn, SLICE(":::"));
    return at < arn.len ? slice_from(arn, at + 3) : arn;
}

static void read_logging(const struct json *options, struct delivery_target *target)
{
    target->log_group = json_member_string(options, "LogGroupName");
    target->log_stream = json_member_string(options, "LogStreamName");
    target->is_logging = json_member_bool(options, "Enabled", false) && target->log_group.len > 0 &&
                         target->log_stream.len > 0;
}

static enum status read_target(const struct json *description, struct delivery_target *target)
{
    const struct json *hints = json_member(description, "BufferingHints");
    *target = (struct delivery_target){
        .bucket_arn = json_member_string(description, "BucketARN"),
        .prefix = json_member_string(description, "Prefix"),
        .error_prefix = json_member_string(description, "ErrorOutputPrefix"),
        .extension = json_member_string(description, "FileExtension"),
        .compression = compression_of(json_member_string(description, "CompressionFormat")),
        .size_bytes = json_member_integer(hints, "SizeInMBs", 5) * MIB,
        .interval_ms = json_member_integer(hints, "IntervalInSeconds", 300) * 1000,
    };
    target->bucket = bucket_name(target->bucket_arn);
    if (target->extension.len == 0)
        target->extension = compression_extension(target->compression);
    read_logging(json_member(description, "CloudWatchLoggingOptions"), target);
    return target->bucket.len > 0 ? STATUS_OK : STATUS_INVALID;
}

static enum status read_backup(const struct json *root, struct delivery_settings *settings)
{
    settings->has_backup = slice_equal_text(json_member_string(root, "S3BackupMode"), "Enabled");
    return settings->has_backup
               ? read_target(json_member(root, "S3BackupDescription"), &settings->backup)
               : STATUS_OK;
}

/* ---- an HTTP endpoint ---- */

/* {"commonAttributes":{"name":"value",...}} */
static enum status read_attributes(const struct json *request, struct arena *arena,
                                   struct slice *ret_attributes)
{
    const struct json *attribute = json_first(json_member(request, "CommonAttributes"));
    if (attribute == NULL)
        return STATUS_OK;
    struct text text;
    text_init_in(&text, arena, ATTRIBUTES_MAX_BYTES);
    struct json_writer w = json_writer_make(&text);
    json_begin_object(&w);
    json_key(&w, "commonAttributes");
    json_begin_object(&w);
    for (; attribute != NULL; attribute = json_next(attribute)) {
        json_key_slice(&w, json_member_string(attribute, "AttributeName"));
        json_write_string(&w, json_member_string(attribute, "AttributeValue"));
    }
    json_end_object(&w);
    json_end_object(&w);
    *ret_attributes = text_slice(&text);
    return text.status;
}

static enum status read_endpoint(const struct json *root, struct arena *arena,
                                 struct delivery_settings *settings)
{
    const struct json *where = json_member(root, "EndpointConfiguration");
    const struct json *request = json_member(root, "RequestConfiguration");
    const struct json *hints = json_member(root, "BufferingHints");
    struct delivery_endpoint *endpoint = &settings->endpoint;
    endpoint->target = (struct delivery_target){
        .bucket_arn = json_member_string(where, "Url"),
        .size_bytes = json_member_integer(hints, "SizeInMBs", 5) * MIB,
        .interval_ms = json_member_integer(hints, "IntervalInSeconds", 300) * 1000,
    };
    read_logging(json_member(root, "CloudWatchLoggingOptions"), &endpoint->target);
    endpoint->access_key = json_member_string(where, "AccessKey");
    endpoint->is_gzip = slice_equal_text(json_member_string(request, "ContentEncoding"), "GZIP");
    endpoint->retry_ms =
        1000 * json_member_integer(json_member(root, "RetryOptions"), "DurationInSeconds", 300);
    settings->has_endpoint = true;
    settings->has_backup = slice_equal_text(json_member_string(root, "S3BackupMode"), "AllData");
    enum status status =
        read_target(json_member(root, "S3DestinationDescription"), &settings->destination);
    settings->backup = settings->destination;
    return status == STATUS_OK ? read_attributes(request, arena, &endpoint->attributes) : status;
}

static enum status read_s3(const struct json *root, struct delivery_settings *settings)
{
    enum status status = read_target(root, &settings->destination);
    return status == STATUS_OK ? read_backup(root, settings) : status;
}

/* The name was checked when it was configured; the database may have changed since. */
static enum status read_zone(struct slice name, struct arena *arena,
                             struct delivery_settings *settings)
{
    enum status status = time_zone_load(name, arena, &settings->zone);
    if (status == STATUS_OK || status == STATUS_NO_MEMORY)
        return status;
    log_line(LOG_WARNING, "firehose: time zone %.*s: %s; UTC is used", SLICE_ARG(name),
             status_text(status));
    settings->zone = NULL;
    return STATUS_OK;
}

enum status delivery_settings_read(struct slice configuration, struct arena *arena,
                                   struct delivery_settings *ret_settings)
{
    const struct json *root = NULL;
    struct delivery_settings settings = {.has_backup = false};
    enum status status = json_parse(configuration, arena, &root);
    if (status == STATUS_OK)
        status = json_member(root, "EndpointConfiguration") != NULL
                     ? read_endpoint(root, arena, &settings)
                     : read_s3(root, &settings);
    if (status == STATUS_OK)
        status = read_zone(json_member_string(root, "CustomTimeZone"), arena, &settings);
    if (status != STATUS_OK)
        return status;
    const struct json *partitioning = json_member(root, "DynamicPartitioningConfiguration");
    settings.steps.is_partitioned = json_member_bool(partitioning, "Enabled", false);
    settings.steps.prefix = settings.destination.prefix;
    status =
        processor_settings_read(json_member(root, "ProcessingConfiguration"), arena, &settings);
    if (status == STATUS_OK)
        *ret_settings = settings;
    return status;
}

static void target_texts(struct delivery_target *target,
                         struct slice *ret_texts[DELIVERY_TARGET_TEXTS])
{
    struct slice *const texts[DELIVERY_TARGET_TEXTS] = {
        &target->bucket_arn, &target->bucket,    &target->prefix,     &target->error_prefix,
        &target->extension,  &target->log_group, &target->log_stream,
    };
    for (size_t i = 0; i < DELIVERY_TARGET_TEXTS; i++)
        ret_texts[i] = texts[i];
}

void delivery_settings_texts(struct delivery_settings *settings,
                             struct slice *ret_texts[DELIVERY_SETTINGS_TEXTS])
{
    target_texts(&settings->destination, ret_texts);
    target_texts(&settings->backup, ret_texts + DELIVERY_TARGET_TEXTS);
    target_texts(&settings->endpoint.target, ret_texts + (size_t)2 * DELIVERY_TARGET_TEXTS);
    struct slice **others = ret_texts + (size_t)3 * DELIVERY_TARGET_TEXTS;
    others[0] = &settings->delimiter;
    others[1] = &settings->steps.split_delimiter;
    others[2] = &settings->steps.query;
    others[3] = &settings->steps.prefix;
    others[4] = &settings->lambda_arn;
    others[5] = &settings->endpoint.access_key;
    others[6] = &settings->endpoint.attributes;
}

bool delivery_steps_prepare(const struct delivery_steps *steps)
{
    return steps->decompresses || steps->extracts_messages || steps->splits;
}

bool delivery_settings_has_processing(const struct delivery_settings *settings)
{
    return settings->has_lambda || settings->steps.is_partitioned ||
           delivery_steps_prepare(&settings->steps);
}

#include "emulator/delivery/delivery_settings.h"

#include <stdlib.h>

#include "emulator/base/arena.h"
#include "emulator/base/json.h"

#define MIB ((int64_t)1024 * 1024)
#define MAX_RETRIES 300 /* what AWS documents; the API takes any number */

static struct slice bucket_name(struct slice arn)
{
    size_t at = slice_search(arn, SLICE(":::"));
    return at < arn.len ? slice_from(arn, at + 3) : arn;
}

/* "0.25": parameters are texts. What is no number counts as `otherwise`. */
static double read_number(struct slice value, double otherwise)
{
    char text[32];
    if (value.len == 0 || value.len >= sizeof(text))
        return otherwise;
    for (size_t i = 0; i < value.len; i++)
        text[i] = value.ptr[i];
    text[value.len] = '\0';
    char *end = NULL;
    double number = strtod(text, &end);
    return *end == '\0' && number >= 0 && number < 1e9 ? number : otherwise;
}

static void read_parameter(const struct json *parameter, struct delivery_settings *settings)
{
    struct slice name = json_member_string(parameter, "ParameterName");
    struct slice value = json_member_string(parameter, "ParameterValue");
    if (slice_equal_text(name, "LambdaArn")) {
        settings->lambda_arn = value;
    } else if (slice_equal_text(name, "NumberOfRetries")) {
        double retries = read_number(value, 3);
        settings->lambda_retries = retries < MAX_RETRIES ? (unsigned)retries : MAX_RETRIES;
    } else if (slice_equal_text(name, "BufferSizeInMBs")) {
        settings->lambda_size_bytes = (int64_t)(read_number(value, 1) * (double)MIB);
    } else if (slice_equal_text(name, "BufferIntervalInSeconds")) {
        settings->lambda_interval_ms = (int64_t)(read_number(value, 60) * 1000);
    }
}

static void read_processing(const struct json *processing, struct delivery_settings *settings)
{
    settings->lambda_retries = 3;
    settings->lambda_size_bytes = MIB;
    settings->lambda_interval_ms = 60000;
    const struct json *processor = json_first(json_member(processing, "Processors"));
    for (; processor != NULL; processor = json_next(processor)) {
        if (!slice_equal_text(json_member_string(processor, "Type"), "Lambda"))
            continue;
        const struct json *parameter = json_first(json_member(processor, "Parameters"));
        for (; parameter != NULL; parameter = json_next(parameter))
            read_parameter(parameter, settings);
    }
    settings->has_lambda =
        json_member_bool(processing, "Enabled", false) && settings->lambda_arn.len > 0;
}

static void read_logging(const struct json *options, struct delivery_settings *settings)
{
    settings->log_group = json_member_string(options, "LogGroupName");
    settings->log_stream = json_member_string(options, "LogStreamName");
    settings->is_logging = json_member_bool(options, "Enabled", false) &&
                           settings->log_group.len > 0 && settings->log_stream.len > 0;
}

static void read_object(const struct json *root, struct delivery_settings *settings)
{
    settings->compression = compression_of(json_member_string(root, "CompressionFormat"));
    settings->extension = json_member_string(root, "FileExtension");
    if (settings->extension.len == 0)
        settings->extension = compression_extension(settings->compression);
    settings->prefix = json_member_string(root, "Prefix");
    settings->error_prefix = json_member_string(root, "ErrorOutputPrefix");
    const struct json *hints = json_member(root, "BufferingHints");
    settings->size_bytes = json_member_integer(hints, "SizeInMBs", 5) * MIB;
    settings->interval_ms = json_member_integer(hints, "IntervalInSeconds", 300) * 1000;
}

enum status delivery_settings_read(struct slice configuration, struct arena *arena,
                                   struct delivery_settings *ret_settings)
{
    const struct json *root = NULL;
    enum status status = json_parse(configuration, arena, &root);
    if (status != STATUS_OK)
        return status;
    struct delivery_settings settings = {.bucket_arn = json_member_string(root, "BucketARN")};
    settings.bucket = bucket_name(settings.bucket_arn);
    if (settings.bucket.len == 0)
        return STATUS_INVALID;
    read_object(root, &settings);
    read_logging(json_member(root, "CloudWatchLoggingOptions"), &settings);
    read_processing(json_member(root, "ProcessingConfiguration"), &settings);
    *ret_settings = settings;
    return STATUS_OK;
}

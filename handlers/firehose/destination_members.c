#include "handlers/firehose/destination_members.h"

#include <stdio.h>

#include "emulator/base/json.h"
#include "emulator/base/json_writer.h"
#include "emulator/base/text.h"

#define NAME_BYTES 64
#define COPY_MAX_BYTES ((size_t)16 * 1024 * 1024)

static const char *const s3_members[] = {
    "RoleARN",
    "BucketARN",
    "Prefix",
    "BufferingHints",
    "ErrorOutputPrefix",
    "EncryptionConfiguration",
    "CompressionFormat",
    "CloudWatchLoggingOptions",
    NULL,
};

static const char *const extended_members[] = {
    "CustomTimeZone",
    "DataFormatConversionConfiguration",
    "FileExtension",
    "DynamicPartitioningConfiguration",
    "S3BackupMode",
    "ProcessingConfiguration",
    NULL,
};

static const char *const endpoint_members[] = {
    "EndpointConfiguration",
    "BufferingHints",
    "CloudWatchLoggingOptions",
    "RequestConfiguration",
    "ProcessingConfiguration",
    "RoleARN",
    "RetryOptions",
    "S3BackupMode",
    "SecretsManagerConfiguration",
    NULL,
};

/* What one kind has. */
struct kind {
    const char *name;            /* before the suffix */
    const char *const *lists[2]; /* NULL: no more */
    const char *nested;          /* "S3Backup": S3BackupConfiguration or S3BackupUpdate; or NULL */
};

static const struct kind kinds[] = {
    {"S3", {s3_members, NULL}, NULL},
    {"ExtendedS3", {s3_members, extended_members}, "S3Backup"},
    {"HttpEndpoint", {endpoint_members, NULL}, "S3"},
};

/* "S3BackupConfiguration" of "S3Backup" and "DestinationConfiguration". */
static bool is_nested(struct slice name, const char *nested, const char *suffix)
{
    if (nested == NULL || !slice_starts_with(name, slice_of(nested)))
        return false;
    struct slice rest = slice_from(name, slice_of(nested).len);
    return slice_equal(rest, slice_from(slice_of(suffix), sizeof("Destination") - 1));
}

static bool is_listed(struct slice name, const char *const *list)
{
    for (; list != NULL && *list != NULL; list++)
        if (slice_equal_text(name, *list))
            return true;
    return false;
}

static const struct kind *find_kind(const struct json *input, const char *suffix,
                                    const struct json *given)
{
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        char name[NAME_BYTES];
        (void)snprintf(name, sizeof(name), "%s%s", kinds[i].name, suffix);
        if (json_member(input, name) == given)
            return &kinds[i];
    }
    return NULL;
}

enum status destination_members_keep(const struct json *input, const char *suffix,
                                     const struct json *given, struct arena *arena,
                                     const struct json **ret_kept)
{
    const struct kind *kind = find_kind(input, suffix, given);
    struct text text;
    if (kind == NULL)
        return STATUS_NOT_FOUND;
    text_init_in(&text, arena, COPY_MAX_BYTES);
    struct json_writer w = json_writer_make(&text);
    json_begin_object(&w);
    for (const struct json *m = json_first(given); m != NULL; m = json_next(m)) {
        struct slice name = json_name(m);
        if (!is_listed(name, kind->lists[0]) && !is_listed(name, kind->lists[1]) &&
            !is_nested(name, kind->nested, suffix))
            continue;
        json_key_slice(&w, name);
        json_write_value(&w, m);
    }
    json_end_object(&w);
    return text.status == STATUS_OK ? json_parse(text_slice(&text), arena, ret_kept) : text.status;
}

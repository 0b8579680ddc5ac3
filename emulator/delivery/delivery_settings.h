/*
 * delivery_settings.h -- a stream's configuration as the engine works with it, read from the
 * ExtendedS3DestinationDescription, or the HttpEndpointDestinationDescription, that is stored (with
 * every default filled in; the latter with its AccessKey).
 */
#ifndef EMULATOR_DELIVERY_DELIVERY_SETTINGS_H
#define EMULATOR_DELIVERY_DELIVERY_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "emulator/base/slice.h"
#include "emulator/delivery/compression.h"

struct arena;

struct time_zone;

/* A bucket, and how objects get there. */
struct delivery_target {
    struct slice bucket_arn;
    struct slice bucket; /* its name */
    struct slice prefix;
    struct slice error_prefix;
    struct slice extension; /* of data objects: FileExtension, or the compression's */
    enum delivery_compression compression;
    int64_t size_bytes;
    int64_t interval_ms;
    bool is_logging; /* CloudWatchLoggingOptions */
    struct slice log_group;
    struct slice log_stream;
};

/* An HTTP endpoint, in place of S3. The target has its URL as bucket_arn; its hints and its log. */
struct delivery_endpoint {
    struct delivery_target target;
    struct slice access_key; /* or empty */
    struct slice attributes; /* the header's JSON; or empty */
    bool is_gzip;
    int64_t retry_ms;
};

/* What is done to records besides calling the function, in this order. */
struct delivery_steps {
    bool decompresses;
    bool extracts_messages;
    bool splits; /* RecordDeAggregation */
    bool splits_json;
    struct slice split_delimiter; /* when not JSON */
    bool is_partitioned;          /* DynamicPartitioningConfiguration */
    struct slice query;           /* MetadataExtractionQuery; or empty */
    struct slice prefix;          /* the destination's: its partition keys */
};

/* Slices live in the arena the settings were read into. */
struct delivery_settings {
    struct delivery_target destination; /* with an endpoint: of what it did not take */
    struct delivery_target backup;      /* of the records as they came */
    bool has_backup;
    bool has_endpoint;
    struct delivery_endpoint endpoint;
    const struct time_zone *zone; /* of the times in keys; NULL: UTC */
    struct slice delimiter;       /* between the records of an object; or empty */
    struct delivery_steps steps;
    bool has_lambda; /* a transform is configured and enabled */
    struct slice lambda_arn;
    unsigned lambda_retries;
    int64_t lambda_size_bytes;
    int64_t lambda_interval_ms;
};

enum { DELIVERY_TARGET_TEXTS = 7, DELIVERY_SETTINGS_TEXTS = 3 * DELIVERY_TARGET_TEXTS + 7 };

/* Every slice the settings have: who moves them to other memory must not miss one. */
void delivery_settings_texts(struct delivery_settings *settings,
                             struct slice *ret_texts[DELIVERY_SETTINGS_TEXTS]);

/* STATUS_INVALID when the text is not such a description, STATUS_NO_MEMORY. */
NODISCARD enum status delivery_settings_read(struct slice configuration, struct arena *arena,
                                             struct delivery_settings *ret_settings);

/* Records have to be looked at before they can be delivered. */
bool delivery_settings_has_processing(const struct delivery_settings *settings);

/* Records are taken apart before the function sees them. */
bool delivery_steps_prepare(const struct delivery_steps *steps);

#endif

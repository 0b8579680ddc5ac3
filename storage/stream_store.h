/*
 * stream_store.h -- DynamoDB stream records: what each write of a table with a stream changed.
 *
 * A record is appended in the unit of the write it tells of, so both happen or neither does.
 * Sequence numbers rise within a stream; they have gaps. Records live for 24 hours.
 */
#ifndef STORAGE_STREAM_STORE_H
#define STORAGE_STREAM_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "emulator/base/slice.h"

struct db;

#define STREAM_RETENTION_MS ((int64_t)24 * 60 * 60 * 1000)
#define STREAM_EVENT_ID_BYTES 16

enum stream_event { STREAM_INSERT = 1, STREAM_MODIFY, STREAM_REMOVE };

struct stream_record {
    int64_t stream_id;
    int64_t created_ms;
    enum stream_event event;
    uint8_t event_id[STREAM_EVENT_ID_BYTES];
    int64_t size;      /* SizeBytes: keys and the images that are kept */
    struct slice keys; /* item documents */
    bool has_old_image;
    bool has_new_image;
    struct slice old_image;
    struct slice new_image;
};

/* Append it, and now and then remove what is older than the retention. */
NODISCARD enum status stream_store_append(struct db *db, const struct stream_record *record);

#endif

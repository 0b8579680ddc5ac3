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
#include "storage/query.h"

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

/* ---- writing ----------------------------------------------------------------------------- */

/* Append it, and now and then remove what is older than the retention. */
NODISCARD enum status stream_store_append(struct db *db, const struct stream_record *record);

/* ---- reading ----------------------------------------------------------------------------- */

struct stream_key {
    struct slice account;
    struct slice region;
    struct slice table;
    struct slice label;
};

struct stream_row {
    int64_t id;
    int64_t view; /* enum stream_view of table_store.h */
    int64_t created_ms;
};

/* STATUS_NOT_FOUND. */
NODISCARD enum status stream_store_find(struct db *db, const struct stream_key *key,
                                        struct stream_row *ret_row);

/* The newest record's sequence number; 0: there is none. */
NODISCARD enum status stream_store_last(struct db *db, int64_t stream_id, int64_t *ret_sequence);

/* Records behind a sequence number, in order, borrowed until the next step. One cursor at a time.
 */
struct stream_cursor {
    struct query query;
};

void stream_store_begin(struct stream_cursor *cursor, struct db *db, int64_t stream_id,
                        int64_t after);
bool stream_store_next(struct stream_cursor *cursor, int64_t *ret_sequence,
                       struct stream_record *ret_record);
NODISCARD enum status stream_store_end(struct stream_cursor *cursor);

#endif
